"""A publisher that is killed, or meets a full or failing disk, at every system call that changes the disk.

The child counts its calls of the patched functions; the n-th is its fate, for n = 0, 1, … until it survives to the end,
so that every step there is gets its turn, whatever steps there are.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest

from hotspots.editions import EditionDraft, Store
from hotspots.editions.durable import remove_tree
from hotspots.editions.locks import file_lock
from hotspots.editions.recovery import INTERRUPTED
from hotspots.errors import BusyError, EditionError
from tests.hotspots.editions.publishing import edition, make_draft, write_files

REGION = "miniature"
STEPS = ("fsync", "rename", "mkdir", "unlink", "rmdir", "ftruncate")
SQL_STEPS = ("INSERT", "UPDATE", "BEGIN", "COMMIT")


REFUSED, UNHARMED = 3, 4
"""Exit codes of a publisher that said what is wrong with the disk, or that published all the same."""


class Fate:
    """What becomes of this process at its n-th step: killed before or after it, or told of a full or failing disk."""

    def __init__(self, at: int, what: str) -> None:
        self.at, self.what, self.count = at, what, 0

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            mine = self.count == self.at
            self.count += 1
            if mine and self.what in {"ENOSPC", "EIO"}:
                raise self._trouble(call)
            if mine and self.what == "killed before":
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return call(*args, **kwargs)
            finally:
                if mine and self.what == "killed after":
                    os.kill(os.getpid(), signal.SIGKILL)

        return step

    def _trouble(self, call: Callable[..., Any]) -> Exception:
        if isinstance(getattr(call, "__self__", None), (sqlite3.Connection, sqlite3.Cursor)):
            said = {"ENOSPC": "database or disk is full", "EIO": "disk I/O error"}
            return sqlite3.OperationalError(said[self.what])
        number = getattr(errno, self.what)
        return OSError(number, os.strerror(number))


def _publish_towards(home: Path, made: EditionDraft, at: int, what: str) -> None:
    fate = Fate(at, what)
    store = Store(home)
    for name in STEPS:
        setattr(os, name, fate.around(getattr(os, name)))

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *args: Any) -> Any:
            return self._step(super().execute, sql, *args)

        def cursor(self, *args: Any, **kwargs: Any) -> Any:
            return super().cursor(Cursor)

        def commit(self) -> None:
            fate.around(super().commit)()

        def _step(self, call: Callable[..., Any], sql: str, *args: Any) -> Any:
            return (fate.around(call) if sql.startswith(SQL_STEPS) else call)(sql, *args)

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *args: Any) -> Any:
            return self.connection._step(super().execute, sql, *args)

    plain = sqlite3.connect
    sqlite3.dbapi2.connect = lambda *args, **kwargs: plain(*args, **(kwargs | {"factory": Connection}))
    try:
        with store.lock(REGION):
            job = store.start_job("refresh", REGION)
            with store.staging() as folder:
                write_files(folder, "second")
                store.publish(folder, made, job=job)
    except EditionError:
        os._exit(REFUSED)
    os._exit(UNHARMED if fate.count > at else 0)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    return context


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: SIGKILL does not care, and fsync is quick."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def template(scratch: Path) -> Path:
    home = scratch / "template"
    edition(Store(home), scratch / "inputs")
    return home


def _homes(scratch: Path, template: Path) -> Iterator[tuple[int, Path]]:
    for at in range(200):
        home = scratch / f"home-{at}"
        shutil.copytree(template, home)
        yield at, home
    raise AssertionError("the publisher never came to its end")


@pytest.mark.parametrize(
    ("what", "ends"),
    [("killed before", -signal.SIGKILL), ("killed after", -signal.SIGKILL), ("ENOSPC", REFUSED), ("EIO", REFUSED)],
)
def test_at_any_step_the_edition_is_old_or_new_and_whole(
    scratch: Path, template: Path, processes: ForkServerContext, what: str, ends: int
) -> None:
    old = Store(template).current(REGION).id
    made = make_draft(scratch / "inputs")
    seen = []
    for at, home in _homes(scratch, template):
        child = processes.Process(target=_publish_towards, args=(home, made, at, what))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        is_old = _check(home, made, old)
        if child.exitcode == UNHARMED:
            # A folder that was there already needed not be made.
            assert what in {"ENOSPC", "EIO"}
            assert not is_old
            continue
        assert child.exitcode == ends
        seen.append(is_old)
    assert len(seen) > 20
    # The steps before the commit leave the old edition, those after it the new one, and nothing is in between.
    assert set(seen) == {True, False}
    assert seen == sorted(seen, reverse=True)


def _check(home: Path, made: EditionDraft, old: str) -> bool:
    """Whether the old edition is still current in ``home``; everything in it is whole before and after recovery."""
    store = Store(home)
    found = store.current(REGION)
    assert store.verify(REGION) == ()
    store.recover()
    assert store.current(REGION) == found
    assert {record.id for record in store.editions(REGION)} == {
        folder.name for folder in (store.layout.editions / REGION).iterdir()
    }
    assert all(store.verify(REGION, record.id) == () for record in store.editions(REGION))
    assert list(store.layout.staging.iterdir()) == []
    assert not store.layout.damaged.exists()
    is_old = found.id == old
    assert all(job.state == ("failed" if is_old else "succeeded") for job in store.jobs.all())
    before = (store.audit(), store.jobs.all())
    store.recover()
    assert (store.audit(), store.jobs.all()) == before
    with store.staging() as folder:
        write_files(folder, "second")
        store.publish(folder, made)
    assert store.current(REGION).id != old
    assert store.verify(REGION) == ()
    assert len(store.editions(REGION)) == 2
    return is_old


def test_a_folder_renamed_but_not_registered_is_kept_without_becoming_current(tmp_path: Path, template: Path) -> None:
    store = Store(template)
    second = edition(store, tmp_path, "second")
    # The catalogue as it was before: what a crash after the rename, or a restored backup, leaves.
    other = Store(tmp_path / "other")
    old = edition(other, tmp_path)
    shutil.copytree(second.folder, other.layout.edition(REGION, second.id))
    other.recover()
    assert {record.id for record in other.editions(REGION)} == {old.id, second.id}
    assert other.current(REGION) == old
    assert other.audit()[-1].act == "adopt"


def test_a_folder_that_is_no_whole_edition_is_set_aside(tmp_path: Path, template: Path) -> None:
    store = Store(template)
    second = edition(store, tmp_path, "second")
    other = Store(tmp_path / "other")
    old = edition(other, tmp_path)
    for name, spoil in {"2026-03-01-0123456789ab": None, second.id: "map.html"}.items():
        folder = shutil.copytree(second.folder, other.layout.edition(REGION, name))
        if spoil:
            (folder / spoil).write_text("damaged")
    (other.layout.editions / REGION / "stray").mkdir()
    other.recover()
    assert [record.id for record in other.editions(REGION)] == [old.id]
    assert [folder.name for folder in (other.layout.editions / REGION).iterdir()] == [old.id]
    assert len(list(other.layout.damaged.iterdir())) == 3
    assert [row.act for row in other.audit()[-3:]] == ["set_aside"] * 3


def test_staging_somebody_is_writing_to_is_left_alone(tmp_path: Path) -> None:
    store, other = Store(tmp_path / "home"), Store(tmp_path / "home")
    with store.staging() as mine:
        (store.layout.staging / "abandoned").mkdir()
        other.recover()
        assert mine.is_dir()
        assert [folder.name for folder in store.layout.staging.iterdir()] == [mine.parent.name]


def test_staging_is_removed_under_the_lock_of_those_who_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "home")
    removed = []

    def checked(folder: Path) -> None:
        with pytest.raises(BusyError), file_lock(store.layout.lock("staging")):
            pass
        removed.append(folder.name)
        remove_tree(folder)

    (store.layout.staging / "abandoned").mkdir()
    monkeypatch.setattr("hotspots.editions.recovery.remove_tree", checked)
    monkeypatch.setattr("hotspots.editions.store.remove_tree", checked)
    with store.staging() as mine:
        pass
    assert removed == ["abandoned", mine.parent.name]


def test_a_job_somebody_is_at_work_on_is_left_running(tmp_path: Path) -> None:
    store, other = Store(tmp_path / "home"), Store(tmp_path / "home")
    with store.lock("elsewhere"):
        store.start_job("refresh", "elsewhere")
        with other.lock(REGION):
            pass
        other.recover()
        assert [job.state for job in store.jobs.all()] == ["running"]
    other.recover()
    assert [(job.state, job.outcome) for job in store.jobs.all()] == [("failed", INTERRUPTED)]


def test_an_edition_of_another_region_is_not_adopted(tmp_path: Path, template: Path) -> None:
    store = Store(template)
    made = store.current(REGION)
    shutil.copytree(made.folder, store.layout.edition("elsewhere", made.id))
    store.recover()
    assert [row.act for row in store.audit()] == ["publish", "set_aside"]
