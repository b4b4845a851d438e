"""The load generator: wrk, one thread, with what it and the servers spend of the processors."""

from __future__ import annotations

import json
import resource
import subprocess
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

SCRIPT = Path(__file__).with_name("load.lua")
WARM_UP_S = 2


@dataclass(frozen=True)
class Asked:
    """One request: ``path`` with its query, ``body`` (JSON) of a POST."""

    path: str
    body: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"


def measured(
    address: str, asked: Sequence[Asked], pids: Sequence[int], seconds: int, connections: int
) -> dict[str, Any]:
    """Requests a second, latency, processor time a request of the processes ``pids`` and all they started.

    ``client_share`` is the share of one core that wrk took: far below 1, so it waits for the servers and not they for
    it. The requests begin anew where they end; a warm-up goes before.

    Raises
    ------
    RuntimeError
        If a request failed, or none was answered in time.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines(f"{one.method}\t{one.path}\t{one.body}\n" for one in asked)
        file.flush()
        _wrk(address, file.name, WARM_UP_S, connections)
        before, client_before = processor_s(pids), _children_s()
        found = _wrk(address, file.name, seconds, connections)
        spent, client = processor_s(pids) - before, _children_s() - client_before
    count = found["requests"]
    if not count:
        raise RuntimeError(f"{address} answered nothing within {seconds} s")
    return {
        "requests_per_s": round(count / found["seconds"], 1),
        "p50_ms": found["p50_ms"],
        "p99_ms": found["p99_ms"],
        "cpu_ms_per_request": round(1000 * spent / count, 2),
        "kib_per_request": round(found["bytes"] / count / 1024, 1),
        "client_share": round(client / found["seconds"], 2),
    }


def fetched(address: str, one: Asked) -> bytes:
    """The body of the answer to one request; HTTPError if it is no success."""
    request = urllib.request.Request(
        address + one.path, data=one.body.encode() or None, headers={"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        body: bytes = answer.read()
    return body


def processor_s(pids: Sequence[int]) -> float:
    """Processor seconds of processes, those they started, and those of them that have ended."""
    total = 0.0
    for pid in pids:
        process = psutil.Process(pid)
        for part in (process, *process.children(recursive=True)):
            times = part.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _wrk(address: str, requests: str, seconds: int, connections: int) -> dict[str, Any]:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT), address]
    said = subprocess.run([*command, "--", requests], check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    if found["failed"]:
        raise RuntimeError(f"{found['failed']} of {found['requests']} requests to {address} failed")
    return found


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
