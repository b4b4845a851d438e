"""Tiles over HTTP: requests a second, latency and processor time a request, ready and rendered.

    python -m benchmarks.tiles HOME REGION [--workers 2] [--seconds 5]

HOME is an edition store with a published REGION. Addresses are asked for again and again over kept-open connections by
one process of four threads; both run on the same machine, so the client takes its share of it. A rendered tile is
never asked for twice in the same way: its range changes with every request.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from hotspots.editions import Store
from tiles.mercator import tiles_over

CONNECTIONS = 4
SERVE = "from api.cli import main; main()"


def main() -> None:
    """Serve the store, ask for tiles, print a table as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("region")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    edition = Store(asked.home).current(asked.region)
    base = f"/tiles/{edition.region}/{edition.id}"
    tiles = [f"{tile.z}/{tile.x}/{tile.y}" for zoom in range(3, 9) for tile in tiles_over(edition.grid, zoom)]
    kinds = {
        "vector, ready": [f"{base}/admin/{tile}.mvt" for tile in tiles],
        "raster, ready": [f"{base}/burden/{tile}.png" for tile in tiles],
        "raster, rendered": [f"{base}/burden/{tile}.png?ramp=people&range=0," for tile in tiles],
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--workers", str(asked.workers)]
    environment = os.environ | {"HOTSPOTS_HOME": str(asked.home)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            for kind, addresses in kinds.items():
                _load(port, addresses, 1.0)
                before = _processor_s(server.pid)
                taken = _load(port, addresses, asked.seconds)
                spent = _processor_s(server.pid) - before
                figures = {
                    "tiles": kind,
                    "requests_per_s": round(len(taken) / asked.seconds),
                    "p50_ms": round(1000 * float(np.median(taken)), 2),
                    "p99_ms": round(1000 * float(np.quantile(taken, 0.99)), 2),
                    "processor_ms_per_request": round(1000 * spent / len(taken), 2),
                }
                print(json.dumps(figures), flush=True)
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


def _load(port: int, addresses: list[str], seconds: float) -> list[float]:
    """Seconds of each request."""
    taken: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    threads = [
        threading.Thread(target=_ask, args=(port, addresses, seconds, number, taken[number]))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(itertools.chain.from_iterable(taken))


def _ask(port: int, addresses: list[str], seconds: float, number: int, taken: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    end = time.perf_counter() + seconds
    for turn in itertools.count(number * len(addresses) // CONNECTIONS):
        address = addresses[turn % len(addresses)]
        if address.endswith(","):
            address += f"{1 + number + CONNECTIONS * turn}"
        start = time.perf_counter()
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {http.client.OK, http.client.NO_CONTENT}:
            raise SystemExit(f"{answer.status} for {address}")
        now = time.perf_counter()
        taken.append(now - start)
        if now > end:
            return


def _processor_s(pid: int) -> float:
    """Processor seconds of a process and those it started."""
    process = psutil.Process(pid)
    times = [part.cpu_times() for part in (process, *process.children(recursive=True))]
    return float(sum(item.user + item.system for item in times))


if __name__ == "__main__":
    main()
