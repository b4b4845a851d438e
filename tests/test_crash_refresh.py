"""A refresh that is interrupted, killed or out of disk: the old edition or the new one is current, and whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from api.console import Lines
from config.paths import built_in
from data_pipelines.refresh import refresh
from hotspots.editions import Store
from hotspots.editions.catalogue import Catalogue
from hotspots.errors import EditionError
from hotspots.progress import Silent
from tests import new_region
from tests.command import hotspots

SMALL, REAL, LARGE = "testland", "jamaica", "vietnam"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: a signal does not care, and fsync is quick."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def config(scratch: Path) -> Path:
    """A small region, and Jamaica with its data."""
    folder = new_region.write(scratch / "config")
    shutil.copytree(built_in() / "data", folder / "data")
    shutil.copyfile(built_in() / "regions" / f"{REAL}.toml", folder / "regions" / f"{REAL}.toml")
    return folder


@pytest.fixture(scope="module")
def published(scratch: Path, config: Path) -> Path:
    """A store with one edition of the small region, whose inventory has changed since."""
    home = scratch / "published"
    _publish(SMALL, home, config, config / "regions" / "inventory.csv")
    return home


def _publish(region: str, home: Path, config: Path, table: Path) -> None:
    """Publish an edition; then ``table`` changes, so that a refresh yields another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(config))
        refresh(region, Store(home), Silent())
    _without_last_row(table)


def _without_last_row(table: Path) -> None:
    lines = table.read_bytes().splitlines()
    table.write_bytes(b"\n".join(lines[:-1]) + b"\n")


