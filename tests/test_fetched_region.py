"""A region whose people come from a publisher: a local server that behaves, changes and misbehaves.

Whatever it sends, the current edition is whole and of one set of inputs.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from fastapi.testclient import TestClient

from api import console
from api.app import create_app
from api.settings import Settings
from config import load
from data_pipelines.fetching import fetch, plan
from data_pipelines.fetching.download import Downloader, Patience
from data_pipelines.refresh import Outcome, refresh
from hotspots.editions import Store
from hotspots.errors import InputError
from hotspots.progress import Silent
from tests import new_region
from tests.command import hotspots
from tests.data_pipelines.fetching.bad_server import BadServer, always, bad_server, dropping, whole
from tests.new_region import REGION

ENTRY = """
title = "Population {{year}}"
publisher = "Statistics office"
contact = "office@example.org"
url = "https://example.org"
licence = "CC-BY-4.0"
redistribution = "raw"
citation = "Statistics office (2021)"
adapter = "population_raster"
format = "geotiff"
frequency = "monthly"
quality = "B"
[parameters.year]
meaning = "a year"
pattern = "[0-9]{{4}}"
[[files]]
url = "{address}/people_{{year}}.tif"
"""
FROM = '[datasets.population]\nfrom = "people"\nparameters = { year = 2020 }\n'
QUICK = Patience(attempts=2, connect_s=2, read_s=2, backoff_s=0.01, longest_wait_s=1)
PATH = "/people_2020.tif"


@pytest.fixture(scope="module")
def server() -> Iterator[BadServer]:
    with bad_server() as running:
        yield running


@pytest.fixture(scope="module")
def config(server: BadServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The region of the walk-through, but for its people."""
    folder = new_region.write(tmp_path_factory.mktemp("config") / "here")
    file = folder / "regions" / f"{REGION}.toml"
    text = re.sub(r"\[datasets\.population\]\n.*?\n\n", FROM + "\n", file.read_text(encoding="utf-8"), flags=re.S)
    file.write_text(text, encoding="utf-8")
    (folder / "datasets").mkdir()
    (folder / "datasets" / "people.toml").write_text(ENTRY.format(address=server.address), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def body(config: Path) -> bytes:
    return (config / "regions" / "people.tif").read_bytes()


@pytest.fixture(autouse=True)
def allowed(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(config))
    monkeypatch.setenv("HOTSPOTS_ALLOW_PRIVATE", "127.0.0.0/8")
    monkeypatch.setattr(fetch, "Downloader", lambda settings: Downloader(settings, QUICK))


@pytest.fixture(scope="module")
def published(
    config: Path, server: BadServer, body: bytes, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Store, Outcome]:
    """A store with one edition, of people that arrived in two parts."""
    server.answers[PATH] = dropping(body, 0.5, times=1)
    store = Store(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(config))
        patch.setenv("HOTSPOTS_ALLOW_PRIVATE", "127.0.0.0/8")
        return store, refresh(REGION, store, Silent())


@pytest.fixture
def store(published: tuple[Store, Outcome], tmp_path: Path) -> Store:
    """A copy of that store, for a test of its own."""
    shutil.copytree(published[0].layout.home, tmp_path / "home")
    return Store(tmp_path / "home")


def current(store: Store) -> str:
    """The id of the current edition, which verifies."""
    edition = store.current(REGION)
    assert store.verify(REGION, edition.id) == ()
    return edition.id


def test_people_arrive_before_anything_is_read(
    published: tuple[Store, Outcome], server: BadServer, body: bytes
) -> None:
    store, outcome = published
    edition = outcome.edition
    assert edition is not None
    assert edition.manifest.totals.people == new_region.PEOPLE
    (people,) = [item for item in edition.manifest.inputs if item.dataset == "population"]
    assert (people.file, people.size_bytes, people.title) == ("people_2020.tif", len(body), "Population 2020")
    assert (store.layout.inputs / people.sha256 / "people_2020.tif").read_bytes() == body
    assert [request.headers.get("Range") for request in server.of(PATH)][:2] == [None, f"bytes={len(body) // 2}-"]


def test_the_edition_says_how_old_its_inputs_are_and_the_service_how_old_today(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime.now(UTC).date()
    ages = {age.dataset: age for age in store.current(REGION).manifest.freshness}
    assert set(ages) == {"boundaries", "facilities", "population", "wind"}
    assert ages["facilities"].words == "Data of 2022, a file of the region."
    assert ages["population"].words == (
        f"Data of 2020, published on 2015-10-21, retrieved on {today}, renewed monthly, the newest as of {today}."
    )
    (note,) = (store.layout.inputs / "addresses").glob("*.json")
    known = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps(known | {"checked": "2026-01-31T00:00:00+00:00"}), encoding="utf-8")
    with TestClient(create_app(Settings(store.layout.home)), base_url="http://127.0.0.1") as client:
        inputs = {item["dataset"]: item for item in client.get(f"/regions/{REGION}").json()["inputs"]}
        document = client.get(f"/regions/{REGION}/editions/{current(store)}").json()
    assert inputs["population"]["stale_since"] == "2026-03-03"  # 31 January + 31 days
    assert inputs["population"]["because"].endswith("last asked on 2026-01-31")
    assert document["freshness"][2]["words"] == ages["population"].words


def people_of(store: Store) -> Path:
    """Where the people are once they have been asked for."""
    return fetch.fetched(load.region(REGION), store, Silent()).datasets["population"].file()


def test_unchanged_people_cost_one_question(store: Store, server: BadServer, body: bytes) -> None:
    server.answers[PATH] = whole(body)
    server.seen.clear()
    assert people_of(store).read_bytes() == body
    (asked,) = server.seen
    assert asked.headers["If-None-Match"] == '"one"'


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda body: always(200, {"ETag": '"two"'}, b"<!DOCTYPE html><html>Log in</html>"), "web page"),
        (lambda body: dropping(body[:-1] + b"x", 0.5, times=99), "tried 2 times"),
        (lambda body: always(200, {"Content-Length": str(2 * len(body))}, body), "tried 2 times"),
        (lambda body: always(500, {}), "answers 500"),
        (lambda body: always(429, {"Retry-After": "86400"}), "come back in 86400 s"),
        (lambda body: always(302, {"Location": "http://10.0.0.1/people.tif"}), "no public address"),
        (lambda body: always(404, {}), "answers 404"),
        (lambda body: whole(body[: len(body) // 2], '"two"'), "people_2020.tif"),  # whole, but cut off at the source
    ],
)
def test_whatever_is_sent_the_old_edition_keeps_serving(
    store: Store, server: BadServer, body: bytes, answer: object, reason: str
) -> None:
    before = current(store)
    server.answers[PATH] = answer(body)
    with pytest.raises(InputError, match=reason):
        refresh(REGION, store, Silent())
    assert current(store) == before
    stale = store.stale(REGION)
    assert stale is not None
    assert reason in stale.reason


@pytest.mark.soak
def test_new_people_make_a_new_edition_after_a_failure(
    store: Store, server: BadServer, body: bytes, tmp_path: Path
) -> None:
    before = current(store)
    server.answers[PATH] = always(500, {})
    with pytest.raises(InputError):
        refresh(REGION, store, Silent())
    server.answers[PATH] = whole(body, '"three"')
    assert not refresh(REGION, store, Silent()).changed
    assert store.stale(REGION) is None
    path = tmp_path / "people.tif"
    path.write_bytes(body)
    with rasterio.open(path, "r+") as raster:
        people = raster.read(1)
        people[0, 0] += 5
        raster.write(people, 1)
    server.answers[PATH] = whole(path.read_bytes(), '"two"')
    outcome = refresh(REGION, store, Silent())
    assert outcome.changed
    assert current(store) != before
    assert outcome.edition is not None
    assert outcome.edition.manifest.totals.people == new_region.PEOPLE + 5
    assert np.isclose(store.edition(REGION, before).manifest.totals.people, new_region.PEOPLE)


def test_offline_goes_on_with_the_last_copy_and_asks_nobody(
    store: Store, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_OFFLINE", "1")
    server.seen.clear()
    assert people_of(store).is_file()
    assert server.seen == []
    with pytest.raises(InputError, match="is not here, and nothing may be downloaded"):
        people_of(Store(store.layout.home / "other"))


def test_a_copy_that_was_cut_off_on_the_disk_is_fetched_again(store: Store, server: BadServer, body: bytes) -> None:
    server.answers[PATH] = whole(body)
    (copy,) = store.layout.inputs.glob("*/people_2020.tif")
    copy.write_bytes(body[:100])
    assert people_of(store) == copy
    assert copy.read_bytes() == body


def test_datasets_tells_licence_state_and_regions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_HOME", str(store.layout.home))
    monkeypatch.setattr(console.out, "width", 200)
    lines = hotspots("datasets").out.splitlines()
    (people,) = [line for line in lines if line.startswith("people ")]
    assert "CC-BY-4.0" in people
    assert "as it is" in people
    assert "(0 days old)" in people
    assert people.rstrip().endswith(REGION)
    assert any(line.startswith("wdpa ") and "by hand" in line and "derived only" in line for line in lines)
    shown = hotspots("datasets", "show", "people").out
    for text in ("publisher: Statistics office", "parameter year: a year", "renewed: monthly", "sha256"):
        assert text in shown
    assert hotspots("datasets", "show", "peple").code == 3


def test_the_input_store_says_what_it_holds(store: Store) -> None:
    (about,) = (store.layout.inputs / "addresses").glob("*.json")
    known = json.loads(about.read_text(encoding="utf-8"))
    assert known["etag"] == '"one"'
    assert not list((store.layout.inputs / "partial").iterdir())


def test_a_dry_run_says_what_would_be_fetched_and_touches_nothing(
    store: Store, server: BadServer, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_HOME", str(store.layout.home))
    monkeypatch.setattr(plan, "Downloader", lambda settings: Downloader(settings, QUICK))
    server.answers[PATH] = whole(body)
    server.seen.clear()
    told = hotspots("refresh", REGION, "--dry-run")
    assert told.code == 0
    assert "testland: would download 0 of 1 files, 0 B." in told.out
    assert re.search(r"^Time: the last refresh took \d+ s with its downloads", told.out, re.M)
    assert re.search(r"^Disk: about [\d.]+ MB needed, [\d.]+ GB free in .*: enough\.$", told.out, re.M)
    assert [request.method for request in server.seen] == ["HEAD"]
    server.answers[PATH] = whole(body + bytes(3_000_000 - len(body)), '"two"')
    assert "would download 1 of 1 files, 3.0 MB." in hotspots("refresh", REGION, "--dry-run").out
    server.answers[PATH] = always(405, {})
    assert "would download 1 of 1 files, 0 B, 1 of unknown size." in hotspots("refresh", REGION, "--dry-run").out
    server.answers[PATH] = always(200, {"Content-Length": str(10**17)})
    full = hotspots("refresh", REGION, "--dry-run")
    assert (full.code, "not enough. Remedy: Free space" in full.error) == (7, True)
    assert server.of(PATH) == []
    assert current(store)
