"""WMTS 1.0.0 (OGC 07-057r7) over the raster tiles of every region's current edition: RESTful, and by key and value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.caching import REVALIDATE
from api.editions import Editions, editions_of
from api.map_tiles import MEDIA_TYPE, has_tiles
from api.pages import document
from api.routes.reading import only, read
from api.routes.tiles import LookParameters, checked, raster_tile
from api.tile_matrix import NAME, limits, matrices
from hotspots.editions import Edition
from hotspots.errors import NotFoundError, QueryError
from tiles.mercator import MAX_ZOOM, Span

router = APIRouter(tags=["tiles"])
Known = Annotated[Editions, Depends(editions_of)]
XML = "application/xml"
VERSION = "1.0.0"
TILE_KEYS = ("layer", "style", "format", "tilematrixset", "tilematrix", "tilerow", "tilecol")
CONSTANT = {"style": "default", "format": MEDIA_TYPE, "tilematrixset": NAME}
"""The only value that these parameters of GetTile may have."""


@dataclass(frozen=True)
class Layer:
    """A raster as the capabilities name it. ``bounds`` are west, south, east, north in degrees."""

    id: str
    title: str
    abstract: str
    bounds: tuple[float, float, float, float]
    spans: tuple[Span, ...]
    template: str


@read(router, "/wmts/1.0.0/WMTSCapabilities.xml", "getWmtsCapabilities")
def rest_capabilities(request: Request, editions: Known) -> Response:
    """WMTS capabilities, with addresses of tiles as templates."""
    only(request)
    return _capabilities(request, editions)


@read(router, "/wmts", "getWmts")
def key_value(request: Request, editions: Known) -> Response:
    """WMTS by key and value: `REQUEST=GetCapabilities`, or `GetTile` with its seven parameters; names in any case."""
    asked: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name.lower() in asked:
            raise QueryError("is given twice.", field=name.lower())
        asked[name.lower()] = value
    if asked.pop("service", "WMTS").upper() != "WMTS":
        raise QueryError("is not offered here.", field="service", remedy="Use WMTS.")
    kind = asked.pop("request", "GetCapabilities")
    if kind == "GetCapabilities":
        _refuse_others(asked, ("acceptversions", "acceptformats", "sections", "updatesequence", "version"))
        return _capabilities(request, editions)
    if kind == "GetTile":
        return _tile(request, editions, asked)
    raise QueryError(f"{kind!r} is not known.", field="request", remedy="Use GetCapabilities or GetTile.")


def _tile(request: Request, editions: Editions, asked: dict[str, str]) -> Response:
    if asked.pop("version", VERSION) != VERSION:
        raise QueryError("is not offered.", field="version", remedy=f"Use {VERSION}.")
    _refuse_others(asked, TILE_KEYS)
    for name in TILE_KEYS:
        if name not in asked:
            raise QueryError("is missing.", field=name, remedy="GetTile needs it.")
    for name, value in CONSTANT.items():
        if asked[name] != value:
            raise QueryError(f"{asked[name]!r} is not known.", field=name, remedy=f"Use {value}.")
    z, y, x = (_number(asked, name) for name in ("tilematrix", "tilerow", "tilecol"))
    if z > MAX_ZOOM:
        raise QueryError("there is no such tile matrix.", field="tilematrix", remedy=f"Use 0 to {MAX_ZOOM}.")
    region, _, raster = asked["layer"].partition("-")
    edition = editions.get(region, editions.current_id(region))
    if not has_tiles(editions, edition, raster):
        raise NotFoundError(f"there is no layer {asked['layer']!r}.", remedy="The capabilities list them.")
    return raster_tile(request, editions, edition, raster, checked(z, x, y), LookParameters(), REVALIDATE)


def _number(asked: dict[str, str], name: str) -> int:
    text = asked[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise QueryError(f"{text!r} is no number of a tile.", field=name, remedy="Give a whole number from 0.")
    return int(text)


def _refuse_others(asked: dict[str, str], known: tuple[str, ...]) -> None:
    for name in asked:
        if name not in known:
            raise QueryError("is not known.", field=name, remedy=f"Use {', '.join(known)}.")


def _capabilities(request: Request, editions: Editions) -> Response:
    layers: list[Layer] = []
    for state in editions.store.regions():
        if state.current is not None:
            layers += _layers(request, editions, editions.get(state.id, state.current))
    deepest = max((layer.spans[-1].z for layer in layers), default=0)
    text = document(
        "wmts.xml",
        base=str(request.base_url),
        version=VERSION,
        layers=layers,
        matrix_set=NAME,
        matrices=matrices(deepest),
        media_type=MEDIA_TYPE,
    )
    return Response(text, headers={"Cache-Control": REVALIDATE}, media_type=XML)


def _layers(request: Request, editions: Editions, edition: Edition) -> list[Layer]:
    """Templates name the edition, so that the tiles of two never mix."""
    found = []
    for entry in edition.manifest.rasters:
        if not has_tiles(editions, edition, entry.name):
            continue
        about: dict[str, Any] = editions.tiles(edition, entry.name).tilejson("")
        west, south, east, north = about["bounds"]
        bounds = (west, south, east, north)
        place = f"{request.base_url}tiles/{edition.region}/{edition.id}/{entry.name}"
        spans = tuple(limits(bounds, 0, about["maxzoom"]))
        template = f"{place}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png"
        abstract = f"{about['description']} {about['attribution']}"
        found.append(Layer(f"{edition.region}-{entry.name}", about["name"], abstract, bounds, spans, template))
    return found
