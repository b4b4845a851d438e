"""155 real topsoil samples in metres of the Dutch grid, from the file to the edition."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from data_pipelines.refresh import Outcome, refresh
from hotspots.editions import Edition, Store
from hotspots.progress import Silent
from tests import meuse_region
from tests.data_pipelines.miniature import SHARED

SAMPLES = SHARED / "soil" / "meuse.csv"
LIMITS = {"cadmium": 3.0, "copper": 140.0, "lead": 300.0, "zinc": 300.0}
"""mg/kg: upper limit values of Directive 86/278/EEC, annex I A."""

pytestmark = pytest.mark.skipif(not SAMPLES.is_file(), reason="the shared data are not on this machine")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    config = meuse_region.write(tmp_path_factory.mktemp("config") / "here", SHARED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(config))
        return refresh(meuse_region.REGION, Store(tmp_path_factory.mktemp("home")), Silent())


@pytest.fixture(scope="module")
def edition(outcome: Outcome) -> Edition:
    assert outcome.edition is not None
    return outcome.edition


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with SAMPLES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_sample_is_read_and_compared_as_counted_in_the_file(outcome, edition, rows) -> None:
    quality = next(part for part in outcome.assessment.quality.datasets if part.dataset == "soil")
    assert (quality.rows_in, quality.rows_used) == (155, 155)
    found = edition.layer("observations")
    assert len(found) == 155 * 4
    above = {name: sum(float(row[name]) > limit for row in rows) for name, limit in LIMITS.items()}
    assert above == {"cadmium": 50, "copper": 0, "lead": 13, "zinc": 80}
    assert found[found["exceeds"]].groupby("pollutant_name").size().to_dict() == {
        name.capitalize(): count for name, count in above.items() if count
    }
    worst = found.loc[found[found["pollutant"] == "zn"]["value"].idxmax()]
    assert worst["value"] == max(float(row["zinc"]) for row in rows)
    assert worst["exceedance_ratio"] == pytest.approx(worst["value"] / 300)


def test_samples_lie_on_the_flood_plain_of_the_meuse(edition) -> None:
    west, south, east, north = edition.layer("observations").total_bounds
    assert 5.72 < west < east < 5.77
    assert 50.95 < south < north < 51.0


def test_units_count_the_places_and_those_above_a_limit(edition, rows) -> None:
    units = edition.layer("admin")
    assert units["soil_samples"].sum() == 155
    above = sum(any(float(row[name]) > limit for name, limit in LIMITS.items()) for row in rows)
    assert units["soil_samples_above"].sum() == above
    assert (units["soil_samples"] > 0).all()


def test_measured_soil_is_told_and_not_scored(edition) -> None:
    land = edition.manifest.status["land"]
    assert land.state == "not_assessed"
    assert "soil was sampled at 155 places; Cadmium 50 of 155 above 3 mg/kg; Copper 0 of 155" in land.reason
    assert edition.manifest.status["monitors"].reason == "no monitors among the inputs"


def test_every_format_and_the_tiles_hold_the_samples(edition) -> None:
    published = {file.path for file in edition.manifest.files}
    assert {f"vectors/observations.{ending}" for ending in ("geojson", "gpkg", "parquet", "csv", "qml")} <= published
    assert "tiles/observations.pmtiles" in published
    assert len(pd.read_csv(edition.path("vectors/observations.csv"))) == 620
