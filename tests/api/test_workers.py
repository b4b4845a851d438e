"""Several workers over one store: each serves what is current at the next request, and nothing that has gone."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from api.listening import listening_at
from api.serve import serve
from api.settings import Settings
from hotspots.editions import Store
from hotspots.errors import ConfigError
from tests.hotspots.editions.publishing import WHEN, edition
from tests.serving import served

REGION = "miniature"
SERVE = "from api.cli import main; main()"
READY_S = 120.0
CONNECTIONS = 40
"""So many that all of them at one of two workers is no chance: 2⁻³⁹."""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="connections are spread on Linux only")


def test_every_worker_sees_a_publish_a_rollback_and_a_retirement_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = Store(home)
    first = edition(writer, tmp_path / "1", "first")
    with served(home) as one, served(home) as two, httpx.Client(trust_env=False) as client:

        def current() -> set[str]:
            return {client.get(f"{worker}/regions/{REGION}").json()["current"] for worker in (one, two)}

        def statuses(of: str) -> set[int]:
            return {client.get(f"{worker}/regions/{REGION}/editions/{of}").status_code for worker in (one, two)}

        assert current() == {first.id}
        assert statuses(first.id) == {200}
        second = edition(writer, tmp_path / "2", "second", created=WHEN + timedelta(days=1))
        assert current() == {second.id}
        writer.rollback(REGION)
        assert current() == {first.id}
        third = edition(writer, tmp_path / "3", "third", created=WHEN + timedelta(days=2))
        assert current() == {third.id}
        assert writer.retire(REGION, 2) == (first.id,)
        assert statuses(first.id) == {404}
        assert statuses(third.id) == {200}


@LINUX
def test_connections_are_spread_over_workers_also_after_one_was_killed(tmp_path: Path) -> None:
    """Each worker listens for itself and has some of many lasting connections; one that dies is replaced."""
    Store(tmp_path)
    with _two_workers(tmp_path) as (service, port):
        workers = _listening(service)
        assert len(set(workers.values())) == len(workers) == 2
        assert _answering(port, workers) == set(workers)

        killed = min(workers)
        os.kill(killed, signal.SIGKILL)
        assert httpx.get(f"http://127.0.0.1:{port}/health/live", trust_env=False).status_code == 200
        after = _listening(service, but=killed)
        assert len(set(after) - set(workers)) == 1
        assert _answering(port, after) == set(after)

        service.send_signal(signal.SIGTERM)
        assert service.wait(READY_S) == 0
    with socket.create_server(("127.0.0.1", port)):
        """The port is free again."""


@LINUX
def test_a_port_that_another_service_shares_with_its_workers_is_taken(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with listening_at("127.0.0.1", port) as other:
        other.listen()
        with pytest.raises(ConfigError, match="is taken"):
            serve(Settings(tmp_path), port=port, workers=2)


@contextlib.contextmanager
def _two_workers(home: Path) -> Iterator[tuple[psutil.Popen, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = str(Path(__file__).parents[2])
    with psutil.Popen(
        [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--workers", "2"],
        env=os.environ | {"PYTHONPATH": root, "HOTSPOTS_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as service:
        try:
            yield service, port
        finally:
            if service.poll() is None:
                service.terminate()


def _listening(service: psutil.Popen, but: int | None = None) -> dict[int, str]:
    """The socket on which each of two workers listens, by process id, once both do."""
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        assert service.poll() is None, "the service ended"
        found = {}
        for worker in service.children():
            with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
                for one in worker.net_connections():
                    if one.status == psutil.CONN_LISTEN and worker.pid != but:
                        found[worker.pid] = str(Path(f"/proc/{worker.pid}/fd/{one.fd}").readlink())
        if len(found) == 2:
            return found
        time.sleep(0.2)
    raise AssertionError("two workers never listened")


def _answering(port: int, workers: dict[int, str]) -> set[int]:
    """Which of the workers hold some of many connections, all of which were answered and last."""
    with contextlib.ExitStack() as lasting:
        for _ in range(CONNECTIONS):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_S)
            lasting.callback(connection.close)
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            assert (answer.status, bool(answer.read()), answer.will_close) == (200, True, False)
        return {
            pid
            for pid in workers
            if any(one.status == psutil.CONN_ESTABLISHED for one in psutil.Process(pid).net_connections())
        }
