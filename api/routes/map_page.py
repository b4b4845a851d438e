"""The web map, and its list by itself for another selection."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse

from api.change_view import NO_COMPARISON, NOT_YET, WORDS, change_view, comparables
from api.edition_choice import edition_choice
from api.editions import Editions, editions_of
from api.filter_form import RULE_TITLES
from api.i18n import LANGUAGES, chosen
from api.map_data import SECTOR_GROUPS, SUBJECT_TITLES
from api.map_view import STATE_TITLES, map_view
from api.pages import FOLLOWS_CURRENT, page
from api.routes.reading import read
from api.selection import Selection
from api.take_away import Address, links
from hotspots.fields import RASTER_GROUPS

router = APIRouter(tags=["pages"])
Known = Annotated[Editions, Depends(editions_of)]


def shown(
    editions: Known,
    selection: Annotated[Selection, Depends()],
    region: str | None = None,
    edition: str = "",
    compare: str = "",
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> dict[str, Any]:
    """What the templates of the map show (a FastAPI dependency).

    ``region`` is the first one, ``edition`` its current one unless named; ``lang`` is one of ar, zh, en, fr, ru and es,
    else Accept-Language decides. ``compare`` is the id of an earlier edition: the change since then is told.
    """
    choice = edition_choice(editions, region, edition)
    language = chosen(lang, accept_language)
    view = map_view(editions, choice.edition, selection, language, lang if lang in LANGUAGES else "")
    change = change_view(editions, choice, compare, language) if compare else None
    if change is not None:
        rasters = [*view.data["rasters"], *change.layers]
        view = replace(view, data=view.data | {"rasters": rasters, "compared": change.before})
    before = change.before if change else ""
    earlier = comparables(editions, choice)
    uncompared = compare if change is None and any(item.id == compare for item in earlier) else ""
    here = Address(view.region.id, choice.asked, before, view.asked)
    return {
        "language": language,
        "view": view,
        "choice": choice,
        "change": change,
        "change_words": WORDS,
        "comparables": earlier,
        "uncompared": uncompared,
        "notices": (
            *choice.notices,
            *view.notices,
            *((NOT_YET,) if uncompared else (NO_COMPARISON,) if compare and change is None else ()),
        ),
        "take_away": links(view, "", before),
        "addresses": {item.id: here.of("map", replace(view.selection, dimension=item.id)) for item in view.dimensions},
        "cleared": here.of("map", view.selection.cleared),
        "rules": RULE_TITLES,
    }


Shown = Annotated[dict[str, Any], Depends(shown)]


@read(router, "/map", "getMap", response_class=HTMLResponse)
def web_map(values: Shown, save_data: Annotated[str, Header(include_in_schema=False)] = "") -> HTMLResponse:
    """The map of a region: a selection of its hotspots as ranked list and picture, and the interactive map.

    With ``Save-Data: on`` the page stays on the picture until the reader asks for the interactive map.
    """
    return page(
        "map.html",
        headers={**FOLLOWS_CURRENT, "Vary": f"{FOLLOWS_CURRENT['Vary']}, Save-Data"},
        **values,
        save_data=save_data.strip().lower() == "on",
        groups=RASTER_GROUPS,
        sector_groups=SECTOR_GROUPS,
        subjects=SUBJECT_TITLES,
        states=STATE_TITLES,
    )


@read(router, "/map/list", "getMapList", response_class=HTMLResponse)
def map_list(values: Shown) -> HTMLResponse:
    """The parts of the map page that follow from the selection: its controls, the ranked list, the picture's marks."""
    return page("selection.html", **values)
