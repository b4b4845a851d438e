"""The report: a page to read, to print and to keep as PDF."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse

from api.change_view import NO_COMPARISON, WORDS, change_view
from api.edition_choice import NO_HOTSPOT, edition_choice
from api.editions import Editions, editions_of
from api.filter_form import RULE_TITLES
from api.i18n import LANGUAGES, chosen
from api.map_data import SUBJECT_TITLES
from api.map_view import STATE_TITLES, map_view
from api.pages import page
from api.report_view import METHOD, report
from api.routes.reading import read
from api.selection import LABEL_TITLES, Selection

router = APIRouter(tags=["pages"])
Known = Annotated[Editions, Depends(editions_of)]


@read(router, "/report", "getReport", response_class=HTMLResponse)
def report_page(
    editions: Known,
    selection: Annotated[Selection, Depends()],
    region: str | None = None,
    edition: str = "",
    hotspot: str = "",
    compare: str = "",
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> HTMLResponse:
    """The report of what the map page lists for the same parameters, made to be printed.

    ``edition`` is an edition's id, else the current one; the half pages begin with ``hotspot``; ``compare`` is an
    earlier edition, the change since then is told; ``lang`` is one of ar, zh, en, fr, ru and es, else Accept-Language
    decides.
    """
    choice = edition_choice(editions, region, edition)
    language = chosen(lang, accept_language)
    view = map_view(editions, choice.edition, selection, language, lang if lang in LANGUAGES else "")
    change = change_view(editions, choice, compare, language) if compare else None
    made = report(editions, view, hotspot, change.before if change else "", language)
    unknown = hotspot and all(item.row["hotspot_id"] != hotspot for item in made.listed)
    notices = (
        *choice.notices,
        *view.notices,
        *((NO_HOTSPOT,) if unknown else ()),
        *((NO_COMPARISON,) if compare and change is None else ()),
    )
    return page(
        "report.html",
        language=language,
        report=made,
        view=view,
        choice=choice,
        change=change,
        change_words=WORDS,
        notices=notices,
        evidence=tuple(LABEL_TITLES.items()),
        method=METHOD,
        rules=RULE_TITLES,
        subjects=SUBJECT_TITLES,
        states=STATE_TITLES,
    )
