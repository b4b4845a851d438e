"""Who contributes how much to the exposure of each hotspot.

Pressures are linear in the releases, so the contributions of all sources sum to the modelled exposure: sources by
their own footprints, gridded municipal releases by the adjoint of the dispersion, per group of administrative units
and sector.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor, run
from hotspots.dispersion import land
from hotspots.dispersion.plume import area_footprint, point_footprints
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pressures import (
    AirPollutant,
    Pressures,
    air_pollutants,
    aligned,
    combined,
    dispersing_alike,
    land_sources,
    municipal_people,
)
from hotspots.progress import Progress
from hotspots.receptors import OUTSIDE, Detail, Ledger, Receptors, municipal_id, remainder
from hotspots.sectors import Sector

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
Footprint = tuple[str, Mapping[str, float], slice, slice, FloatArray]
"""A source, the share of each pollutant it emits, and what they add to the pressure in a window (rows, cols)."""

COLUMNS = ["hotspot", "contributor_id", "contributor_kind", "contributor_name", "sector", "dimension", "exposure"]


@dataclass(frozen=True)
class Attribution:
    """The exposure that each contributor causes.

    Attributes
    ----------
    contributions:
        One row per hotspot, contributor and dimension with exposure > 0; columns are COLUMNS, ``hotspot`` is the
        number in the label rasters.
    removed:
        Exposure of all the region's people that each source causes: index source_id, one column an assessed
        dimension. NaN where the source states no release that counts there, which is not the same as none.
    exposure:
        Exposure of all the region's people by assessed dimension, whatever causes it.
    detail:
        The contributions by pollutant, also at administrative units and at everyone.
    """

    contributions: pd.DataFrame
    removed: pd.DataFrame
    exposure: Mapping[str, float]
    detail: Detail


def attribute(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    labels: Sequence[IntArray],
    units: Coverage,
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> Attribution:
    """Attribute the exposure of every hotspot and administrative unit.

    Parameters
    ----------
    labels:
        Label rasters (rows, cols) on the grid with margin. Hotspots are numbered from 1 through all of them, so
        that two rasters may overlap but share no number; 0 is none.
    units:
        The cells of the administrative units.
    unit_of_cell:
        Index of the administrative unit of each cell, -1 none.
    """
    people = municipal_people(inputs)
    receptors = Receptors.of(labels, units)
    ledger = Ledger(receptors, people)
    removed = pd.DataFrame(index=pd.Index(np.sort(inputs.sources["source_id"].to_numpy(dtype=str))))
    pollutants = [item for item in air_pollutants(inputs) if item.weight > 0]
    municipal = pd.DataFrame(columns=[*COLUMNS, "pollutant"]).astype({"exposure": float})
    if "land" in pressures.by_dimension:
        removed["land"] = _caused(ledger, "land", _land_footprints(inputs, method), removed.index)
    if "air" in pressures.by_dimension:
        footprints = _air_footprints(inputs, method, pressures, pollutants)
        removed["air"] = _caused(ledger, "air", footprints, _released(inputs, pollutants))
        municipal = _municipal(inputs, method, pressures, pollutants, people, labels, unit_of_cell, executor, progress)
    by_source = ledger.detail()
    everywhere = remainder(inputs, pressures, pollutants, people, units, by_source)
    at_hotspots = _concat(_described(inputs, by_source.hotspots), municipal)
    contributions = at_hotspots.groupby(COLUMNS[:-1], as_index=False)[["exposure"]].sum()
    order = ["hotspot", "dimension", "exposure", "contributor_id"]
    contributions = contributions.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    exposure = {name: float((people * field).sum()) for name, field in pressures.by_dimension.items()}
    detail = Detail(at_hotspots[by_source.hotspots.columns], everywhere.units, everywhere.everyone)
    return Attribution(contributions, removed, exposure, detail)


def ranked(attribution: Attribution, top: int) -> pd.DataFrame:
    """The ``top`` contributors of each hotspot and dimension with rank and share, the rest in one row `others`.

    Shares of one hotspot and dimension sum to 1.
    """
    table = attribution.contributions.copy()
    groups = table.groupby(["hotspot", "dimension"])["exposure"]
    table["share"] = table["exposure"] / groups.transform("sum")
    table["rank"] = groups.cumcount() + 1
    rest = table[table["rank"] > top]
    others = rest.groupby(["hotspot", "dimension"], as_index=False)[["exposure", "share"]].sum()
    others = others.assign(
        contributor_id="others", contributor_kind="others", contributor_name="All others", sector="", rank=top + 1
    )
    table = pd.concat([table[table["rank"] <= top], others], ignore_index=True)[[*COLUMNS, "share", "rank"]]
    return table.sort_values(["hotspot", "dimension", "rank"], ignore_index=True)


def _concat(*tables: pd.DataFrame) -> pd.DataFrame:
    """The rows of all ``tables``, of which the empty ones have no types to keep."""
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def _caused(ledger: Ledger, dimension: str, footprints: Iterable[Footprint], known: pd.Index[str]) -> pd.Series[float]:
    """Book ``footprints``; what each of the ``known`` sources causes in the whole region."""
    removed = pd.Series(0.0, index=known)
    for source_id, shares, rows, cols, pressure in footprints:
        removed[source_id] += ledger.enter(source_id, dimension, shares, (rows, cols), pressure)
    return removed


def _described(inputs: Inputs, caused: pd.DataFrame) -> pd.DataFrame:
    """What sources cause at hotspots, in COLUMNS and by pollutant."""
    sources = inputs.sources.set_index("source_id").loc[caused["contributor_id"], ["name", "sector"]]
    return caused.assign(
        contributor_kind="source",
        contributor_name=sources["name"].to_numpy(),
        sector=sources["sector"].to_numpy(),
    )[[*COLUMNS, "pollutant"]]


def _released(inputs: Inputs, pollutants: Sequence[AirPollutant]) -> pd.Index[str]:
    """The sources that state a release to air of any of ``pollutants``, one of zero included."""
    emitted = {item.pollutant.emitted_as for item in pollutants}
    stated = inputs.releases[(inputs.releases["medium"] == "air") & inputs.releases["pollutant"].isin(emitted)]
    known: pd.Index[str] = pd.Index(np.unique(stated["source_id"].to_numpy(dtype=str)))
    return known


def _air_footprints(
    inputs: Inputs, method: Method, pressures: Pressures, pollutants: Sequence[AirPollutant]
) -> Iterator[Footprint]:
    """What each stack adds to the pressure: one plume for all pollutants that disperse alike."""
    for half_life_s, group in dispersing_alike(pollutants).items():
        weights = [item.weight * item.pollutant.concentration_factor for item in group]
        stacks = combined([item.points for item in group], weights)
        footprints = point_footprints(inputs.grid, stacks, pressures.urban, pressures.climate, half_life_s, method.air)
        emitted = [item.pollutant.emitted_as for item in group]
        parts = [w * aligned(item.points, stacks) for w, item in zip(weights, group, strict=True)]
        for index, rows, cols, pressure in footprints:
            shares = dict.fromkeys(emitted, 0.0)
            for name, part in zip(emitted, parts, strict=True):
                shares[name] += part[index] / stacks.release_kg_yr[index]
            yield str(stacks.source_id[index]), shares, rows, cols, pressure


def _land_footprints(inputs: Inputs, method: Method) -> Iterator[Footprint]:
    """What each site adds to the pressure."""
    sites = land_sources(inputs)
    lon, lat, weight = (sites[name].to_numpy() for name in ("lon", "lat", "weight"))
    for index, rows, cols, pressure in land.footprints(inputs.grid, lon, lat, weight, method.land):
        yield str(sites["source_id"].iloc[index]), {"": 1.0}, rows, cols, pressure


def _municipal(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    pollutants: Sequence[AirPollutant],
    people: FloatArray,
    labels: Sequence[IntArray],
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> pd.DataFrame:
    """Exposure of each hotspot caused by the municipal releases of each group of units and sector, by pollutant."""
    emitting = [item for item in pollutants if item.municipal_kg_per_person_yr]
    names, group_of_unit = np.unique(inputs.units["group"].to_numpy(dtype=str), return_inverse=True)
    # Cells outside all units have the unit -1, which takes the last entry: one more group than there are names.
    group_of_cell = np.append(group_of_unit, len(names))[unit_of_cell]
    numbers = [(label, int(number)) for label in labels for number in np.unique(label[label > 0])]

    def caused_by_groups(job: tuple[IntArray, int]) -> list[tuple[object, ...]]:
        label, number = job
        inside = np.where(label == number, people, 0.0)
        per_kg: dict[float | None, FloatArray] = {}
        exposure: dict[tuple[str, str], FloatArray] = defaultdict(lambda: np.zeros(len(names) + 1))
        for item in emitting:
            half_life_s = item.pollutant.half_life_s
            if half_life_s not in per_kg:
                window, footprint = area_footprint(
                    inputs.grid, inside, pressures.urban, pressures.climate, half_life_s, method.air
                )
                weights = (footprint * people[window]).ravel()
                groups = group_of_cell[window].ravel()
                per_kg[half_life_s] = np.bincount(groups, weights, minlength=len(names) + 1).astype(np.float64)
            scale = item.weight * item.pollutant.concentration_factor
            for sector, kg_per_person_yr in item.municipal_kg_per_person_yr.items():
                exposure[sector, item.pollutant.emitted_as] += scale * kg_per_person_yr * per_kg[half_life_s]
        return [
            (
                number,
                *_municipal_name(names, int(group), inputs.sectors[sector]),
                sector,
                "air",
                float(values[group]),
                pollutant,
            )
            for (sector, pollutant), values in exposure.items()
            for group in np.flatnonzero(values > 0)
        ]

    progress.start("attribution", len(numbers))
    rows: list[tuple[object, ...]] = []
    for _, part in run(executor, caused_by_groups, numbers, lambda: progress.advance("attribution")):
        rows += part
    progress.finish("attribution", f"{len(numbers)} hotspots")
    return pd.DataFrame(rows, columns=[*COLUMNS, "pollutant"])


def _municipal_name(names: npt.NDArray[np.str_], group: int, sector: Sector) -> tuple[str, str, str]:
    """Identifier, kind and name of the municipal releases of one group of units and sector."""
    if group == len(names):
        return municipal_id(OUTSIDE, sector.id), "municipal", f"{sector.title}, outside the administrative units"
    return municipal_id(str(names[group]), sector.id), "municipal", f"{sector.title}, {names[group]}"
