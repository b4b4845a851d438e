"""The main job as its user runs it: refresh, again, with bad input, with one new TOML file."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from config import load
from config.paths import built_in
from data_pipelines import inputs
from data_pipelines.refresh import refresh
from hotspots.editions import Store
from hotspots.errors import ConfigError, InputError
from hotspots.progress import Silent
from tests import new_region

CENSUS_2011 = 2_697_983


def nothing(*_: object) -> None:
    """For `Made.kept`: everything is computed."""


def hashes(store: Store, region: str) -> dict[str, str]:
    return {file.path: file.sha256 for file in store.current(region).manifest.files}


@pytest.fixture
def home(jamaica_home: Path) -> Path:
    """A store with one edition of Jamaica; tests that change it work on a copy."""
    return jamaica_home


@pytest.fixture
def store(home: Path, tmp_path: Path) -> Store:
    return Store(shutil.copytree(home, tmp_path / "home"))


@pytest.fixture
def jamaica(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder with a copy of Jamaica, its data beside it, for tests to damage."""
    folder = tmp_path / "config"
    shutil.copytree(built_in() / "data", folder / "data")
    (folder / "regions").mkdir()
    shutil.copyfile(built_in() / "regions" / "jamaica.toml", folder / "regions" / "jamaica.toml")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    return folder


def test_the_parishes_hold_the_census(home: Path) -> None:
    edition = Store(home).current("jamaica")
    units = edition.layer("admin")
    assert len(units) == 14
    assert units["people"].sum() == pytest.approx(CENSUS_2011, abs=1e-3)
    census = {"Kingston": 89_057, "Saint Andrew": 573_369, "Hanover": 69_533}
    people = units.set_index("name")["people"]
    for parish, expected in census.items():
        assert people[parish] == pytest.approx(expected, abs=1e-3)
    totals = edition.manifest.totals
    assert totals.people_in_units + totals.people_outside_units == pytest.approx(totals.people, abs=1e-6)


def test_what_is_not_there_says_so(home: Path) -> None:
    status = Store(home).current("jamaica").manifest.status
    assert {subject for subject, value in status.items() if value.state == "not_assessed"} == {
        "freshwater",
        "vulnerability",
        "standards",
        "monitors",
        "inventory",
    }


def test_kingston_harbour_has_the_most_plastic(home: Path) -> None:
    edition = Store(home).current("jamaica")
    assert edition.manifest.status["marine"].state == "partly"
    assert "straight to the coast only" in edition.manifest.status["marine"].reason
    hotspots = edition.layer("hotspots")
    assert hotspots[hotspots["dimension"] == "marine"].sort_values("rank").iloc[0]["name"] == "Kingston"
    in_sea = edition.raster("sea_plastic_kg_km2_yr")
    row, col = np.unravel_index(np.nanargmax(in_sea.to_numpy()), in_sea.shape)
    # Between the city and the Palisadoes, which close the harbour to the south.
    assert float(in_sea["x"][col]) == pytest.approx(-76.77, abs=0.06)
    assert float(in_sea["y"][row]) == pytest.approx(17.96, abs=0.03)
    reached = edition.layer("protected").set_index("name")["marine_plastic_kg_yr"]
    assert (reached[reached.notna()] > 0).any()


def test_shares_of_every_hotspot_sum_to_one(home: Path) -> None:
    for sources in Store(home).current("jamaica").layer("hotspots")["top_sources"]:
        shares: dict[str, float] = {}
        for entry in json.loads(sources):
            shares[entry["dimension"]] = shares.get(entry["dimension"], 0.0) + entry["share"]
        assert shares
        for total in shares.values():
            assert total == pytest.approx(1.0, abs=1e-4)


def test_the_same_inputs_say_nothing_changed(store: Store) -> None:
    before = hashes(store, "jamaica")
    again = refresh("jamaica", store, Silent())
    assert not again.changed
    assert again.assessment is None  # nothing was computed, and everything is, once that is forgotten
    shutil.rmtree(store.layout.cache)
    computed = refresh("jamaica", store, Silent())
    assert not computed.changed
    assert computed.assessment is not None
    assert hashes(store, "jamaica") == before
    assert [(job.state, job.outcome) for job in store.jobs.all()[1:]] == [("succeeded", "nothing changed")] * 2
    assert [row.act for row in store.audit()].count("unchanged") == 2


def test_what_was_damaged_or_is_not_current_is_computed_again(store: Store) -> None:
    current = store.current("jamaica")
    assert store.keep("jamaica", "2026-01-01-000000000000") is None
    assert store.keep("nowhere", current.id) is None
    current.path("vectors/admin.csv").write_text("damaged")
    assert store.keep("jamaica", current.id) is None


