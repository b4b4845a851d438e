"""Measured values beside what they are compared with; soil samples counted by zone."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from hotspots.inputs import Inputs
from hotspots.pollutants import Level
from hotspots.tables.observations import observation_table, soil_columns
from tests.hotspots.tables import tiny

ROWS = [  # station, pollutant, medium, value, days, coverage, lon, lat
    ("a", "so2", "soil", 6.0, 1, np.nan, 10.005, 0.005),
    ("a", "waste", "soil", 9.0, 1, np.nan, 10.005, 0.005),
    ("b", "so2", "soil", 3.0, 1, np.nan, 10.006, 0.006),
    ("c", "so2", "soil", 3.1, 1, np.nan, 10.035, 0.005),
    ("d", "pm25", "air", 10.0, 366, 0.8, 10.005, 0.005),
    ("e", "pm25", "air", 10.0, 16, 1.0, 10.005, 0.005),
]


def inputs() -> Inputs:
    columns = ["station_id", "pollutant", "medium", "value", "days", "coverage", "lon", "lat"]
    table = pd.DataFrame(ROWS, columns=columns)
    start = pd.Timestamp("2020-01-01")
    observations = gpd.GeoDataFrame(
        table[["station_id", "pollutant", "medium", "value", "coverage"]].assign(
            observation_id="mini:" + table["station_id"] + ":" + table["pollutant"],
            name="Station " + table["station_id"],
            unit=table["medium"].map({"soil": "mg/kg", "air": "µg/m³"}),
            period_start=start,
            period_end=start + pd.to_timedelta(table["days"] - 1, unit="D"),
            statistic="test",
        ),
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs="OGC:CRS84",
    )
    so2 = replace(tiny.POLLUTANTS["so2"], soil_level=Level(3.0, "mg/kg", "single sample", "A directive"))
    return replace(tiny.inputs(), observations=observations, pollutants={**tiny.POLLUTANTS, "so2": so2})


def test_soil_is_compared_with_its_level_and_air_only_over_a_year() -> None:
    table = observation_table(inputs()).set_index("observation_id")
    assert table["exceedance_ratio"].dropna().round(6).to_dict() == {
        "mini:a:so2": 2.0,  # 6 / 3
        "mini:b:so2": 1.0,
        "mini:c:so2": round(3.1 / 3, 6),
        "mini:d:pm25": 2.0,  # 10 µg/m³ against the guideline of 5
    }
    assert table["exceeds"].dropna().to_dict() == {
        "mini:a:so2": True,
        "mini:b:so2": False,  # at the level is not above it
        "mini:c:so2": True,
        "mini:d:pm25": True,
    }
    assert table.at["mini:a:so2", "standard_citation"] == "A directive"
    assert table.at["mini:a:waste", "standard_citation"] == ""
    assert table.at["mini:e:pm25", "period_end"] == "2020-01-16"


def test_places_with_soil_samples_count_once_in_each_zone() -> None:
    west, nowhere, east = box(10.0, 0.0, 10.02, 0.01), box(11, 0, 12, 1), box(10.02, 0.0, 10.04, 0.01)
    zones = gpd.GeoSeries([west, nowhere, east], crs="OGC:CRS84")
    found = soil_columns(inputs(), zones)
    # West: a (two pollutants, one above) and b (none above). East: c, just above.
    assert list(found["soil_samples"]) == [2, 0, 1]
    assert list(found["soil_samples_above"]) == [1, 0, 1]


def test_without_soil_samples_nothing_is_counted() -> None:
    zones = gpd.GeoSeries([box(10, 0, 11, 1)], crs="OGC:CRS84")
    assert soil_columns(tiny.inputs(), zones) == {}
    assert observation_table(tiny.inputs()) is None
