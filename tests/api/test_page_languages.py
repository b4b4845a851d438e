"""The six languages of the pages: catalogues that lack nothing, and pages on which nothing stays untranslated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel import Locale
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from playwright.sync_api import Browser, sync_playwright

from api.i18n import LANGUAGES, chosen, language_of
from api.i18n.language import CATEGORIES, catalogue_of
from api.i18n.registry import FORMULA
from tests.api.test_page import CHROMIUM, DESKTOP, WAIT_MS, WEBGL, Visit
from tiles.assets import VENDOR

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = [code for code in LANGUAGES if code != "en"]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "t": (1,), "plural": (1, 2)}
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")
SAME_WORD = 20
"""Longer messages are never the same in two languages; a word such as "Sources" may be."""
NO_WORDS = re.compile(
    r"WebGL|Enter|Backspace|Escape|ZIP|PDF|PNG|GeoJSON|GeoTIFF|OpenAPI|GeoPackage|GeoParquet|CSV|WHO|NOx|km²?|mg|kg|kB|MB|PM[\d.]+|Gi\*",
    re.ASCII,
)
"""Names, keys and units that are the same in every language."""
browsing = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is NOT tested"),
    pytest.mark.skipif(not (VENDOR / "maplibre-gl").is_dir(), reason="run `make setup`: maplibre-gl is not installed"),
]

UNTRANSLATED = """() => {
  const kept = (node) => node.closest("[translate=no], [lang=en], script, style, option[lang]") !== null;
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: around, data } = walker.currentNode;
    if (!kept(around) && data.trim()) found.push(data.trim());
  }
  for (const node of document.querySelectorAll("body [aria-label], body [title], body [alt], body optgroup[label]")) {
    if (kept(node) || node.closest("meter")) continue;
    for (const name of ["aria-label", "title", "alt", "label"]) found.push(node.getAttribute(name) ?? "");
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=WEBGL)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def written() -> dict[str, set[str]]:
    """Every message of templates, scripts and registry -> the files that say it."""
    with (ROOT / "api/i18n/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str, set[str]] = {}
    for path, _, message, _, _ in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.setdefault(message if isinstance(message, str) else message[0], set()).add(path)
    return found


@pytest.mark.parametrize("code", TRANSLATED)
def test_catalogue_has_every_message_and_no_other(code, written):
    catalogue = {
        (message.id if isinstance(message.id, str) else message.id[0]): message
        for message in catalogue_of(code)
        if message.id
    }
    assert sorted(set(written) - set(catalogue)) == [], "run `make messages` and translate"
    assert sorted(set(catalogue) - set(written)) == [], "run `make messages`"
    for text, message in catalogue.items():
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        assert len(forms) == (len(CATEGORIES[code]) if message.pluralizable else 1), text
        assert all(forms) and not message.fuzzy, f"{code} lacks {text!r}"
        assert {path for path, _ in message.locations} == written[text], f"run `make messages`: {text!r}"
        assert all(set(PLACES.findall(form)) == set(PLACES.findall(text)) for form in forms), text
        assert len(PLACES.sub("", text)) < SAME_WORD or text not in forms, f"{code} copies {text!r}"


def test_every_message_of_the_scripts_is_found_by_the_extractor(written):
    """It looks into template literals only so far: what it misses would stay English in every language."""
    said = {
        message
        for path in (ROOT / "api/web/js").glob("*.js")
        for message in re.findall(r'\b(?:t|plural)\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert sorted(said - set(written)) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_plural_forms_are_unicodes(code):
    """The scripts choose a form by Unicode's category, the templates by the catalogue's formula."""
    translations = language_of(code).translations
    rule = Locale.parse(code).plural_form
    for count in range(250):
        expected = CATEGORIES[code].index(rule(count)) if rule(count) in CATEGORIES[code] else -1
        form = translations.ngettext("%(num)s layer", "%(num)s layers", count)
        forms = language_of(code).translations._catalog  # type: ignore[attr-defined]
        assert form == forms["%(num)s layer", expected % len(CATEGORIES[code])], count


def test_language_is_the_asked_then_the_accepted_then_english():
    assert chosen("ru", "fr").code == "ru"
    assert chosen(None, "de, fr-CA;q=0.8, es;q=0.9").code == "es"
    assert chosen("xx", "zh-Hans-CN, en;q=0.5").code == "zh"
    assert chosen(None, "ar;q=0, de").code == "en"
    assert chosen(None, "ar;q=x").code == "en"


def test_numbers_and_days_follow_the_language():
    said = {code: (language_of(code).number(1234567.8), language_of(code).number(0.25)) for code in LANGUAGES}
    assert said["en"] == ("1,234,568", "0.25")
    assert said["fr"] == ("1\u202f234\u202f568", "0,25")
    assert said["ru"] == ("1\xa0234\xa0568", "0,25")
    assert said["es"] == ("1.234.568", "0,25")
    assert said["ar"][0].isascii()
    assert language_of("es").day("2026-11-21T10:00:00+00:00") == "21 de noviembre de 2026"
    assert language_of("zh").day("2026-11-21") == "2026年11月21日"


def test_titles_are_translated_by_their_parts():
    assert language_of("es").titled("Mercury: increment from listed sources") == (
        "Mercurio: incremento de las fuentes inventariadas"
    )
    assert language_of("zh").titled("PM2.5: increment from listed sources") == "PM2.5：所列污染源的增量"
    assert FORMULA.fullmatch("PM2.5") and not FORMULA.fullmatch("Lead")


def test_free_text_without_a_translation_is_marked_as_english():
    assert str(language_of("ar").told("2 <dumps>")) == '<span lang="en" dir="ltr">2 &lt;dumps&gt;</span>'
    assert str(language_of("en").told("2 <dumps>")) == "2 &lt;dumps&gt;"


@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_name_their_language_and_direction(client, code):
    for path in ("/", "/map"):
        answer = client.get(path, params={"lang": code}, headers={"accept": "text/html"})
        direction = "rtl" if code == "ar" else "ltr"
        assert f'<html lang="{code}" dir="{direction}">' in answer.text
        assert answer.headers["content-language"] == code
        assert "Accept-Language" in answer.headers["vary"]
    assert '<html lang="en"' in client.get("/map").text
    assert '<html lang="fr"' in client.get("/map", headers={"accept-language": "fr-CH, fr;q=0.9, en;q=0.8"}).text


class TestInABrowser:
    pytestmark = browsing

    @pytest.mark.parametrize("code", TRANSLATED)
    def test_nothing_is_untranslated_or_inaccessible(self, browser, address, code):
        visit = Visit(browser.new_page(viewport=DESKTOP, color_scheme="light"), address)
        page = visit.page
        page.goto(f"{address}/map?region=miniature&lang={code}")
        page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
        page.locator("button[data-hotspot]:visible", has_text="Eastend").click()
        page.wait_for_selector("#why .shares")
        texts = [NO_WORDS.sub("", text) for text in page.evaluate(UNTRANSLATED)]
        if code in {"ar", "ru", "zh"}:
            assert [text for text in texts if re.search(r"[A-Za-z]{3,}", text)] == []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page).response["violations"]
            assert [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= DESKTOP["width"]
        assert visit.outside == []
        assert visit.complaints == []
        page.close()

    def test_the_language_switch_keeps_the_place(self, browser, address):
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{address}/map?region=miniature")
        page.get_by_role("button", name="Eastend").click()
        page.wait_for_selector("#why .shares")
        page.locator("#language").select_option("ar")
        page.wait_for_selector("html[dir=rtl]")
        page.wait_for_selector("#why .shares")
        assert "lang=ar#hotspot=" in page.url
        page.close()
