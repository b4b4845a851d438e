"""River mouths as ranked points of emission to the sea."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.contributor_names import OUTSIDE
from hotspots.dimensions.marine_report import MarineReport
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.tables.ranks import rank_descending
from hotspots.tables.typed import typed

KG_PER_T = 1000.0
TOP = 5


def river_mouth_table(
    inputs: Inputs, marine: MarineReport | None, unit_of_cell: npt.NDArray[np.int32]
) -> gpd.GeoDataFrame | None:
    """One row per mouth of a stream, by rank; None where no network is known or plastic is not followed.

    Parameters
    ----------
    unit_of_cell:
        Index of the administrative unit of each cell (rows, cols), -1 none.
    """
    if marine is None or inputs.network is None:
        return None
    mouths = marine.mouths
    points = gpd.GeoSeries(gpd.points_from_xy(mouths["lon"], mouths["lat"]), crs="OGC:CRS84")
    loads = {
        f"{name.removesuffix('_kg_yr')}_t_yr": mouths[name].to_numpy() / KG_PER_T
        for name in mouths.columns
        if name.endswith("_kg_yr")
    }
    columns: dict[str, object] = {
        "mouth_id": [f"mouth:{lat:.4f},{lon:.4f}" for lat, lon in zip(mouths["lat"], mouths["lon"], strict=True)],
        "name": _nearest_places(inputs, points),
        "rank": rank_descending(mouths["plastic_kg_yr"].to_numpy()),
        **loads,
        "people_upstream": mouths["people"].to_numpy(),
        "upstream_km2": mouths["upstream_km2"].to_numpy(),
        "top_sources": _top(inputs, marine, unit_of_cell),
    }
    if marine.sea_kg_km2_yr is not None:
        columns["at_sea"] = mouths["at_sea"].to_numpy(dtype=bool)
    layer = vector_layers(inputs.pollutants.values())["river_mouths"]
    table = typed(layer, columns, points, len(mouths))
    return table.sort_values(["rank", "mouth_id"], na_position="last", ignore_index=True)


def _nearest_places(inputs: Inputs, points: gpd.GeoSeries) -> list[str]:
    """The name of the place nearest to each point, in degrees; the region's where it has no places."""
    names = [inputs.region.title] * len(points)
    if inputs.places is None or inputs.places.empty:
        return names
    places = inputs.places.sort_values("place_id", ignore_index=True)
    for point, place in places.sindex.nearest(points, return_all=False).T:
        names[point] = str(places.at[place, "name"])
    return names


def _top(inputs: Inputs, marine: MarineReport, unit_of_cell: npt.NDArray[np.int32]) -> list[str]:
    """The contributors that bring most of the plastic to each mouth, as JSON."""
    brought = _brought(inputs, marine.arrivals, unit_of_cell)
    total = brought.groupby("mouth")["t_yr"].transform("sum")
    brought = brought.assign(share=(brought["t_yr"] / total).round(6), dimension="marine")
    brought = brought.sort_values(["mouth", "t_yr", "id"], ascending=[True, False, True])
    listed = {
        mouth: json.dumps(rows.drop(columns="mouth").to_dict(orient="records"), ensure_ascii=False)
        for mouth, rows in brought.groupby("mouth").head(TOP).groupby("mouth")
    }
    return [listed.get(mouth, "[]") for mouth in marine.mouths["mouth"]]


def _brought(inputs: Inputs, arrivals: pd.DataFrame, unit_of_cell: npt.NDArray[np.int32]) -> pd.DataFrame:
    """mouth, id, name, kind and t_yr: municipal waste by group of units, sources one by one."""
    municipal = arrivals[arrivals["source_id"] == ""]
    groups = np.append(inputs.units["group"].to_numpy(dtype=object), OUTSIDE)
    group = pd.Series(groups[unit_of_cell[municipal["row"], municipal["col"]]], index=municipal.index)
    listed = arrivals[arrivals["source_id"] != ""]
    names = inputs.sources.set_index("source_id")["name"]
    rows = pd.concat(
        [
            municipal.assign(id="municipal:" + group, name="Municipal waste, " + group, kind="municipal"),
            listed.assign(id=listed["source_id"], name=listed["source_id"].map(names), kind="source"),
        ]
    )
    summed = rows.groupby(["mouth", "id", "name", "kind"], as_index=False)[["kg_yr"]].sum()
    return summed.assign(t_yr=(summed["kg_yr"] / KG_PER_T).round(6)).drop(columns="kg_yr")
