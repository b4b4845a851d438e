"""A refresh on a Dask cluster of processes: the edition of the threads, whoever computes it and whoever dies."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
from distributed import Client, LocalCluster

from data_pipelines import cluster as module
from data_pipelines.cluster import cluster
from data_pipelines.refresh import refresh
from hotspots.assessment import assess
from hotspots.blocks import run, threads
from hotspots.editions import Store
from hotspots.errors import ClusterError, InputError
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import new_region, small_region
from tests.command import hotspots
from tests.data_pipelines import cluster_tasks


def started(workers: int) -> LocalCluster:
    """A scheduler with single-threaded processes on this machine, reachable from nowhere else."""
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )


@pytest.fixture(scope="module")
def processes() -> Iterator[LocalCluster]:
    """Two workers; tests may ask for more, and may kill them."""
    with started(2) as cluster:
        yield cluster


# The same results


METHOD = replace(small_region.METHOD, air=replace(small_region.METHOD.air, node_spacing_deg=0.1))
"""With several nodes of the lattice, so that there is something to share out."""


@pytest.fixture(scope="module")
def by_threads() -> Assessment:
    with threads(2) as executor:
        return assess(small_region.inputs(), METHOD, None, executor, Silent())


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers_computes_what_threads_do_to_the_last_bit(
    processes: LocalCluster, by_threads: Assessment, workers: int
) -> None:
    processes.scale(workers)
    _until(lambda: len(processes.scheduler.workers) == workers)
    with cluster(processes.scheduler_address) as executor:
        assert executor.workers == workers
        computed = assess(small_region.inputs(), METHOD, None, executor, Silent())
    xr.testing.assert_identical(computed.layers, by_threads.layers)
    for table in ("hotspots", "sources", "units", "contributions"):
        pd.testing.assert_frame_equal(getattr(computed, table), getattr(by_threads, table), check_exact=True)


class Killer(Silent):
    """Kills a worker with SIGKILL at each of ``moments``."""

    def __init__(self, address: str, moments: set[str]) -> None:
        self._address, self.moments = address, moments

    def start(self, stage: str, total: int) -> None:
        self._kill(f"{stage} starts")

    def advance(self, stage: str) -> None:
        self._kill(f"{stage} advances")

    def _kill(self, moment: str) -> None:
        if moment in self.moments:
            self.moments.remove(moment)
            with Client(self._address, set_as_default=False) as client:
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)


def test_killed_workers_change_nothing(
    processes: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(new_region.write(tmp_path / "config")))
    editions = []
    killer = Killer(processes.scheduler_address, {"dispersion starts", "attribution advances"})
    for progress, scheduler in ((Silent(), None), (killer, processes.scheduler_address)):
        store = Store(tmp_path / type(progress).__name__)
        assert refresh(new_region.REGION, store, progress, scheduler=scheduler).changed
        files = store.current(new_region.REGION).manifest.files
        editions.append({file.path: file.sha256 for file in files})
    assert killer.moments == set()
    assert editions[0] == editions[1]


# What is sent, what is given up


def test_a_context_reaches_each_worker_once(processes: LocalCluster, tmp_path: Path) -> None:
    log = tmp_path / "arrivals.log"
    with Client(processes.scheduler_address, set_as_default=False) as client:
        # Left alone, the scheduler takes the context from a worker that has had nothing to do for seconds.
        client.amm.stop()
    with cluster(processes.scheduler_address) as executor:
        assert list(run(executor, cluster_tasks.ending_times, cluster_tasks.Told(log), range(50))) == [
            4 * item for item in range(50)
        ]
    arrivals = log.read_text().split()
    assert len(arrivals) == len(set(arrivals)) <= len(processes.scheduler.workers)


def test_ctrl_c_cancels_what_has_not_started(processes: LocalCluster) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), cluster(processes.scheduler_address) as executor:
        list(run(executor, cluster_tasks.wait, None, [0.0] + [2.0] * 200, interrupt))
    _until(lambda: not processes.scheduler.tasks)


# What goes wrong


def test_an_error_of_a_task_arrives_as_it_is(processes: LocalCluster) -> None:
    with pytest.raises(InputError, match=r"people\.tif: is bad\. Remedy: Take another"):  # noqa: SIM117
        with cluster(processes.scheduler_address) as executor:
            list(run(executor, cluster_tasks.refuse, None, [1]))


def test_a_task_that_kills_its_workers_is_given_up(processes: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.scheduler, "allowed_failures", 0)
    with pytest.raises(ClusterError, match=r"1 workers? died of the same task.*Remedy: .*memory"):  # noqa: SIM117
        with cluster(processes.scheduler_address) as executor:
            list(run(executor, cluster_tasks.die, None, [1]))


def test_a_scheduler_that_ends_is_told_and_nothing_else_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with started(1) as short, pytest.raises(ClusterError, match=r"connection to the scheduler was lost.*Remedy: "):  # noqa: SIM117
        with cluster(short.scheduler_address) as executor:
            capfd.readouterr()
            list(run(executor, cluster_tasks.wait, None, [0.0] + [0.5] * 20, short.close))
    assert "Traceback" not in capfd.readouterr().err


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r'pip install "pollution-hotspots\[cluster\]"'), cluster("tcp://x:1"):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "127.0.0.1:{port}", "nowhere", "tcp://127.0.0.1"])
def test_a_scheduler_that_does_not_answer_is_named(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 0.5)
    monkeypatch.setenv("HOTSPOTS_HOME", str(tmp_path))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = address.format(port=free.getsockname()[1])
    ended = hotspots("refresh", "jamaica", "--no-publish", "--scheduler", address)
    assert ended.code == ClusterError.exit_code
    assert ended.error.startswith(f"Error: {address}: no Dask scheduler answered")
    assert "Remedy: " in ended.error


def test_a_scheduler_without_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WORKER_S", 0.2)
    with started(0) as empty, pytest.raises(ClusterError, match=r"has no workers.*dask worker tcp://"):  # noqa: SIM117
        with cluster(empty.scheduler_address):
            pass


def test_workers_with_other_versions_are_refused(processes: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = importlib.metadata.version
    here = {"numpy": "0.1"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: here.get(name) or installed(name))
    told = rf"other versions: numpy {installed('numpy')} \(here 0\.1\) on (\d) of \1\. Remedy"
    with pytest.raises(ClusterError, match=told), cluster(processes.scheduler_address):
        pass


def _until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")
