"""Restricted files beside editions: kept, read with a note in the audit, verified, backed up, retired."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from hotspots.editions import Edition, Store
from hotspots.editions.backup import back_up, restore
from hotspots.editions.edition import Problem
from hotspots.editions.layout import Layout
from hotspots.editions.restricted import Kept
from hotspots.errors import CorruptEditionError, NotFoundError
from tests.hotspots.editions.publishing import WHEN, edition
from tests.hotspots.editions.test_withdrawal import ANN, COARSE, NONE, REGION

READ = replace(COARSE, restricted_reading=True)
PATH = "JAM/facilities/sources.csv"
ROWS = Kept(("JAM",), "facilities", "sources.csv", "text/csv", b"source_id\nfacilities:1\n")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(tmp_path / "home")
    found.policy.consents.seed(REGION, (READ,), NONE)
    return found


def published(store: Store, scratch: Path, text: str = "first", days: int = 0) -> Edition:
    """An edition that says it was made by the consent in force, and what is kept beside it."""
    found = edition(store, scratch / text, text, created=WHEN + timedelta(days=days))
    with store.lock(REGION):
        store.policy.restricted.keep(REGION, found.id, (ROWS,))
    return found


@pytest.fixture
def kept(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edition:
    # The miniature's editions do not say that consents were applied, which would withdraw them.
    monkeypatch.setattr(type(store.policy), "_withdraw", lambda *_, **__: ())
    monkeypatch.setattr(type(store.policy), "check", lambda *_: None)
    return published(store, tmp_path)


def test_what_is_read_is_what_was_kept_and_is_noted_first(store: Store, kept: Edition) -> None:
    (file,) = store.policy.restricted.files(REGION, kept.id)
    assert (file.path, file.countries, file.dataset) == (PATH, ("JAM",), "facilities")
    assert store.policy.restricted.read(REGION, kept.id, PATH, "key 1 (Ann)") == (file, ROWS.data)
    last = store.audit()[-1]
    assert (last.act, last.actor, last.edition, last.detail) == ("read_restricted", "key 1 (Ann)", kept.id, PATH)
    for path in ("JAM/facilities/other.csv", "index.json", "../../../catalogue.sqlite", ""):
        with pytest.raises(NotFoundError, match="nothing to read here"):
            store.policy.restricted.read(REGION, kept.id, path, "key 1 (Ann)")
    assert store.audit()[-1] == last


def test_a_reading_that_ended_this_moment_finds_nothing_though_the_file_is_there(
    store: Store, kept: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.policy, "purge", lambda _: None)
    store.policy.record(replace(READ, valid_until=date(2026, 1, 2)), ANN, NONE)
    assert (store.layout.restricted_edition(REGION, kept.id) / PATH).is_file()
    with pytest.raises(NotFoundError, match="nothing to read here"):
        store.policy.restricted.read(REGION, kept.id, PATH, "key 1 (Ann)")
    assert not any(row.act == "read_restricted" for row in store.audit())
    store.policy.restricted.purge(REGION, ())
    assert not store.layout.restricted_edition(REGION, kept.id).exists()


def test_verify_finds_what_differs(store: Store, kept: Edition) -> None:
    folder = store.layout.restricted_edition(REGION, kept.id)
    (folder / "note.txt").write_text("extra")
    (folder / PATH).write_text("other")
    expected = (Problem("changed", f"restricted/{PATH}"), Problem("extra", "restricted/note.txt"))
    assert store.verify(REGION, kept.id) == expected
    with pytest.raises(CorruptEditionError):
        store.policy.restricted.read(REGION, kept.id, PATH, "key 1 (Ann)")
    (folder / PATH).unlink()
    assert Problem("missing", f"restricted/{PATH}") in store.verify(REGION, kept.id)


def test_a_new_edition_has_its_own_and_a_retired_one_none(store: Store, kept: Edition, tmp_path: Path) -> None:
    second = published(store, tmp_path, "second", days=1)
    store.retire(REGION, 1)
    assert not store.layout.restricted_edition(REGION, kept.id).exists()
    assert store.policy.restricted.files(REGION, second.id)
    with store.lock(REGION):
        store.policy.restricted.keep(REGION, second.id, ())
    assert store.policy.restricted.files(REGION, second.id) == ()


def test_a_backup_brings_it_back(store: Store, kept: Edition, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    restore(tmp_path / "backup", Layout(tmp_path / "again"), None)
    again = Store(tmp_path / "again")
    assert again.policy.restricted.read(REGION, kept.id, PATH, "key 1 (Ann)")[1] == ROWS.data
