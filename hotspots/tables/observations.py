"""The measured values, each beside what it is compared with, and how many soil samples lie where."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.observations import compared, soil_stations
from hotspots.tables.typed import typed


def observation_table(inputs: Inputs) -> gpd.GeoDataFrame | None:
    """One row an observation, in the columns of the field registry; None where the region names no such dataset."""
    if inputs.observations is None:
        return None
    table = inputs.observations.sort_values("observation_id", ignore_index=True)
    layer = vector_layers(inputs.pollutants.values())["observations"]
    columns: dict[str, object] = {name: table[name] for name in table.columns if name != "geometry"}
    columns |= {str(name): values for name, values in compared(table, inputs.pollutants).items()}
    columns |= {
        "position_policy": [inputs.applied.positions.get(str(name), "") for name in table["observation_id"]],
        "pollutant_name": [inputs.pollutants[name].name for name in table["pollutant"]],
        "period_start": _dates(table["period_start"]),
        "period_end": _dates(table["period_end"]),
    }
    return typed(layer, columns, table.geometry, len(table))


def soil_columns(inputs: Inputs, zones: gpd.GeoSeries) -> dict[str, object]:
    """Places with soil samples in each zone, and those above a level; nothing where no soil was sampled."""
    stations = soil_stations(inputs.observations, inputs.pollutants)
    if stations.empty:
        return {}
    zone, station = stations.sindex.query(zones, predicate="intersects")
    above = stations["above"].to_numpy(dtype=np.float64)
    return {
        "soil_samples": np.bincount(zone, minlength=len(zones)),
        "soil_samples_above": np.bincount(zone, above[station], minlength=len(zones)).astype(np.int64),
    }


def _dates(times: pd.Series) -> list[str]:
    return ["" if pd.isna(time) else f"{time:%Y-%m-%d}" for time in times]
