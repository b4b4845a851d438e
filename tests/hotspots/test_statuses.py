from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from shapely.geometry import Point, box

from hotspots.assumptions import assumptions
from hotspots.blocks import threads
from hotspots.dispersion.stability import ASSUMPTION
from hotspots.evaluation import evaluate
from hotspots.inputs import Inputs, Wind
from hotspots.inventory import coverage_table
from hotspots.pollutants import Level
from hotspots.pressures import Pressures, compute
from hotspots.progress import Silent
from hotspots.quality import DatasetQuality, Issue, QualityReport
from hotspots.region import Background
from hotspots.result import Status
from hotspots.statuses import missing, statuses
from tests import miniature
from tests.hotspots.tables import tiny

UNKNOWN = Status("not_assessed", "no reported total")


def computed(inputs: Inputs) -> Pressures:
    with threads(1) as executor:
        return compute(inputs, miniature.METHOD, executor, Silent())


def found(inputs: Inputs, **ambient: np.ndarray):
    evaluations = evaluate(inputs.observations, ambient, inputs.grid, inputs.pollutants)
    return statuses(
        inputs, miniature.METHOD, computed(inputs), tiny.NO_VULNERABILITY, evaluations, coverage_table(inputs)
    )


def status(inputs: Inputs, subject: str):
    return found(inputs)[subject]


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


def measured(*rows: tuple[str, str, str, float], days: int = 365) -> gpd.GeoDataFrame:
    """Rows: station, pollutant, medium, value."""
    start = pd.Timestamp("2018-11-08")
    table = pd.DataFrame(rows, columns=["station_id", "pollutant", "medium", "value"])
    return gpd.GeoDataFrame(
        table.assign(period_start=start, period_end=start + pd.Timedelta(days=days - 1), coverage=1.0),
        geometry=[Point(10.005, 0.005)] * len(rows),
        crs="OGC:CRS84",
    )


@pytest.mark.parametrize(("days", "said"), [(16, "16 days"), (365, "ambient totals")])
def test_monitors_are_not_comparable_with_increments(days: int, said: str) -> None:
    observations = measured(("a", "pm25", "air", 10.0), days=days)
    monitors = status(replace(tiny.inputs(), observations=observations), "monitors")
    assert monitors.state == "not_assessed"
    assert "not comparable" in monitors.reason
    assert said in monitors.reason


def test_monitors_are_held_against_totals() -> None:
    observations = measured(("a", "pm25", "air", 10.0))
    total = np.full(tiny.GRID.shape, 12.0)
    monitors = found(replace(tiny.inputs(), observations=observations), pm25=total)["monitors"]
    assert monitors.state == "assessed"
    assert monitors.reason.endswith("to 2019-11-07: n = 1, NMB +20%, FAC2 1.00, Spearman not defined")


def test_measured_soil_is_told_beside_the_sites_or_without_any() -> None:
    levels = {"pm25": replace(tiny.POLLUTANTS["pm25"], soil_level=Level(3.0, "mg/kg", "single sample", "test"))}
    samples = measured(("a", "pm25", "soil", 4.0), ("b", "pm25", "soil", 3.0), ("b", "no2", "soil", 9.0))
    inputs = replace(tiny.inputs(), observations=samples, pollutants={**tiny.POLLUTANTS, **levels})
    said = "soil was sampled at 2 places; PM2.5 1 of 2 above 3 mg/kg; measured soil is published, not scored"
    assert said in status(inputs, "land").reason
    without = status(replace(inputs, sources=inputs.sources.assign(land_weight=0.0)), "land")
    assert (without.state, without.reason.endswith(said)) == ("not_assessed", True)


def test_what_is_missing_is_listed() -> None:
    assert missing(found(tiny.inputs())).startswith("freshwater, marine and coastal, protected areas, vulnerability")


def test_assumptions_go_with_what_was_assessed() -> None:
    inputs = tiny.inputs()
    said = assumptions(inputs, miniature.METHOD, computed(inputs), tiny.NO_VULNERABILITY, UNKNOWN)
    assert "Ranks are among listed sources: no reported total." in said
    assert "meteorology: assumed" in said
    assert "PM2.5: Primary only." in said
    assert ASSUMPTION not in said
    assert any(sentence.startswith("0 of 1 stacks of reported height have known gas") for sentence in said)
    assert "Air mixes up to 1500 m in class A, 1000 m in class C, 800 m in class D, everywhere" in " ".join(said)
    assert len(said) == len(set(said))
    bare = replace(inputs, municipal=(), releases=inputs.releases.iloc[:0])
    assert not any(
        "meteorology" in sentence or "increments" in sentence
        for sentence in assumptions(bare, miniature.METHOD, computed(bare), tiny.NO_VULNERABILITY, UNKNOWN)
    )
    assert any("span 2020 to 2020" in sentence for sentence in said)
    old = replace(inputs, people_year=2010)
    assert any(
        "one grade lower" in sentence
        for sentence in assumptions(old, miniature.METHOD, computed(old), tiny.NO_VULNERABILITY, UNKNOWN)
    )
    assert not any("one grade lower" in sentence for sentence in said)


def test_pollutants_without_a_factor_per_person_are_named() -> None:
    inputs = tiny.inputs()
    sulphur = pd.concat([inputs.releases, inputs.releases.iloc[:1].assign(pollutant="so2")], ignore_index=True)
    said = assumptions(
        replace(inputs, releases=sulphur),
        miniature.METHOD,
        computed(replace(inputs, releases=sulphur)),
        tiny.NO_VULNERABILITY,
        UNKNOWN,
    )
    assert any(
        sentence.startswith("Households and road traffic are not part of") and "SO2" in sentence for sentence in said
    )


def test_given_winds_bring_the_assumption_of_stability_and_the_share_of_calms() -> None:
    steps = pd.date_range("2020-01-01", periods=4, freq="h")
    at = {"time": steps, "lat": [0.0], "lon": [10.0]}
    u10 = xr.DataArray(np.array([0.1, 3.0, 3.0, 3.0]).reshape(4, 1, 1), at, ("time", "lat", "lon"))
    hourly = Wind(xr.Dataset({"u10": u10, "v10": u10 * 0}), "hourly", (2020, 2020))
    inputs = replace(tiny.inputs(), wind=hourly)
    said = assumptions(inputs, miniature.METHOD, computed(inputs), tiny.NO_VULNERABILITY, UNKNOWN)
    assert ASSUMPTION in said
    assert "meteorology: hourly winds 2020–2020" in said
    assert any(sentence.startswith("Calms, 25.0% of the time") for sentence in said)
