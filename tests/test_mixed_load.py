"""Clients ask for everything while editions are published, rolled back and retired: every answer is of one edition."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from data_pipelines.outputs import citation, codebook, cog, feature_store, geojson, vector_tiles
from hotspots.editions import Edition, Store, draft
from hotspots.policy import publishable
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import POLICY, assessment

REGION = "miniature"
SERVE = """
import socket, sys
from api.app import create_app
from api.settings import Settings
from pathlib import Path
import uvicorn
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
app = create_app(Settings(Path(sys.argv[1]), max_open_layers=16))
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
"""
CLIENTS, KEPT = 4, 3
WRITERS = (vector_tiles, cog, feature_store, geojson, codebook, citation)
"""Of what is asked for here."""
AREA = {"type": "Polygon", "coordinates": [[[10, 20], [10.08, 20], [10.08, 20.06], [10, 20.06], [10, 20]]]}
MARK = re.compile(rb"edition (\d+)")
GROWN = 1.10
ENOUGH = 100
"""Answers that a sample must have seen, however busy the machine."""


@dataclasses.dataclass
class Seen:
    """What all clients saw: which mark each edition's answers bore, the tag of each address, and what was wrong."""

    mark_of: dict[str, set[bytes]] = dataclasses.field(default_factory=dict)
    tag_of: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    faults: list[str] = dataclasses.field(default_factory=list)
    answers: int = 0
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def bears(self, edition: str, body: bytes) -> None:
        """An answer that speaks of ``edition`` has every hotspot of one edition in it."""
        with self.lock:
            self.mark_of.setdefault(edition, set()).update(MARK.findall(body))

    def tagged(self, answer: httpx.Response) -> None:
        """What never changes has one tag for ever."""
        with self.lock:
            self.tag_of.setdefault(str(answer.url), set()).add(answer.headers["etag"])


@pytest.mark.parametrize("seconds", [20, pytest.param(1200, marks=pytest.mark.soak)])
def test_every_answer_is_of_one_edition(tmp_path: Path, seconds: int) -> None:
    """No server error, no mixture, and in the long run no growing memory.

    The first quarter fills the caches, which hold 16 editions here so that it does; from then on memory may grow by a
    tenth. A sample is too short to tell.
    """
    store = Store(tmp_path / "home")
    published = {_publish(store, tmp_path, number).id: b"%d" % number for number in range(KEPT)}
    seen = Seen()
    with _service(tmp_path / "home") as (address, process):
        end, stop = time.monotonic() + seconds, threading.Event()
        clients = [threading.Thread(target=_ask, args=(address, seen, stop, seed)) for seed in range(CLIENTS)]
        for client in clients:
            client.start()
        memory = []
        number = KEPT
        while time.monotonic() < end or seen.answers < ENOUGH or len(seen.mark_of) < KEPT:
            published[_publish(store, tmp_path, number).id] = b"%d" % number
            number += 1
            store.rollback(REGION)
            store.retire(REGION, KEPT)
            memory.append((time.monotonic(), process.memory_full_info().uss))
        stop.set()
        for client in clients:
            client.join()
    assert seen.faults == []
    assert {edition: marks for edition, marks in seen.mark_of.items() if marks != {published[edition]}} == {}
    assert {url: tags for url, tags in seen.tag_of.items() if len(tags) > 1} == {}
    if seconds >= 600:
        warm = [used for at, used in memory if at > end - 0.75 * seconds]
        assert max(warm[-10:]) <= GROWN * max(warm[:10])


def _publish(store: Store, scratch: Path, number: int) -> Edition:
    """An edition in which every hotspot is named after its number."""
    made = assessment()
    named = made.hotspots.assign(name=[f"{name} of edition {number}" for name in made.hotspots["name"]])
    ready = publishable(dataclasses.replace(made, hotspots=named), POLICY)
    files = {}
    for name in ("census", "facilities"):
        path = scratch / f"{name}.csv"
        path.write_text(f"{name}\n")
        files[name] = [path]
    with store.staging() as staged:
        for writer in WRITERS:
            list(writer.write(ready, staged))
        found = store.publish(staged, draft(ready, files, created=WHEN + timedelta(minutes=number)))
    assert isinstance(found, Edition)
    return found


