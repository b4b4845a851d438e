"""gc removes what nothing needs, and nothing else."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from config import catalogue, load
from data_pipelines.fetching.download import Downloaded, Validators
from data_pipelines.fetching.input_store import InputStore
from data_pipelines.files import sha256
from data_pipelines.housekeeping import clean
from hotspots.editions import Store
from hotspots.errors import BusyError, ConfigError
from tests.command import hotspots
from tests.config.test_catalogue import ENTRY, REGION
from tests.hotspots.editions.publishing import WHEN, edition, make_draft, write_files

PARAMETERS = 'parameters = { country = "JAM", year = 2020, sex = "f" }\n'


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    for name in ("datasets", "regions"):
        (folder / name).mkdir(parents=True)
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    (folder / "datasets" / "people.toml").write_text(ENTRY, encoding="utf-8")
    (folder / "regions" / "here.toml").write_text(REGION + PARAMETERS, encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path, config: Path) -> Store:
    return Store(tmp_path / "home")


def download(store: Store, content: bytes, year: int) -> Path:
    """The people of ``year`` as if they had been downloaded."""
    inputs = InputStore(store.layout.inputs)
    (file,) = catalogue.catalogued("people").remote_files({"country": "JAM", "year": year, "sex": "f"}, Path("r"), "p")
    path = inputs.partial(file) / "data"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return inputs.path(inputs.add(file, Downloaded(path, sha256(path), len(content), Validators())))


def kinds(store: Store, keep: int | None = None, dry_run: bool = False) -> list[tuple[str, str]]:
    return sorted((waste.kind, waste.name) for waste in clean(store, keep, dry_run))


def test_an_input_stays_while_a_region_reads_it_or_an_edition_names_it(
    store: Store, config: Path, tmp_path: Path
) -> None:
    read = download(store, b"of 2020", 2020)
    unread = download(store, b"of 2019", 2019)
    named = download(store, b"census inputs\n", 2018)  # the very bytes of the miniature's census
    edition(store, tmp_path / "scratch")
    assert [name for _, name in kinds(store) if not name.startswith("note")] == ["jam_f_2019.tif"]
    assert (read.exists(), unread.exists(), named.exists()) == (True, False, True)
    assert kinds(store) == []
    # The region asks for another year: nothing needs 2020 any more.
    (config / "regions" / "here.toml").write_text(REGION + PARAMETERS.replace("2020", "2021"), encoding="utf-8")
    assert ("input", "jam_f_2020.tif") in kinds(store, dry_run=True)
    assert read.exists()
    assert ("input", "jam_f_2020.tif") in kinds(store)
    assert not read.exists()


def test_parts_of_downloads_stay_while_a_region_asks_for_the_file(store: Store) -> None:
    inputs = InputStore(store.layout.inputs)
    (file,) = load.region("here").datasets["population"].remote.values()
    for folder in (inputs.partial(file), inputs.folder / "partial" / ("0" * 32)):
        folder.mkdir(parents=True)
        (folder / "data").write_bytes(b"12")
    assert kinds(store) == [("unfinished download", "0" * 32)]
    assert inputs.partial(file).exists()


def test_old_editions_go_with_the_inputs_that_only_they_name(store: Store, tmp_path: Path) -> None:
    named = download(store, b"census old\n", 2018)
    old = make_draft(tmp_path / "old", inputs="old")
    with store.staging() as folder:
        write_files(folder, "old")
        store.publish(folder, old)
    for day in (1, 2):
        edition(store, tmp_path / str(day), f"day {day}", created=WHEN + timedelta(days=day))
    (first,) = store.editions("miniature")[2:]
    assert kinds(store) == []
    planned = kinds(store, keep=2, dry_run=True)
    assert ("edition", f"miniature/{first.id}") in planned
    assert ("input", "jam_f_2018.tif") in planned
    assert len(store.editions("miniature")) == 3
    assert kinds(store, keep=2) == planned
    assert not named.exists()
    assert len(store.editions("miniature")) == 2
    assert first.id not in {record.id for record in store.editions("miniature")}
    assert store.verify("miniature") == ()


def test_stages_not_used_for_a_month_and_what_a_killed_process_left_go(store: Store) -> None:
    store.layout.cache.mkdir()
    for name, days in (("new", 29), ("old", 31)):
        path = store.layout.cache / name
        path.write_bytes(b"12345")
        os.utime(path, (time.time() - days * 86_400,) * 2)
    left = store.layout.staging / "dead" / "files"
    left.mkdir(parents=True)
    (left / "x").write_bytes(b"123")
    found = clean(store)
    assert [(waste.kind, waste.name, waste.size_bytes) for waste in found] == [
        ("staging", "dead", 3),
        ("stage", "old", 5),
    ]
    assert [path.name for path in store.layout.cache.iterdir()] == ["new"]
    assert not left.exists()


def test_nothing_is_removed_while_a_region_is_worked_on(store: Store) -> None:
    unread = download(store, b"of 2019", 2019)
    with Store(store.layout.home).lock("here"), pytest.raises(BusyError, match="region-here"):
        clean(store)
    assert unread.exists()


def test_nothing_is_removed_while_it_is_not_known_what_is_needed(store: Store, config: Path) -> None:
    read = download(store, b"of 2020", 2020)
    (config / "regions" / "here.toml").write_text(REGION + "parameters = { yeer = 2020 }\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        clean(store)
    assert read.exists()


def test_the_commands(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_HOME", str(store.layout.home))
    unread = download(store, bytes(2_000_000), 2019)
    edition(store, tmp_path / "scratch")
    told = hotspots("gc", "--dry-run")
    assert "jam_f_2019.tif" in told.out
    assert "Would free 2.0 MB in 2 places." in told.out
    assert unread.exists()
    assert "Freed 2.0 MB" in hotspots("gc").out
    assert not unread.exists()
    assert "1 editions" in hotspots("backup", str(tmp_path / "backup")).out
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path / "restored"))
    refused = hotspots("restore", str(tmp_path / "backup"))
    assert (refused.code, "what was withdrawn after it was made" in refused.err) == (7, True)
    done = hotspots("restore", str(tmp_path / "backup"), "--no-ledger")
    assert "1 editions, all as published" in done.out
    assert "PUBLIC AGAIN" in done.err
    assert hotspots("restore", str(tmp_path / "backup"), "--no-ledger").code == 7
    ledger = str(tmp_path / "ledger.json")
    assert "0 consents" in hotspots("policy", "ledger", "-o", ledger).out
    assert "nothing that was public" in hotspots("policy", "apply", ledger).out
