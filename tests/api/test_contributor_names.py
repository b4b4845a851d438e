"""Contributors are called as the page's language calls them: areas by sector and place, facilities as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import get_args

import httpx
import pytest

from api.i18n import ENGLISH, LANGUAGES, language_of
from api.local_names import with_contributors
from config import load
from hotspots.contributor_names import OUTSIDE, OUTSIDE_WORDS, WITHHELD, WITHHELD_NAME, AreaKind, area_id, area_name
from tests import miniature
from tests.api.publishing import publish
from tests.serving import served

PLACES = ("Saint Andrew", "Washington, D.C.", "Ward 3: north")
FACILITY = "Agriculture, Kingston"
TRANSLATED = [code for code in LANGUAGES if code != "en"]
SECTORS = load.sectors()


def area(kind: AreaKind, sector: str, place: str) -> dict[str, str]:
    words = OUTSIDE_WORDS if place == OUTSIDE else place
    return {"id": area_id(kind, place, sector), "kind": kind, "name": area_name(kind, SECTORS[sector], words)}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ["Municipal waste, Saint Andrew", "Households (inventory), outside the administrative units"]),
        ("fr", ["Déchets municipaux, Saint Andrew", "Ménages (inventaire), hors des unités administratives"]),
        ("ar", ["النفايات البلدية، Saint Andrew", "الأسر المعيشية (الجرد)، خارج الوحدات الإدارية"]),
        ("zh", ["城市废物，Saint Andrew", "家庭（清单），行政单元以外"]),
    ],
)
def test_an_area_is_called_by_sector_and_place(code: str, said: list[str]) -> None:
    entries = [area("municipal", "waste", "Saint Andrew"), area("gridded", "household", OUTSIDE)]
    assert [language_of(code).contributor(entry) for entry in entries] == said


def test_a_facility_keeps_its_name_and_what_is_kept_back_has_words() -> None:
    french = language_of("fr")
    facility = {"id": "facilities:1", "kind": "source", "name": FACILITY}
    withheld = {"id": WITHHELD, "kind": "source", "name": WITHHELD_NAME}
    assert french.contributor(facility) == FACILITY
    assert french.contributor(withheld) == "Sources non nommées"
    row = {"top_source": FACILITY, "top_sources": json.dumps([withheld, facility])}
    assert with_contributors(row, french)["top_source"] == FACILITY
    assert with_contributors({"top_source": WITHHELD_NAME, "top_sources": None}, french) == {
        "top_source": "Sources non nommées",
        "top_sources": [],
    }


@pytest.mark.parametrize("kind", get_args(AreaKind))
def test_english_says_what_editions_publish(kind: AreaKind) -> None:
    for place in (*PLACES, OUTSIDE):
        for sector in SECTORS:
            entry = area(kind, sector, place)
            assert ENGLISH.contributor(entry) == entry["name"]


def test_a_sector_that_is_no_more_keeps_its_title() -> None:
    entry = {"id": "municipal:E:charcoal", "kind": "municipal", "name": "Charcoal kilns, E"}
    assert language_of("fr").contributor(entry) == "Charcoal kilns, E"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service of the miniature whose first hotspot every sector contributes to, a municipal one the most."""
    made = miniature.assessment()
    entries = [area(kind, sector, "E") for sector in reversed(SECTORS) for kind in get_args(AreaKind)]
    share = 1 / len(entries)
    for entry in entries:
        entry |= {"sector": entry["id"].rsplit(":", 1)[1], "dimension": "air", "share": share, "exposure": share}
    hotspots = made.hotspots.copy()
    first = hotspots["hotspot_id"] == "miniature-all-0001"
    hotspots.loc[first, "top_sources"] = json.dumps(entries)
    hotspots.loc[first, "top_source"] = area_name("municipal", SECTORS["waste"], "E")
    home = publish(tmp_path_factory.mktemp("contributors"), replace(made, hotspots=hotspots))
    with served(home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


def english_titles(text: str, code: str) -> list[str]:
    """The English titles of sectors that ``text`` calls an area by, but those that are the same in the language."""
    language = language_of(code)
    titles = [sector.title for sector in SECTORS.values() if language.text(sector.title) != sector.title]
    return [title for title in titles if f"{title}, E" in unescape(text) or f"{title} (inventory)" in unescape(text)]


ITEM = "/collections/miniature-hotspots/items/miniature-all-0001"


@pytest.mark.parametrize("code", TRANSLATED)
@pytest.mark.parametrize(
    ("path", "sector"), [("/map", "waste"), ("/report", "river_mouth"), ("/snapshot", "river_mouth"), (ITEM, "waste")]
)
def test_no_page_calls_an_area_in_english(reader: httpx.Client, path: str, sector: str, code: str) -> None:
    query = {"lang": code} | ({"region": "miniature"} if path != ITEM else {})
    answer = reader.get(path, params=query).raise_for_status()
    assert english_titles(answer.text, code) == []
    assert language_of(code).contributor(area("municipal", sector, "E")) in unescape(answer.text)


def test_an_item_is_as_published_unless_a_language_is_asked_for(reader: httpx.Client) -> None:
    published = reader.get(ITEM, headers={"accept-language": "fr"}).json()
    assert reader.get(ITEM, params={"lang": "en"}).json() == published
    french = reader.get(ITEM, params={"lang": "fr"}).json()
    assert french["properties"]["top_source"] == "Déchets municipaux, E"
    assert published["properties"]["top_source"] == "Municipal waste, E"
    called = {"top_source", "top_sources"}
    assert {name for name, value in published["properties"].items() if french["properties"][name] != value} == called
    assert reader.get(ITEM, params={"lang": "xx"}).status_code == 400