def test_the_same_inputs_give_the_same_bytes_in_an_empty_store(home: Path, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    refresh("jamaica", other, Silent())
    assert hashes(other, "jamaica") == hashes(Store(home), "jamaica")
    assert other.current("jamaica").id == Store(home).current("jamaica").id


def test_what_is_not_to_be_published_is_computed_only(tmp_path: Path) -> None:
    empty = Store(tmp_path / "empty")
    outcome = refresh("jamaica", empty, Silent(), publish=False)
    assert outcome.edition is None
    assert len(outcome.assessment.hotspots) > 0
    assert empty.regions() == ()


@pytest.mark.parametrize(
    ("file", "damage", "named"),
    [
        ("parishes.geojson", lambda data: data[: len(data) // 2], "parishes.geojson"),
        ("parishes.geojson", lambda data: b"<!DOCTYPE html><html>not here</html>", "parishes.geojson"),
        ("facilities.csv", lambda data: b"", "facilities.csv"),
        ("facilities.csv", lambda data: data.replace(b"latitude", b"lattitude"), "latitude"),
        ("monthly_mean_wind_1982_1992.nc", lambda data: data[:5000], "monthly_mean_wind_1982_1992.nc"),
    ],
)
def test_a_bad_file_keeps_the_old_edition_and_marks_it_stale(store: Store, jamaica: Path, file, damage, named) -> None:
    path = jamaica / "data" / "jamaica" / file
    before = store.current("jamaica").id
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError) as caught:
        refresh("jamaica", store, Silent())
    assert named in str(caught.value)
    assert caught.value.remedy
    assert store.current("jamaica").id == before
    stale = store.stale("jamaica")
    assert stale is not None
    assert named in stale.reason
    assert store.jobs.all()[-1].state == "failed"


def test_degrees_under_a_projected_crs_fail_and_mark_the_region_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raster = new_region.write(tmp_path / "config") / "regions" / "people.tif"
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(tmp_path / "config"))
    with rasterio.open(raster, "r+") as file:
        file.transform = Affine(0.008, 0, -77, 0, -0.008, 18)
    store = Store(tmp_path / "home")
    with pytest.raises(InputError) as caught:
        refresh(new_region.REGION, store, Silent())
    assert str(raster) in str(caught.value)
    assert new_region.UTM_18N in str(caught.value)
    assert caught.value.remedy
    assert store.region(new_region.REGION).stale_reason == str(caught.value)


def test_a_grid_of_too_many_cells_is_named_before_it_is_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inputs, "MOST_CELLS", 1000)
    with pytest.raises(InputError, match=r"would have \d+ x \d+ cells in the CRS WGS 84; 1000 are the most") as caught:
        inputs.read_inputs(load.region("jamaica"), date(2026, 1, 1), Silent())
    assert str(caught.value.source).endswith(".csv")
    assert "transboundary_margin_km" in str(caught.value.remedy)


def test_an_unexpected_error_marks_the_region_stale_and_is_raised_as_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr("data_pipelines.unchanged.Made.kept", nothing)
    monkeypatch.setattr("data_pipelines.refresh.conclude", broken)
    with pytest.raises(ZeroDivisionError):
        refresh("jamaica", store, Silent())
    stale = store.stale("jamaica")
    assert stale is not None
    assert stale.reason == "ZeroDivisionError: no such luck"
    assert (store.jobs.all()[-1].state, store.jobs.all()[-1].outcome) == ("failed", stale.reason)


def test_an_interrupted_refresh_leaves_the_region_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("data_pipelines.unchanged.Made.kept", nothing)
    monkeypatch.setattr("data_pipelines.refresh.conclude", interrupted)
    with pytest.raises(KeyboardInterrupt):
        refresh("jamaica", store, Silent())
    assert store.stale("jamaica") is None


def test_a_missing_file_and_an_unknown_key_do_too(store: Store, jamaica: Path) -> None:
    region = jamaica / "regions" / "jamaica.toml"
    text = region.read_text()
    region.write_text(text.replace("income_group", "income_grope"))
    with pytest.raises(ConfigError, match="income_grope"):
        refresh("jamaica", store, Silent())
    assert store.stale("jamaica") is not None
    region.write_text(text)
    assert not refresh("jamaica", store, Silent()).changed
    assert store.stale("jamaica") is None


def test_bad_rows_are_quarantined_and_counted(store: Store, jamaica: Path) -> None:
    table = jamaica / "data" / "jamaica" / "facilities.csv"
    lines = table.read_text().splitlines()
    lines.append("Nowhere plant,power plant,public electricity and heat,natural gas,10,MW,operating,2019,0,0,2000,")
    table.write_text("\n".join(lines) + "\n")
    outcome = refresh("jamaica", store, Silent())
    quality = next(part for part in outcome.assessment.quality.datasets if part.dataset == "facilities")
    assert quality.rows_in == 22
    assert quality.rows_quarantined == 1
    assert quality.by_reason()["ZERO_COORDINATE", "quarantined"] == 1
    assert outcome.changed
    # What changed is kept beside the new edition: another list of facilities, and no hotspot the worse for it.
    after, before = (record.id for record in store.editions("jamaica"))
    assert store.comparisons.of("jamaica", after) == (before,)
    told = json.loads((store.comparisons.folder("jamaica", after, before) / "comparison.json").read_text())
    assert {row["change"] for row in told["hotspots"]} == {"same"}


def test_an_unknown_region_is_named_and_leaves_no_trace(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    with pytest.raises(ConfigError, match="jamaica"):
        refresh("jamaika", store, Silent())
    assert store.regions() == ()
