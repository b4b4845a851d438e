"""What a holder of `read:restricted` reads in full of a region with a generalised and a withheld inventory."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotspots.editions import Store
from hotspots.editions.consents import Actor
from hotspots.scopes import Scope
from tests import policy_region
from tests.needles import Needles
from tests.new_region import REGION
from tests.policy_region import MINES, WORKS
from tests.serving import served
from tests.test_policy_walk import EVERY, LOOKED_FOR, published, walk

READ = "\nrestricted_reading = true"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    folder = tmp_path_factory.mktemp("kept")
    return published(folder, policy_region.WITHHELD + READ, policy_region.GENERALISED + READ, editions=1)


def key(store: Store, *countries: str) -> dict[str, str]:
    scopes = frozenset({Scope.READ_RESTRICTED} if countries else {Scope.PUBLISH})
    _, text = store.keys.create("mines unit", scopes, datetime.now(UTC) + timedelta(days=1), frozenset(countries))
    return {"Authorization": f"Bearer {text}"}


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_reader_of_the_country_reads_names_and_places_and_each_reading_is_audited(kept: tuple[Store, str]) -> None:
    store, edition = kept[0], kept[0].current(REGION)
    here = f"restricted/{REGION}/{edition.id}"
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        client.headers = httpx.Headers(key(store, "JAM"))
        listed = {item["path"] for item in client.get(here).json()["files"]}
        assert {f"JAM/{name}/sources.{end}" for name in ("mines", "works") for end in ("csv", "geojson")} <= listed
        assert {"JAM/works/attribution.csv", "JAM/mines/releases.csv"} <= listed
        assert "JAM/mines/attribution.csv" not in listed, "nothing is computed from what is withheld"
        works, mines = (rows(client.get(f"{here}/JAM/{name}/sources.csv")) for name in ("works", "mines"))
        assert {(row["name"], float(row["lon"])) for row in works} == {(item.name, item.at[0]) for item in WORKS}
        assert {row["source_id"] for row in mines} == {f"mines:{item.id}" for item in MINES}
        assert {row["published_as"] for row in mines} == {""}
        published_kg = edition.layer("sources").set_index("source_id")["release_pm25_kg_yr"]
        released = {row["source_id"]: row for row in rows(client.get(f"{here}/JAM/works/releases.csv"))}
        for row in works:
            assert published_kg[row["published_as"]] == float(released[row["source_id"]]["release_kg_yr"])
        for row in rows(client.get(f"{here}/JAM/works/attribution.csv")):
            assert row["source_id"] in released
        answer = client.get(f"{here}/JAM/works/sources.geojson")
        assert {item["properties"]["name"] for item in answer.json()["features"]} == {item.name for item in WORKS}
        assert "boundaries and names" in answer.json()["disclaimer"]
        assert answer.headers["cache-control"] == "private, no-store"
        assert "authorization" in answer.headers["vary"].lower()
        assert not {"etag", "last-modified"} & set(answer.headers)
    read = [row for row in store.audit() if row.act == "read_restricted"]
    assert read[0].actor.endswith("(mines unit)")
    assert [row.detail for row in read if "geojson" in row.detail] == ["JAM/works/sources.geojson"]
    assert store.verify(REGION) == ()


def test_without_the_right_there_is_nothing_whether_it_exists_or_not(
    kept: tuple[Store, str], caplog: pytest.LogCaptureFixture
) -> None:
    store, edition = kept[0], kept[0].current(REGION)
    before = len(store.audit())
    here = f"restricted/{REGION}/{edition.id}"
    paths = [f"{here}/JAM/works/sources.csv", f"{here}/JAM/other/sources.csv"]
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert {client.get(path).status_code for path in [here, *paths]} == {401}
        assert {client.get(path, headers=key(store)).status_code for path in [here, *paths]} == {403}
        abroad = key(store, "HTI")
        told = [client.get(path, headers=abroad) for path in paths]
        assert [answer.status_code for answer in told] == [403, 403]
        assert told[0].json()["detail"] == told[1].json()["detail"]
        assert client.get(here, headers=abroad).json()["files"] == []
        missing = client.get(paths[1], headers=key(store, "JAM"))
        assert missing.status_code == 404
        assert "nothing to read" in missing.json()["detail"]
        for path in ("../../catalogue.sqlite", "JAM/works/..%2f..%2findex.json", "index.json"):
            assert client.get(f"{here}/{path}", headers=key(store, "JAM")).status_code in (403, 404)
        # No other route leads there.
        for path in (f"files/{REGION}/{edition.id}/restricted/JAM/works/sources.csv", f"files/{paths[0]}"):
            assert client.get(path, headers=key(store, "JAM")).status_code == 404
    assert {row.act for row in store.audit()[before:]} == {"create_key"}
    assert "does not open this country" in caplog.text
    assert "hsk_" not in caplog.text


def test_after_a_reading_nobody_else_finds_anything(kept: tuple[Store, str]) -> None:
    """The same service, its caches warm: the walk with a key of every other scope."""
    store, edition = kept[0], kept[0].current(REGION)
    reader = key(store, "JAM")
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        path = f"restricted/{REGION}/{edition.id}/JAM/works/sources.csv"
        answer = client.get(path, headers=reader)
        for again in (client.get(path), client.get(path, headers={"If-None-Match": "*"})):
            assert again.status_code == 401
            assert WORKS[0].name not in again.text
    found = Needles(LOOKED_FOR)
    found.look("answer", answer.content)
    assert len(found.found) >= 3 * len(WORKS), "the needles are in what the reader reads"
    needles = Needles(LOOKED_FOR)
    walk(*kept, needles, EVERY)
    assert needles.found == set()


def test_the_edition_is_the_same_with_and_without(
    kept: tuple[Store, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That somebody may read it in full is said; every data file is the same to the byte."""
    store, _ = published(tmp_path, policy_region.WITHHELD, policy_region.GENERALISED, editions=1)
    plain, known = store.current(REGION).manifest, kept[0].current(REGION).manifest
    assert [item.restricted_reading for item in known.consents if item.dataset in {"mines", "works"}] == [True, True]
    assert not store.layout.restricted.exists()
    data = [{file.path: file.sha256 for file in found.files if file.role == "data"} for found in (plain, known)]
    assert data[0] == data[1]


