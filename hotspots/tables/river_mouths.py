"""River mouths as ranked points of emission to the sea."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.dimensions.marine_report import MarineReport
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.receptors import OUTSIDE
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
    arrivals = marine.arrivals
    municipal = (arrivals["row"] >= 0).to_numpy()
    groups = np.append(inputs.units["group"].to_numpy(dtype=object), OUTSIDE)
    of_cell = groups[unit_of_cell[arrivals["row"][municipal], arrivals["col"][municipal]]]
    sources = inputs.sources.set_index("source_id")["name"]
    name = np.empty(len(arrivals), dtype=object)
    name[municipal] = [f"Municipal waste, {group}" for group in of_cell]
    name[~municipal] = sources.loc[arrivals.loc[~municipal, "source_id"]].to_numpy()
    by_name = pd.DataFrame({"mouth": arrivals["mouth"], "name": name, "kg_yr": arrivals["kg_yr"]})
    brought = by_name.groupby(["mouth", "name"])["kg_yr"].sum().reset_index()
    brought["share"] = (brought["kg_yr"] / brought.groupby("mouth")["kg_yr"].transform("sum")).round(4)
    brought = brought.sort_values(["mouth", "kg_yr", "name"], ascending=[True, False, True])
    listed = {
        mouth: json.dumps(rows[["name", "share"]].to_dict(orient="records"), ensure_ascii=False)
        for mouth, rows in brought.groupby("mouth").head(TOP).groupby("mouth")
    }
    return [listed.get(mouth, "[]") for mouth in marine.mouths["mouth"]]
