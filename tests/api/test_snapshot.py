"""The map to e-mail: made from an edition, opened in a browser without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from shapely.geometry import MultiPolygon, Point, box

from api.editions import Editions
from api.i18n import LANGUAGES, language_of
from api.settings import Settings
from api.snapshot import data
from api.snapshot.inline import libraries
from api.snapshot.page import page
from api.snapshot.shapes import Shapes
from data_pipelines.outputs import write_all
from hotspots.editions import Edition, Store, draft
from hotspots.errors import ConfigError, NotFoundError
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests import miniature
from tests.api.test_page import CHROMIUM
from tests.api.test_page_languages import NO_WORDS, UNTRANSLATED
from tests.hotspots.editions.publishing import WHEN
from tiles import assets

NASTY = "<img src=x onerror=document.title='hit'></script>`${1}`{{ 7*7 }}\\"
browsing = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the map is NOT opened")


def made(home: Path, code: str = "en", layers: tuple[str, ...] = ()) -> str:
    editions = Editions(Settings(home))
    return page(editions, editions.store.current("miniature"), language_of(code), layers)


def own_part(html: str) -> str:
    """The page without Leaflet, whose comments name its home page."""
    return html.replace(libraries(), "")


def page_data(html: str) -> dict[str, Any]:
    found = re.search(r'id="page-data">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    known: dict[str, Any] = json.loads(found.group(1))
    return known


@pytest.fixture(scope="module")
def english(home: Path) -> str:
    return made(home)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the miniature region whose first hotspot, source and unit are called by code."""
    assessment = miniature.assessment()
    tables = {name: getattr(assessment, name).copy() for name in ("hotspots", "sources", "units")}
    for table in tables.values():
        table.loc[0, "name"] = NASTY
    folder = tmp_path_factory.mktemp("renamed")
    inputs = {name: [folder / f"{name}.csv"] for name in ("census", "facilities")}
    for (path,) in inputs.values():
        path.write_text("input\n")
    store = Store(folder / "home")
    ready = publishable(replace(assessment, **tables), miniature.POLICY)
    with store.staging() as staged:
        write_all(ready, staged, Silent())
        store.publish(staged, draft(ready, inputs, created=WHEN, software_version="1.0"))
    return store.layout.home


def test_nothing_is_loaded_from_anywhere(english: str) -> None:
    html = own_part(english).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", html)
    assert not re.search(r"url\((?!data:|\"?#)", html)
    assert "://" not in html


def test_the_same_edition_gives_the_same_page(home: Path, english: str) -> None:
    assert made(home) == english


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_says_what_it_must_in_each_language(home: Path, edition: Edition, code: str) -> None:
    html, language = own_part(made(home, code)), language_of(code)
    direction = "rtl" if code == "ar" else "ltr"
    assert f'<html lang="{code}" dir="{direction}">' in html
    assert f"<title>{language.text('Pollution hotspots')}: Miniature</title>" in html
    for text in (miniature.POLICY.disclaimer, miniature.POLICY.statement, "PM2.5 is primary only."):
        assert str(language.told(text)) in html
    for text in (edition.id, "Ministry (2020)", edition.manifest.policy.licence, edition.manifest.cite):
        assert text in html
    assert f"<strong>{language.text('Freshwater')}</strong>: {language.text('not assessed')}." in html


def test_features_tell_what_the_edition_publishes_and_nothing_else(english: str, edition: Edition) -> None:
    known = page_data(english)
    rows = known["features"]["hotspots"]
    table = edition.layer("hotspots").set_index("hotspot_id")
    assert {row["hotspot_id"] for row in rows} == set(table.index)
    first = next(row for row in rows if row["name"] == "Eastend" and row["dimension"] == "all")
    assert first["people"] == 700
    # 0.9 and 0.1 of the exposure to air, as published.
    assert first["from"] == [["air", "Middle plant", 0.9], ["air", "Households, E", 0.1]]
    assert "exceeds_standard" not in first  # not assessed is left out: it is neither yes nor no
    assert set(known["overlays"]) == {
        entry.name
        for entry in edition.manifest.rasters
        if re.search("pressure|burden|priority|people|exposure|gi_z", entry.name)
    }


def test_asked_layers_are_those_of_the_page_and_a_wrong_one_is_named(home: Path) -> None:
    assert list(page_data(made(home, layers=("people", "burden")))["overlays"]) == ["people", "burden"]
    with pytest.raises(NotFoundError, match="Did you mean 'burden'"):
        made(home, layers=("burdn",))


