"""The web map."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse

from api.change_view import NO_COMPARISON, WORDS, change_view, comparables
from api.edition_choice import NO_DIMENSION, edition_choice
from api.editions import Editions, editions_of
from api.i18n import LANGUAGES, chosen
from api.map_data import RULE_TITLES, SECTOR_GROUPS, SUBJECT_TITLES
from api.map_view import COMBINED, STATE_TITLES, map_view
from api.pages import FOLLOWS_CURRENT, page
from api.routes.reading import read
from api.take_away import take_away
from hotspots.fields import RASTER_GROUPS

router = APIRouter(tags=["pages"])
Known = Annotated[Editions, Depends(editions_of)]


@read(router, "/map", "getMap", response_class=HTMLResponse)
def web_map(
    editions: Known,
    region: str | None = None,
    edition: str = "",
    dimension: str = COMBINED,
    tag: str = "",
    compare: str = "",
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
    save_data: Annotated[str, Header(include_in_schema=False)] = "",
) -> HTMLResponse:
    """The map of a region's current edition; of the first region where none is named.

    ``edition`` is the id of another edition; ``tag`` filters hotspots; ``lang`` is one of ar, zh, en, fr, ru and es,
    else Accept-Language decides. ``compare`` is the id of an earlier edition: the change since then is told. With
    ``Save-Data: on`` the page stays on the picture until the reader asks for the interactive map.
    """
    choice = edition_choice(editions, region, edition)
    language = chosen(lang, accept_language)
    asked = lang if lang in LANGUAGES else ""
    view = map_view(editions, choice.edition, dimension, tag, language, asked)
    change = change_view(editions, choice, compare, language) if compare else None
    if change is not None:
        view = replace(view, data=view.data | {"rasters": [*view.data["rasters"], *change.layers]})
    return page(
        "map.html",
        headers={**FOLLOWS_CURRENT, "Vary": f"{FOLLOWS_CURRENT['Vary']}, Save-Data"},
        language=language,
        view=view,
        comparables=comparables(editions, choice),
        change=change,
        change_words=WORDS,
        save_data=save_data.strip().lower() == "on",
        choice=choice,
        notices=(
            *choice.notices,
            *((NO_DIMENSION,) if view.dimension != dimension else ()),
            *((NO_COMPARISON,) if compare and change is None else ()),
        ),
        take_away=take_away(view, change.before if change else ""),
        groups=RASTER_GROUPS,
        rules=RULE_TITLES,
        sector_groups=SECTOR_GROUPS,
        subjects=SUBJECT_TITLES,
        states=STATE_TITLES,
    )
