"""Somebody who has never seen the page and goes by what it says: where first, who, what from, and a PDF of it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from pypdf import PdfReader

from tests.api.test_page import DESKTOP, Visit, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module

MOST_CLICKS = 3
"""Hotspot, report, print: what nobody needs two minutes for."""
COUNTED = "addEventListener('click', () => { sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1; }, true)"
PRINTED = "window.print = () => { window.printed = true; }"


def test_top_hotspot_people_main_source_and_a_pdf_of_it(browser, address, tmp_path: Path):  # noqa: F811
    visit = Visit(browser.new_page(viewport=DESKTOP), address)
    page = visit.page
    page.add_init_script(COUNTED)
    page.add_init_script(PRINTED)
    page.goto(f"{address}/map")
    first = page.get_by_role("region", name="Hotspots: All dimensions").get_by_role("button").first
    first.click()
    why = page.get_by_role("region", name="Why this place")
    why.get_by_role("heading", name="Where it comes from").wait_for()
    name = why.get_by_role("heading", level=2).inner_text()
    people = re.search(r"People\s+([\d,]+)", why.inner_text())[1]
    source = why.locator("ol.shares").get_by_role("listitem").first.inner_text().split("\n")[0]
    assert (name, people, source) == ("Eastend", "700", "Middle plant")
    page.get_by_role("link", name="Report to print or save as PDF").click()
    page.get_by_role("button", name="Print or save as PDF").click()
    assert page.evaluate("window.printed")
    assert int(page.evaluate("sessionStorage.clicks")) <= MOST_CLICKS
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "report.pdf").pages
    text = "\n".join(unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in sheets)
    half_page = text[text.index(f"1 · {name}") :]
    assert people in half_page
    assert source in half_page
    assert visit.complaints == []
    page.close()
