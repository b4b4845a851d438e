"""Layers, their cards and hatch; drawing an area; telling of an error; panels that never overlap."""

from __future__ import annotations

import io
from itertools import combinations
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.api.test_page import DESKTOP, PHONE, WAIT_MS, opened, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module

HATCH = (0xC9, 0xCD, 0xD2)
BOXES = """(names) => names.map((name) => [name, document.querySelector(name).getBoundingClientRect().toJSON()])"""
"""All at one moment: the page may be scrolling."""
PANELS = (".top", ".side", ".side-head", ".area", ".lists", ".map", ".layers", "figcaption", ".why", ".foot")


def hatched(page: Page) -> int:
    """How many pixels of the middle of the map have nearly the colour of the hatch, whose edges are smoothed."""
    box = page.locator("#map canvas").bounding_box()
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2 - 100, "width": 200, "height": 200}
    with Image.open(io.BytesIO(page.screenshot(clip=middle))) as shot:
        return lines(shot.convert("RGB"))


def lines(picture: Image.Image) -> int:
    """How many pixels have nearly the colour of the hatch."""
    colours = picture.getcolors(picture.width * picture.height)
    return sum(count for count, found in colours if max(abs(a - b) for a, b in zip(found, HATCH, strict=True)) < 16)


def test_what_is_not_assessed_is_hatched_and_what_is_assessed_is_not(browser, address):  # noqa: F811
    page = opened(browser, address, DESKTOP, color_scheme="light").page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.locator('[data-layer="hotspots"]').uncheck()
    page.locator("#opacity").fill("30")
    page.wait_for_timeout(800)
    assert hatched(page) < 50
    page.route("**/pictures/people.webp", lambda route: route.abort())
    page.locator("#raster").select_option("people")
    page.wait_for_timeout(1500)
    assert hatched(page) > 1000
    assert page.locator("#legend .hatch").is_visible()
    page.locator("#raster").select_option("")
    page.wait_for_timeout(800)
    assert hatched(page) < 50
    page.close()


