"""The report page as it is served and printed: figures, languages, access, PDF, hostile names, broken addresses."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader

from api.i18n import LANGUAGES, language_of
from tests.api.publishing import publish
from tests.api.test_page import CHROMIUM, DESKTOP, PHONE, WEBGL, Visit
from tests.api.test_page_languages import NO_WORDS, UNTRANSLATED
from tests.miniature import POLICY, assessment
from tests.serving import served

HOSTILE = "<img src=x onerror=window.hit=1>'\"&lt;{{ 7*7 }}\u202e"
browsing = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the report is NOT tested")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=WEBGL)
        yield launched
        launched.close()


class Tables(HTMLParser):
    """The tables of a page by the heading before them: rows of cells' texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._heading, self._part = "", ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "h2":
            self._heading = ""
        if tag == "tr":
            self.found.setdefault(self._heading, []).append([])
        if tag in {"td", "th"}:
            self.found[self._heading][-1].append("")
        self._part = tag if tag in {"h2", "td", "th"} else self._part

    def handle_endtag(self, tag):
        self._part = "" if tag == self._part else self._part

    def handle_data(self, data):
        if self._part == "h2":
            self._heading += data
        elif self._part:
            self.found[self._heading][-1][-1] += data


def figure(text: str) -> int:
    return int(text.replace(",", ""))


def test_totals_are_their_breakdowns(client, edition):
    tables = Tables(client.get("/report").text).found
    hotspots = client.get(f"/files/miniature/{edition.id}/vectors/hotspots.geojson").json()["features"]
    people = {f["properties"]["name"]: f["properties"]["people"] for f in hotspots}
    ranked = tables["Hotspots by rank"][1:]
    assert [(row[1].strip()[:7], figure(row[2])) for row in ranked[:2]] == [("Eastend", 700), ("Westend", 300)]
    *_, rest, total = ranked
    assert rest[:2] == ["Elsewhere", "0"]
    assert figure(total[1]) == round(sum(people.values())) == 1000
    every = tables["People by dimension"][1]
    assert every[0] == "All dimensions"
    assert [figure(text) for text in every[1:]] == [2, 1000, 0, 1000]
    units = tables["People by administrative unit"][1:]
    assert sum(figure(row[1]) for row in units[:-1]) == figure(units[-1][1]) == 1000


def test_a_filtered_report_still_adds_up(client):
    ranked = Tables(client.get("/report?tag=minamata").text).found["Hotspots by rank"][1:]
    assert [row[1].strip()[:7] for row in ranked[:1]] == ["Eastend"]
    assert [(row[0], figure(row[1])) for row in ranked[1:]] == [
        ("Other hotspots of this dimension (1)", 300),
        ("Elsewhere", 0),
        ("Total", 1000),
    ]


@pytest.mark.parametrize("tag", ["", "minamata", "sdg_3.9"])
def test_downloads_hold_what_the_list_shows(client, tag):
    text = client.get("/report", params={"tag": tag}).text
    shown = [row[1].strip()[:7] for row in Tables(text).found["Hotspots by rank"][1:] if len(row) == 7]
    links = dict(reversed(link) for link in re.findall(r'href="(regions/[^"]+)" download="[^"]+\.(\w+)"', text))
    features = client.get("/" + links["geojson"].replace("&amp;", "&")).json()["features"]
    assert [feature["properties"]["name"] for feature in features] == shown
    rows = csv.DictReader(io.StringIO(client.get("/" + links["csv"].replace("&amp;", "&")).text))
    assert [row["name"] for row in rows] == shown


def test_half_pages_tell_why(client):
    text = client.get("/report").text
    assert text.index("1 · <bdi") < text.index("2 · <bdi")
    assert "2.08 µg/m³" in text
    assert "42 %" in text  # PM2.5 2.08 of the guideline of 5 µg/m³
    assert "Middle plant" in text
    assert "Air – percentile 41.7" in text
    second = re.search(r'id="of-(miniature-all-0002)"', text)
    assert second is not None
    moved = client.get("/report", params={"hotspot": second[1]}).text
    assert moved.index("2 · <bdi") < moved.index("1 · <bdi")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"edition": "2001-01-01-000000000000"}, "names an edition that is not there"),
        ({"edition": "../../etc"}, "names an edition that is not there"),
        ({"dimension": "marine"}, "names a dimension that was not assessed"),
        ({"hotspot": "miniature-all-9"}, "names a hotspot that is not among those listed"),
    ],
)
def test_a_broken_address_falls_back_and_says_so(client, asked, told):
    answer = client.get("/report", params=asked)
    assert answer.status_code == 200
    assert told in answer.text
    assert "Eastend" in answer.text
    if "hotspot" not in asked:
        assert told in client.get("/map", params=asked).text


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_report_speaks_the_language_of_the_page(client, code):
    answer = client.get("/report", params={"lang": code})
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in answer.text
    assert "map?region=miniature&amp;edition=" in answer.text
    assert f"lang={code}" in answer.text
    page = client.get("/map", params={"lang": code}).text
    assert re.search(rf'class="report-link" href="report\?[^"]*lang={code}"', page)


