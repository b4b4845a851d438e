from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import load
from data_pipelines.check import check_file
from data_pipelines.inputs import input_files, read_inputs
from data_pipelines.reconciliation import reconciled
from data_pipelines.sources.population_from_census import PEOPLE_STEP, _shared
from hotspots.consent import Applied
from hotspots.errors import ConfigError, InputError
from hotspots.progress import Silent
from hotspots.region import Override
from tests.data_pipelines.miniature import FIXTURES, SHARED, TODAY, reasons

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared data are not at {SHARED}")


@pytest.fixture(scope="module")
def jamaica():
    return read_inputs(load.region("jamaica"), TODAY, Silent())


@pytest.fixture
def shared(monkeypatch):
    monkeypatch.setenv("HOTSPOTS_DATA", str(SHARED))


def test_the_people_of_every_parish_are_its_census_exactly(jamaica):
    census = dict(
        line.split(",")
        for line in (load.region("jamaica").datasets["census"].file()).read_text().strip().splitlines()[1:]
    )
    found = {
        name: float(jamaica.people[jamaica.unit_of_cell == number].sum())
        for number, name in enumerate(jamaica.units["name"])
    }
    assert found == {name: float(people) for name, people in census.items()}
    assert float(np.nansum(jamaica.people)) == 2_697_983
    assert float(np.nansum(jamaica.people[::-1].T.astype(np.float32), dtype=np.float64)) == 2_697_983


def test_nobody_lives_in_the_margin_or_at_sea(jamaica):
    assert np.array_equal(np.isnan(jamaica.people), jamaica.unit_of_cell < 0)
    west, _, _, north = jamaica.grid.bounds
    assert (west, north) == pytest.approx((-78.3917 - 50 / 105.9, 18.525 + 50 / 110.65), abs=0.02)
    assert round(west * 120, 6) == round(west * 120)


def test_closed_refineries_release_nothing_to_air_but_their_residue_stays(jamaica):
    works = jamaica.sources.set_index("name").loc[["Kirkvine works", "Nain works"]]
    assert works["status"].tolist() == ["closed", "suspended"]
    assert (works["land_weight"] > 0).all()
    assert not jamaica.releases["source_id"].isin(works["source_id"]).any()
    assert jamaica.quality.datasets[2].by_reason()["NOT_OPERATING", "flagged"] == 2


def test_the_same_inventory_twice_changes_nothing_but_who_is_cited(jamaica):
    config = load.region("jamaica")
    first = config.datasets["facilities"]
    again = replace(first, id="second", ref=replace(first.ref, id="second"))
    both = reconciled(read_inputs(replace(config, datasets={**config.datasets, "second": again}), TODAY, Silent()))
    assert len(jamaica.sources) == len(both.sources) == len(both.quality.matches)
    assert set(both.sources["datasets"]) == {"facilities,second"}
    pd.testing.assert_frame_equal(both.releases, jamaica.releases)
    assert {match.joined[0].removeprefix("second:") for match in both.quality.matches} == {
        match.kept.removeprefix("facilities:") for match in both.quality.matches
    }


def test_a_record_that_is_not_shown_where_it_is_is_not_compared(jamaica):
    config = load.region("jamaica")
    again = replace(config.datasets["facilities"], id="second")
    again = replace(again, ref=replace(again.ref, id="second"))
    both = read_inputs(replace(config, datasets={**config.datasets, "second": again}), TODAY, Silent())
    hidden = [name for name in both.sources["source_id"] if name.startswith("second:")]
    found = reconciled(replace(both, applied=Applied(positions=dict.fromkeys(hidden, "generalised"))))
    pd.testing.assert_frame_equal(found.sources, both.sources)
    assert found.quality.matches == ()


def test_overrides_of_the_region_are_made_and_reported(jamaica):
    config = load.region("jamaica")
    name = str(jamaica.sources["source_id"].iloc[0])
    why = ("A. Officer", "Demolished in 2024", date(2025, 3, 1))
    overrides = (
        Override(name, "exclude", True, "", "", *why),
        Override("facilities:nobody", "name", "Nobody", "", "", *why),
    )
    changed = replace(config, region=replace(config.region, overrides=overrides))
    found = read_inputs(changed, TODAY, Silent())
    assert set(jamaica.sources["source_id"]) - set(found.sources["source_id"]) == {name}
    assert name not in set(found.releases["source_id"])
    assert [(item.override.source_id, item.found) for item in found.quality.overrides] == [
        (name, True),
        ("facilities:nobody", False),
    ]


