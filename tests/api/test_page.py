"""The map page in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tiles.assets import VENDOR

CHROMIUM = shutil.which("chromium")
WEBGL = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
WAIT_MS = 20_000

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is NOT tested"),
    pytest.mark.skipif(not (VENDOR / "maplibre-gl").is_dir(), reason="run `make setup`: maplibre-gl is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=WEBGL)
        yield launched
        launched.close()


class Visit:
    """A page whose complaints and outside requests are noted."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.outside: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

        def guard(route: Route) -> None:
            if route.request.url.startswith((address, "data:", "blob:")):
                route.continue_()
            else:
                self.outside.append(route.request.url)
                route.abort()

        page.route("**/*", guard)


def opened(browser: Browser, address: str, size: dict[str, int], **context: object) -> Visit:
    visit = Visit(browser.new_page(viewport=size, **context), address)
    visit.page.goto(f"{address}/map?region=miniature")
    return visit


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_whole_and_accessible(browser, address, size, scheme):
    visit = opened(browser, address, size, color_scheme=scheme)
    page = visit.page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.get_by_role("button", name="Eastend").click()
    page.get_by_role("heading", name="Where it comes from").wait_for()
    why = page.locator("#why").inner_text()
    assert "Middle plant" in why
    assert "90 %" in why
    # Air alone is assessed: all of the burden; the plant is of the facilities' list.
    burden = page.locator("#why .burden li")
    assert " ".join(burden.inner_text().split()) == "Air – percentile 41.7 100 % Facilities (2020)"
    assert "Bears on: Chemicals and waste; Minamata Convention (mercury); SDG target 3.9." in why
    assert "not assessed" in why
    assert "Primary only." in why
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in violations] == []
    page.keyboard.press("Escape")
    assert page.locator("#why").is_hidden()
    assert visit.outside == []
    assert visit.complaints == []
    page.close()


def test_hovering_the_list_and_clicking_the_map_are_linked(browser, address):
    page = opened(browser, address, DESKTOP).page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.get_by_role("button", name="Eastend").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Close").click()
    # The map keeps its centre when the panel closes: the hotspot lies beside the layer card as it did before.
    page.wait_for_timeout(500)
    box = page.locator("#map canvas").bounding_box()
    card = page.locator(".layers").bounding_box()
    right_of_centre = (card["width"] + 40 - 60) / 2
    page.mouse.click(box["x"] + box["width"] / 2 + right_of_centre, box["y"] + box["height"] / 2 + 10)
    page.wait_for_selector("[data-hotspot][aria-pressed=true]", timeout=WAIT_MS)
    page.close()


def test_without_webgl_list_and_picture_remain(browser, address):
    page = browser.new_page(viewport=DESKTOP)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{address}/map")
    page.wait_for_selector("html[data-map=picture]")
    assert page.locator("#picture").is_visible()
    assert "not available" in page.locator("#map-notice").inner_text()
    page.get_by_role("button", name="Westend").click()
    page.get_by_role("heading", name="Evidence").wait_for()
    page.close()


def test_without_scripts_list_and_picture_remain(browser, address):
    page = browser.new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{address}/map")
    assert page.get_by_text("Eastend").first.is_visible()
    assert page.locator("#picture").is_visible()
    page.close()


def test_without_scripts_the_legend_leaves_the_picture_free(browser, address):
    page = browser.new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{address}/map")
    legend, picture = page.locator(".layers").bounding_box(), page.locator("#picture").bounding_box()
    assert picture["height"] > 100
    assert legend["y"] >= picture["y"] + picture["height"] or picture["y"] >= legend["y"] + legend["height"]
    page.close()


def test_back_undoes_the_last_choice(browser, address):
    visit = opened(browser, address, DESKTOP)
    page = visit.page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.get_by_role("button", name="Eastend").click()
    chosen = page.locator("[data-hotspot][aria-pressed=true]").get_attribute("data-hotspot")
    assert page.url.endswith(f"/map?region=miniature#hotspot={chosen}")
    page.locator("a[data-dimension=air]").click()
    assert page.url.endswith("/map?region=miniature&dimension=air")
    assert page.locator("#why").is_hidden()
    page.go_back()
    assert page.locator("#why").is_visible()
    expect(page.locator("[data-list=all]")).to_be_visible()
    page.go_back()
    assert page.locator("#why").is_hidden()
    assert page.url.endswith("/map?region=miniature")
    page.go_forward()
    page.go_forward()
    expect(page.locator("[data-list=air]")).to_be_visible()
    assert visit.complaints == []
    page.close()


def test_an_address_with_a_hotspot_opens_it(browser, address):
    page = opened(browser, address, DESKTOP).page
    page.get_by_role("button", name="Eastend").click()
    shared = page.url
    page.close()
    page = browser.new_page(viewport=DESKTOP)
    page.goto(shared)
    page.get_by_role("heading", name="Where it comes from").wait_for()
    assert page.locator("[data-hotspot][aria-pressed=true]").inner_text().find("Eastend") >= 0
    page.close()


def test_hotspots_are_filtered_by_what_they_bear_on(browser, address):
    page = opened(browser, address, DESKTOP).page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.get_by_text("Filter and rank").click()
    page.get_by_label("Bearing on").select_option("Minamata Convention (mercury)")
    page.wait_for_url("**/map?region=miniature&tag=minamata")
    expect(page.locator("#count")).to_contain_text("1 of 2")
    assert page.get_by_role("button", name="Eastend").is_visible()
    assert page.get_by_role("button", name="Westend").count() == 0
    assert page.locator("a[data-dimension=all] .count").inner_text() == "1"
    page.close()


def test_the_tag_filter_works_without_scripts(browser, address):
    page = browser.new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{address}/map?region=miniature")
    page.get_by_text("Filter and rank").click()
    page.get_by_label("Bearing on").select_option("SDG target 3.9")
    page.locator("form:has(#tag) button").click()
    assert page.get_by_text("Westend").first.is_visible()
    page.goto(f"{address}/map?region=miniature&tag=montreal")
    assert page.get_by_text("No hotspot meets these filters.").first.is_visible()
    assert page.locator("#tag option:checked").text_content() == "Montreal Protocol (ozone layer)"
    page.close()
