"""Ids, logs and metrics: each request can be followed, and no client's text becomes a label or a header."""

from __future__ import annotations

import io
import json
import logging
import re

import httpx
import pytest

from api.observing import JsonLines
from tests.serving import served


def test_a_sane_id_is_kept_and_others_are_replaced(client):
    assert (
        client.get("/regions", headers={"X-Request-ID": "trace-1234.a_b"}).headers["x-request-id"] == "trace-1234.a_b"
    )
    for hostile in ("short", "a" * 65, "a b c d e f g h", "<script>alert(1)", "12345678;"):
        answer = client.get("/nothing", headers={"X-Request-ID": hostile})
        made = answer.headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]{32}", made)
        assert answer.json()["request_id"] == made
    assert client.get("/").headers["x-request-id"] != client.get("/").headers["x-request-id"]


@pytest.fixture
def lines():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("hotspots")
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_the_log_has_one_object_a_request(home, edition, lines):
    with served(home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        got = client.get(f"/files/miniature/{edition.id}/rasters/people.tif", headers={"X-Request-ID": "follow-me"})
        client.get("/a%0a%7b%22level%22:1%7d?key=secret")
    first, second = [line for line in lines() if line["logger"] == "hotspots.access"]
    assert (first["request_id"], first["status"], first["method"]) == ("follow-me", 200, "GET")
    assert first["route"] == "/files/{region}/{edition}/{path:path}"
    assert first["sent_bytes"] == len(got.content)
    assert first["duration_s"] > 0
    # A line break in a path does not make a second line; queries may hold what is no one's business.
    assert (second["path"], second["route"], second["status"]) == ('/a\n{"level":1}', "other", 404)
    assert "secret" not in json.dumps([first, second])


def test_a_failure_is_told_with_its_id_and_all_headers(home, lines, monkeypatch):
    monkeypatch.setattr("api.editions.Store.regions", lambda self: 1 / 0)
    with served(home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        answer = client.get("/regions")
        # The server drops the connection on which it failed.
        counted = httpx.get(f"{address}/metrics", trust_env=False).text
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    failed = next(line for line in lines() if "exception" in line)
    assert failed["request_id"] == answer.json()["request_id"]
    assert "ZeroDivisionError" in failed["exception"]
    assert 'hotspots_http_requests_total{method="GET",route="/regions",status="500"} 1.0' in counted


@pytest.mark.parametrize("settings", [{}, {"public_url": "https://data.example.org/pollution"}])
def test_metrics_count_by_route_and_never_by_path(home, edition, settings):
    with served(home, **settings) as address, httpx.Client(base_url=address, trust_env=False) as client:
        for _ in range(3):
            client.get("/regions/miniature")
        for number in range(20):
            client.get(f"/guess-{number}")
            client.get(f"/regions/guess-{number}")
        client.request("BREW", "/regions")
        sent = len(client.get(f"/files/miniature/{edition.id}/rasters/people.tif").content)
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.text
    assert 'hotspots_http_requests_total{method="GET",route="/regions/{region}",status="200"} 3.0' in text
    assert 'hotspots_http_requests_total{method="GET",route="/regions/{region}",status="404"} 20.0' in text
    assert 'hotspots_http_requests_total{method="GET",route="other",status="404"} 20.0' in text
    assert (
        f'hotspots_http_sent_bytes_total{{route="/files/{{region}}/{{edition}}/{{path:path}}"}} {float(sent)}' in text
    )
    assert "hotspots_http_requests_running 1.0" in text
    assert "guess" not in text
    assert "BREW" not in text
