"""The web map."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse

from api.editions import Editions, editions_of
from api.i18n import LANGUAGES, chosen
from api.map_data import RULE_TITLES, SUBJECT_TITLES
from api.map_view import COMBINED, STATE_TITLES, map_view
from api.pages import FOLLOWS_CURRENT, page
from api.routes.reading import read
from hotspots.errors import NotFoundError
from hotspots.fields import RASTER_GROUPS

router = APIRouter(tags=["pages"])
Known = Annotated[Editions, Depends(editions_of)]


@read(router, "/map", "getMap", response_class=HTMLResponse)
def web_map(
    editions: Known,
    region: str | None = None,
    dimension: str = COMBINED,
    tag: str = "",
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
    save_data: Annotated[str, Header(include_in_schema=False)] = "",
) -> HTMLResponse:
    """The map of a region's current edition; of the first region where none is named.

    ``tag`` filters hotspots; ``lang`` is one of ar, zh, en, fr, ru and es, else Accept-Language decides.
    With ``Save-Data: on`` the page stays on the picture until the reader asks for the interactive map.
    """
    name = region if region is not None else _first(editions)
    edition = editions.get(name, editions.current_id(name))
    language = chosen(lang, accept_language)
    asked = lang if lang in LANGUAGES else ""
    view = map_view(editions, edition, dimension, tag, language, asked)
    return page(
        "map.html",
        headers={**FOLLOWS_CURRENT, "Vary": f"{FOLLOWS_CURRENT['Vary']}, Save-Data"},
        language=language,
        view=view,
        save_data=save_data.strip().lower() == "on",
        groups=RASTER_GROUPS,
        rules=RULE_TITLES,
        subjects=SUBJECT_TITLES,
        states=STATE_TITLES,
    )


def _first(editions: Editions) -> str:
    for state in editions.store.regions():
        if state.current is not None:
            return state.id
    raise NotFoundError("no region has been published yet.", remedy="Run `hotspots refresh REGION`.")
