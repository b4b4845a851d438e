"""Better or worse: the change from an earlier edition on the map page, and the map's view saved as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from api.change_view import changed
from hotspots.editions import Store
from tests.api.test_compare import published
from tests.api.test_page import CHROMIUM, DESKTOP, PHONE, WAIT_MS, WEBGL, Visit
from tests.command import hotspots
from tests.serving import served
from tiles.assets import VENDOR

browsing = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is NOT tested"),
    pytest.mark.skipif(not (VENDOR / "maplibre-gl").is_dir(), reason="run `make setup`: maplibre-gl is not installed"),
]
ROW = {
    "name": "Town",
    "change": "changed",
    "exposure_before": 200.0,
    "exposure_change": 20.0,
    "main_kind": "data",
    "rank_before": 2,
}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """A service with three editions, oldest first; the last two are compared: Westend has 30 people more."""
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("inputs")
    store = Store(home)
    people = {"2000": 280.0, "2010": 300.0, "2020": 330.0}
    ids = [published(store, scratch, census, westend).id for census, westend in people.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_HOME", str(home))
        ended = hotspots("compare", "miniature", "--keep")
    assert ended.code == 0, ended.err
    assert "Kept in" in ended.err
    with served(home) as address:
        yield address, ids


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=WEBGL)
        yield launched
        launched.close()


@pytest.mark.parametrize(
    ("row", "kind", "share"),
    [
        ({}, "more", 0.1),
        ({"exposure_change": -50.0}, "less", -0.25),
        ({"change": "moved", "exposure_change": -50.0}, "less", -0.25),
        ({"change": "same", "exposure_change": 0.0}, "same", None),
        ({"change": "new"}, "new", None),
        ({"exposure_before": None, "exposure_change": None}, "changed", None),
        ({"exposure_before": 0.0}, "more", None),
    ],
)
def test_a_row_of_a_comparison_in_one_word(row, kind, share):
    told = changed(ROW | row)
    assert (told.kind, told.share) == (kind, share)


def test_the_files_of_a_comparison(three):
    address, (first, second, third) = three
    base = f"{address}/regions/miniature/editions/{third}/changes"
    assert [item["before"] for item in httpx.get(base).json()["changes"]] == [second]
    answer = httpx.get(f"{base}/{second}/comparison.json")
    assert answer.json()["after"] == third
    assert answer.json()["disclaimer"]
    held = httpx.get(f"{base}/{second}/comparison.json", headers={"If-None-Match": answer.headers["etag"]})
    assert held.status_code == 304
    picture = httpx.get(f"{base}/{second}/difference_people.webp")
    assert picture.headers["content-type"] == "image/webp"
    for missing in (
        f"{base}/{first}/comparison.json",
        f"{base}/{second}/..%2f..%2fcatalogue.sqlite",
        f"{base}/{second}/x",
    ):
        assert httpx.get(missing).status_code == 404


def test_the_list_says_what_changed_and_why_without_scripts(three):
    address, (_, second, third) = three
    text = " ".join(httpx.get(f"{address}/map", params={"compare": second}).text.split())
    # 72.08 → 79.28 priority-weighted people.
    assert '<b>more exposure</b> <bdi dir="ltr">+10 %</bdi> · because data changed · rank before <bdi>2</bdi>' in text
    assert "more exposure <b>1</b> · no change <b>1</b>" in text
    assert f"changes/{second}/hotspots_difference.csv" in text
    assert third in text


def test_the_report_tells_the_change_too(three):
    address, (_, second, _) = three
    page = httpx.get(f"{address}/map", params={"compare": second}).text
    assert f"&amp;compare={second}" in page
    text = " ".join(httpx.get(f"{address}/report", params={"compare": second}).text.split())
    assert '<b>more exposure</b> <bdi dir="ltr">+10 %</bdi>' in text
    assert "more exposure <b>1</b> · no change <b>1</b>" in text
    wrong = httpx.get(f"{address}/report", params={"compare": "x"})
    assert wrong.status_code == 200
    assert "has not been compared with this one" in wrong.text


def test_only_what_was_compared_can_be_chosen(three):
    address, (first, second, third) = three
    text = httpx.get(f"{address}/map").text
    assert f'<option value="{second}">' in text
    assert f'<option value="{first}" disabled>' in text
    for wrong in (first, third, "../../etc", "x"):
        answer = httpx.get(f"{address}/map", params={"compare": wrong})
        assert answer.status_code == 200
        assert "has not been compared with this one" in answer.text


def test_an_older_edition_says_so_and_keeps_its_figures(three):
    address, (_, second, third) = three
    text = httpx.get(f"{address}/map", params={"edition": second}).text
    assert "This is an older edition" in text
    assert f"files/miniature/{second}/" in text
    assert f"edition={second}" in text
    assert "This is an older edition" in httpx.get(f"{address}/report", params={"edition": second}).text
    assert "This is an older edition" not in httpx.get(f"{address}/map", params={"edition": third}).text


class TestInABrowser:
    pytestmark = browsing

    @pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
    def test_the_change_is_drawn_with_its_legend(self, browser, three, size, scheme):
        address, (_, second, _) = three
        visit = Visit(browser.new_page(viewport=size, color_scheme=scheme), address)
        page = visit.page
        page.goto(f"{address}/map?region=miniature")
        page.get_by_label("Better or worse since").select_option(second)
        page.wait_for_url(f"**/map?region=miniature&compare={second}")
        page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
        assert page.locator("#raster").input_value() == "difference_priority"
        page.wait_for_function("document.querySelectorAll('#legend rect').length === 5")
        legend = page.locator("#legend rect").evaluate_all("all => all.map((rect) => rect.getAttribute('fill'))")
        assert legend == ["#01665e", "#80cdc1", "#f5f5f5", "#dfc27d", "#8c510a"]
        page.locator("#raster").evaluate(
            "node => { node.value = 'difference_people'; node.dispatchEvent(new Event('change')); }"
        )
        page.wait_for_function("document.getElementById('legend').textContent.includes('Change of People')")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        violations = [v for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
        assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in violations] == []
        page.get_by_label("Edition", exact=True).select_option(second)
        page.wait_for_url(f"**/map?region=miniature&edition={second}")
        assert page.get_by_text("This is an older edition").is_visible()
        assert visit.outside == []
        assert visit.complaints == []
        page.close()

    @pytest.mark.parametrize("code", ["en", "ar"])
    def test_the_view_is_saved_with_its_caption(self, browser, three, code, tmp_path: Path):
        address, (*_, third) = three
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{address}/map?region=miniature&lang={code}")
        page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
        page.wait_for_timeout(500)
        with page.expect_download() as download:
            page.locator("#save-picture").click()
        assert download.value.suggested_filename == f"miniature-map-{third}.png"
        download.value.save_as(tmp_path / "view.png")
        box = page.locator("#map canvas").first.bounding_box()
        with Image.open(tmp_path / "view.png") as picture:
            made = picture.convert("RGB")
        assert made.width == round(box["width"])
        assert made.height > box["height"] + 100
        view = made.crop((0, 0, made.width, round(box["height"])))
        assert len(view.getcolors(1 << 24)) > 5
        caption = made.crop((0, round(box["height"]), *made.size))
        colours = {colour for _, colour in caption.getcolors(1 << 24)}
        assert {(255, 255, 255), (22, 38, 43)} <= colours  # paper and ink
        swatch = page.locator("#legend rect").first.get_attribute("fill")
        assert tuple(bytes.fromhex(swatch[1:])) in colours
        # Text begins at the side where the language does.
        near, far = caption.crop((0, 0, 200, 40)), caption.crop((made.width - 200, 0, made.width, 40))
        inked = [len(part.getcolors(1 << 16)) > 1 for part in (near, far)]
        assert inked == ([True, False] if code == "en" else [False, True])
        page.close()
