"""My district, and the value under the pointer: figures of the miniature region's page that can be computed by hand.

Unit W has 300 people and unit E 700; both lie in 10.00 to 10.08 E, 20.00 to 20.06 N.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.api.test_page import DESKTOP, PHONE, WAIT_MS, opened, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module

RESULT = "#area-result"


def ask(page: Page, text: str) -> str:
    """The figures, asked for by keyboard alone."""
    if page.locator("#area-box").get_attribute("open") is None:
        page.locator("#area-box summary").focus()
        page.keyboard.press("Enter")
    page.locator("#place").focus()
    page.keyboard.press("Control+A")
    before = page.locator(RESULT).inner_text()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator(RESULT)).not_to_have_text(before, use_inner_text=True, timeout=WAIT_MS)
    expect(page.locator(RESULT)).not_to_contain_text("Loading", timeout=WAIT_MS)
    return page.locator(RESULT).inner_text()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_units_places_and_boxes_are_shown_by_keyboard(browser, address, size):  # noqa: F811
    visit = opened(browser, address, size)
    page = visit.page
    assert "People\t300\n" in ask(page, "w")
    assert "People\t700\n" in ask(page, "E")
    whole = ask(page, "9.9, 19.9, 10.2, 20.2")
    assert "People\t1,000\n" in whole
    assert "Hotspots: 2 – " in whole
    assert "Protected areas\tnot assessed" in whole
    assert "Priority\t" in ask(page, "20.03, 10.04")
    assert "No administrative unit of that name." in ask(page, "o'nowhere")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert visit.complaints == []
    page.close()


def test_what_the_service_refuses_is_said_in_its_words(browser, address):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    assert "outside the region" in ask(page, "50, 50, 51, 51")
    assert page.locator(f"{RESULT} [role=alert]").get_attribute("lang") == "en"
    page.route("**/execution", lambda route: route.abort())
    assert "The service does not answer." in ask(page, "9.9, 19.9, 10.2, 20.2")
    page.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({"type": "Polygon", "coordinates": [[[9, 19], [11, 19], [11, 21], [9, 21], [9, 19]]]}), "1,000"),
        ("<script>", "The file is no GeoJSON."),
        (json.dumps({"type": "FeatureCollection", "features": []}), "must hold one area"),
        (json.dumps({"type": "Point", "coordinates": [10, 20]}), "is no polygon"),
        (" " * 1_000_001, "too big"),
    ],
    ids=["area", "no GeoJSON", "no area", "a point", "too big"],
)
def test_an_area_can_be_uploaded(browser, address, text, said):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    page.locator("#area-box summary").click()
    file = {"name": "<b>mine</b>.geojson", "mimeType": "application/geo+json", "buffer": text.encode()}
    page.locator("#file").set_input_files([file])
    page.locator(RESULT).get_by_text(said).first.wait_for(timeout=WAIT_MS)
    assert page.locator(f"{RESULT} b").count() == 0
    page.close()


def test_the_value_under_the_pointer_is_the_layers(browser, address):  # noqa: F811
    visit = opened(browser, address, DESKTOP)
    page = visit.page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.locator("#raster").select_option("people")
    box = page.locator("#map canvas").bounding_box()
    card = page.locator(".layers").bounding_box()
    page.mouse.move(box["x"] + (card["width"] + 40 + box["width"] - 60) / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#pointer")).to_contain_text(" people", timeout=WAIT_MS)
    page.locator("#raster").select_option("")
    assert page.locator("#pointer").inner_text() == "–"
    page.locator("#opacity").fill("40")
    assert visit.complaints == []
    page.close()
