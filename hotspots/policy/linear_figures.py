"""The published figures that are sums of people or of a group over places, with what they take of every place.

They are what an attacker can write down as equations: whatever a sum is weighted with (pressure, priority, nearness,
levels of a standard) is published, or follows from what is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array

from hotspots.assessment import unit_cells
from hotspots.dimensions.land import land_sources
from hotspots.dispersion.land import around_sites
from hotspots.evidence import de_minimis
from hotspots.exposure import Coverage
from hotspots.fields.rasters import AMBIENT_LAYER_END, PRESSURE_UNITS
from hotspots.fields.shared_fields import PEOPLE_GROUPS
from hotspots.grid import AnalysisGrid
from hotspots.inputs import CharacteristicKind, Inputs
from hotspots.method import ScoringMethod
from hotspots.policy.protected_counts import NESTED, Counted, ProtectedCounts
from hotspots.policy.publishable import Publishable
from hotspots.pressures import Pressures
from hotspots.scoring import percentile
from hotspots.standards import above_guideline, exceedances

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
PEOPLE = "people"


@dataclass(frozen=True)
class Linear:
    """Figures of one published field: ``weight`` (figures, places) of the counts, ``published`` (figures,).

    ``field`` is ``table.column``, or ``rasters.name``.
    """

    field: str
    weight: csr_array
    published: FloatArray


@dataclass(frozen=True)
class _Zones:
    """Features of a published table, and the cells of each."""

    table: str
    features: gpd.GeoDataFrame
    cover: Coverage


class PublishedFigures:
    """The figures of one edition."""

    def __init__(self, ready: Publishable, counts: ProtectedCounts, pressures: Pressures) -> None:
        assessment, grid = ready.assessment, counts.inputs.grid
        self._ready, self._counts, self._inputs = ready, counts, counts.inputs
        self._at = places(counts)
        window = window_of(grid, assessment.grid)
        self._layers = {
            str(name): _laid(grid.shape, window, layer.to_numpy()) for name, layer in assessment.layers.items()
        }
        self._zones = (
            _Zones("admin", assessment.units, unit_cells(counts.inputs).coverage),
            _Zones("hotspots", assessment.hotspots, _cells_inside(counts, assessment.hotspots)),
        )
        self._averaged = self._layers | _percentiles(self._layers, counts.inputs, assessment.method.scoring)
        self._sums = _summed(self._layers, counts.inputs, pressures)
        self._near = () if pressures.land is None else tuple(pressures.land.near)

    def of_people(self) -> Iterator[Linear]:
        """Figures of all people, by cell."""
        yield from self._rasters()
        for zones in self._zones:
            yield from self._sums_of(zones)
            yield from self._means_of(zones)
        yield from self._near_sites()
        yield from self._standards()
        yield from self._attribution()
        yield from self._totals()

    def of_group(self, form: Counted) -> Iterator[Linear]:
        """Figures of a group, of those outside it, or of those between two groups, by the places of ``form``."""
        for zones in self._zones:
            shown = members_of(zones.features, form.name)
            if shown is not None:
                weight = self._weights(zones.cover) if form.by == "cell" else self._shares_of_units(zones.cover)
                yield _known(f"{zones.table}.{column_of(form.name)}", weight, shown)

    def _rasters(self) -> Iterator[Linear]:
        yield self._cellwise(PEOPLE, np.ones(self._inputs.grid.shape))
        for name in self._layers:
            dimension = name.removesuffix("_exposure")
            if dimension != name and f"{dimension}_pressure" in self._layers:
                yield self._cellwise(name, self._layers[f"{dimension}_pressure"])

    def _cellwise(self, name: str, weight: FloatArray) -> Linear:
        """One figure a cell, where the layer has one."""
        at = self._counts.row, self._counts.col
        shown, of_cell = self._layers[name][at], np.nan_to_num(weight[at], nan=0.0)
        each = np.arange(len(shown))
        return _known(f"rasters.{name}", rows(each, each, of_cell, len(shown), len(shown)), shown)

    def _sums_of(self, zones: _Zones) -> Iterator[Linear]:
        """Σ people × weight of each zone."""
        for name, values in self._sums.items():
            if name in zones.features:
                yield self._of_zones(f"{zones.table}.{name}", zones.cover, values, zones.features[name])

    def _means_of(self, zones: _Zones) -> Iterator[Linear]:
        """People-weighted means of a field: mean × people is Σ people × value over the cells that have one."""
        for name in sorted(set(self._averaged) & set(zones.features) - set(self._sums)):
            value = self._averaged[name]
            people = zones.cover.sum(np.where(np.isnan(value), 0.0, self._inputs.people))
            shown = zones.features[name].to_numpy(dtype=np.float64) * people
            yield self._of_zones(f"{zones.table}.{name}", zones.cover, value, shown)

    def _near_sites(self) -> Iterator[Linear]:
        """People within each distance of each land site."""
        columns = {f"people_near_{distance_m / 1000:g}km": distance_m for distance_m in self._near}
        sites, table = land_sources(self._inputs), self._ready.assessment.sources.set_index("source_id")
        grid, cells = self._inputs.grid, len(self._counts.row)
        lon, lat = sites["lon"].to_numpy(), sites["lat"].to_numpy()
        around = list(around_sites(grid, lon, lat, list(columns.values()))) if columns else []
        for name, distance_m in columns.items():
            within = [self._at[part[:2]][part[2] <= distance_m] for part in around]
            site, place = np.repeat(np.arange(len(within)), [len(part) for part in within]), _joined(within)
            weight = rows(site[place >= 0], place[place >= 0], np.ones((place >= 0).sum()), len(within), cells)
            yield _known(f"sources.{name}", weight, table[name].reindex(sites["source_id"]))

    def _standards(self) -> Iterator[Linear]:
        """People above each level, and people for whom the ambient total is known."""
        for (pollutant, _), table in self._ready.assessment.standards.groupby(["pollutant", "level_ug_m3"]):
            total = self._layers[f"{pollutant}{AMBIENT_LAYER_END}"]
            above = total > table["level_ug_m3"].iloc[0]
            for column, taken in (("people_above", above), ("people_assessed", ~np.isnan(total))):
                field = f"standards.{column}"
                yield from self._of_receptors(field, table.set_index(["zone", "zone_id"])[column], taken.astype(float))

    def _attribution(self) -> Iterator[Linear]:
        """What all contributors cause together: by receptor and dimension, the exposure of its people."""
        for dimension, table in self._ready.attribution.groupby("dimension"):
            summed = table.groupby(["receptor_kind", "receptor_id"])["exposure"].sum()
            yield from self._of_receptors("attribution.exposure", summed, self._layers[f"{dimension}_pressure"])

    def _of_receptors(self, field: str, shown: pd.Series, values: FloatArray) -> Iterator[Linear]:
        """``shown`` of hotspots, units and the region, by kind and id."""
        ids = {"unit": self._zones[0].features["unit_id"], "hotspot": self._zones[1].features["hotspot_id"]}
        kinds = shown.index.get_level_values(0)
        for kind, zones in (("unit", self._zones[0]), ("hotspot", self._zones[1])):
            if kind in kinds:
                yield self._of_zones(field, zones.cover, values, shown[kind].reindex(ids[kind]))
        if "region" in kinds:
            of_cell = np.nan_to_num(values[self._counts.row, self._counts.col], nan=0.0)
            yield Linear(field, csr_array(of_cell[None, :]), shown["region"].to_numpy(dtype=np.float64)[:1])

    def _totals(self) -> Iterator[Linear]:
        totals, cells = self._ready.assessment.totals, len(self._counts.row)
        everyone = csr_array(np.ones((1, cells)))
        inside = csr_array(self._weights(self._zones[0].cover).sum(axis=0).reshape(1, cells))
        yield Linear("totals.people", everyone, np.array([totals.people]))
        yield Linear("totals.people_in_units", inside, np.array([totals.people_in_units]))
        if totals.people_outside_units > 0:
            outside = np.array([totals.people_outside_units])
            yield Linear("totals.people_outside_units", csr_array(everyone - inside), outside)

    def _of_zones(self, field: str, cover: Coverage, values: FloatArray, shown: npt.ArrayLike) -> Linear:
        return _known(field, self._weights(cover, values), shown)

    def _weights(self, cover: Coverage, values: FloatArray | None = None) -> csr_array:
        """What of each cell's people is in each zone, (zones, cells); times ``values`` (rows, cols) where given."""
        place = self._at[cover.row, cover.col]
        value = 1.0 if values is None else np.nan_to_num(values[cover.row, cover.col], nan=0.0)
        weight, inside = cover.fraction * value, place >= 0
        return rows(cover.zone[inside], place[inside], weight[inside], cover.zones, len(self._counts.row))

    def _shares_of_units(self, cover: Coverage) -> csr_array:
        """What share of each unit's people is in each zone, (zones, units): a group lies where people do."""
        unit = unit_cells(self._inputs).unit_of_cell[cover.row, cover.col]
        people = np.nan_to_num(self._inputs.people[cover.row, cover.col], nan=0.0) * cover.fraction
        everyone = self._counts.everyone["unit"]
        inside = (unit >= 0) & (people > 0)
        share = people[inside] / everyone[unit[inside]]
        return rows(cover.zone[inside], unit[inside].astype(np.int64), share, cover.zones, len(everyone))


