"""Monitors of a small region with ambient totals, from the inputs to the report of the edition."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data_pipelines.outputs import evaluation
from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.inputs import Inputs
from hotspots.policy import publishable
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import miniature, small_region

BACKGROUND = 20.0
AT = [(10.13, 20.31), (10.35, 20.23), (10.25, 20.40)]
"""Two towns and the country between them."""


def monitors(days: int) -> gpd.GeoDataFrame:
    """Three monitors that each measured twice the background."""
    start = pd.Timestamp("2020-01-01")
    names = ["a", "b", "c"]
    return gpd.GeoDataFrame(
        {
            "observation_id": [f"monitors:{name}:pm25" for name in names],
            "station_id": names,
            "name": names,
            "pollutant": "pm25",
            "medium": "air",
            "value": 2 * BACKGROUND,
            "unit": "µg/m³",
            "period_start": start,
            "period_end": start + pd.Timedelta(days=days - 1),
            "statistic": "mean of hourly",
            "coverage": 1.0,
        },
        geometry=gpd.points_from_xy(*zip(*AT, strict=True)),
        crs="OGC:CRS84",
    )


def assessed(inputs: Inputs) -> Assessment:
    with threads(2) as executor:
        return assess(inputs, small_region.METHOD, None, executor, Silent())


@pytest.fixture(scope="module")
def year() -> Assessment:
    return assessed(replace(small_region.inputs(BACKGROUND), observations=monitors(366)))


def rows(assessment: Assessment, folder: Path) -> list[dict[str, str]]:
    (path,) = evaluation.write(publishable(assessment, miniature.POLICY), folder)
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_totals_are_held_against_a_year_of_measurements(year: Assessment, tmp_path: Path) -> None:
    total = year.layers["pm25_ambient_ug_m3"]
    modelled = [float(total.sel(x=lon, y=lat, method="nearest")) for lon, lat in AT]
    assert all(BACKGROUND < value < 2 * BACKGROUND for value in modelled)
    (row,) = rows(year, tmp_path)
    assert (row["pollutant"], row["monitors"], row["n"]) == ("pm25", "3", "3")
    assert float(row["mean_modelled_ug_m3"]) == pytest.approx(np.mean(modelled))
    assert float(row["nmb"]) == pytest.approx((sum(modelled) - 120) / 120)
    assert float(row["fac2"]) == 1.0
    assert row["spearman"] == ""  # all observed alike
    assert year.status["monitors"].state == "assessed"
    assert "n = 3" in year.status["monitors"].reason


def test_a_year_above_the_guideline_exceeds_it_and_a_fortnight_is_compared_with_nothing(year: Assessment) -> None:
    assert year.observations["exceedance_ratio"].tolist() == [8.0, 8.0, 8.0]  # 40 µg/m³ against 5
    fortnight = assessed(replace(small_region.inputs(BACKGROUND), observations=monitors(15)))
    assert fortnight.observations["exceeds"].isna().all()
    assert fortnight.status["monitors"].state == "not_assessed"


def test_increments_alone_have_no_skill(tmp_path: Path) -> None:
    alone = assessed(replace(small_region.inputs(), observations=monitors(366)))
    (row,) = rows(alone, tmp_path)
    assert (row["n"], row["nmb"], row["fac2"]) == ("0", "", "")
    assert "the model gives increments" in row["remark"]


def test_without_monitors_there_is_no_report(tmp_path: Path) -> None:
    assert list(evaluation.write(publishable(miniature.assessment(), miniature.POLICY), tmp_path)) == []
