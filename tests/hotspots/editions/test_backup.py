"""A backup is of one moment, however busy the store is, and what is restored verifies."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hotspots.editions import Layout, Store, backup, durable
from hotspots.editions.backup import back_up, restore
from hotspots.errors import CorruptEditionError, EditionError
from tests.hotspots.editions.publishing import WHEN, edition

REGION = "miniature"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "home")
    for day in range(2):
        edition(store, tmp_path / str(day), f"day {day}", created=WHEN + timedelta(days=day))
    for path in ("a" * 64 + "/people.tif", "addresses/x.json", "partial/y/data"):
        file = store.layout.inputs / path
        file.parent.mkdir(parents=True)
        file.write_text(path)
    return store


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_restored_store_is_the_store(store: Store, tmp_path: Path) -> None:
    store.mark_stale(REGION, "no wind")
    copied = back_up(store, tmp_path / "backup")
    assert copied.editions == 2
    restored = restore(tmp_path / "backup", Layout(tmp_path / "other"), None)
    assert restored.editions == 2
    other = Store(tmp_path / "other")
    assert other.current(REGION).id == store.current(REGION).id
    assert other.editions(REGION) == store.editions(REGION)
    assert other.audit()[:-1] == store.audit()
    assert (other.audit()[-1].act, other.audit_trail.verify().fault) == ("restore", None)
    stale = other.stale(REGION)
    assert stale is not None
    assert stale.reason == "no wind"
    assert files(other.layout.editions) == files(store.layout.editions)
    assert set(files(other.layout.inputs)) == {"a" * 64 + "/people.tif", "addresses/x.json"}
    assert other.rollback(REGION).id == store.editions(REGION)[1].id


def test_on_one_file_system_nothing_is_written_twice(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    path = store.current(REGION).path("map.html")
    assert path.stat().st_nlink == 2
    restore(tmp_path / "backup", Layout(tmp_path / "other"), None)
    assert path.stat().st_nlink == 2, "a restored store shares nothing with its backup"


def test_where_links_cannot_be_made_the_files_are_copied(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(durable.os, "link", refuse)
    back_up(store, tmp_path / "backup")
    assert store.current(REGION).path("map.html").stat().st_nlink == 1
    assert restore(tmp_path / "backup", Layout(tmp_path / "other"), None).editions == 2


def test_what_is_published_meanwhile_is_not_part_of_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.current(REGION).id

    def publish() -> None:
        edition(store, tmp_path / "3", "day 3", created=WHEN + timedelta(days=3))

    in_the_middle(monkeypatch, "_copy_editions", publish)
    assert back_up(store, tmp_path / "backup").editions == 2
    restore(tmp_path / "backup", Layout(tmp_path / "other"), None)
    assert Store(tmp_path / "other").current(REGION).id == before
    assert store.current(REGION).id != before


def test_an_edition_retired_meanwhile_makes_it_begin_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_middle(monkeypatch, "_copy_editions", lambda: store.retire(REGION, 1))
    assert back_up(store, tmp_path / "backup").editions == 1
    assert restore(tmp_path / "backup", Layout(tmp_path / "other"), None).editions == 1


def in_the_middle(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], object]) -> None:
    """Let ``act`` happen once, in another thread, between the copy of the catalogue and ``step``."""
    real, done = getattr(backup, step), []

    def later(*arguments: object) -> object:
        if not done:
            done.append(True)
            thread = threading.Thread(target=act)
            thread.start()
            thread.join()
        return real(*arguments)

    monkeypatch.setattr(backup, step, later)


def test_a_backup_that_fails_leaves_nothing(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copy_inputs", full)
    (tmp_path / "backups").mkdir()
    with pytest.raises(EditionError, match="the backup stopped: No space left"):
        back_up(store, tmp_path / "backups" / "one")
    assert list((tmp_path / "backups").iterdir()) == []


def test_no_backup_and_no_store_is_written_over(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    with pytest.raises(EditionError, match="exists already"):
        back_up(store, tmp_path / "backup")
    with pytest.raises(EditionError, match="there is a store here already"):
        restore(tmp_path / "backup", store.layout, None)
    with pytest.raises(EditionError, match="is no backup"):
        restore(tmp_path / "home", Layout(tmp_path / "other"), None)
    (tmp_path / "backup" / "backup.json").write_text('{"format": 9, "created": "2026-01-01"}')
    with pytest.raises(EditionError, match="format 9"):
        restore(tmp_path / "backup", Layout(tmp_path / "other"), None)


def test_a_damaged_backup_is_told(store: Store, tmp_path: Path) -> None:
    back_up(store, tmp_path / "backup")
    (one, _) = sorted((tmp_path / "backup" / "editions" / REGION).iterdir())
    (one / "map.html").unlink()  # it shares its bytes with the store
    shutil.copyfile(one / "manifest.json", one / "map.html")
    with pytest.raises(CorruptEditionError, match=r"map\.html is changed"):
        restore(tmp_path / "backup", Layout(tmp_path / "other"), None)


def test_a_restore_that_was_interrupted_is_run_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(store, tmp_path / "backup")
    other = Layout(tmp_path / "other")

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(backup.shutil, "copyfile", stop)
        restore(tmp_path / "backup", other, None)
    assert not other.catalogue.exists()
    assert restore(tmp_path / "backup", other, None).editions == 2
