"""The profile of what an adapter read: the numbers that are compared with the last edition's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data_pipelines.contract import Facilities, GriddedReleases, Population, Read, Units
from hotspots.dispersion.network import NO_DATA
from hotspots.input_profile import DatasetProfile, Level, digest_of, level_of
from hotspots.inputs import AmbientField, Characteristic, Discharge, Elevation, FlowNetwork, RunoffRaster, Wind

AMOUNT_COLUMNS = ("people", "people_served", "volume_km3", "reported_area_km2")
"""Columns of tables that hold amounts, beside the values of observations."""
Values = Mapping[str, Any]


def profile_of(dataset: str, read: Read[Any]) -> DatasetProfile:
    """The profile of one dataset."""
    values, newest = _values(read.value)
    levels = {name: level for name, part in sorted(values.items()) if (level := level_of(part)) is not None}
    digest = digest_of(_bytes(values))
    return DatasetProfile(dataset, sum(part.rows_used for part in read.quality), _rounded(levels), newest, digest)


def _values(value: Any) -> tuple[Values, str | None]:
    """The values of each quantity, in an order that the file's does not change, and the newest day or year."""
    found: tuple[Values, str | None] = {}, None
    if isinstance(value, Facilities):
        found = _releases(value.releases), _year(value.releases["year"])
    elif isinstance(value, Units):
        found = {"units": np.ones(len(value.table))}, None
    elif isinstance(value, Population):
        found = {"people": value.people}, str(value.year)
    elif isinstance(value, Wind):
        last = pd.Timestamp(value.data["time"].values.max()).date().isoformat()
        found = {name: value.data[name].values for name in ("u10", "v10")}, last
    elif isinstance(value, AmbientField):
        found = {f"{value.pollutant} (µg/m³)": value.values_ug_m3}, str(value.year)
    elif isinstance(value, GriddedReleases):
        found = _gridded(value), str(max(total.year for total in value.totals))
    elif isinstance(value, Elevation):
        found = {"elevation_m": value.elevation_m}, None
    elif isinstance(value, FlowNetwork):
        found = _flow(value), None
    elif isinstance(value, tuple):
        kinds: list[Characteristic] = list(value)
        found = {item.kind: item.values for item in kinds}, str(max(item.year for item in kinds))
    elif isinstance(value, gpd.GeoDataFrame) and "statistic" in value:
        found = _observed(value), _time(value["period_end"])
    elif isinstance(value, gpd.GeoDataFrame):
        found = {name: value[name].to_numpy(dtype=float) for name in AMOUNT_COLUMNS if name in value}, None
    return found


def _releases(releases: pd.DataFrame) -> Values:
    ordered = releases.sort_values(["record_id", "pollutant", "medium"])
    return {
        f"{pollutant} to {medium} (kg/yr)": part["release_kg_yr"].to_numpy()
        for (pollutant, medium), part in ordered.groupby(["pollutant", "medium"])
    }


def _gridded(value: GriddedReleases) -> Values:
    grids = {f"{item.pollutant} of {item.sector} (kg/yr)": item.release_kg_yr for item in value.releases}
    sums = {
        f"{total.pollutant} of {total.sector or 'all sectors'}, total (kg/yr)": np.array([total.release_kg_yr])
        for total in value.totals
    }
    return grids | sums


def _observed(table: gpd.GeoDataFrame) -> Values:
    return {
        f"{pollutant} in {medium} ({unit})": part["value"].to_numpy()
        for (pollutant, medium, unit), part in table.groupby(["pollutant", "medium", "unit"])
    }


def _flow(network: FlowNetwork) -> Values:
    """The cells that a network has, which are all that is counted of directions, and its water where it brings it."""
    cells = {"cells": np.ones(np.count_nonzero(network.direction != NO_DATA))}
    if isinstance(network.flow, Discharge):
        return cells | {"discharge_m3_s": network.flow.discharge_m3_s}
    return cells | ({"depth_mm_yr": network.flow.depth_mm_yr} if isinstance(network.flow, RunoffRaster) else {})


def _year(year: pd.Series) -> str | None:
    return None if year.isna().all() else str(int(year.max()))


def _time(time: pd.Series) -> str | None:
    return None if time.isna().all() else str(time.max().isoformat(timespec="minutes"))


def _bytes(values: Values) -> Iterable[bytes]:
    for name, part in sorted(values.items()):
        yield name.encode()
        yield np.ascontiguousarray(part, dtype=np.float64).tobytes()


def _rounded(levels: Mapping[str, Level]) -> dict[str, Level]:
    """To 12 digits, so that the order in which a machine adds does not show in the edition."""
    return {
        name: Level(
            level.count,
            *(float(f"{value:.12g}") for value in (level.total, level.median, level.minimum, level.maximum)),
        )
        for name, level in levels.items()
    }
