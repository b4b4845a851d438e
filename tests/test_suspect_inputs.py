"""Inputs that can hardly be right stop the refresh by name; the old edition stays; a person can accept them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import typer
import xarray as xr

from api.commands import inventory
from data_pipelines.last_inputs import Acceptance
from data_pipelines.refresh import refresh
from hotspots.editions import Store
from hotspots.editions.audit import process_user
from hotspots.errors import ConfigError, InputError
from hotspots.progress import Silent
from tests import new_region
from tests.conftest import Testland
from tests.new_region import REGION


@pytest.fixture
def config(testland: Testland, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the configuration to damage."""
    folder = shutil.copytree(testland.config, tmp_path / "config")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    return folder


@pytest.fixture
def store(testland: Testland, tmp_path: Path) -> Store:
    return Store(shutil.copytree(testland.home, tmp_path / "home"))


def half_the_rows(folder: Path) -> None:
    table = folder / "inventory.csv"
    lines = table.read_bytes().splitlines()
    table.write_bytes(b"\n".join([*lines[:3], *lines[4:8]]) + b"\n")


def tonnes_as_kilograms(folder: Path) -> None:
    table = folder / "inventory.csv"
    frame = pd.read_csv(table, sep=";", dtype=str, encoding="latin-1", keep_default_na=False)
    frame["PM2.5 t"] = frame["PM2.5 t"].map(lambda text: str(float(text) * 1000))
    frame.to_csv(table, sep=";", index=False, encoding="latin-1")


def wind(folder: Path, change: Callable[[xr.Dataset], xr.Dataset]) -> None:
    with xr.open_dataset(folder / "wind.nc", engine="h5netcdf") as file:
        data = change(file.load())
    data.to_netcdf(folder / "wind.nc", engine="h5netcdf")


def sentinel(folder: Path) -> None:
    wind(folder, lambda data: data.assign(u10=data["u10"].where(data["valid_time"] != data["valid_time"][5], -999.0)))


def sentinel_in_a_mean(folder: Path) -> None:
    """A mean of twelve of which one is -999: (11 × -4 - 999) / 12 = -86.9."""
    wind(folder, lambda data: data.assign(u10=data["u10"].where(data["valid_time"] != data["valid_time"][5], -86.9)))


def the_same_a_month_later(folder: Path) -> None:
    wind(folder, lambda data: data.assign_coords(valid_time=data["valid_time"] + np.timedelta64(30, "D")))


def more_and_nothing_newer(folder: Path) -> None:
    wind(folder, lambda data: xr.concat([data.isel(valid_time=slice(24)).assign_coords(
        valid_time=data["valid_time"][:24] - np.timedelta64(1, "D")), data], "valid_time"))  # fmt: skip


def another_total(folder: Path) -> None:
    region = folder / f"{REGION}.toml"
    total = f'dataset = "population"\nquantity = "people"\nvalue = {2 * new_region.PEOPLE}\ntolerance = 0.01\n'
    region.write_text(f'{region.read_text()}\n[[published_totals]]\n{total}citation = "Census"\n')


FAULTS = {
    half_the_rows: ("ROWS_HALVED", "facilities"),
    tonnes_as_kilograms: ("UNIT_CHANGED", "facilities"),
    sentinel: ("SENTINEL_IN_VALUES", "wind"),
    sentinel_in_a_mean: ("SENTINEL_IN_VALUES", "wind"),
    the_same_a_month_later: ("VALUES_FROZEN", "wind"),
    more_and_nothing_newer: ("TIME_FROZEN", "wind"),
    another_total: ("TOTAL_DIFFERS", "population"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_stops_the_refresh_by_name_and_the_old_edition_stays(fault, config, store):
    before = store.current(REGION).id
    fault(config / "regions")
    reason, dataset = FAULTS[fault]
    with pytest.raises(InputError) as error:
        refresh(REGION, store, Silent())
    assert (error.value.field, error.value.source) == (reason, f"dataset {dataset}")
    assert f"--accept {reason}" in str(error.value.remedy)
    assert store.current(REGION).id == before
    stale = store.stale(REGION)
    assert stale is not None and reason in stale.reason


def test_what_a_person_accepts_is_published_once_and_the_edition_says_so(config, store):
    half_the_rows(config / "regions")
    with pytest.raises(InputError, match="ROWS_HALVED"):
        refresh(REGION, store, Silent(), accept=Acceptance(frozenset({"UNIT_CHANGED"}), "a test"))
    accept = Acceptance(frozenset({"ROWS_HALVED"}), "half of the works have closed")
    edition = refresh(REGION, store, Silent(), accept=accept).edition
    assert edition is not None
    (accepted,) = json.loads(edition.path("report/quality.json").read_text())["accepted"]
    assert (accepted["reason"], accepted["dataset"]) == ("ROWS_HALVED", "facilities")
    assert accepted["detail"] == "6 rows, 12 in the last edition"
    *_, told, published = store.audit()
    assert (told.act, told.actor, published.act) == ("accept_inputs", process_user(), "publish")
    assert (told.region, told.edition) == (published.region, published.edition) == (REGION, edition.id)
    assert told.detail == f"facilities: ROWS_HALVED, {accepted['detail']}; because: half of the works have closed"
    again = refresh(REGION, store, Silent(), accept=accept)
    assert not again.changed  # what was accepted stays so, and the same inputs publish nothing
    assert [row.act for row in store.audit()].count("accept_inputs") == 1


def test_an_unknown_reason_is_refused_before_anything_is_read(store):
    with pytest.raises(ConfigError, match="'ROWS_GONE'"):
        refresh(REGION, store, Silent(), accept=Acceptance(frozenset({"ROWS_GONE"}), "a test"))
    with pytest.raises(ConfigError, match="nobody says why"):
        refresh(REGION, store, Silent(), accept=Acceptance(frozenset({"ROWS_HALVED"}), " "))


def test_check_says_the_same_of_one_file(config, store, monkeypatch, capsys):
    monkeypatch.setenv("HOTSPOTS_HOME", str(store.layout.home))
    table = config / "regions" / "inventory.csv"
    with pytest.raises(typer.Exit):  # the row at 0/0
        inventory.check(table, REGION, "facilities")
    assert "UNIT_CHANGED" not in capsys.readouterr().out
    tonnes_as_kilograms(config / "regions")
    with pytest.raises(typer.Exit):
        inventory.check(table, REGION, "facilities")
    assert "UNIT_CHANGED: pm25 to air (kg/yr): median 2e+06, 2000 in the last edition" in capsys.readouterr().out
