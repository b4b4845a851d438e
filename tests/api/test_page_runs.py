"""The page where something is missing: the service away after loading, and a slow line."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.api.test_page import DESKTOP, WAIT_MS, opened, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s, in bytes a second, and 0.4 s from question to answer."""


def test_where_the_service_is_away_the_page_says_so(browser, address):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Eastend").click()
    expect(page.locator("#unreachable")).to_contain_text("The service does not answer.", timeout=WAIT_MS)
    page.unroute_all()
    page.get_by_role("button", name="Westend").click()
    page.get_by_role("heading", name="Where it comes from").wait_for(timeout=WAIT_MS)
    assert page.locator("#unreachable").is_hidden()
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Eastend").click()
    expect(page.locator("#why")).to_contain_text("could not be loaded", timeout=WAIT_MS)
    page.close()


def test_on_a_slow_line_the_list_comes_first_and_the_picture_stays(browser, address):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {**SLOW, "connectionType": "cellular3g"})
    page.goto(f"{address}/map?region=miniature", wait_until="commit")
    page.get_by_role("button", name="Eastend").wait_for(timeout=WAIT_MS)
    page.wait_for_selector("html[data-map=picture]", timeout=WAIT_MS)
    assert "A slow line" in page.locator("#map-notice").inner_text()
    page.get_by_role("button", name="Eastend").click()
    page.get_by_role("heading", name="Where it comes from").wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name="Load the interactive map").click()
    page.wait_for_selector("html[data-map=ready]", timeout=60_000)
    page.close()


def test_a_map_that_cannot_be_loaded_may_be_tried_again(browser, address):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP)
    page.route("**/maplibre-gl.mjs", lambda route: route.abort())
    page.goto(f"{address}/map?region=miniature")
    page.wait_for_selector("html[data-map=picture]", timeout=WAIT_MS)
    assert "could not be started" in page.locator("#map-notice").inner_text()
    assert page.get_by_role("button", name="Load the interactive map").is_visible()
    page.close()
