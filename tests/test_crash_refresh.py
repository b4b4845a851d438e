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
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    """A store with one edition of each; then both inventories have changed, so that a refresh yields another."""
    home = scratch / "published"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(config))
        for region in (SMALL, REAL):
            refresh(region, Store(home), Silent())
    for table in (config / "regions" / "inventory.csv", config / "data" / REAL / "facilities.csv"):
        _without_last_row(table)
    return home


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


def _work(region: str, home: Path, config: Path, interrupt_in: str) -> None:
    """`hotspots refresh`; Ctrl-C comes as the stage ``interrupt_in`` begins."""
    os.environ |= {"HOTSPOTS_HOME": str(home), "HOTSPOTS_CONFIG": str(config)}
    start, move = Lines.start, Catalogue.move_pointer

    def started(self: Lines, stage: str, total: int) -> None:
        start(self, stage, total)
        if stage == interrupt_in:
            os.kill(os.getpid(), signal.SIGINT)

    def moved(*args: object, **kwargs: object) -> None:
        if interrupt_in == "publish":
            os.kill(os.getpid(), signal.SIGINT)
        move(*args, **kwargs)

    Lines.start, Catalogue.move_pointer = started, moved
    ended = hotspots("refresh", region)
    (home / "output").write_text(ended.err)
    os._exit(ended.code)


def _started(processes: ForkServerContext, region: str, home: Path, interrupt_in: str = "") -> BaseProcess:
    config = Path(os.environ["HOTSPOTS_CONFIG"])
    child = processes.Process(target=_work, args=(region, home, config, interrupt_in))
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


@pytest.mark.parametrize("kills", [5, pytest.param(60, marks=pytest.mark.soak)])
def test_killed_at_any_moment_the_edition_is_old_or_new(home: Path, processes: ForkServerContext, kills: int) -> None:
    _kill_at_moments(processes, home, REAL, kills)


@pytest.mark.soak
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared real inputs are not at {SHARED}")
def test_killed_at_any_moment_of_a_large_region(
    scratch: Path, processes: ForkServerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = scratch / "large" / "regions"
    shutil.copytree(SHARED / LARGE, regions / LARGE)
    shutil.copyfile(built_in() / "regions" / f"{LARGE}.toml", regions / f"{LARGE}.toml")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(regions.parent))
    home = scratch / "large" / "home"
    refresh(LARGE, Store(home), Silent())
    _without_last_row(regions / LARGE / "power_plants" / "global_power_plant_database.csv")
    _kill_at_moments(processes, home, LARGE, 50)


def _kill_at_moments(processes: ForkServerContext, home: Path, region: str, kills: int) -> None:
    """A refresh of copies of ``home``, killed at moments spread over its length; then one more ends as undisturbed."""
    warm = processes.Process(target=int)
    warm.start()
    warm.join()
    undisturbed = shutil.copytree(home, home.with_name(f"{home.name}-undisturbed"))
    old, begin = _whole(home, region), time.monotonic()
    _started(processes, region, undisturbed).join()
    lasted_s = time.monotonic() - begin
    new = _whole(undisturbed, region)
    assert new != old
    seed = random.randrange(1000)
    moments = [(part + random.Random(seed + part).random()) / kills for part in range(kills)]
    found = []
    for moment in moments:
        with _copied(home) as victim:
            child = _started(processes, region, victim)
            child.join(moment * lasted_s)
            child.kill()
            child.join()
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
