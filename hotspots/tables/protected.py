"""Protected areas and what reaches them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.exposure import coverage
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.pressures import Pressures
from hotspots.protection import areas_km2
from hotspots.tables.ranks import rank_descending
from hotspots.tables.typed import typed

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def vegetation_ratio(inputs: Inputs, pressures: Pressures, land: BoolArray) -> FloatArray | None:
    """Sum over pollutants of concentration / critical level for vegetation, (rows, cols).

    Source: annual critical levels of Directive 2008/50/EC, annex XIII.

    Parameters
    ----------
    land:
        (rows, cols): the region's land. Critical levels for vegetation say nothing of the sea, and the margin lacks
        the sources around it, so the ratio is NaN elsewhere.

    Returns
    -------
    numpy.ndarray or None
        None where no pollutant with such a level was modelled.
    """
    ratios = [
        pressures.increments[name] / pollutant.vegetation_level.value
        for name, pollutant in inputs.pollutants.items()
        if pollutant.vegetation_level is not None and pollutant.vegetation_level.annual and name in pressures.increments
    ]
    return np.where(land, np.sum(ratios, axis=0), np.nan) if ratios else None


def protected_table(
    inputs: Inputs, pressures: Pressures, ratio: FloatArray | None, land: BoolArray
) -> gpd.GeoDataFrame | None:
    """One row per protected area by rank; None where the region names no such dataset.

    Ecological exposure is the area-weighted mean of ``ratio`` (`vegetation_ratio`) over the region's land in the area;
    areas are ranked by it times that land. An area in the sea or abroad has neither, and one abroad no pressure: the
    margin lacks the sources around it.

    Parameters
    ----------
    land:
        (rows, cols): the region's land.
    """
    if inputs.protected is None:
        return None
    areas = inputs.protected.sort_values("protected_id", ignore_index=True)
    cells = coverage(inputs.grid, areas)
    cell_area = np.broadcast_to(inputs.grid.row_area_km2[:, None], inputs.grid.shape)
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
    columns["area_km2"] = areas_km2(areas.geometry)
    if ratio is not None:
        columns["ecological_exposure"] = cells.weighted_mean(ratio, cell_area)
        columns["rank"] = rank_descending(cells.sum(ratio * cell_area))
    if "air" in pressures.by_dimension:
        pressure = pressures.by_dimension["air"]
        on_land = cells.weighted_mean(np.where(land, pressure, np.nan), cell_area)
        marine = areas["marine"].to_numpy(dtype=bool)
        columns["air_pressure"] = np.where(marine, cells.weighted_mean(pressure, cell_area), on_land)
    if pressures.marine is not None and pressures.marine.sea_kg_km2_yr is not None:
        in_sea = pressures.marine.sea_kg_km2_yr
        columns["marine_pressure"] = cells.weighted_mean(in_sea, cell_area)
        reached = cells.sum(~np.isnan(in_sea)) > 0
        columns["marine_plastic_kg_yr"] = np.where(reached, cells.sum(in_sea * cell_area), np.nan)
    layer = vector_layers(inputs.pollutants.values())["protected"]
    table = typed(layer, columns, areas.geometry, len(areas))
    return table.sort_values(["rank", "protected_id"], na_position="last", ignore_index=True)
