"""The first page: which regions there are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response

from api.accept import prefers_html
from api.caching import REVALIDATE
from api.editions import Editions, editions_of
from api.features.collections import link
from api.i18n import LANGUAGES, chosen
from api.pages import page
from api.routes.reading import read

router = APIRouter(tags=["pages"])
Known = Annotated[Editions, Depends(editions_of)]
TITLE = "Pollution hotspots"
LINKS = (
    ("service-desc", "openapi.json", "application/vnd.oai.openapi+json;version=3.1"),
    ("conformance", "conformance", "application/json"),
    ("data", "collections", "application/json"),
    ("http://www.opengis.net/def/rel/ogc/1.0/data", "collections", "application/json"),
    ("related", "regions", "application/json"),
    ("http://www.opengis.net/def/rel/ogc/1.0/processes", "processes", "application/json"),
    ("https://api.stacspec.org/v1.0.0/core", "stac", "application/json"),
    ("http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "tileMatrixSets", "application/json"),
    ("http://www.opengis.net/def/rel/ogc/1.0/tilesets-map", "map/tiles", "application/json"),
    ("related", "wmts/1.0.0/WMTSCapabilities.xml", "application/xml"),
    ("alternate", "map", "text/html"),
    ("status", "health", "application/json"),
)


@read(router, "/", "getLanding")
def landing(
    request: Request,
    editions: Known,
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """What is here: a page for people, links for programs, by Accept."""
    if prefers_html(request.headers.get("accept", "")):
        states = editions.store.regions()
        current = {state.id: editions.get(state.id, state.current) for state in states if state.current is not None}
        asked = lang if lang in LANGUAGES else ""
        language = chosen(lang, accept_language)
        return page("landing.html", language=language, states=states, current=current, asked=asked)
    links = [link(relation, f"{request.base_url}{path}", media_type, path) for relation, path, media_type in LINKS]
    return JSONResponse({"title": TITLE, "links": links}, headers={"Cache-Control": REVALIDATE, "Vary": "Accept"})
