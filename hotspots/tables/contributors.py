"""What the hotspot table says of who contributes."""

from __future__ import annotations

import json
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.attribution import Attribution
from hotspots.contributor_names import AREAS, kind_of, sector_of
from hotspots.delineation import narrower_than
from hotspots.grades import lowered, worst
from hotspots.inputs import Inputs
from hotspots.pollutants import DIMENSIONS_OF

FloatArray = npt.NDArray[np.float64]


def contributor_columns(
    inputs: Inputs,
    attribution: Attribution,
    top: pd.DataFrame,
    numbers: npt.NDArray[np.int64],
    weights: Mapping[str, FloatArray],
    shapes: gpd.GeoSeries,
) -> dict[str, object]:
    """Leading and top contributors of the hotspots ``numbers``, and what depends on them.

    Parameters
    ----------
    top:
        The contributors by rank within each dimension, with the rest as `others` (`attribution.ranked`).
    weights:
        Share of each hotspot's burden that comes from each dimension, (hotspots,) by dimension.
    """
    contributions = attribution.contributions
    mine = contributions["hotspot"].isin(numbers) & contributions["dimension"].isin(list(weights))
    rows = contributions[mine]
    listed = rows[rows["contributor_kind"] == "source"]
    lead = _leading(rows, numbers, weights)
    accuracy_m = lead["contributor_id"].map(inputs.sources.set_index("source_id")["position_accuracy_m"]).fillna(0.0)
    listed_top = dict(iter(top[top["dimension"].isin(list(weights))].groupby("hotspot")))
    return {
        "source_count": listed.groupby("hotspot")["contributor_id"].nunique().reindex(numbers, fill_value=0).to_numpy(),
        "top_source": lead["contributor_name"].fillna("").to_numpy(),
        "top_source_share": lead["share"].to_numpy(),
        "top_sources": [_as_json(listed_top.get(number, top.iloc[:0])) for number in numbers],
        "location_uncertain": [narrower_than(s, float(m)) for s, m in zip(shapes, accuracy_m, strict=True)],
        "quality": _quality(inputs, rows, attribution.detail.hotspots, numbers),
    }


def _leading(rows: pd.DataFrame, numbers: npt.NDArray[np.int64], weights: Mapping[str, FloatArray]) -> pd.DataFrame:
    """The contributor with the largest share of each hotspot's burden: contributor_id, contributor_name, share.

    A share of the burden is the share of a dimension's exposure × the dimension's share of the burden, summed over
    the dimensions. Hotspots without contributors have missing values.
    """
    of_dimension = rows["exposure"] / rows.groupby(["hotspot", "dimension"])["exposure"].transform("sum")
    of_burden = pd.DataFrame(dict(weights), index=numbers).stack()
    weight = of_burden.reindex(pd.MultiIndex.from_frame(rows[["hotspot", "dimension"]])).to_numpy(dtype=float)
    shares = rows[["hotspot", "contributor_id", "contributor_name"]].assign(share=of_dimension.astype(float) * weight)
    summed = shares.groupby(["hotspot", "contributor_id", "contributor_name"])["share"].sum().reset_index()
    summed = summed.sort_values(["hotspot", "share", "contributor_id"], ascending=[True, False, True])
    return summed.drop_duplicates("hotspot").set_index("hotspot").reindex(numbers)


def _quality(inputs: Inputs, rows: pd.DataFrame, detail: pd.DataFrame, numbers: npt.NDArray[np.int64]) -> list[str]:
    """The worst grade among the contributors of each hotspot, lowered where the inputs' years are far apart."""
    of_source = inputs.sources.set_index("source_id")["quality"]
    of_sector = _area_grades(inputs, detail)
    areas = rows["contributor_kind"] != "source"
    of_area = pd.Series(
        [of_sector.get(key) for key in zip(rows["contributor_kind"], rows["sector"], strict=True)], index=rows.index
    )
    grade = rows["contributor_id"].map(of_source).where(~areas, of_area)
    grades = dict(iter(grade.groupby(rows["hotspot"])))
    return [lowered(worst(grades[number]), inputs) if number in grades else "" for number in numbers]


def _area_grades(inputs: Inputs, detail: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The worst grade of the releases of areas that contribute anywhere (``detail``), by kind and sector."""
    areas = detail[detail["contributor_id"].str.startswith(AREAS)]
    of = zip(areas["contributor_id"], areas["dimension"], areas["pollutant"], strict=True)
    contributing = {(kind_of(name), sector_of(name), dimension, pollutant) for name, dimension, pollutant in of}
    graded = [("municipal", f.sector, f.medium, f.pollutant, f.quality) for f in inputs.municipal]
    graded += [("gridded", g.sector, "air", g.pollutant, g.quality) for g in inputs.gridded]
    grades: dict[tuple[str, str], list[str]] = {}
    for kind, sector, medium, pollutant, quality in graded:
        if any((kind, sector, dimension, pollutant) in contributing for dimension in DIMENSIONS_OF[medium]):
            grades.setdefault((kind, sector), []).append(quality)
    return {key: worst(found) for key, found in grades.items()}


def _as_json(rows: pd.DataFrame) -> str:
    names = {"contributor_id": "id", "contributor_name": "name", "contributor_kind": "kind"}
    listed = rows.rename(columns=names)[["id", "name", "kind", "sector", "dimension", "share", "exposure"]]
    listed = listed.assign(share=listed["share"].round(6), exposure=listed["exposure"].map(lambda v: float(f"{v:.6g}")))
    return json.dumps(listed.to_dict(orient="records"), ensure_ascii=False)