def _known(field: str, weight: csr_array, shown: npt.ArrayLike) -> Linear:
    """The figures that are there: a missing one tells nothing."""
    published = np.asarray(shown, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(published))
    return Linear(field, csr_array(weight[known]), published[known])


def _summed(layers: Mapping[str, FloatArray], inputs: Inputs, pressures: Pressures) -> dict[str, FloatArray]:
    """What people are weighted with (rows, cols) in each column of a zone that is a sum of people."""
    shape = inputs.grid.shape
    found = {PEOPLE: np.ones(shape), "priority_people": layers["priority"] / 100}
    for dimension in pressures.by_dimension:
        found[f"{dimension}_exposure"] = layers[f"{dimension}_pressure"]
    if pressures.water is not None:
        found["people_near_stream"] = pressures.water.near.astype(np.float64)
    if pressures.land is not None:
        for distance_m, near in pressures.land.near.items():
            found[f"people_near_{distance_m / 1000:g}km"] = near.astype(np.float64)
    ambient = {n.removesuffix(AMBIENT_LAYER_END): v for n, v in layers.items() if n.endswith(AMBIENT_LAYER_END)}
    for name, above in (
        ("people_above_standard", exceedances(inputs, ambient)),
        ("people_above_guideline", above_guideline(inputs, ambient)),
    ):
        if above is not None:
            found[name] = above.astype(np.float64)
    for factor in inputs.municipal:
        name = f"municipal_{factor.pollutant}_kg_yr"
        found[name] = found.get(name, np.zeros(shape)) + factor.kg_per_person_yr
    return found