def test_every_input_file_has_its_hash(jamaica):
    files = input_files(load.region("jamaica"))
    assert [file.dataset for file in files] == sorted(load.region("jamaica").datasets)
    assert all(len(file.sha256) == 64 and file.size_bytes == file.path.stat().st_size for file in files)


@given(st.integers(0, 10_000), st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=50))
@settings(max_examples=60)
def test_shares_of_a_census_sum_to_it_in_any_order(total, weights):
    weight = np.array(weights)
    cells = _shared(total, weight)
    assert cells.sum() == cells[::-1].sum() == math.fsum(cells) == total
    assert np.abs(cells - weight / weight.sum() * total).max() <= PEOPLE_STEP * (1 + 1e-6)


def test_an_unknown_inventory_says_what_would_be_known(tmp_path):
    path = tmp_path / "what.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(InputError, match=r"it has: x, y.*gppd") as error:
        check_file(path, TODAY)
    assert error.value.source == str(path)


def test_a_file_is_checked_without_a_region_and_against_one():
    alone = check_file(FIXTURES / "plants.csv", TODAY).quality
    assert reasons(alone)[15] == ["COORDINATE_OUT_OF_RANGE"]
    assert 8 not in reasons(alone)
    there = check_file(FIXTURES / "plants.csv", TODAY, load.region("jamaica")).quality
    assert reasons(there)[8] == ["OUTSIDE_REGION"]
    facilities = load.region("jamaica").datasets["facilities"].file()
    mapped = check_file(facilities, TODAY, load.region("jamaica"), "facilities").quality
    assert (mapped.rows_in, mapped.rows_quarantined) == (21, 0)
    assert check_file(facilities, TODAY).quality.rows_quarantined == 0
    with pytest.raises(ConfigError, match="several files: hourly, stations"):
        check_file(FIXTURES / "hours.csv", TODAY, load.region("california"), "monitors")
    with pytest.raises(ConfigError, match="no dataset is called 'plants'"):
        check_file(facilities, TODAY, load.region("jamaica"), "plants")


@needs_shared
@pytest.mark.usefixtures("shared")
def test_viet_nam():
    inputs = read_inputs(load.region("vietnam"), date(2026, 1, 1), Silent())
    assert float(np.nansum(inputs.people)) == pytest.approx(97_338_583, abs=0.5)
    assert inputs.unit_of_cell is None
    assert "Bắc Giang" in set(inputs.units["name"])
    plants = next(part for part in inputs.quality.datasets if part.dataset == "power_plants")
    assert plants.rows_in == 946
    assert plants.by_reason()["COORDINATE_MISSING", "quarantined"] == 63
    assert plants.by_reason()["TEXT_DAMAGED", "flagged"] == 1
    assert not inputs.sources["kind"].str.contains("hydro|solar|wind|nuclear").any()
    across = inputs.sources[inputs.sources["transboundary"]]
    assert set(across["country"]) == {"CHN", "KHM", "THA"}
    assert set(inputs.sources["country"]) - set(across["country"]) == {"VNM"}
    assert inputs.protected is None and inputs.observations is None


@needs_shared
@pytest.mark.usefixtures("shared")
def test_california():
    inputs = read_inputs(load.region("california"), date(2026, 1, 1), Silent())
    assert float(np.nansum(inputs.people)) == 39_538_223
    assert len(inputs.units) == 8043
    assert len(inputs.protected) == 13
    assert len(inputs.observations) == 134
    ukiah = inputs.observations.set_index("name").loc["Ukiah Library"]
    assert ukiah["value"] == pytest.approx(73.9943820224719)
    beyond = inputs.sources[inputs.sources["transboundary"]]
    assert len(beyond) and set(beyond["country"]) == {"USA"}
    assert inputs.wind.sampling == "monthly_mean" and inputs.wind.years == (1982, 1992)