@contextlib.contextmanager
def _service(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The service in a process of its own, so that its memory is its own."""
    root = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": root},
    ) as child:
        try:
            assert child.stdout is not None
            yield f"http://127.0.0.1:{int(child.stdout.readline())}", psutil.Process(child.pid)
        finally:
            child.terminate()


def _ask(address: str, seen: Seen, stop: threading.Event, seed: int) -> None:
    chance = random.Random(seed)
    kinds = (_page, _pages, _file, _tile, _drawn_tile, _statistics, _part, _described)
    with httpx.Client(base_url=address, trust_env=False, follow_redirects=True, timeout=120) as client:
        while not stop.is_set():
            kind = chance.choice(kinds)
            try:
                kind(client, seen)
            except (httpx.HTTPError, AssertionError, KeyError, ValueError) as error:
                seen.faults.append(f"{kind.__name__}: {error!r}")
            with seen.lock:
                seen.answers += 1


def _got(client: httpx.Client, path: str, **more: object) -> httpx.Response | None:
    """The answer; None where what was asked for has been retired meanwhile, which a pinned address may be."""
    answer = client.request("GET", path, **more)  # type: ignore[arg-type]
    if answer.status_code == 404 and "/current/" not in str(answer.url):
        return None
    assert answer.status_code in {200, 204, 206, 304}, f"{answer.status_code} for {answer.url}"
    return answer


def _edition_of(answer: httpx.Response) -> str:
    return str(answer.url).split(f"/{REGION}/", 1)[1].split("/", 1)[0]


def _page(client: httpx.Client, seen: Seen) -> None:
    answer = _got(client, f"/collections/{REGION}-hotspots/items", params={"bbox": "10,20,10.08,20.06", "f": "json"})
    if answer is not None:
        assert answer.json()["numberMatched"] == 2
        assert len(set(MARK.findall(answer.content))) == 1


def _pages(client: httpx.Client, seen: Seen) -> None:
    """The second page is of the edition of the first, whatever is current by then."""
    first = _got(client, f"/collections/{REGION}-hotspots/items", params={"limit": 1, "f": "json"})
    if first is None:
        return
    following = next(link["href"] for link in first.json()["links"] if link["rel"] == "next")
    edition = following.split(f"{REGION}-hotspots-", 1)[1].split("/", 1)[0]
    seen.bears(edition, first.content)
    second = _got(client, following)
    if second is not None:
        seen.bears(edition, second.content)
        seen.tagged(second)


def _file(client: httpx.Client, seen: Seen) -> None:
    answer = _got(client, f"/files/{REGION}/current/vectors/hotspots.geojson", headers={"Accept-Encoding": "identity"})
    if answer is not None:
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
        seen.bears(_edition_of(answer), answer.content)


def _tile(client: httpx.Client, seen: Seen) -> None:
    answer = _got(client, f"/tiles/{REGION}/current/hotspots/0/0/0.mvt")
    if answer is not None and answer.status_code == 200:
        seen.tagged(answer)


def _drawn_tile(client: httpx.Client, seen: Seen) -> None:
    answer = _got(client, f"/tiles/{REGION}/current/burden/9/270/226.png", params={"ramp": "heat", "range": "0,5"})
    if answer is not None:
        seen.tagged(answer)


def _statistics(client: httpx.Client, seen: Seen) -> None:
    asked = {"inputs": {"region": REGION, "area": AREA}}
    answer = client.post("/processes/area-statistics/execution", json=asked)
    # One that became current and was retired between two steps of the answer.
    if answer.status_code == 404:
        return
    assert answer.status_code == 200, f"{answer.status_code} for statistics"
    seen.bears(answer.json()["edition"], json.dumps(answer.json()["hotspots"]).encode())


def _part(client: httpx.Client, seen: Seen) -> None:
    answer = _got(client, f"/files/{REGION}/current/rasters/burden.tif", headers={"Range": "bytes=0-99"})
    if answer is not None:
        assert (answer.status_code, len(answer.content)) == (206, 100)
        seen.tagged(answer)


def _described(client: httpx.Client, seen: Seen) -> None:
    for path in (
        "/health/ready",
        f"/regions/{REGION}",
        "/collections",
        "/stac",
        f"/tiles/{REGION}/current/admin.json",
    ):
        _got(client, path)