@pytest.fixture
def home(published: Path, config: Path, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the store, about to be refreshed."""
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(config))
    return shutil.copytree(published, scratch / tmp_path.name)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that have imported everything before they start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__, "api.summary"])
    return context


def _work(region: str, home: Path, config: Path, interrupt_in: str, kill: Kill | None) -> None:
    """`hotspots refresh`; Ctrl-C comes as the stage ``interrupt_in`` begins, SIGKILL at the moment of ``kill``.

    Each report of progress leaves a line in the file ``marks``: seconds since the first.
    """
    os.environ |= {"HOTSPOTS_HOME": str(home), "HOTSPOTS_CONFIG": str(config)}
    start, advance, finish, move = Lines.start, Lines.advance, Lines.finish, Catalogue.move_pointer
    marks: list[float] = []

    def mark() -> None:
        marks.append(time.monotonic())
        with (home / "marks").open("a") as file:
            file.write(f"{marks[-1] - marks[0]}\n")
        if kill is not None and len(marks) == kill.mark + 1:
            threading.Timer(kill.later_s, os.kill, (os.getpid(), signal.SIGKILL)).start()

    def started(self: Lines, stage: str, total: int) -> None:
        mark()
        start(self, stage, total)
        if stage == interrupt_in:
            os.kill(os.getpid(), signal.SIGINT)

    def advanced(self: Lines, stage: str) -> None:
        mark()
        advance(self, stage)

    def finished(self: Lines, stage: str, note: str) -> None:
        mark()
        finish(self, stage, note)

    def moved(*args: object, **kwargs: object) -> None:
        if interrupt_in == "publish":
            os.kill(os.getpid(), signal.SIGINT)
        move(*args, **kwargs)

    Lines.start, Lines.advance, Lines.finish, Catalogue.move_pointer = started, advanced, finished, moved
    ended = hotspots("refresh", region)
    (home / "output").write_text(ended.err)
    os._exit(ended.code)


def _started(
    processes: ForkServerContext, region: str, home: Path, interrupt_in: str = "", kill: Kill | None = None
) -> BaseProcess:
    config = Path(os.environ["HOTSPOTS_CONFIG"])
    child = processes.Process(target=_work, args=(region, home, config, interrupt_in, kill))
    child.start()
    return child


def _whole(home: Path, region: str) -> str:
    """The current edition's id; everything in the store is whole, before and after clearing up."""
    store = Store(home)
    current = store.current(region).id
    assert store.verify(region) == ()
    store.recover()
    assert store.current(region).id == current
    assert list(store.layout.staging.iterdir()) == []
    assert not store.layout.damaged.exists()
    assert all(store.verify(region, record.id) == () for record in store.editions(region))
    assert not [job for job in store.jobs.all() if job.state == "running"]
    return current


def test_ctrl_c_in_every_stage_keeps_the_old_edition_and_the_next_run_resumes(
    home: Path, processes: ForkServerContext
) -> None:
    old = Store(home).current(SMALL).id
    cached_in = {
        "inputs": [],
        "dispersion": [],
        "attribution": ["read"],
        "write": ["read", "pressures"],
        "publish": ["read", "pressures"],
    }
    for stage, cached in cached_in.items():
        child = _started(processes, SMALL, home, stage)
        child.join()
        said = (home / "output").read_text()
        assert child.exitcode == 130, said
        assert f"Interrupted. {SMALL}: {old} is current and whole." in said
        assert [line.split(":")[0] for line in said.splitlines() if line.endswith("(cached)")] == cached
        assert list((home / "staging").iterdir()) == []
        assert Store(home).jobs.all()[-1].state == "failed"
        assert _whole(home, SMALL) == old
    child = _started(processes, SMALL, home)
    child.join()
    assert child.exitcode == 0, (home / "output").read_text()
    assert _whole(home, SMALL) != old


def test_a_real_ctrl_c_reaches_the_command(home: Path) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", "refresh", SMALL]
    with subprocess.Popen(
        command,
        env=os.environ | {"HOTSPOTS_HOME": str(home)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stderr is not None
        assert child.stderr.readline().startswith("inputs: ")
        child.send_signal(signal.SIGINT)
        said = child.stderr.read()
    assert child.returncode == 130
    assert "Interrupted." in said
    assert "Traceback" not in said


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_killed_at_any_moment_the_edition_is_old_or_new(home: Path, processes: ForkServerContext, kills: int) -> None:
    _kill_at_moments(_undisturbed(processes, home, SMALL), processes, kills)


@pytest.mark.soak
def test_killed_at_any_moment_of_a_real_region(
    scratch: Path, config: Path, processes: ForkServerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(config))
    home = scratch / "real"
    _publish(REAL, home, config, config / "data" / REAL / "facilities.csv")
    _kill_at_moments(_undisturbed(processes, home, REAL), processes, 60)


@pytest.fixture(scope="module")
def large(scratch: Path, processes: ForkServerContext) -> Iterator[Undisturbed]:
    """A large region about to be refreshed."""
    regions = scratch / "large" / "regions"
    shutil.copytree(SHARED / LARGE, regions / LARGE)
    shutil.copyfile(built_in() / "regions" / f"{LARGE}.toml", regions / f"{LARGE}.toml")
    home = scratch / "large" / "home"
    _publish(LARGE, home, regions.parent, regions / LARGE / "power_plants" / "global_power_plant_database.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(regions.parent))
        yield _undisturbed(processes, home, LARGE)


@pytest.mark.soak
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared real inputs are not at {SHARED}")
@pytest.mark.parametrize("part", range(10))
def test_killed_at_any_moment_of_a_large_region(large: Undisturbed, processes: ForkServerContext, part: int) -> None:
    """Fifty kills in ten parts, each over the whole length: one that was broken off is gone on with by its part."""
    _kill_at_moments(large, processes, 5)


@dataclass(frozen=True)
class Kill:
    """SIGKILL ``later_s`` seconds after report of progress number ``mark``, counted from 0."""

    mark: int
    later_s: float


@dataclass(frozen=True)
class Undisturbed:
    """What a refresh of ``home`` makes of the edition ``old`` if nobody disturbs it, and when it reported."""

    home: Path
    region: str
    old: str
    new: str
    marks_s: tuple[float, ...]

    def kill_at(self, moment: float) -> Kill:
        """The kill at a share of the whole length, counted from the report before it: a busy machine moves both."""
        at = moment * self.marks_s[-1]
        mark = bisect_right(self.marks_s, at) - 1
        return Kill(mark, at - self.marks_s[mark])


def _undisturbed(processes: ForkServerContext, home: Path, region: str) -> Undisturbed:
    copy = shutil.copytree(home, home.with_name(f"{home.name}-undisturbed"))
    old = _whole(home, region)
    _started(processes, region, copy).join()
    new = _whole(copy, region)
    assert new != old
    return Undisturbed(home, region, old, new, tuple(map(float, (copy / "marks").read_text().split())))


def _kill_at_moments(undisturbed: Undisturbed, processes: ForkServerContext, kills: int) -> None:
    """Copies of the store, killed at moments spread over the length of a refresh; one more run ends as undisturbed."""
    region, old, new = undisturbed.region, undisturbed.old, undisturbed.new
    seed = random.randrange(1000)
    moments = [(part + random.Random(seed + part).random()) / kills for part in range(kills)]
    found = []
    for moment in moments:
        with _copied(undisturbed.home) as victim:
            child = _started(processes, region, victim, kill=undisturbed.kill_at(moment))
            child.join()
            assert child.exitcode == -signal.SIGKILL, (seed, moment)
            found.append(_whole(victim, region))
            again = _started(processes, region, victim)
            again.join()
            assert again.exitcode == 0, (victim / "output").read_text()
            assert _whole(victim, region) == new, seed
    assert set(found) <= {old, new}, seed
    assert found[0] == old, seed


@contextmanager
def _copied(home: Path) -> Iterator[Path]:
    copy = shutil.copytree(home, home.with_name(f"{home.name}-copy"))
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_disk_that_fills_during_a_refresh_keeps_the_old_edition(
    home: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = shutil.copytree(home, small_disk / "home")
    monkeypatch.setenv("HOTSPOTS_HOME", str(there))
    old = _whole(there, SMALL)
    _assert_no_space(small_disk, 100_000)
    # With the stages in the cache, it is the writers that meet the full disk.
    assert hotspots("refresh", SMALL, "--no-publish").code == 0
    for left in (0, 200_000, 600_000, 1_000_000):
        _assert_no_space(small_disk, left)
        assert _whole(there, SMALL) == old
    assert hotspots("refresh", SMALL).code == 0
    assert _whole(there, SMALL) != old


def _assert_no_space(disk: Path, left: int) -> None:
    """A refresh with ``left`` bytes on the disk says what is the matter."""
    state = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(state.f_bavail * state.f_frsize - left))
    ended = hotspots("refresh", SMALL)
    ballast.unlink()
    assert ended.code == EditionError.exit_code
    assert re.search("No space left|disk is full|disk I/O", ended.error)
    assert "Remedy:" in ended.error