def test_text_from_the_data_is_never_markup(renamed: Path) -> None:
    html = own_part(made(renamed))
    assert "<img" not in html
    # folium renders what it is given as a template: an inventory must not get its names executed.
    assert "7*7" in html
    assert "`49" not in html


def test_missing_libraries_are_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(ConfigError, match="make setup"):
        made(home)


def corners(rings: list[list[int]]) -> list[list[tuple[float, float]]]:
    """The rings again as longitudes and latitudes, as the page's script reads them."""
    found = []
    for ring in rings:
        x = y = 0
        ends = []
        for dx, dy in zip(ring[::2], ring[1::2], strict=True):
            x, y = x + dx, y + dy
            ends.append((x / 10_000, y / 10_000))
        found.append(ends)
    return found


def test_outlines_are_steps_of_1e_4_degrees() -> None:
    # From (10, 20) a square of 0.01 degrees: four steps of 100.
    (rings,) = Shapes((10, 20, 10.1, 20.1)).outlines([box(10, 20, 10.01, 20.01)])
    assert rings == [[100100, 200000, 0, 100, -100, 0, 0, -100, 100, 0]]
    assert corners(rings)[0] == list(box(10, 20, 10.01, 20.01).exterior.coords)


def test_parts_and_holes_are_all_there() -> None:
    holed = box(10, 20, 10.05, 20.05) - box(10.01, 20.01, 10.02, 20.02)
    (rings,) = Shapes((10, 20, 10.1, 20.1)).outlines([MultiPolygon([holed, box(10.06, 20.06, 10.07, 20.07)])])
    assert len(rings) == 3


def test_across_the_antimeridian_longitudes_go_on_past_180() -> None:
    shapes = Shapes((179.0, -20.0, -179.0, -18.0))
    assert shapes.points([Point(179.5, -19), Point(-179.5, -19)]) == [[1795000, -190000], [1805000, -190000]]
    (rings,) = shapes.outlines([box(-180, -19, -179.5, -18.5)])
    assert {x for x, _ in corners(rings)[0]} == {180.0, 180.5}


def test_many_units_are_drawn_as_the_groups_they_form(monkeypatch: pytest.MonkeyPatch, edition: Edition) -> None:
    monkeypatch.setattr(data, "MANY_UNITS", 1)
    (unit,) = data._units(edition.layer("admin").assign(group="Both"), Shapes(edition.manifest.bounds))
    assert unit["name"] == "Both"
    assert "people" not in unit
    (outline,) = corners(unit["rings"])
    assert min_max(outline) == (10.0, 20.0, 10.08, 20.06)


