import re
from dataclasses import replace
from pathlib import Path

import pytest
from shapely.geometry import box, shape

from data_pipelines.outputs import snapshot_layers
from data_pipelines.outputs.inline import inlined_libraries
from data_pipelines.outputs.snapshot import page
from hotspots.errors import ConfigError
from hotspots.policy import publishable
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
    assert "`49" not in html


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


def open_offline(browser, path, width=1280, height=720):
    tab = browser.new_context(offline=True, viewport={"width": width, "height": height}).new_page()
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
    tab.locator(".leaflet-overlay-pane path.leaflet-interactive").first.click(position={"x": 12, "y": 12})
    popup = tab.locator(".leaflet-popup-content").inner_text()
    assert "Rank 1 of 2 by priority-weighted people" in popup
    assert "700 people on 2.3 km² in E" in popup
    assert "Clustered: high values lie together" in popup
    assert "High priority: people here are in the tenth" in popup
    assert "Standards: not assessed." in popup
    assert "Leading contributors: air\nMiddle plant: 90 %\nHouseholds of E: 10 %" in popup
    # No figure of PM2.5 without its caveat.
    assert "PM2.5: increment from listed sources\t2.08 µg/m³" in popup
    assert "PM2.5: Primary only." in popup


def test_a_name_that_is_code_does_nothing(browser, renamed, tmp_path):
    path = tmp_path / "map.html"
    path.write_text(page(renamed(NASTY)), encoding="utf-8")
    tab, outside = open_offline(browser, path)
    assert outside == []
    tab.locator(".leaflet-overlay-pane path.leaflet-interactive").first.click(position={"x": 12, "y": 12})
    assert NASTY in tab.locator(".leaflet-popup-content").inner_text()
    assert tab.locator("div.rank").first.get_attribute("title") == NASTY
    assert tab.title() == "Pollution hotspots: Miniature"


@pytest.mark.parametrize(("width", "height"), [(1300, 900), (390, 844)])
def test_nothing_beside_the_map_covers_it_and_the_region_fits(browser, folder, width, height):
    tab, _ = open_offline(browser, folder / "map.html", width, height)
    chart = tab.locator(".folium-map").bounding_box()
    assert chart["height"] > 0.7 * height
    for part in (".head", ".key", ".foot"):
        place = tab.locator(part).bounding_box()
        beside = place["x"] + place["width"] <= chart["x"]
        above_or_below = place["y"] + place["height"] <= chart["y"] or place["y"] >= chart["y"] + chart["height"]
        assert beside or above_or_below
    region = tab.locator(".leaflet-image-layer").bounding_box()
    assert chart["x"] <= region["x"]
    assert region["x"] + region["width"] <= chart["x"] + chart["width"]
    assert region["y"] + region["height"] <= chart["y"] + chart["height"]
    assert region["width"] > 0.5 * chart["width"]


def test_the_first_ten_carry_their_rank(browser, folder):
    tab, _ = open_offline(browser, folder / "map.html")
    assert tab.locator("div.rank").all_inner_texts() == ["1", "2"]
    assert tab.locator("details.key ol li").all_inner_texts() == ["Eastend 700 people", "Westend 300 people"]
    tab.locator("div.rank[title=Westend]").click()
    assert "Westend" in tab.locator(".leaflet-popup-content").inner_text()


def test_fingers_may_zoom_the_page(folder):
    views = re.findall(r'<meta name="viewport"[^>]*>', (folder / "map.html").read_text(encoding="utf-8"))
    assert views == ['<meta name="viewport" content="width=device-width, initial-scale=1" />']


def test_many_units_are_drawn_as_the_groups_they_form(monkeypatch):
    monkeypatch.setattr(snapshot_layers, "MANY_UNITS", 1)
    assessment = miniature.assessment()
    units = assessment.units.assign(group="Both")
    (layer,) = snapshot_layers.boundaries(publishable(replace(assessment, units=units), miniature.POLICY))
    (outline,) = layer.data["features"]
    assert shape(outline["geometry"]).equals(box(10.0, 20.0, 10.08, 20.06))


@pytest.mark.parametrize(
    ("rank", "assessed", "radius", "colour"),
    [
        (1, True, 5.5, "#1f3a5f"),
        (11, True, 4.0, "#1f3a5f"),
        (None, True, 2.5, "#1f3a5f"),
        (None, False, 1.8, "#ffffff"),
    ],
)
def test_a_source_is_drawn_by_its_rank_and_hollow_when_not_assessed(rank, assessed, radius, colour):
    style = snapshot_layers.source_style({"rank": rank, "releases_assessed": assessed})
    assert (style["radius"], style["fillColor"]) == (radius, colour)
