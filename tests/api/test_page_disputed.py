"""A region with a disputed unit: dotted lines on map, picture and report, named in the legend and with the unit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.api.publishing import publish
from tests.api.test_page import DESKTOP, WAIT_MS, opened, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module
from tests.miniature import assessment
from tests.serving import served

WORDS = "Disputed or undetermined boundary"
INK = (0x33, 0x46, 0x4B)


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    first = assessment()
    units = first.units.assign(status=["", "Final status not determined"], claimants=["", "JAM, HTI"])
    with served(publish(tmp_path_factory.mktemp("disputed"), replace(first, units=units))) as address:
        yield address


def dots(page: Page) -> list[int]:
    """Lengths of the runs of ink down the column of the map that has most of it."""
    with Image.open(io.BytesIO(page.locator("#map canvas").screenshot())) as shot:
        image = shot.convert("RGB")
    pixels, (width, height) = image.load(), image.size

    def inked(x: int, y: int) -> bool:
        return all(abs(a - b) < 40 for a, b in zip(pixels[x, y], INK, strict=True))

    columns = [[inked(x, y) for y in range(height)] for x in range(width)]
    runs, length = [], 0
    for ink in [*max(columns, key=sum), False]:
        if ink:
            length += 1
        elif length:
            runs.append(length)
            length = 0
    return runs


def test_the_map_dots_the_lines_and_says_so(browser, disputed):  # noqa: F811
    page = opened(browser, disputed, DESKTOP, color_scheme="light").page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    for name in ("hotspots", "sources"):
        page.locator(f"[data-layer={name}]").uncheck()
    page.locator("#raster").select_option("")
    page.wait_for_timeout(800)
    found = dots(page)
    assert len(found) > 20, "a dotted line has many dots"
    assert max(found) < 8, "none of them is a stroke"
    assert page.get_by_text(WORDS).is_visible()
    page.close()


def test_the_unit_says_who_claims_it(browser, disputed):  # noqa: F811
    page = opened(browser, disputed, DESKTOP).page
    page.get_by_text("My district or area").click()
    page.locator("#place").fill("E")
    page.keyboard.press("Enter")
    note = page.locator("#area-result .note")
    note.wait_for()
    text = note.inner_text().replace("\u2068", "").replace("\u2069", "")
    assert text == "Status not settled: Final status not determined · claimed by JAM, HTI"
    page.close()


@pytest.mark.parametrize("path", ["map", "report"])
def test_picture_and_report_dot_the_lines(browser, disputed, path):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{disputed}/{path}")
    line = page.locator("svg path.disputed").first
    assert line.evaluate("(node) => getComputedStyle(node).strokeDasharray") == "0px, 5px"
    assert page.get_by_text(WORDS).is_visible()
    page.close()


def test_tiles_hold_the_lines(disputed):
    with httpx.Client(base_url=disputed, trust_env=False) as client:
        edition = client.get("/regions/miniature").json()["current"]
        layers = client.get(f"/tiles/miniature/{edition}/admin.json").json()["vector_layers"]
    assert {layer["id"] for layer in layers} == {"admin", "admin_points", "admin_lines"}


def test_where_nothing_is_disputed_nothing_is_said(client, edition):
    assert WORDS not in client.get("/map").text
    assert WORDS not in client.get("/report").text
    layers = client.get(f"/tiles/miniature/{edition.id}/admin.json").json()["vector_layers"]
    assert {layer["id"] for layer in layers} == {"admin", "admin_points"}