def test_reading_ends_at_once_when_its_consent_does(kept: tuple[Store, str], tmp_path: Path) -> None:
    store = Store(shutil.copytree(kept[0].layout.home, tmp_path / "home"))
    edition = store.current(REGION)
    before = store.policy.consents.in_force(REGION)
    (works,) = (item for item in before if item.dataset == "works")
    store.policy.record(replace(works, restricted_reading=False), Actor("key 1 (Ann)", "Ann"), frozenset())
    assert {file.dataset for file in store.policy.restricted.files(REGION, edition.id)} == {"mines"}
    folder = store.layout.restricted_edition(REGION, edition.id)
    assert not list(folder.glob("JAM/works/*.csv"))
    assert store.verify(REGION, edition.id) == ()
    assert store.current(REGION).id == edition.id, "what is public of it is the same"
    assert [job.kind for job in store.jobs.all("queued")] == ["refresh"]
    (mines,) = (item for item in before if item.dataset == "mines")
    store.policy.record(replace(mines, restricted_reading=False), Actor("key 1 (Ann)", "Ann"), frozenset())
    assert not folder.exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Nothing of it is used", "cells of 0.1°", "may read it in full", "How to object")),
        ("fr", ("Rien n’en est utilisé", "mailles de 0.1°", "le lire en entier", "Comment s’opposer")),
        ("es", ("No se utiliza nada", "celdas de 0.1°", "leerlo completo", "oponerse")),
        ("ru", ("ничего не используется", "ячеек в 0.1°", "читать его полностью", "возра")),
        ("zh", ("完全不使用该数据", "0.1° 网格单元", "可阅读全部内容", "异议")),
        ("ar", ("لا يُستخدم منها شيء", "0.1°", "قراءتها كاملة", "كيفية الاعتراض")),
    ],
)
def test_the_page_says_what_is_kept_back_and_what_it_does_to_the_figures(
    kept: tuple[Store, str], language: str, said: tuple[str, ...]
) -> None:
    with served(kept[0].layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        page = client.get(f"regions/{REGION}/policy", params={"lang": language}, headers={"Accept": "text/html"}).text
        for text in (*said, "Ministry of mines", "NON_PUBLIC N", "RESTRICTED C"):
            assert text in page, text
        seen = client.get("map", params={"region": REGION, "lang": language}).text
        assert f'href="regions/{REGION}/policy"' in seen
        assert "Inventory of mines, Inventory of works" in seen
