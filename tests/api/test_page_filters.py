"""The filters of the map page in a browser: without a reload, by keyboard, in the address, and without scripts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.api.test_page import DESKTOP, PHONE, WAIT_MS, opened, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module


def listed(page: Page) -> list[str]:
    return page.locator("#list .name").all_inner_texts()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_a_filter_changes_list_count_and_address_without_a_reload(browser, address, size, scheme):  # noqa: F811
    visit = opened(browser, address, size, color_scheme=scheme)
    page = visit.page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.evaluate("window.still = true")
    assert page.locator("#count").inner_text() == "2 of 2 hotspots: All dimensions"
    page.get_by_text("Filter and rank").click()
    page.get_by_label("Unit", exact=True).select_option("W")
    expect(page.locator("#count")).to_have_text("1 of 2 hotspots: All dimensions")
    assert listed(page) == ["Westend"]
    assert page.url.endswith("/map?region=miniature&unit=W")
    page.get_by_label("Rank by").select_option("mean priority")
    page.wait_for_url("**/map?region=miniature&unit=W&rule=severity")
    expect(page.locator("#list .rule")).to_contain_text("Ranked by mean priority")
    page.get_by_role("button", name="Westend").click()
    expect(page.locator("#why")).to_contain_text("rank interval: not computed for this rule", timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in violations] == []
    page.get_by_label("Bearing on").select_option("Minamata Convention (mercury)")
    expect(page.locator("#list")).to_contain_text("No hotspot meets these filters.")
    page.locator("#list").get_by_role("link", name="Clear filters").click()
    expect(page.locator("#count")).to_have_text("2 of 2 hotspots: All dimensions")
    assert page.url.endswith("/map?region=miniature&rule=severity")
    page.go_back()
    expect(page.locator("#list")).to_contain_text("No hotspot meets these filters.")
    page.go_back()
    expect(page.locator("#why")).to_be_visible()
    expect(page.locator("#count")).to_have_text("1 of 2 hotspots: All dimensions")
    assert page.evaluate("window.still"), "nothing was loaded anew"
    assert visit.outside == []
    assert visit.complaints == []
    page.close()


def test_the_address_restores_filters_rule_and_hotspot(browser, address):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{address}/map?region=miniature&unit=E&rule=severity&lang=fr")
    page.get_by_role("button", name="Eastend").click()
    page.wait_for_url("**#hotspot=*")
    shared = page.url
    page.close()
    page = browser.new_page(viewport=DESKTOP)
    page.goto(shared)
    page.wait_for_selector("#why .shares", timeout=WAIT_MS)
    assert listed(page) == ["Eastend"]
    assert page.locator("#unit").input_value() == "E"
    assert page.locator("#rule").input_value() == "severity"
    assert "Rang 1" in page.locator("#why").inner_text()
    assert page.url == shared
    page.close()


def test_filters_by_keyboard_keep_the_focus(browser, address):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    page.locator("#filters summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "rule"
    page.keyboard.press("m")  # mean priority
    page.wait_for_url("**rule=severity")
    expect(page.locator("#list .rule")).to_contain_text("mean priority")
    assert page.evaluate("document.activeElement.id") == "rule"
    assert page.locator("#filters").get_attribute("open") is not None
    page.locator("#dimension-all").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list]")).to_have_attribute("data-list", "air")
    assert page.evaluate("document.activeElement.id") == "dimension-air"
    page.close()


def test_filters_work_without_scripts(browser, address):  # noqa: F811
    page = browser.new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{address}/map?region=miniature&lang=en")
    page.get_by_text("Filter and rank").click()
    page.get_by_label("Unit", exact=True).select_option("W")
    page.get_by_label("Evidence").select_option("Clustered")
    page.get_by_label("Rank by").select_option("mean priority")
    page.locator("#filter-form button").click()
    assert listed(page) == ["Westend"]
    assert page.locator("#fallback g g").count() == 1, "the picture marks what is listed"
    assert page.get_by_text("1 of 2 hotspots").is_visible()
    page.get_by_role("link", name="Clear filters").click()
    assert listed(page) == ["Eastend", "Westend"]
    page.close()


def test_where_the_service_is_away_the_list_stays_and_the_page_says_so(browser, address):  # noqa: F811
    page = opened(browser, address, DESKTOP).page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.get_by_text("Filter and rank").click()
    page.route("**/map/list?*", lambda route: route.abort())
    page.get_by_label("Unit", exact=True).select_option("W")
    expect(page.locator("#unreachable")).to_be_visible()
    assert listed(page) == ["Eastend", "Westend"]
    assert page.locator("#unit").input_value() == ""
    page.unroute_all()
    page.get_by_label("Unit", exact=True).select_option("W")
    expect(page.locator("#count")).to_contain_text("1 of 2")
    assert page.locator("#unreachable").is_hidden()
    page.route("**/map/list?*", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_label("Unit", exact=True).select_option("E")
    expect(page.locator("#count")).to_have_text("The list could not be loaded.")
    page.close()
