"""The schedule as it runs: in processes of its own, beside others, and killed."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_pipelines.jobs import run_job
from data_pipelines.reporting import Reported
from data_pipelines.schedule import Options, run
from hotspots.editions import Store
from hotspots.editions.recovery import INTERRUPTED
from hotspots.progress import Silent
from tests.command import hotspots
from tests.conftest import Testland

REGION = "testland"
YEARLY = "0 0 1 1 *"
PATIENCE_S = 300


@pytest.fixture(scope="module", autouse=True)
def forked() -> Iterator[None]:
    """Jobs run in processes of their own, which need not import everything each."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("data_pipelines.schedule.multiprocessing.get_context", lambda _: context)
        patch.setattr("data_pipelines.schedule.run_job", run_here)
        yield


def run_here(home: Path, job: str) -> None:
    """Run a job with the configuration of its own test: the server of processes keeps the first one's environment."""
    os.environ["HOTSPOTS_CONFIG"] = str(home.parent / "config")
    run_job(home, job)


@pytest.fixture
def file(testland: Testland, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The region's file, due once a year; no edition is there, but the stages of one are in the cache."""
    folder = shutil.copytree(testland.config, tmp_path / "config")
    shutil.copytree(testland.home / "cache", tmp_path / "home" / "cache")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path / "home"))
    path = folder / "regions" / f"{REGION}.toml"
    path.write_text(f'{path.read_text()}\n[schedule]\ncron = "{YEARLY}"\nkeep_editions = 2\n')
    return path


@pytest.fixture
def store(file: Path) -> Store:
    return Store()


def once(store: Store) -> list[str]:
    told: list[str] = []
    run(store, Options(poll_s=0.05), told.append, threading.Event(), once=True)
    return told


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_region_that_is_due_is_refreshed_once_and_then_not_until_its_time(store: Store) -> None:
    assert "now" in hotspots("schedule", "show").out
    told = once(store)
    assert any(f"refresh {REGION}: job " in line and "succeeded: edition " in line for line in told), told
    (job,) = store.jobs.all()
    assert (job.state, job.requested_by, job.progress) == ("succeeded", "schedule", 100)
    assert "read begins" in job.log
    assert job.duration_s is not None
    assert store.current(REGION).id in (job.outcome or "")
    assert once(store) == []
    assert "-01-01 00:00" in hotspots("schedule", "show").out
    # What is asked for runs without being due; nothing has changed, so there is no second edition.
    asked = store.jobs.ask("refresh", REGION, {}, "a test")
    rollback = store.jobs.ask("rollback", REGION, {"edition": "previous"}, "a test")
    once(store)
    assert store.jobs.get(asked.id).outcome == "nothing changed"
    failed = store.jobs.get(rollback.id)
    assert (failed.state, "no edition before" in (failed.outcome or "")) == ("failed", True)


def test_a_refresh_that_fails_is_told_and_not_tried_again_before_its_time(store: Store, file: Path) -> None:
    (file.parent / "inventory.csv").unlink()
    once(store)
    (job,) = store.jobs.all()
    assert job.state == "failed"
    assert "inventory.csv" in (job.outcome or "")
    assert once(store) == []
    assert len(store.jobs.all()) == 1


def test_a_file_that_cannot_be_read_is_told_and_stops_nobody_else(store: Store, file: Path) -> None:
    (file.parent / "broken.toml").write_text("title =")
    told = once(store)
    assert any("broken.toml" in line for line in told)
    assert store.jobs.all()[0].state == "succeeded"


def test_two_schedules_and_a_refresh_by_hand_at_once(store: Store) -> None:
    with store.exclusive("schedule"):
        ended = hotspots("schedule", "run", "--once")
    assert ended.code == 10
    assert f"schedule is being worked on by process {os.getpid()}" in ended.error
    with store.lock(REGION):
        told: list[str] = []
        other = threading.Thread(target=lambda: told.extend(once(store)))
        other.start()
        other.join()
    (line,) = told
    assert "waits: " in line
    assert f"process {os.getpid()}" in line
    assert [job.state for job in store.jobs.all()] == ["queued"]


def test_a_killed_refresh_is_noticed_and_begun_again(store: Store) -> None:
    stop, told = threading.Event(), []
    thread = threading.Thread(target=run, args=(store, Options(poll_s=0.05), told.append, stop, False))
    thread.start()
    try:
        wait_for(lambda: any(job.state == "running" for job in store.jobs.all()))
        (first,) = store.jobs.all()
        (child,) = [process for process in multiprocessing.active_children() if process.name.startswith("refresh")]
        child.kill()
        wait_for(lambda: store.jobs.get(first.id).outcome == INTERRUPTED)
        wait_for(lambda: [job.state for job in store.jobs.all()] == ["failed", "succeeded"])
    finally:
        stop.set()
        thread.join()
    assert store.stale(REGION) is None
    assert any("failed: interrupted" in line for line in told)


def test_sigterm_ends_it_and_the_next_one_goes_on(store: Store) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", "schedule", "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        try:
            wait_for(lambda: any(job.state == "running" for job in store.jobs.all()))
        finally:
            child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 0, errors
    assert [job.outcome for job in store.jobs.all()] == [INTERRUPTED]
    once(store)
    assert [job.state for job in store.jobs.all()] == ["failed", "succeeded"]


def test_progress_reaches_the_job_and_the_listener(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_pipelines.reporting.EVERY_S", 0)
    with store.lock(REGION):
        job = store.start_job("refresh", REGION)
        heard: list[str] = []

        class Listener(Silent):
            def advance(self, stage: str) -> None:
                heard.append(stage)

        reported = Reported(Listener(), store.jobs, job)
        reported.start("read", 4)
        reported.advance("read")
        assert (store.jobs.get(job).stage, store.jobs.get(job).progress) == ("read", 25)
        reported.finish("read", "cached")
        assert store.jobs.get(job).progress == 100
        assert store.jobs.get(job).log.splitlines()[-1].endswith("read ended: cached")
        store.fail_job(job, "the test is over")
    assert heard == ["read"]