def _percentiles(layers: Mapping[str, FloatArray], inputs: Inputs, method: ScoringMethod) -> dict[str, FloatArray]:
    """What follows from published pressures and people: the percentile (rows, cols) of each dimension."""
    return {
        f"{name}_percentile": percentile(
            layers[f"{name}_pressure"], inputs.people, de_minimis(name, method.de_minimis_share)
        )
        for name in PRESSURE_UNITS
        if f"{name}_pressure" in layers
    }


def members_of(table: pd.DataFrame, form: str) -> pd.Series | None:
    """The people of ``form`` as a table tells them, itself or by a difference; None where it does not."""
    part, whole = NESTED
    if form == f"{whole} not {part}":
        minuend, subtrahend = PEOPLE_GROUPS[whole], PEOPLE_GROUPS[part]
    elif form.startswith("not "):
        minuend, subtrahend = PEOPLE, column_of(form)
    else:
        return table.get(column_of(form))
    if minuend not in table or subtrahend not in table:
        return None
    return table[minuend] - table[subtrahend]


def column_of(form: str) -> str:
    """The column that tells of a form: that of its group."""
    kind: CharacteristicKind = form.rsplit(maxsplit=1)[-1]  # type: ignore[assignment]
    return PEOPLE_GROUPS[kind]


def places(counts: ProtectedCounts) -> IntArray:
    """The number of each cell (rows, cols), -1 where nobody is known."""
    at = np.full(counts.inputs.grid.shape, -1, dtype=np.int64)
    at[counts.row, counts.col] = np.arange(len(counts.row))
    return at


def window_of(grid: AnalysisGrid, part: AnalysisGrid) -> tuple[slice, slice]:
    """Where ``part`` lies in ``grid``."""
    row = round((grid.north - part.north) / grid.cell_height)
    col = round((part.west - grid.west) / grid.cell_width)
    return slice(row, row + part.rows), slice(col, col + part.cols)


def rows(row: IntArray, col: IntArray, weight: FloatArray, figures: int, counts: int) -> csr_array:
    """A matrix (figures, counts) of the given weights."""
    return csr_array((weight, (row, col)), (figures, counts))


def _laid(shape: tuple[int, int], window: tuple[slice, slice], values: npt.NDArray[np.generic]) -> FloatArray:
    whole = np.full(shape, np.nan)
    whole[window] = values
    return whole


def _cells_inside(counts: ProtectedCounts, outlines: gpd.GeoDataFrame) -> Coverage:
    """The cells whose centre each outline holds; hotspots are made of whole cells."""
    lon, lat = counts.inputs.grid.lonlat(counts.row, counts.col)
    zones: list[IntArray] = []
    cells: list[IntArray] = []
    for zone, outline in enumerate(outlines.geometry):
        west, south, east, north = outline.bounds
        near = np.flatnonzero((lon > west) & (lon < east) & (lat > south) & (lat < north))
        inside = near[shapely.contains_xy(outline, lon[near], lat[near])]
        zones.append(np.full(len(inside), zone))
        cells.append(inside)
    of, by = _joined(cells), _joined(zones)
    shape = counts.inputs.grid.shape
    return Coverage(by, counts.row[of], counts.col[of], np.ones(len(of)), len(outlines), shape)


def _joined(parts: Sequence[IntArray]) -> IntArray:
    return np.concatenate([*parts, np.empty(0, dtype=np.int64)]).astype(np.int64)
