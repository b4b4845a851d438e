"""Publishing: what becomes current, what stays, and what the id depends on."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotspots.editions import Edition, Store, Unchanged, jobs
from hotspots.editions.catalogue import Catalogue
from hotspots.editions.durable import make_folder
from hotspots.editions.layout import is_edition_id
from hotspots.editions.sqlite import SqliteDatabase
from hotspots.errors import BusyError, CorruptEditionError, EditionError, NotFoundError
from tests.hotspots.editions.publishing import WHEN, edition, make_draft, publish, write_files

REGION = "miniature"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_published_edition_is_current_and_whole(store: Store, tmp_path: Path) -> None:
    made = edition(store, tmp_path)
    assert store.current(REGION) == made
    assert made.id.startswith("2026-03-01-")
    assert made.id[11:] == made.manifest.content_sha256[:12]
    assert store.verify(REGION) == ()
    assert [record.id for record in store.editions(REGION)] == [made.id]
    assert store.regions()[0].title == "Miniature"
    assert list(store.layout.staging.iterdir()) == []
    assert {file.path for file in made.manifest.files} == set(snapshot(made.folder)) - {"manifest.json"}


def test_the_manifest_states_inputs_method_status_and_policy(store: Store, tmp_path: Path) -> None:
    manifest = json.loads(edition(store, tmp_path).path("manifest.json").read_text())
    census = manifest["inputs"][0]
    assert (census["dataset"], census["file"], census["size_bytes"]) == ("census", "census.csv", 14)
    assert census["sha256"] == hashlib.sha256(b"census inputs\n").hexdigest()
    assert manifest["method"]["air"]["radius_m"] == 50_000
    assert manifest["status"]["freshwater"] == {"state": "not_assessed", "reason": "no method in this edition"}
    assert manifest["totals"] == {"people": 1000.0, "people_in_units": 1000.0, "people_outside_units": 0.0}
    assert manifest["policy"]["publisher"] == "Test authority"
    assert manifest["bounds"] == pytest.approx([10.0, 20.0, 10.08, 20.06])
    assert manifest["edition"] in manifest["cite"]
    assert manifest["quality"][0]["issues"] == [
        {"reason": "ZERO_COORDINATE", "outcome": "quarantined", "rows": 1},
    ]
    assert {vector["name"]: vector["features"] for vector in manifest["vectors"]} == {
        "hotspots": 2,
        "sources": 1,
        "admin": 2,
    }
    admin = next(file for file in manifest["files"] if file["path"] == "vectors/admin.csv")
    assert (admin["layer"], admin["role"], admin["media_type"]) == ("admin", "data", "text/csv")


def test_what_a_person_accepted_is_in_the_audit_if_the_edition_is_published(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(make_draft(tmp_path), accepted=("facilities: ROWS_HALVED",))

    def interrupted(*_: object) -> None:
        raise ZeroDivisionError

    for finish in (interrupted, jobs.finish):
        monkeypatch.setattr("hotspots.editions.catalogue.finish", finish)
        with store.lock(REGION), store.staging() as folder, suppress(ZeroDivisionError):
            write_files(folder)
            store.publish(folder, made, job=store.start_job("refresh", REGION))
        told = [(row.act, row.edition, row.detail) for row in store.audit() if row.act == "accept_inputs"]
        assert bool(told) == (finish is jobs.finish)
    assert told == [("accept_inputs", store.current(REGION).id, "facilities: ROWS_HALVED")]


def test_the_same_content_a_day_later_changes_nothing(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    before = snapshot(first.folder)
    store.mark_stale(REGION, "the download failed")
    again = publish(store, tmp_path, created=WHEN + timedelta(days=1))
    assert isinstance(again, Unchanged)
    assert again.edition == first
    assert snapshot(first.folder) == before
    assert len(store.editions(REGION)) == 1
    assert store.stale(REGION) is None
    assert list(store.layout.staging.iterdir()) == []


def test_only_the_presentation_differs_changes_nothing(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    with store.staging() as folder:
        write_files(folder)
        (folder / "map.html").write_text("a new design")
        assert store.publish(folder, make_draft(tmp_path)) == Unchanged(first)


def test_other_inputs_make_another_edition_though_the_files_are_the_same(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    with store.staging() as folder:
        write_files(folder)
        second = store.publish(folder, make_draft(tmp_path, inputs="change"))
    assert isinstance(second, Edition)
    assert second.id != first.id
    assert store.current(REGION) == second


def test_content_of_an_older_edition_makes_that_one_current_again(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    edition(store, tmp_path, "second")
    assert edition(store, tmp_path, "first", created=WHEN + timedelta(days=9)) == first
    assert store.current(REGION) == first
    assert len(store.editions(REGION)) == 2


def test_a_damaged_current_edition_is_published_anew_on_another_day(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    first.path("vectors/admin.csv").write_text("damaged")
    with pytest.raises(CorruptEditionError, match="Move the folder away"):
        publish(store, tmp_path)
    second = edition(store, tmp_path, created=WHEN + timedelta(days=1))
    assert second.id != first.id
    assert store.verify(REGION) == ()


def test_an_edition_whose_folder_was_lost_is_published_again_under_its_id(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path)
    first.folder.rename(tmp_path / "lost")
    assert edition(store, tmp_path, created=WHEN + timedelta(hours=1)).id == first.id
    assert store.verify(REGION) == ()


def test_rollback_goes_to_the_one_before_and_to_a_named_one(store: Store, tmp_path: Path) -> None:
    editions = [edition(store, tmp_path, text) for text in ("first", "second", "third")]
    assert store.rollback(REGION) == editions[1]
    assert store.rollback(REGION) == editions[0]
    with pytest.raises(NotFoundError, match="before the current one"):
        store.rollback(REGION)
    assert store.rollback(REGION, editions[2].id) == editions[2]
    assert store.current(REGION) == editions[2]
    assert [row.act for row in store.audit()] == ["publish"] * 3 + ["rollback"] * 3


def test_rollback_refuses_a_damaged_edition(store: Store, tmp_path: Path) -> None:
    first, second = edition(store, tmp_path), edition(store, tmp_path, "second")
    first.path("map.html").unlink()
    with pytest.raises(CorruptEditionError, match=r"map\.html is missing"):
        store.rollback(REGION)
    assert store.current(REGION) == second


def test_a_job_is_finished_with_the_pointer(store: Store, tmp_path: Path) -> None:
    with pytest.raises(EditionError, match="under its region's lock"):
        store.start_job("refresh", REGION)
    with store.lock(REGION):
        job = store.start_job("refresh", REGION)
        with store.staging() as folder:
            write_files(folder)
            store.publish(folder, make_draft(tmp_path), job=job)
    (done,) = store.jobs.all()
    assert (done.state, done.outcome) == ("succeeded", f"edition {store.current(REGION).id}")


def test_a_job_that_fails_says_why(store: Store) -> None:
    with store.lock(REGION):
        job = store.start_job("refresh", REGION)
        store.jobs.report(job, "read", 50, "half of it")
        store.fail_job(job, "the raster is truncated")
    with pytest.raises(EditionError, match="under its region's lock"):
        store.start_job("refresh", REGION)
    (failed,) = store.jobs.all()
    assert (failed.state, failed.outcome) == ("failed", "the raster is truncated")
    assert (failed.stage, failed.progress, failed.log.split(" ", 1)[1]) == ("read", 50, "half of it\n")


def test_stale_marks_a_region_that_was_never_published(store: Store) -> None:
    store.mark_stale(REGION, "the population raster is truncated")
    stale = store.stale(REGION)
    assert stale is not None
    assert stale.reason == "the population raster is truncated"
    with pytest.raises(NotFoundError, match="the population raster is truncated"):
        store.current(REGION)
    store.clear_stale(REGION)
    assert store.stale(REGION) is None


@pytest.mark.parametrize("region", ["../up", "a/b", "Ünder", "", "a.b", "a\n"])
def test_a_region_id_is_never_a_path(store: Store, region: str) -> None:
    with pytest.raises(EditionError, match="no region id"), store.lock(region):
        pass
    with pytest.raises(EditionError, match="no region id"):
        store.mark_stale(region, "why")


@pytest.mark.parametrize("text", ["2026-03-01-0123456789abc", "2026-03-01-0123456789ab\n", "../2026", "previous"])
def test_what_is_no_edition_id(text: str) -> None:
    assert is_edition_id("2026-03-01-0123456789ab")
    assert not is_edition_id(text)


def test_links_are_not_published(store: Store, tmp_path: Path) -> None:
    with store.staging() as folder:
        write_files(folder)
        (folder / "vectors/secret.csv").symlink_to("/etc/hostname")
        with pytest.raises(EditionError, match="regular files only"):
            store.publish(folder, make_draft(tmp_path))


def test_an_empty_folder_is_not_published(store: Store, tmp_path: Path) -> None:
    with store.staging() as folder, pytest.raises(EditionError, match="no files"):
        store.publish(folder, make_draft(tmp_path))


def test_the_audit_cannot_be_rewritten(store: Store) -> None:
    store.mark_stale(REGION, "why")
    with sqlite3.connect(store.layout.catalogue) as connection, pytest.raises(sqlite3.IntegrityError, match="append"):
        connection.execute("DELETE FROM audit")
    connection.close()


def test_a_writer_has_the_right_to_write_from_the_beginning(store: Store) -> None:
    other = sqlite3.connect(store.layout.catalogue, timeout=0)
    with SqliteDatabase(store.layout.catalogue).writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_going_back_leaves_the_stale_mark(store: Store, tmp_path: Path) -> None:
    edition(store, tmp_path)
    edition(store, tmp_path, "second")
    store.mark_stale(REGION, "the download failed")
    store.rollback(REGION)
    assert store.stale(REGION) is not None
    edition(store, tmp_path, "third")
    assert store.stale(REGION) is None


def test_going_back_is_in_the_order_of_publication_whatever_the_dates(store: Store, tmp_path: Path) -> None:
    first = edition(store, tmp_path, "first", created=WHEN + timedelta(days=2))
    second = edition(store, tmp_path, "second")
    edition(store, tmp_path, "third", created=WHEN + timedelta(days=1))
    assert store.rollback(REGION) == second
    assert store.rollback(REGION) == first


def test_going_to_the_current_edition_changes_nothing(store: Store, tmp_path: Path) -> None:
    made = edition(store, tmp_path)
    before = (store.audit(), store.region(REGION))
    assert store.rollback(REGION, made.id) == made
    assert (store.audit(), store.region(REGION)) == before


def test_going_back_waits_for_nobody(store: Store, tmp_path: Path) -> None:
    edition(store, tmp_path)
    edition(store, tmp_path, "second")
    with Store(store.layout.home).lock(REGION), pytest.raises(BusyError):
        store.rollback(REGION)


@pytest.mark.parametrize(("text", "outcome"), [("second", "nothing changed"), ("first", "again")])
def test_a_job_that_makes_nothing_new_is_finished_too(store: Store, tmp_path: Path, text: str, outcome: str) -> None:
    edition(store, tmp_path)
    edition(store, tmp_path, "second")
    with store.lock(REGION):
        job = store.start_job("refresh", REGION)
        with store.staging() as folder:
            write_files(folder, text)
            store.publish(folder, make_draft(tmp_path), job=job)
        (done,) = store.jobs.all()
    assert done.state == "succeeded"
    assert outcome in (done.outcome or "")


def test_an_edition_that_was_registered_before_the_failure_is_kept(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Catalogue.move_pointer

    def late(*args: Any, **kwargs: Any) -> None:
        move(*args, **kwargs)
        raise EditionError("disk I/O error")

    with monkeypatch.context() as patch, pytest.raises(EditionError, match="disk I/O"):
        patch.setattr(Catalogue, "move_pointer", late)
        publish(store, tmp_path)
    assert store.verify(REGION) == ()


def test_a_new_folder_is_kept_by_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("hotspots.editions.durable.sync", synced.append)
    make_folder(tmp_path / "a" / "b")
    assert synced == [tmp_path, tmp_path / "a"]


def test_a_staged_manifest_is_refused(store: Store, tmp_path: Path) -> None:
    with store.staging() as folder, pytest.raises(EditionError, match="a manifest already"):
        write_files(folder)
        (folder / "manifest.json").write_text("{}")
        store.publish(folder, make_draft(tmp_path))


def test_everything_is_on_disk_before_the_rename_and_the_rename_before_the_pointer(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[str] = []
    fsync, rename, move = os.fsync, os.rename, Catalogue.move_pointer

    def heard_fsync(descriptor: int) -> None:
        fsync(descriptor)
        acts.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    def heard_rename(source: Path, target: Path) -> None:
        staged.update(str(path) for path in (source, *source.rglob("*")))
        rename(source, target)
        acts.append("rename")

    def heard_move(*args: Any, **kwargs: Any) -> None:
        acts.append("pointer")
        move(*args, **kwargs)

    staged: set[str] = set()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", heard_fsync)
        patch.setattr(os, "rename", heard_rename)
        patch.setattr(Catalogue, "move_pointer", heard_move)
        made = edition(store, tmp_path)
    renamed, pointed = acts.index("rename"), acts.index("pointer")
    assert len(staged) == 1 + 3 + 6
    assert staged <= set(acts[:renamed])
    assert str(made.folder.parent) in acts[renamed:pointed]
    assert acts.count("rename") == acts.count("pointer") == 1


def test_a_pointer_somebody_else_moved_is_not_moved_again(store: Store, tmp_path: Path) -> None:
    first, second = edition(store, tmp_path), edition(store, tmp_path, "second")
    catalogue = Catalogue(SqliteDatabase(store.layout.catalogue))
    seen = catalogue.region(REGION)
    store.rollback(REGION)
    with pytest.raises(EditionError, match="changed by somebody else meanwhile"):
        catalogue.move_pointer(seen, second.id, "rollback", check=lambda _: None)
    assert store.current(REGION) == first
    assert [row.act for row in store.audit()] == ["publish", "publish", "rollback"]
