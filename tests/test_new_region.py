"""A new region from local files needs one TOML file and no code: the walk-through of docs/configuration.md, run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer

from api.commands import inventory
from data_pipelines.refresh import Outcome
from hotspots.contributor_names import WITHHELD_NAME
from tests import new_region
from tests.conftest import Testland
from tests.new_region import REGION


@pytest.fixture
def config(testland: Testland) -> Path:
    return testland.config


@pytest.fixture
def configured(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(config))


@pytest.fixture
def outcome(testland: Testland) -> Outcome:
    return testland.outcome


def test_everybody_is_counted_once_and_on_the_rasters_own_grid(outcome: Outcome) -> None:
    edition = outcome.edition
    assert edition is not None
    assert edition.manifest.totals.people == new_region.PEOPLE
    assert edition.manifest.totals.people_in_units == pytest.approx(new_region.PEOPLE, abs=1e-6)
    assert edition.manifest.totals.people_outside_units == pytest.approx(0, abs=1e-6)
    people = edition.raster("people")
    assert people.shape == new_region.SHAPE
    assert people.to_numpy()[new_region.TOWN].sum() == 16 * new_region.TOWN_PEOPLE_PER_CELL
    units = edition.layer("admin").set_index("name")["people"]
    half = new_region.SHAPE[0] * 15 * new_region.RURAL_PEOPLE_PER_CELL
    assert units["Oriente"] == pytest.approx(half, abs=0.01)
    assert units["Poniente"] == pytest.approx(new_region.PEOPLE - half, abs=0.01)


def test_the_inventorys_own_columns_units_and_letters_are_read(outcome: Outcome) -> None:
    releases = outcome.assessment.releases
    stated = releases[releases["source_id"] == "facilities:A-1"].set_index("pollutant")["release_kg_yr"]
    assert dict(stated) == {"nox": 2_400_000, "pm25": 900_000}
    assert set(releases["year"]) == {2022}
    sources = outcome.assessment.sources.set_index("source_id")
    assert sources.loc["facilities:A-1", "name"] == "Fábrica Bahía"
    assert sources.loc["facilities:A-2", "sector"] == "public_electricity"
    assert set(sources["position_accuracy_m"]) == {200.0}


def test_the_quality_report_counts_every_row(outcome: Outcome) -> None:
    quality = {part.dataset: part for part in outcome.assessment.quality.datasets}
    facilities = quality["facilities"]
    assert (facilities.rows_in, facilities.rows_used, facilities.rows_quarantined) == (13, 12, 1)
    assert facilities.by_reason() == {("ZERO_COORDINATE", "quarantined"): 1}
    assert (quality["boundaries"].rows_used, quality["wind"].rows_used) == (2, 720)


def test_the_hotspot_is_the_town_downwind_of_the_cement_works(outcome: Outcome) -> None:
    assert outcome.edition is not None
    hotspots = outcome.edition.layer("hotspots")
    first = hotspots[(hotspots["dimension"] == "all") & (hotspots["rank"] == 1)].iloc[0]
    assert first["people"] >= 16 * new_region.TOWN_PEOPLE_PER_CELL
    assert "Poniente" in first["units"]
    # The inventory of the walk-through allows derived figures only: what it causes is told, not which of its rows.
    assert first["top_source"] == WITHHELD_NAME
    shares: dict[str, float] = {}
    for entry in json.loads(first["top_sources"]):
        shares[entry["dimension"]] = shares.get(entry["dimension"], 0.0) + entry["share"]
    assert shares["air"] == pytest.approx(1.0, abs=1e-4)
    # The wind blows to the west: ten cells that way the works are felt far more than ten the other way.
    pm25 = outcome.edition.raster("pm25_increment_ug_m3").to_numpy()
    assert np.isfinite(pm25).all()
    assert pm25[11:13, 4].mean() > 20 * pm25[11:13, 24].mean()


def test_what_was_not_given_is_not_assessed(outcome: Outcome) -> None:
    assert outcome.edition is not None
    status = outcome.edition.manifest.status
    assert status["air"].state == "partly"
    assert status["protected_areas"].state == "not_assessed"
    assert "hourly" in status["air"].reason


def test_rows_of_the_inventory_are_not_published(outcome: Outcome) -> None:
    assert outcome.edition is not None
    datasets = {item.dataset: item for item in outcome.edition.manifest.inputs}
    assert datasets["facilities"].redistribution == "derived"
    published = [file.path for file in outcome.edition.manifest.files]
    assert not [path for path in published if "inventory" in path]


@pytest.mark.usefixtures("configured")
def test_the_inventory_can_be_checked_first(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as stopped:
        inventory.check(config / "regions" / "inventory.csv", REGION, "facilities")
    assert stopped.value.exit_code == inventory.QUARANTINED
    assert "13 rows in = 12 used + 1 quarantined" in capsys.readouterr().out