def min_max(ring: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    x, y = zip(*ring, strict=True)
    return min(x), min(y), max(x), max(y)


def test_the_service_gives_it_in_an_origin_of_its_own(client: Any, edition: Edition) -> None:
    answer = client.get("/snapshot", params={"region": "miniature", "lang": "fr"})
    assert answer.status_code == 200
    assert "sandbox allow-scripts" in answer.headers["content-security-policy"]
    assert f'filename="miniature-{edition.id}-fr.html"' in answer.headers["content-disposition"]
    assert '<html lang="fr" dir="ltr">' in answer.text
    assert client.get("/snapshot", params={"region": "nowhere"}).status_code == 404


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a text as a file without a network; nothing may be asked for outside it, and nothing may go wrong."""
    seen: list[str] = []
    tabs = []

    def open_offline(html: str, width: int = 1440, height: int = 900) -> Page:
        path = tmp_path / "map.html"
        path.write_text(html, encoding="utf-8")
        tab = browser.new_context(offline=True, viewport={"width": width, "height": height}).new_page()
        tab.on("request", lambda request: seen.append(request.url))
        tab.on("pageerror", lambda error: seen.append(str(error)))
        tab.on("console", lambda message: seen.append(message.text))
        tab.goto(path.as_uri())
        tab.wait_for_selector(".leaflet-image-layer")
        tabs.append(tab)
        return tab

    yield open_offline
    for tab in tabs:
        tab.context.close()
    assert [url for url in seen if not url.startswith(("data:", "file:"))] == []


@browsing
class TestInABrowser:
    def test_a_click_in_the_list_tells_why(self, opened: Callable[..., Page], english: str) -> None:
        tab = opened(english)
        assert tab.locator("[data-list=all] .name").all_inner_texts() == ["Eastend", "Westend"]
        assert tab.locator(".badge").all_inner_texts() == ["1", "2"]
        tab.get_by_role("button", name="Eastend").click()
        told = tab.locator(".leaflet-popup-content").inner_text()
        for text in (
            *("Rank 1", "Ranked by priority-weighted people", "People\t700", "Clustered\tyes", "High priority\tyes"),
            *("Above a standard\tnot assessed", "Middle plant\t90 %", "Households, E\t10 %"),
            # No figure of PM2.5 without its caveat.
            *("PM2.5", "2.08 µg/m³", "Primary only."),
            "Freshwater; Marine and coastal",
        ):
            assert text in told

    def test_by_keyboard_alone(self, opened: Callable[..., Page], english: str) -> None:
        tab = opened(english)
        tab.get_by_role("button", name="Westend").focus()
        tab.keyboard.press("Enter")
        assert tab.evaluate("document.activeElement.matches('.leaflet-popup-content')")
        tab.keyboard.press("Escape")
        tab.locator(".leaflet-popup").wait_for(state="detached")
        assert "Westend" in tab.evaluate("document.activeElement.textContent")

    def test_each_raster_has_its_legend_and_layers_can_be_hidden(
        self, opened: Callable[..., Page], english: str
    ) -> None:
        tab = opened(english)
        names = tab.locator("#raster option").evaluate_all("options => options.map((option) => option.value)")
        for name in filter(None, names):
            tab.locator("#raster").select_option(name)
            assert tab.locator("[data-legend]:visible").get_attribute("data-legend") == name
            assert tab.locator("[data-legend]:visible li").last.inner_text() == "not assessed"
            assert tab.locator(".leaflet-image-layer").count() == 1
        tab.locator("#raster").select_option("")
        assert tab.locator(".leaflet-image-layer").count() == 0
        for name, mark in (("hotspots", "path.area"), ("sources", "path.dot"), ("units", "path.unit")):
            box_of = tab.locator(f"[data-layer={name}]")
            assert tab.locator(mark).count() > 0
            box_of.uncheck()
            assert tab.locator(mark).count() == 0

    def test_what_is_not_assessed_is_hatched(self, opened: Callable[..., Page], english: str) -> None:
        tab = opened(english)
        assert 'url("#hatch")' in tab.locator("path.ground").first.evaluate("path => getComputedStyle(path).fill")

    def test_a_name_that_is_code_does_nothing(self, opened: Callable[..., Page], renamed: Path) -> None:
        tab = opened(made(renamed))
        tab.locator("button[data-hotspot]", has_text="<img").first.click()
        assert NASTY in tab.locator(".leaflet-popup-content").inner_text()
        assert any(NASTY in str(badge.get_attribute("title")) for badge in tab.locator(".badge").all())
        assert tab.title() == "Pollution hotspots: Miniature"

    @pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 640)])
    def test_nothing_covers_the_map_and_the_region_fits(
        self, opened: Callable[..., Page], english: str, width: int, height: int
    ) -> None:
        tab = opened(english, width, height)
        chart = tab.locator(".folium-map").bounding_box()
        region = tab.locator(".leaflet-image-layer").bounding_box()
        assert chart is not None
        assert region is not None
        assert chart["height"] > 0.5 * height
        assert chart["y"] < 0.3 * height
        for part in (".head", ".side", ".foot"):
            place = tab.locator(part).bounding_box()
            assert place is not None
            beside = place["x"] + place["width"] <= chart["x"] or place["x"] >= chart["x"] + chart["width"]
            assert beside or place["y"] + place["height"] <= chart["y"] or place["y"] >= chart["y"] + chart["height"]
        assert chart["x"] <= region["x"]
        assert region["x"] + region["width"] <= chart["x"] + chart["width"]
        assert region["height"] <= chart["height"]
        assert tab.evaluate("document.documentElement.scrollWidth") <= width

    @pytest.mark.parametrize("code", ["ar", "ru"])
    def test_nothing_is_untranslated_or_inaccessible(self, opened: Callable[..., Page], home: Path, code: str) -> None:
        tab = opened(made(home, code))
        tab.locator("button[data-hotspot]").first.click()
        texts = [NO_WORDS.sub("", text) for text in tab.evaluate(UNTRANSLATED)]
        assert [text for text in texts if re.search(r"[A-Za-z]{3,}", text)] == []
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(tab).response["violations"]
            assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found] == []

    def test_the_disclaimer_is_in_view_and_in_print(self, opened: Callable[..., Page], english: str) -> None:
        tab = opened(english)
        for media in ("screen", "print"):
            tab.emulate_media(media=media)  # type: ignore[arg-type]
            assert miniature.POLICY.disclaimer in tab.locator(".foot").inner_text()
            assert tab.locator(".foot").is_visible()
