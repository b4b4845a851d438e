import re
from pathlib import Path

import pytest

from data_pipelines.outputs.inline import inlined_libraries
from data_pipelines.outputs.snapshot import page
from hotspots.errors import ConfigError
from tests import miniature
from tiles import assets

CHROMIUM = Path("/usr/bin/chromium")
NASTY = "<img src=x onerror=document.title='hit'></script>`${1}`{{ 7*7 }}\\"


def own_part(html):
    """The page without the libraries, whose comments name their home pages."""
    return html.replace(inlined_libraries(), "")


def test_nothing_is_loaded_from_anywhere(folder):
    html = own_part((folder / "map.html").read_text(encoding="utf-8"))
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", html)
    assert not re.search(r"url\((?!data:)", html)
    assert "://" not in html


def test_the_page_says_what_it_must(folder):
    html = own_part((folder / "map.html").read_text(encoding="utf-8"))
    assert "<title>Pollution hotspots: Miniature</title>" in html
    for text in (miniature.POLICY.disclaimer, miniature.POLICY.statement, "Ministry (2020)", "PM2.5 is primary only."):
        assert text in html
    assert "Not assessed: freshwater, land, marine, protected areas" in html


def test_text_from_the_data_is_never_markup(renamed):
    html = own_part(page(renamed(NASTY)))
    assert "<img" not in html
    # folium renders popups as templates once more: an inventory must not get its names executed.
    assert "7*7" in html


def test_missing_libraries_are_named_with_the_remedy(monkeypatch, tmp_path, publication):
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    with pytest.raises(ConfigError, match="make setup"):
        page(publication)


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


def open_offline(browser, path):
    tab = browser.new_context(offline=True).new_page()
    seen = []
    tab.on("request", lambda request: seen.append(request.url))
    tab.on("pageerror", lambda error: seen.append(str(error)))
    tab.on("console", lambda message: seen.append(message.text))
    tab.goto(path.as_uri())
    return tab, [url for url in seen if not url.startswith("data:") and url != path.as_uri()]


def test_it_opens_offline_and_a_click_tells_why(browser, folder):
    tab, outside = open_offline(browser, folder / "map.html")
    assert outside == []
    assert tab.locator(".leaflet-image-layer").count() == 1
    tab.locator(".leaflet-overlay-pane path.leaflet-interactive").first.click()
    popup = tab.locator(".leaflet-popup-content").inner_text()
    assert "Eastend" in popup
    assert "Middle plant (air): 90 %" in popup
    assert "Clustered, High priority" in popup


def test_a_name_that_is_code_does_nothing(browser, renamed, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(page(renamed(NASTY)), encoding="utf-8")
    tab, outside = open_offline(browser, path)
    assert outside == []
    tab.locator(".leaflet-overlay-pane path.leaflet-interactive").first.click()
    assert NASTY in tab.locator(".leaflet-popup-content").inner_text()
    assert tab.title() == "Pollution hotspots: Miniature"
