"""Better or worse: the change from an earlier edition on the map page, and the map's view saved as a picture."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from api.change_view import changed, parts_of
from api.routes import changes
from api.slots import COMPARISONS
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
    "outline_part": 0.0,
    "outline_cause": "",
    "people_part": 0.0,
    "people_cause": "",
    "pressure_part": 20.0,
    "pressure_cause": "data: wind (wind), other content",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A store with three editions, oldest first; the last two are compared: Westend has 30 people more."""
    home, scratch = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("inputs")
    store = Store(home)
    people = {"2000": 280.0, "2010": 300.0, "2020": 330.0}
    ids = [published(store, scratch, census, westend).id for census, westend in people.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_HOME", str(home))
        ended = hotspots("compare", "miniature", "--keep")
    assert ended.code == 0, ended.err
    assert "Kept in" in ended.err
    return home, ids


@pytest.fixture(scope="module")
def three(kept: tuple[Path, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """A service of that store."""
    home, ids = kept
    with served(home) as address:
        yield address, ids


@pytest.fixture
def fresh(kept: tuple[Path, list[str]], tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A service of its own with those editions and that one comparison."""
    home, ids = kept
    with served(shutil.copytree(home, tmp_path / "home")) as address:
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


def test_a_change_by_cause_adds_up():
    """200 → 220: 30 by people of new data, 6 of them where the outline differs; pressure −16 by one of two causes."""
    mixed = ROW | {
        "outline_part": 6.0,
        "outline_cause": "data: census (population), other content",
        "people_part": 30.0,
        "people_cause": "data: census (population), other content",
        "pressure_part": -16.0,
        "pressure_cause": "not separable (method, pollution): releases, 1 new; method.air.radius_m, 50 → 40",
    }
    assert parts_of(mixed) == {"pollution": 0.0, "data": 36.0, "method": 0.0, "not separable": -16.0}
    assert sum(parts_of(mixed).values()) == mixed["exposure_change"]
    assert changed(mixed).parts == {"pollution": 0.0, "data": 0.18, "method": 0.0, "not separable": -0.08}
    unknown = ROW | {"pressure_cause": "nothing that the editions record"}
    assert parts_of(unknown) == {"pollution": 0.0, "data": 0.0, "method": 0.0, "not recorded": 20.0}
    assert parts_of(ROW | {"exposure_change": None}) == {}


def test_what_became_of_one_hotspot(three):
    address, (_, second, third) = three
    base = f"{address}/regions/miniature/editions/{third}/changes/{second}/hotspots"
    found = httpx.get(f"{base}/miniature-all-0002").json()
    # 72.08 → 79.28 priority-weighted people, all of it by 30 people of the new census.
    assert found["kind"] == "more"
    assert found["share"] == pytest.approx(0.1, abs=1e-4)
    assert found["parts"] == {"pollution": 0.0, "data": pytest.approx(7.208, abs=1e-3), "method": 0.0}
    assert found["causes"] == ["data: census (population), other content"]
    assert httpx.get(f"{base}/miniature-all-0009").status_code == 404


def test_the_report_tells_the_parts_of_a_change(three):
    address, (_, second, _) = three
    query = {"compare": second, "hotspot": "miniature-all-0002"}
    text = " ".join(httpx.get(f"{address}/report", params=query).text.split())
    detail = text[text.index('id="of-miniature-all-0002"') :]
    assert '<th scope="row">pollution changed</th><td class="n"><bdi dir="ltr">0 %</bdi>' in detail
    assert '<th scope="row">data changed</th><td class="n"><bdi dir="ltr">+10 %</bdi>' in detail


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


def test_what_has_not_been_compared_is_compared_when_asked_for(fresh):
    address, (first, second, third) = fresh
    text = httpx.get(f"{address}/map").text
    assert f'<option value="{second}">' in text
    assert f'<option value="{first}" data-uncompared>' in text
    asked = httpx.get(f"{address}/map", params={"compare": first}).text
    assert "These two editions have not been compared yet." in asked
    base = f"regions/miniature/editions/{third}/changes/{first}"
    assert f'<form action="{base}" method="post">' in asked
    with COMPARISONS.taken():
        busy = httpx.post(f"{address}/{base}")
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    made = httpx.post(f"{address}/{base}")
    assert made.status_code == 201
    assert made.json() == {"before": first, "href": f"{base}/comparison.json"}
    kept = httpx.get(made.url.join(made.headers["location"])).json()
    assert (kept["before"], kept["after"]) == (first, third)
    # 280 → 330 people: 17.9 %.
    assert '<bdi dir="ltr">+18 %</bdi>' in httpx.get(f"{address}/map", params={"compare": first}).text
    with COMPARISONS.taken():
        assert httpx.post(f"{address}/{base}").status_code == 201, "it is kept: nothing is computed"
    browser = httpx.post(f"{address}/{base}", headers={"Accept": "text/html"})
    assert browser.status_code == 303
    assert f"compare={first}" in httpx.get(browser.url.join(browser.headers["location"])).url.query.decode()


def test_what_cannot_be_compared_is_refused_in_words(fresh, monkeypatch):
    address, (first, _, third) = fresh

    def post(after: str, before: str) -> httpx.Response:
        return httpx.post(f"{address}/regions/miniature/editions/{after}/changes/{before}")

    assert "was not published before" in post(first, third).json()["detail"]
    assert post(third, third).status_code == 400
    assert post(third, "2001-01-01-000000000000").status_code == 404
    assert post("..", first).status_code == 404
    monkeypatch.setattr(changes, "MOST_CELLS", 47)  # the grid has 48
    assert "hotspots compare miniature" in post(third, first).json()["detail"]
    for wrong in (third, "../../etc", "x"):
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

    def test_any_earlier_edition_is_compared_from_the_page(self, browser, fresh):
        address, (first, *_) = fresh
        visit = Visit(browser.new_page(viewport=DESKTOP), address)
        page = visit.page
        page.goto(f"{address}/map?region=miniature")
        page.get_by_label("Better or worse since").select_option(first)
        page.wait_for_url(f"**/map?region=miniature&compare={first}", timeout=WAIT_MS)
        page.get_by_role("button", name="Westend").click()
        since = page.locator("#why .since")
        expect(since).to_contain_text("data changed", timeout=WAIT_MS)
        assert "+18 %" in since.inner_text()
        assert "pollution changed\t0 %" in since.inner_text()
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in violations] == []
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