def test_the_picture_without_scripts_hatches_what_is_not_assessed(browser, address):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP, java_script_enabled=False, color_scheme="light")
    page.goto(f"{address}/map")
    with Image.open(io.BytesIO(page.locator("#picture").screenshot())) as shot:
        whole = shot.convert("RGB")
    # The cell in the upper right corner, an eighth of the width and a sixth of the height, has no value.
    width, height = whole.size
    corner = whole.crop((width * 9 // 10, height // 50, width * 98 // 100, height // 7))
    counts = {colour: count for count, colour in corner.getcolors(65536)}
    lines = sum(
        count for colour, count in counts.items() if max(abs(a - b) for a, b in zip(colour, HATCH, strict=True)) < 16
    )
    assert 0.02 < lines / (corner.width * corner.height) < 0.6
    page.close()


def test_every_layer_names_its_data(browser, address):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.get_by_text("Licence and age of each layer").click()
    card = page.locator("[data-card=sources]")
    assert "Facilities" in card.inner_text()
    assert "Licence CC-BY-4.0 · data of 2020" in card.inner_text()
    assert "older than 5 years" in card.inner_text()
    card.get_by_role("button", name="Copy citation").click()
    card.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "Ministry (2020)"
    page.close()


def test_an_error_in_a_facility_goes_to_the_datasets_contact(browser, address, edition):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    page.get_by_role("button", name="Eastend").click()
    link = page.locator("#why .shares li", has_text="Middle plant").get_by_role("link", name="Report an error")
    written = urlsplit(link.get_attribute("href"))
    assert (written.scheme, written.path) == ("mailto", "inventory@ministry.example")
    said = parse_qs(written.query)
    assert "Middle plant" in said["subject"][0]
    for text in ("Dataset: facilities", f"Edition: {edition.id}", "#hotspot="):
        assert text in said["body"][0]
    assert page.locator("#why .shares li", has_text="Households").get_by_role("link").count() == 0
    page.close()


def start_drawing(page: Page) -> None:
    if page.locator("#area-box").get_attribute("open") is None:
        page.locator("#area-box summary").click()
    page.get_by_role("button", name="Draw an area").click()
    page.locator("#drawing").wait_for()
    page.wait_for_timeout(500)


def click(page: Page, *corners: tuple[float, float]) -> None:
    """Click ``corners``, as fractions of the map right of the layer card."""
    box, card = page.locator("#map canvas").bounding_box(), page.locator(".layers").bounding_box()
    left = card["x"] + card["width"] + 10
    for along, down in corners:
        page.mouse.click(
            left + along * (box["x"] + box["width"] - left - 60), box["y"] + down * box["height"], delay=20
        )
        page.wait_for_timeout(400)


def test_an_area_is_drawn_corner_by_corner(browser, address):  # noqa: F811
    visit = opened(browser, address, DESKTOP)
    page = visit.page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    start_drawing(page)
    click(page, (0.02, 0.03), (0.5, 0.5))
    page.keyboard.press("Escape")
    expect(page.locator("#drawing")).to_be_hidden()
    assert page.locator("#area-result").inner_text() == ""
    start_drawing(page)
    click(page, (0.02, 0.03), (0.9, 0.2), (0.5, 0.5))
    page.keyboard.press("Backspace")
    click(page, (0.9, 0.8))
    page.keyboard.press("Enter")
    expect(page.locator("#area-result")).to_contain_text("Drawn area", timeout=WAIT_MS)
    expect(page.locator("#area-result")).to_contain_text("km²", timeout=WAIT_MS)
    expect(page.locator("#drawing")).to_be_hidden()
    assert page.locator("#why").is_hidden(), "a click that draws selects nothing"
    assert visit.complaints == []
    page.close()


@pytest.mark.parametrize("width", [1440, 1024, 768, 390, 320])
def test_panels_never_overlap(browser, address, width):  # noqa: F811
    page = opened(browser, address, {"width": width, "height": 800}).page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    for chosen in (False, True):
        if chosen:
            page.get_by_role("button", name="Eastend").click()
            page.get_by_role("heading", name="Where it comes from").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = {name: box for name, box in page.evaluate(BOXES, PANELS) if box["width"] > 0 and box["height"] > 0}
        # On a wide map the layer card lies on it by design; the panel "why" may stand over the list that it is about.
        allowed = {(".map", ".layers")} if width > 1024 else set()
        parts = (".side-head", ".area", ".lists")
        allowed |= {(".side", part) for part in parts}
        allowed |= {(part, ".why") for part in (".side", *parts)} if 760 < width <= 1180 else set()
        for first, second in set(combinations(boxes, 2)) - allowed:
            assert not overlap(boxes[first], boxes[second]), (first, second, width)
    page.close()


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    along = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return along > 1 and down > 1


def test_the_five_tasks_by_keyboard_alone(browser, address):  # noqa: F811
    visit = opened(browser, address, PHONE)
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tabbed(page, "button.hotspot")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Where it comes from").wait_for(timeout=WAIT_MS)
    assert page.evaluate("document.activeElement.id") == "why"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('button.hotspot')")
    page.reload()
    tabbed(page, "#area-box summary")
    page.keyboard.press("Enter")
    tabbed(page, "#place")
    page.keyboard.type("9.9, 19.9, 10.2, 20.2")
    page.keyboard.press("Enter")
    expect(page.locator("#area-result")).to_contain_text("People\t1,000", use_inner_text=True, timeout=WAIT_MS)
    tabbed(page, ".report-link")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report?**")
    page.go_back()
    tabbed(page, "#downloads a")
    assert visit.complaints == []
    page.close()


def tabbed(page: Page, selector: str) -> None:
    """Press Tab until what ``selector`` finds has the focus, which must be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"{selector} is not reached by Tab")
