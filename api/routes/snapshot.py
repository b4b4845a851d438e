"""The map to e-mail, made when it is asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse

from api.edition_choice import edition_choice
from api.editions import Editions, editions_of
from api.headers import SNAPSHOT_POLICY
from api.i18n import chosen
from api.pages import FOLLOWS_CURRENT
from api.routes.reading import read
from api.slots import HEAVY
from api.snapshot.naming import snapshot_name
from api.snapshot.page import page

router = APIRouter(tags=["pages"])
Known = Annotated[Editions, Depends(editions_of)]


@read(router, "/snapshot", "getSnapshot", response_class=HTMLResponse)
def snapshot(
    editions: Known,
    region: str | None = None,
    edition: str = "",
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> HTMLResponse:
    """The map of an edition as one file that opens offline; parameters as of the map page."""
    of = edition_choice(editions, region, edition).edition
    language = chosen(lang, accept_language)
    with HEAVY.taken():
        text = page(editions, of, language)
    return HTMLResponse(
        text,
        headers={
            **FOLLOWS_CURRENT,
            "Content-Language": language.code,
            "Content-Disposition": f'inline; filename="{snapshot_name(of, language.code)}"',
            "Content-Security-Policy": SNAPSHOT_POLICY,
        },
    )