def test_numbers_of_any_size():
    english = language_of("en")
    assert [english.number(value) for value in (0, 0.0, 3.04e-8, -0.0005, 0.25, 1234567.8)] == [
        "0",
        "0",
        "3.0 × 10⁻⁸",
        "-5.0 × 10⁻⁴",
        "0.25",
        "1,234,568",
    ]
    assert [english.percent(share) for share in (0, 0.0004, 0.43, 1)] == ["0 %", "< 1 %", "43 %", "100 %"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose hotspots, units and sources have hostile names."""
    home = tmp_path_factory.mktemp("hostile")
    first = assessment()
    named = replace(
        first,
        hotspots=first.hotspots.assign(name=HOSTILE, units=HOSTILE, top_source=HOSTILE, protected_names=HOSTILE),
        units=first.units.assign(name=[HOSTILE, "E"]),
    )
    with served(publish(home, named)) as address:
        yield address


@browsing
class TestInABrowser:
    @pytest.mark.parametrize("code", LANGUAGES)
    def test_nothing_is_untranslated_or_inaccessible(self, browser, address, code):
        visit = Visit(browser.new_page(viewport=DESKTOP), address)
        page = visit.page
        page.goto(f"{address}/report?region=miniature&lang={code}")
        texts = [NO_WORDS.sub("", text) for text in page.evaluate(UNTRANSLATED)]
        if code in {"ar", "ru", "zh"}:
            assert [text for text in texts if re.search(r"[A-Za-z]{3,}", text)] == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response["violations"]
            assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found] == []
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert visit.outside == []
        assert visit.complaints == []
        page.close()

    @pytest.mark.parametrize("code", ["en", "ar"])
    def test_the_pdf_says_what_every_page_must(self, browser, address, edition, code, tmp_path: Path):
        page = browser.new_page(viewport=DESKTOP, color_scheme="dark")
        page.goto(f"{address}/report?region=miniature&lang={code}", wait_until="networkidle")
        page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
        page.close()
        sheets = PdfReader(tmp_path / "report.pdf").pages
        texts = [unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in sheets]
        assert len(sheets) >= 2
        assert all(edition.id in text for text in texts)
        assert all(f"{at} / {len(sheets)}" in text for at, text in enumerate(texts, 1))
        width, height = (float(side) for side in sheets[0].mediabox[2:])
        assert (round(width), round(height)) == (595, 842)  # A4
        whole = "\n".join(texts)
        assert "".join(POLICY.disclaimer.split()) in "".join(whole.split())
        assert "Eastend" in whole
        if code == "en":
            assert "40 – 60" in whole  # a class of the legend
            assert all(POLICY.statement[:40] in text for text in texts)
            assert "Elsewhere" in whole

    def test_without_scripts_everything_is_there(self, browser, address):
        page = browser.new_page(viewport=PHONE, java_script_enabled=False)
        page.goto(f"{address}/report?region=miniature")
        assert page.get_by_role("heading", name="Hotspots by rank").is_visible()
        assert page.locator("svg.drawing").is_visible()
        assert page.get_by_text("choose PDF as the printer").is_visible()
        assert page.locator("#print").is_hidden()
        page.close()

    def test_the_scale_is_as_long_as_what_it_measures(self, browser, address):
        # 0.08° of longitude at 20.03° N are 8.36 km wide; the bar stands for 2 km of them: 0.239 of the width.
        for size in (DESKTOP, PHONE):
            page = browser.new_page(viewport=size)
            page.goto(f"{address}/report?region=miniature")
            assert "2 km" in page.locator(".drawing .scale").text_content()
            width = "(node) => node.getBoundingClientRect().width"
            picture, bar = (page.locator(f".drawing {part}").evaluate(width) for part in ("image", ".scale path"))
            assert bar / picture == pytest.approx(0.239, abs=0.006)
            page.close()

    def test_hostile_names_are_inert(self, browser, hostile, tmp_path: Path):
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{hostile}/report")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.hit") is None
        assert page.locator("img[src=x]").count() == 0
        assert page.get_by_text("onerror=window.hit=1").first.is_visible()
        assert "{{ 7*7 }}" in page.locator("table.ranked").inner_text()
        page.close()

    def test_one_click_from_the_map(self, browser, address):
        page = browser.new_page(viewport=DESKTOP, java_script_enabled=False)
        page.goto(f"{address}/map?region=miniature&tag=minamata&lang=fr")
        page.locator(".report-link:visible").click()
        assert page.locator("html[lang=fr]").count() == 1
        assert page.locator("table.ranked").get_by_text("Eastend").is_visible()
        assert page.locator("table.ranked").get_by_text("Westend").count() == 0
        page.get_by_role("link", name="Retour à la carte").click()
        assert "tag=minamata" in page.url
        page.close()

    def test_the_report_begins_with_what_is_chosen_on_the_map(self, browser, address):
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{address}/map?region=miniature")
        page.locator("button[data-hotspot]:visible", has_text="Westend").click()
        page.locator(".report-link:visible").click()
        assert "hotspot=miniature-all-" in page.url
        assert "Westend" in page.locator(".detail h2").first.inner_text()
        page.close()
