"""Protected areas and what reaches them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.exposure import coverage
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.pressures import Pressures
from hotspots.protection import net_area_km2
from hotspots.tables.ranks import rank_descending
from hotspots.tables.typed import typed

FloatArray = npt.NDArray[np.float64]


def vegetation_ratio(inputs: Inputs, pressures: Pressures) -> FloatArray:
    """Sum over pollutants of concentration / critical level for vegetation, (rows, cols).

    Source: annual critical levels of Directive 2008/50/EC, annex XIII.
    """
    ratio = np.zeros(inputs.grid.shape)
    for name, pollutant in inputs.pollutants.items():
        if pollutant.vegetation_level is not None and name in pressures.increments:
            ratio += pressures.increments[name] / pollutant.vegetation_level.value
    return ratio


def protected_table(inputs: Inputs, pressures: Pressures) -> gpd.GeoDataFrame | None:
    """One row per protected area by rank; None where the region names no such dataset.

    Ecological exposure is the area-weighted mean of `vegetation_ratio`; areas are ranked by it times their area.
    """
    if inputs.protected is None:
        return None
    areas = inputs.protected.sort_values("protected_id", ignore_index=True)
    cells = coverage(inputs.grid, areas)
    cell_area = np.broadcast_to(inputs.grid.row_area_km2[:, None], inputs.grid.shape)
    area_km2 = np.array([net_area_km2(areas.iloc[[row]]) for row in range(len(areas))])
    ecological = cells.weighted_mean(vegetation_ratio(inputs, pressures), cell_area)
    columns: dict[str, object] = {
        name: areas[name].to_numpy(dtype=object)
        for name in (
            "protected_id",
            "name",
            "designation",
            "iucn_category",
            "marine",
            "from_point",
            "reported_area_km2",
        )
    }
    columns |= {"area_km2": area_km2, "ecological_exposure": ecological, "rank": rank_descending(ecological * area_km2)}
    if "air" in pressures.by_dimension:
        columns["air_pressure"] = cells.weighted_mean(pressures.by_dimension["air"], cell_area)
    layer = vector_layers(inputs.pollutants.values())["protected"]
    table = typed(layer, columns, areas.geometry, len(areas))
    return table.sort_values(["rank", "protected_id"], na_position="last", ignore_index=True)
