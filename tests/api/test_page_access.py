"""Zoom, spacing of text, reduced motion, forced colours, focus, sizes of targets, and moving without dragging."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Page

from tests.api.test_page import CHROMIUM, DESKTOP, PHONE, WAIT_MS, WEBGL, opened, pytestmark  # noqa: F401
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module

CLIPPED = """() => [...document.querySelectorAll("body *")].filter((node) => {
  const { overflowX, overflowY, visibility } = getComputedStyle(node);
  const hides = (way) => way === "hidden" || way === "clip";
  const cut = (hides(overflowX) && node.scrollWidth > node.clientWidth + 1)
    || (hides(overflowY) && node.scrollHeight > node.clientHeight + 1);
  return cut && visibility === "visible" && node.checkVisibility() && node.innerText?.trim() && !node.closest("#map");
}).map((node) => node.outerHTML.slice(0, 100))"""
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""
"""WCAG 2.2, success criterion 1.4.12."""
SMALL = """() => [...document.querySelectorAll("a, button, select, summary, input")].filter((node) => {
  const style = getComputedStyle(node);
  if (!node.checkVisibility() || node.matches(".skip")) return false;
  if (style.display === "inline" && node.closest("p, li, td, dd")) return false;
  const { width, height } = (node.closest("label") ?? node).getBoundingClientRect();
  return width > 0 && Math.min(width, height) < 23.5;
}).map((node) => node.outerHTML.slice(0, 120))"""
"""Targets of less than 24 by 24 px (2.5.8); links in a line of text may be smaller."""
COVERED = """() => {
  const node = document.activeElement;
  const { left, top, right, bottom } = node.getBoundingClientRect();
  const places = [0.1, 0.5, 0.9].flatMap((x) => [0.2, 0.5, 0.8].map((y) => [x, y]));
  const seen = places.some(([x, y]) => {
    const hit = document.elementFromPoint(left + x * (right - left), top + y * (bottom - top));
    return hit && (node.contains(hit) || (hit.contains(node) && hit.matches("label, li, p, form")));
  });
  return node === document.body || seen ? null : node.outerHTML.slice(0, 120);
}"""


def ready(browser: Browser, address: str, size: dict[str, int], **context: object) -> Page:  # noqa: F811
    page = opened(browser, address, size, **context).page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    return page


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CLIPPED) == []
    page.get_by_role("button", name="Eastend").click()
    page.get_by_role("heading", name="Where it comes from").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CLIPPED) == []


def test_at_200_percent_zoom_everything_fits(browser, address):  # noqa: F811
    page = ready(browser, address, {"width": 640, "height": 450}, device_scale_factor=2)
    fits(page)
    page.close()


def test_with_text_of_twice_the_size_everything_fits(browser, address):  # noqa: F811
    large = browser.browser_type.launch(executable_path=CHROMIUM, args=[*WEBGL, "--blink-settings=defaultFontSize=32"])
    page = ready(large, address, {"width": 1280, "height": 900})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    fits(page)
    large.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_text_may_be_spaced(browser, address, size):  # noqa: F811
    page = ready(browser, address, size, bypass_csp=True)
    page.add_style_tag(content=SPACED)
    fits(page)
    page.close()


def test_who_wants_no_motion_sees_none(browser, address):  # noqa: F811
    page = ready(browser, address, DESKTOP, reduced_motion="reduce")
    lasting = "(nodes) => [...new Set(nodes.map((node) => getComputedStyle(node).transitionDuration))]"
    assert page.locator("*").evaluate_all(lasting) == ["0s"]
    page.evaluate(
        """() => {
        const scale = document.querySelector(".maplibregl-ctrl-scale");
        window.scales = [];
        const note = () => scales.push(scale.clientWidth);
        new MutationObserver(note).observe(scale, { childList: true, attributes: true });
        }"""
    )
    page.get_by_role("button", name="Westend").click()
    page.wait_for_timeout(1500)
    # The view jumps: once for the narrower map, once for the hotspot; a flight would pass through dozens.
    assert 0 < len(set(page.evaluate("scales"))) <= 4
    page.close()


def test_in_forced_colours_bars_and_focus_are_seen(browser, address):  # noqa: F811
    page = ready(browser, address, DESKTOP, forced_colors="active")
    page.get_by_role("button", name="Eastend").click()
    page.get_by_role("heading", name="Where it comes from").wait_for()
    edges = "(nodes) => nodes.map((node) => getComputedStyle(node).borderTopStyle)"
    for what in (".hotspot meter", "#why meter", ".layers", ".numbers div"):
        found = page.locator(what).evaluate_all(edges)
        assert found, what
        assert set(found) == {"solid"}, what
    assert page.locator(".chip[aria-current]").evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_focus_is_never_covered(browser, address, size):  # noqa: F811
    page = ready(browser, address, size, reduced_motion="reduce")
    page.get_by_role("button", name="Eastend").click()
    page.get_by_role("heading", name="Where it comes from").wait_for()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    covered = []
    for _ in range(70):
        page.keyboard.press("Tab")
        covered.append(page.evaluate(COVERED))
    assert [html for html in covered if html] == []
    page.close()


@pytest.mark.parametrize("path", ["map", "report", "", "regions/miniature/policy"])
def test_targets_are_large_enough(browser, address, path):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{address}/{path}")
    if path == "map":
        page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    assert page.evaluate(SMALL) == []
    page.close()


def picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.locator("#map canvas").screenshot())).convert("L")


def apart(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, 0 to 255; never quite 0."""
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0] + 0.01


def test_the_map_moves_without_dragging(browser, address):  # noqa: F811
    page = ready(browser, address, DESKTOP)
    page.wait_for_timeout(500)
    before = picture(page)
    page.get_by_role("button", name="Move the view right").click()
    page.wait_for_timeout(1200)
    moved = picture(page)
    page.get_by_role("button", name="Move the view left").click()
    page.wait_for_timeout(1200)
    # The names of units fade in and out, so a picture is not the same to the bit.
    assert apart(before, moved) > 10 * apart(before, picture(page))
    page.close()
