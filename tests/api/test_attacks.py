"""What the hostile and the broken send: answered with a 4xx or in bounds, never 500, never without end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from urllib.parse import quote, urlsplit

import httpx
import psutil
import pytest

HUGE = "9" * 400
TILES = "/tiles/miniature/{e}/hotspots"
ITEMS = "/collections/miniature-hotspots/items"
EXECUTION = "/processes/area-statistics/execution"


def refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in (statuses or (400, 404)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        f"{TILES}/31/0/0.mvt",
        f"{TILES}/{HUGE}/0/0.mvt",
        f"{TILES}/1/-1/0.mvt",
        f"{TILES}/1/{HUGE}/0.mvt",
        f"{TILES}/1/0/0.exe",
        f"{TILES}/nan/0/0.mvt",
        f"{TILES}/1/0x1/0.mvt",
        "/tiles/miniature/{e}/%2e%2e%2fhotspots/0/0/0.mvt",
        "/tiles/%2e%2e/{e}/hotspots.json",
        "/files/miniature/{e}/%2e%2e/%2e%2e/catalogue.sqlite",
        "/files/miniature/{e}/..%5c..%5ccatalogue.sqlite",
        "/files/miniature/%2e%2e%2f%2e%2e/catalogue.sqlite",
        "/files/miniature/{e}//etc/passwd",
        "/files/miniature/{e}/file:%2f%2f%2fetc/passwd",
        "/files/miniature/{e}/packages/%2e%2e%2f%2e%2e.zip",
        "/regions/%00",
        "/regions/miniature'%20OR%201=1--",
        "/regions/miniature/editions/%f0%9f%92%a9",
        f"/regions/{'a' * 4000}",
        "/collections/miniature-hotspots'--",
        "/collections/-/items",
        f"{ITEMS}/%27%3B%20DROP%20TABLE%20feature%3B--",
        f"{ITEMS}/{HUGE}",
        "/stac/search?bbox=nan,nan,nan,nan",
        "/stac/search?limit=-1",
        "/stac/search?datetime=" + "9" * 50,
        "/regions/miniature/editions/{e}/point?lon=nan&lat=0",
        "/regions/miniature/editions/{e}/point?lon=inf&lat=0",
        "/map?region=http:%2f%2fevil.example%2f",
    ],
)
def test_hostile_paths(client, edition, path):
    raw = path.replace("{e}", edition.id).encode()
    url = httpx.URL(str(client.base_url)).copy_with(raw_path=raw)
    refused(client.get(url))


@pytest.mark.parametrize(
    "bbox",
    ["nan,nan,nan,nan", "0,10,1,5", f"0,0,{HUGE},1", "181,0,1e308,1", "0,0,1", "1,2,3,4,5,6,7", "٣,0,4,1;"],
)
def test_hostile_boxes(client, bbox):
    refused(client.get(ITEMS, params={"bbox": bbox}), 400)


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 2000 + "people > 1" + ")" * 2000,
        " OR ".join(["people > 1"] * 2000),
        "name = '" + "x" * 20_000,
        "name LIKE '" + "%_" * 50,
        "people > " + HUGE + "e",
        '"name""\'; ATTACH DATABASE \'/tmp/x\' AS y; --" = 1',
        "load_extension('x') = 1",
        "people = (SELECT 1)",
        "S_INTERSECTS(geometry, POLYGON((nan nan, 1 1, 2 2, nan nan)))",
        "\x00",
    ],
)
def test_hostile_filters(client, condition):
    refused(client.get(ITEMS, params={"filter": condition}), 400, 414, 431)


@pytest.mark.parametrize("value", ["x' OR '1'='1", "%", "_", '"', "\\", "\u202e", "😀" * 100, "${7*7}", "{{7*7}}"])
def test_values_are_only_values(client, value):
    assert client.get(ITEMS, params={"name": value}).json()["features"] == []
    page = client.get(ITEMS, params={"name": f"<script>{value}", "f": "html"}).text
    assert "<script>" + value not in page
    assert client.get(f"{ITEMS}/{quote(value, safe='')}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[" * 100_000,
        b"null",
        b"\xff\xfe",
        b'{"inputs": {"region": "miniature", "area": {"type": "Polygon", "coordinates": []}}}',
        b'{"inputs": {"region": "miniature", "area": {"type": "Polygon", "coordinates": [[[NaN, 0], [1, 1]]]}}}',
        b'{"inputs": {"region": "../..", "area": {"type": "Point", "coordinates": [0, 0]}}}',
        b" " * 2_000_000,
    ],
)
def test_hostile_bodies(client, body):
    refused(client.post(EXECUTION, content=body, headers={"Content-Type": "application/json"}))


def test_an_area_of_too_many_vertices(client):
    ring = [[10 + i / 1e6, 20] for i in range(6000)]
    area = {"type": "Polygon", "coordinates": [[*ring, [10, 21], ring[0]]]}
    refused(client.post(EXECUTION, content=json.dumps({"inputs": {"region": "miniature", "area": area}})), 400)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 40_000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_hostile_heads(address, head):
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        try:
            connection.sendall(head)
            answer = connection.recv(64)
        except ConnectionError:
            # Closed before all of it was taken.
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")


SERVER = """
import socket, sys, functools, pathlib, uvicorn
from fastapi import FastAPI, Request
from api.ranges import ranged, read_file
app, path = FastAPI(), pathlib.Path(sys.argv[1])
app.get("/small")(lambda: "here")
@app.get("/large")
def large(request: Request):
    return ranged(request, {"ETag": '"x"'}, path.stat().st_size, functools.partial(read_file, path), "application/zip")
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
"""


def test_a_hundred_slow_downloads_take_little_memory_and_leave_room_for_others(tmp_path):
    """Each of 100 readers takes one byte of 200 MB and stalls; the service goes on, with a few MB more."""
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    command = [sys.executable, "-c", SERVER, str(large)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        readers = []
        try:
            assert child.stdout is not None
            port = int(child.stdout.readline())
            assert httpx.get(f"http://127.0.0.1:{port}/small", trust_env=False, timeout=60).json() == "here"
            before = psutil.Process(child.pid).memory_info().rss
            for _ in range(100):
                reader = socket.create_connection(("127.0.0.1", port), timeout=60)
                reader.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
                readers.append(reader)
            for reader in readers:
                assert reader.recv(1) == b"H"
            assert httpx.get(f"http://127.0.0.1:{port}/small", trust_env=False, timeout=60).json() == "here"
            grown = psutil.Process(child.pid).memory_info().rss - before
        finally:
            for reader in readers:
                reader.close()
            child.terminate()
    assert grown < 150_000_000
