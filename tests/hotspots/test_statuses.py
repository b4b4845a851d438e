from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from shapely.geometry import Point, box

from hotspots.assumptions import LISTED, assumptions
from hotspots.blocks import threads
from hotspots.dispersion.stability import ASSUMPTION
from hotspots.inputs import Inputs, Wind
from hotspots.pressures import Pressures, compute
from hotspots.progress import Silent
from hotspots.quality import DatasetQuality, Issue, QualityReport
from hotspots.region import Background
from hotspots.statuses import missing, statuses
from tests import miniature
from tests.hotspots.tables import tiny


def computed(inputs: Inputs) -> Pressures:
    with threads(1) as executor:
        return compute(inputs, miniature.METHOD, executor, Silent())


def status(inputs: Inputs, subject: str):
    return statuses(inputs, computed(inputs))[subject]


def test_air_says_what_emits_and_what_is_missing() -> None:
    air = status(tiny.inputs(), "air")
    assert air.state == "partly"
    assert air.reason.startswith("increments from 1 listed sources, households, road traffic; meteorology: assumed")
    assert "releases of 1 listed sources are unknown" in air.reason
    assert "households and traffic abroad" in air.reason
    assert "households" not in status(replace(tiny.inputs(), municipal=()), "air").reason.split(";")[0]


def test_air_without_releases_or_without_a_guideline_is_not_assessed() -> None:
    inputs = replace(tiny.inputs(), municipal=())
    nothing = replace(inputs, releases=inputs.releases.iloc[:0])
    assert status(nothing, "air").state == "not_assessed"
    sulphur = replace(inputs, releases=inputs.releases.iloc[:1].assign(pollutant="so2"))
    assert "so2" in computed(sulphur).increments
    assert "air" not in computed(sulphur).by_dimension
    assert status(sulphur, "air").state == "not_assessed"
    assert "guideline" in status(sulphur, "air").reason


def test_land_needs_sites() -> None:
    # 400 people in the cell of the dump, 900 with its neighbours, all 1 000 within 5 km.
    assert status(tiny.inputs(), "land").reason.startswith(
        "1 listed sites (1 dumps); 400 people live within 1 km; 900 people live within 2 km;"
        " 1,000 people live within 5 km of one, each counted once"
    )
    inputs = tiny.inputs()
    assert status(replace(inputs, sources=inputs.sources.assign(land_weight=0.0)), "land").state == "not_assessed"


def test_protected_areas_are_partly_assessed_where_outlines_are_guesses_or_missing() -> None:
    inputs = tiny.inputs()
    assert status(inputs, "protected_areas").state == "not_assessed"
    sulphur = pd.concat([inputs.releases, inputs.releases.iloc[:1].assign(pollutant="so2")], ignore_index=True)
    park = replace(inputs, releases=sulphur, protected=tiny.protected(("park", box(10, 0, 10.01, 0.01), False)))
    assert status(park, "protected_areas").state == "assessed"
    circle = replace(park, protected=park.protected.assign(from_point=True))
    assert "1 are circles" in status(circle, "protected_areas").reason
    issue = Issue("parks", "p.csv", 1, "AREA_MISSING", "quarantined", "")
    points = replace(park, quality=QualityReport((DatasetQuality("parks", "p.csv", 2, 1, 1, (issue,)),)))
    assert status(points, "protected_areas").state == "partly"
    assert "1 points" in status(points, "protected_areas").reason
    marine = replace(park, protected=park.protected.assign(marine=True))
    assert "sea" in status(marine, "protected_areas").reason
    assert "critical level" in status(replace(park, releases=inputs.releases), "protected_areas").reason


def test_standards_need_an_ambient_total_and_a_level() -> None:
    inputs = tiny.inputs()
    assert status(inputs, "standards").state == "not_assessed"
    known = replace(inputs, region=replace(inputs.region, backgrounds=(Background("pm25", 9.0, 2020, "test"),)))
    assert status(known, "standards").reason == "annual means of PM2.5 (background + increment) against WHO 2021"
    level_free = {**tiny.POLLUTANTS, "pm25": replace(tiny.POLLUTANTS["pm25"], interim_targets=())}
    assert status(replace(known, pollutants=level_free), "standards").state == "not_assessed"


@pytest.mark.parametrize(("end", "said"), [("2018-11-23", "16 days"), ("2019-11-07", "ambient totals")])
def test_monitors_are_not_comparable_with_increments(end: str, said: str) -> None:
    observations = gpd.GeoDataFrame(
        {
            "station_id": ["a"],
            "period_start": [pd.Timestamp("2018-11-08")],
            "period_end": [pd.Timestamp(end)],
        },
        geometry=[Point(10, 0)],
        crs="OGC:CRS84",
    )
    monitors = status(replace(tiny.inputs(), observations=observations), "monitors")
    assert monitors.state == "not_assessed"
    assert "not comparable" in monitors.reason
    assert said in monitors.reason


def test_what_is_missing_is_listed() -> None:
    found = statuses(tiny.inputs(), computed(tiny.inputs()))
    assert missing(found).startswith("freshwater, marine and coastal, protected areas, vulnerability")


def test_assumptions_go_with_what_was_assessed() -> None:
    inputs = tiny.inputs()
    said = assumptions(inputs, miniature.METHOD, computed(inputs))
    assert LISTED in said
    assert "meteorology: assumed" in said
    assert "PM2.5: Primary only." in said
    assert ASSUMPTION not in said
    assert any("stack height is reported" in sentence for sentence in said)
    assert len(said) == len(set(said))
    bare = replace(inputs, municipal=(), releases=inputs.releases.iloc[:0])
    assert not any(
        "meteorology" in sentence or "increments" in sentence
        for sentence in assumptions(bare, miniature.METHOD, computed(bare))
    )
    assert any("span 2020 to 2020" in sentence for sentence in said)
    old = replace(inputs, people_year=2010)
    assert any("one grade lower" in sentence for sentence in assumptions(old, miniature.METHOD, computed(old)))
    assert not any("one grade lower" in sentence for sentence in said)


def test_pollutants_without_a_factor_per_person_are_named() -> None:
    inputs = tiny.inputs()
    sulphur = pd.concat([inputs.releases, inputs.releases.iloc[:1].assign(pollutant="so2")], ignore_index=True)
    said = assumptions(replace(inputs, releases=sulphur), miniature.METHOD, computed(replace(inputs, releases=sulphur)))
    assert any(
        sentence.startswith("Households and road traffic are not part of") and "SO2" in sentence for sentence in said
    )


def test_given_winds_bring_the_assumption_of_stability_and_the_share_of_calms() -> None:
    steps = pd.date_range("2020-01-01", periods=4, freq="h")
    at = {"time": steps, "lat": [0.0], "lon": [10.0]}
    u10 = xr.DataArray(np.array([0.1, 3.0, 3.0, 3.0]).reshape(4, 1, 1), at, ("time", "lat", "lon"))
    hourly = Wind(xr.Dataset({"u10": u10, "v10": u10 * 0}), "hourly", (2020, 2020))
    inputs = replace(tiny.inputs(), wind=hourly)
    said = assumptions(inputs, miniature.METHOD, computed(inputs))
    assert ASSUMPTION in said
    assert "meteorology: hourly winds 2020–2020" in said
    assert any(sentence.startswith("Calms, 25.0% of the time") for sentence in said)
