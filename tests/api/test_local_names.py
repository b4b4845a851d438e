"""Places are called as the page's language calls them, where the data have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.editions import Editions
from api.i18n import language_of
from api.local_names import in_language
from api.settings import Settings
from api.snapshot.page import page
from data_pipelines.outputs import write_all
from hotspots.editions import Store, draft
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests import miniature
from tests.hotspots.editions.publishing import WHEN
from tests.serving import served

EASTEND, EAST = "الطرف الشرقي", "شرق"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The miniature region whose first hotspot and unit have an Arabic name."""
    assessment = miniature.assessment()
    hotspots, units = assessment.hotspots.assign(name_ar=""), assessment.units.assign(name_ar="")
    hotspots.loc[hotspots["name"] == "Eastend", "name_ar"] = EASTEND
    units.loc[units["name"] == "E", "name_ar"] = EAST
    folder = tmp_path_factory.mktemp("named")
    inputs = {name: [folder / f"{name}.csv"] for name in ("census", "facilities")}
    for (path,) in inputs.values():
        path.write_text("input\n")
    store = Store(folder / "home")
    ready = publishable(replace(assessment, hotspots=hotspots, units=units), miniature.POLICY)
    with store.staging() as staged:
        write_all(ready, staged, Silent())
        store.publish(staged, draft(ready, inputs, created=WHEN, software_version="1.0"))
    return store.layout.home


@pytest.fixture(scope="module")
def reader(named: Path) -> Iterator[httpx.Client]:
    with served(named) as address, httpx.Client(base_url=address, trust_env=False) as made:
        yield made


def test_a_name_without_a_translation_stays_as_it_is() -> None:
    arabic = language_of("ar")
    assert in_language({"name": "A", "name_ar": "", "group": "A"}, arabic) == {"name": "A", "name_ar": "", "group": "A"}
    assert in_language({"name": "A", "name_ar": EAST, "group": "A"}, arabic)["group"] == EAST
    assert in_language({"name": "A", "name_ar": EAST, "group": "B"}, arabic)["group"] == "B"
    assert in_language({"name": "A"}, arabic) == {"name": "A"}


@pytest.mark.parametrize("address", ["/map", "/report"])
def test_pages_call_places_in_their_language(reader: httpx.Client, address: str) -> None:
    arabic = reader.get(address, params={"lang": "ar"}).text
    french = reader.get(address, params={"lang": "fr"}).text
    assert f'translate="no">{EASTEND}</bdi>' in arabic
    assert 'translate="no">Westend</bdi>' in arabic
    assert EASTEND not in french
    assert 'translate="no">Eastend</bdi>' in french


def test_units_are_found_by_either_name(reader: httpx.Client) -> None:
    collection = next(
        item["id"] for item in reader.get("/collections").json()["collections"] if item["id"] == "miniature-admin"
    )
    for text in (EAST, "E"):
        query = {"filter": f"CASEI(name) LIKE CASEI('%{text}%') OR CASEI(name_ar) LIKE CASEI('%{text}%')"}
        found = reader.get(f"/collections/{collection}/items", params=query).json()["features"]
        assert EAST in [feature["properties"]["name_ar"] for feature in found]
    said = reader.get("/map", params={"lang": "ar"}).text
    assert '"localName": "name_ar"' in said
    assert '"localName": null' in reader.get("/map", params={"lang": "fr"}).text


def test_the_map_to_email_calls_places_in_its_language(named: Path) -> None:
    editions = Editions(Settings(named))
    arabic, french = (page(editions, editions.store.current("miniature"), language_of(code)) for code in ("ar", "fr"))
    assert EASTEND in arabic
    assert json.dumps(EAST, ensure_ascii=False) in arabic
    assert EASTEND not in french
    assert "Eastend" in french
