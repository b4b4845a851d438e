"""The hotspots with their evidence, people, sources and rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots import scoring
from hotspots.attribution import Attribution
from hotspots.delineation import Delineation
from hotspots.errors import MethodError
from hotspots.evidence import COMBINED, Evidence
from hotspots.exposure import Coverage
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.method import Method, RankRule
from hotspots.names import name_columns, unambiguous
from hotspots.pressures import Pressures
from hotspots.ranking import METHOD_RULES
from hotspots.tables.contributors import contributor_columns
from hotspots.tables.observations import soil_columns
from hotspots.tables.ranks import rank_descending
from hotspots.tables.summary import zone_columns
from hotspots.tables.tags import hotspot_tags
from hotspots.tables.typed import typed

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """The hotspots of one dimension; ``numbers`` are theirs in the label raster and in the contributions."""

    dimension: str
    delineation: Delineation
    ids: tuple[str, ...]
    numbers: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Surroundings:
    """What hotspots are named and described by."""

    unit_of_cell: npt.NDArray[np.int32]
    protected_fraction: FloatArray | None
    ecological: FloatArray | None
    not_assessed: str


def hotspot_table(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    evidence: Evidence,
    found: Found,
    attribution: Attribution,
    top: pd.DataFrame,
    around: Surroundings,
) -> gpd.GeoDataFrame:
    """The hotspots of one dimension in the columns of the field registry, by rank.

    Parameters
    ----------
    top:
        The contributors by rank with the rest as `others`, from `attribution.ranked`.

    Raises
    ------
    MethodError
        If hotspots are to be ranked by what was not assessed.
    """
    labels, shapes = found.delineation.labels, found.delineation.polygons
    coverage = Coverage.of_labels(labels)
    count = len(shapes)
    columns: dict[str, object] = {**zone_columns(inputs, method, pressures, evidence, coverage)}
    area = inputs.grid.row_area_km2[:, None]
    if around.protected_fraction is not None:
        columns["protected_km2"] = coverage.sum(area * around.protected_fraction)
        columns["protected_names"] = _names_inside(shapes, inputs.protected)
    if around.ecological is not None:
        columns["ecological_exposure"] = coverage.sum(area * around.ecological)
    if found.dimension in evidence.exceeds:
        columns["exceeds_standard"] = _any(evidence.exceeds[found.dimension], labels, count)
    names = _unit_names(inputs, around.unit_of_cell, labels, count)
    weights = _dimension_weights(inputs, method, evidence, coverage, found.dimension)
    columns |= {
        "hotspot_id": found.ids,
        **_place_names(inputs, shapes, names),
        "dimension": found.dimension,
        "rank": rank_descending(_ranked_by(columns, method.hotspots.rank_rule)),
        "rank_rule": method.hotspots.rank_rule,
        "clustered": _any(evidence.clustered[found.dimension], labels, count),
        "high_priority": _any(evidence.high_priority, labels, count),
        "max_gi_z": _highest(evidence.clustering[found.dimension].z, coverage),
        "units": [", ".join(listed) for listed in names],
        "not_assessed": around.not_assessed,
    }
    columns |= soil_columns(inputs, shapes.geometry)
    columns["tags"] = hotspot_tags(inputs, attribution, found.numbers, list(weights))
    columns |= contributor_columns(inputs, attribution, top, found.numbers, weights, shapes.geometry)
    layer = vector_layers(inputs.pollutants.values())["hotspots"]
    table = typed(layer, columns, shapes.geometry, count)
    return table.sort_values(["rank", "hotspot_id"], na_position="last", ignore_index=True)


def _ranked_by(columns: Mapping[str, object], rule: RankRule) -> FloatArray:
    """The column that ``rule`` ranks by."""
    column = METHOD_RULES[rule]
    if column not in columns:
        raise MethodError(
            f"hotspots cannot be ranked by {rule!r}: {column} was not assessed.",
            field="hotspots.rank_rule",
            remedy="Choose another rule in the method file, or give the region the data it needs.",
        )
    return np.asarray(columns[column], dtype=np.float64)


def _highest(z: FloatArray, hotspots: Coverage) -> FloatArray:
    """The highest z among the cells of each hotspot; cells without a z count nothing."""
    highest = np.full(hotspots.zones, -np.inf)
    np.maximum.at(highest, hotspots.zone, np.nan_to_num(z[hotspots.row, hotspots.col], nan=-np.inf))
    return np.where(np.isfinite(highest), highest, np.nan)


def _any(mask: npt.NDArray[np.bool_], labels: npt.NDArray[np.int32], count: int) -> npt.NDArray[np.bool_]:
    """Whether any cell of each hotspot is in ``mask``."""
    return np.bincount(labels[mask], minlength=count + 1)[1:] > 0


def _unit_names(
    inputs: Inputs, unit_of_cell: npt.NDArray[np.int32], labels: npt.NDArray[np.int32], count: int
) -> list[list[str]]:
    """Groups of the units each hotspot touches, most people first."""
    inside = (labels > 0) & (unit_of_cell >= 0)
    names = inputs.units["group"].to_numpy(dtype=object)
    cells = pd.DataFrame(
        {"hotspot": labels[inside], "unit": names[unit_of_cell[inside]], "people": np.nan_to_num(inputs.people[inside])}
    )
    people = cells.groupby(["hotspot", "unit"])["people"].sum().reset_index()
    people = people.sort_values(["hotspot", "people", "unit"], ascending=[True, False, True])
    listed: list[list[str]] = [[] for _ in range(count)]
    for hotspot, unit in zip(people["hotspot"], people["unit"], strict=True):
        listed[hotspot - 1].append(str(unit))
    return listed


def _place_names(inputs: Inputs, shapes: gpd.GeoDataFrame, units: list[list[str]]) -> dict[str, list[str]]:
    """``name``: the largest place inside, else the nearest, else the first unit; and its names by language."""
    first = [unit[0] if unit else inputs.region.title for unit in units]
    of_units = pd.DataFrame({"name": first})
    for column in name_columns(inputs.units):
        known = unambiguous(inputs.units["name"], inputs.units[column])
        of_units[column] = of_units["name"].map(known).fillna("")
    if inputs.places is None or inputs.places.empty:
        return _lists(of_units)
    places = inputs.places.sort_values(["people", "place_id"], ascending=[False, True], ignore_index=True)
    shape_index, nearest = places.sindex.nearest(shapes.geometry, return_all=False)
    chosen = dict(zip(shape_index, nearest, strict=True))
    shape_index, place_index = places.sindex.query(shapes.geometry, predicate="intersects")
    # The largest place of each shape comes last.
    chosen |= dict(sorted(zip(shape_index, place_index, strict=True), reverse=True))
    of_places = places.loc[[chosen[shape] for shape in range(len(shapes))], ["name", *name_columns(places)]]
    return _lists(of_places)


def _lists(names: pd.DataFrame) -> dict[str, list[str]]:
    return {str(column): names[column].astype(str).tolist() for column in names}


def _names_inside(shapes: gpd.GeoDataFrame, protected: gpd.GeoDataFrame | None) -> list[str]:
    """Names of the protected areas each hotspot touches."""
    names: list[set[str]] = [set() for _ in range(len(shapes))]
    if protected is not None:
        for shape, area in zip(*protected.sindex.query(shapes.geometry, predicate="intersects"), strict=True):
            names[shape].add(str(protected["name"].iloc[area]))
    return [", ".join(sorted(found)) for found in names]


def _dimension_weights(
    inputs: Inputs, method: Method, evidence: Evidence, coverage: Coverage, dimension: str
) -> Mapping[str, FloatArray]:
    """What share of each hotspot's burden comes from each dimension; all of it where it is about one dimension."""
    if dimension != COMBINED:
        return {dimension: np.ones(coverage.zones)}
    people = np.where(evidence.assessed, inputs.people, np.nan)
    weighted: dict[str, float] = dict(method.scoring.dimension_weights)
    parts = {
        name: np.nan_to_num(coverage.weighted_mean(part, people))
        for name, part in scoring.burden_parts(evidence.percentiles, weighted).items()
    }
    total = np.sum(list(parts.values()), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: np.nan_to_num(part / total) for name, part in parts.items()}
