"""The hotspots with their evidence, people, sources and rank."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

from hotspots.delineation import Delineation, narrower_than
from hotspots.evidence import COMBINED, Evidence
from hotspots.exposure import Coverage
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.method import Method, RankRule
from hotspots.pressures import Pressures
from hotspots.tables.ranks import rank_descending
from hotspots.tables.summary import zone_columns
from hotspots.tables.typed import typed

FloatArray = npt.NDArray[np.float64]
RANK_COLUMNS: dict[RankRule, str] = {
    "priority_people": "priority_people",
    "severity": "priority",
    "ecological": "ecological_exposure",
}
GRADES = "ABCDE"
LISTED_UNITS = 5


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
    ranked: pd.DataFrame,
    around: Surroundings,
) -> gpd.GeoDataFrame:
    """The hotspots of one dimension in the columns of the field registry, by rank."""
    labels, shapes = found.delineation.labels, found.delineation.polygons
    coverage = Coverage.of_labels(labels)
    count = len(shapes)
    columns: dict[str, object] = {**zone_columns(inputs, pressures, evidence, coverage)}
    area = inputs.grid.row_area_km2[:, None]
    if around.protected_fraction is not None and around.ecological is not None:
        columns["protected_km2"] = coverage.sum(area * around.protected_fraction)
        columns["protected_names"] = _names_inside(shapes, inputs.protected)
        columns["ecological_exposure"] = coverage.sum(area * around.ecological)
    if found.dimension in evidence.exceeds:
        columns["exceeds_standard"] = _any(evidence.exceeds[found.dimension], labels, count)
    gi = evidence.clustering[found.dimension]
    weights = _dimension_weights(inputs, method, evidence, coverage, found.dimension)
    columns |= {
        "hotspot_id": found.ids,
        "name": _place_names(inputs, shapes, _unit_names(inputs, around.unit_of_cell, labels, count)),
        "dimension": found.dimension,
        "rank": rank_descending(np.asarray(columns[RANK_COLUMNS[method.hotspots.rank_rule]])),
        "rank_rule": method.hotspots.rank_rule,
        "clustered": _any(evidence.clustered[found.dimension], labels, count),
        "high_priority": _any(evidence.high_priority, labels, count),
        "max_gi_z": ndimage.maximum(np.nan_to_num(gi.z, nan=-np.inf), labels, np.arange(1, count + 1)),
        "units": [", ".join(names) for names in _unit_names(inputs, around.unit_of_cell, labels, count)],
        "not_assessed": around.not_assessed,
    }
    columns |= _source_columns(inputs, found, ranked, weights, shapes)
    layer = vector_layers(inputs.pollutants.values())["hotspots"]
    table = typed(layer, columns, shapes.geometry, count)
    return table.sort_values(["rank", "hotspot_id"], na_position="last", ignore_index=True)


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
        if len(listed[hotspot - 1]) < LISTED_UNITS:
            listed[hotspot - 1].append(str(unit))
    return listed


def _place_names(inputs: Inputs, shapes: gpd.GeoDataFrame, units: list[list[str]]) -> list[str]:
    """The largest place inside, else the nearest, else the first unit."""
    names = [unit[0] if unit else inputs.region.title for unit in units]
    if inputs.places is None or inputs.places.empty:
        return names
    places = inputs.places.sort_values(["people", "place_id"], ascending=[False, True], ignore_index=True)
    for shape, place in places.sindex.nearest(shapes.geometry, return_all=False).T:
        names[shape] = str(places.at[place, "name"])
    shape_index, place_index = places.sindex.query(shapes.geometry, predicate="intersects")
    for shape, place in sorted(zip(shape_index, place_index, strict=True), reverse=True):
        names[shape] = str(places.at[place, "name"])
    return names


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
    parts: dict[str, FloatArray] = {
        name: weight * np.nan_to_num(coverage.weighted_mean(evidence.percentiles[name], people))
        for name, weight in method.scoring.dimension_weights
        if name in evidence.percentiles
    }
    total = np.sum(list(parts.values()), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: np.nan_to_num(part / total) for name, part in parts.items()}


def _source_columns(
    inputs: Inputs,
    found: Found,
    ranked: pd.DataFrame,
    weights: Mapping[str, FloatArray],
    shapes: gpd.GeoDataFrame,
) -> dict[str, object]:
    """Leading sources of each hotspot, and what depends on them."""
    sources = inputs.sources.set_index("source_id")
    municipal_quality = max((factor.quality for factor in inputs.municipal), default="A")
    ranked = ranked[ranked["dimension"].isin(list(weights))]
    by_hotspot = {int(str(number)): rows for number, rows in ranked.groupby("hotspot")}
    columns: dict[str, list[object]] = {
        name: []
        for name in ("source_count", "top_source", "top_source_share", "top_sources", "location_uncertain", "quality")
    }
    for index, number in enumerate(found.numbers):
        rows = by_hotspot.get(int(number), ranked.iloc[:0])
        listed = rows[rows["contributor_kind"] == "source"]
        grades = {str(grade) for grade in sources.loc[listed["contributor_id"], "quality"]}
        grades |= {municipal_quality} if (rows["contributor_kind"] == "municipal").any() else set()
        lead = _leading(rows, {name: float(values[index]) for name, values in weights.items()})
        accuracy_m = float(sources["position_accuracy_m"].get(lead.contributor_id, 0.0))
        columns["source_count"].append(listed["contributor_id"].nunique())
        columns["top_source"].append(lead.name)
        columns["top_source_share"].append(lead.share)
        columns["top_sources"].append(_as_json(rows))
        columns["location_uncertain"].append(narrower_than(shapes.geometry.iloc[index], accuracy_m))
        columns["quality"].append(max(grades, key=GRADES.index) if grades else "")
    return {**columns}


@dataclass(frozen=True)
class _Leading:
    contributor_id: str
    name: str
    share: float


def _leading(rows: pd.DataFrame, weights: Mapping[str, float]) -> _Leading:
    """The contributor with the largest share of a hotspot's burden: share of the dimension × share of the burden."""
    named = rows[rows["contributor_kind"] != "others"]
    if named.empty:
        return _Leading("", "", np.nan)
    combined = named["share"].to_numpy() * named["dimension"].map(weights).to_numpy()
    first = int(np.argmax(combined))
    return _Leading(
        str(named["contributor_id"].iloc[first]), str(named["contributor_name"].iloc[first]), float(combined[first])
    )


def _as_json(rows: pd.DataFrame) -> str:
    names = {"contributor_id": "id", "contributor_name": "name", "contributor_kind": "kind"}
    listed = rows.rename(columns=names)[["id", "name", "kind", "sector", "dimension", "share", "exposure"]]
    listed = listed.assign(share=listed["share"].round(6), exposure=listed["exposure"].map(lambda v: float(f"{v:.6g}")))
    return json.dumps(listed.to_dict(orient="records"), ensure_ascii=False)
