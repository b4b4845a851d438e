"""WMTS 1.0.0 (OGC 07-057r7) over the raster tiles of every region's current edition: RESTful, and by key and value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api import legend
from api.caching import REVALIDATE
from api.editions import Editions, editions_of
from api.map_tiles import MEDIA_TYPE, has_tiles, raster_about
from api.ows import XML, OwsError
from api.pages import document
from api.routes.reading import read
from api.routes.tiles import LookParameters, raster_tile
from api.tile_matrix import NAME, limits, matrices
from hotspots.editions import Edition
from hotspots.errors import NotFoundError
from tiles.mercator import MAX_ZOOM, Span, Tile

router = APIRouter(tags=["tiles"])
Known = Annotated[Editions, Depends(editions_of)]
VERSION = "1.0.0"
CAPABILITIES = "GetCapabilities"
CAPABILITIES_KEYS = ("acceptversions", "acceptformats", "sections", "updatesequence", "version")
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
    legend: str
    legend_px: tuple[int, int]


@read(router, "/wmts/1.0.0/WMTSCapabilities.xml", "getWmtsCapabilities")
def rest_capabilities(request: Request, editions: Known) -> Response:
    """WMTS capabilities, with addresses of tiles as templates; the keys of GetCapabilities may stand behind them."""
    asked = _asked(request)
    if asked.pop("request", CAPABILITIES) != CAPABILITIES:
        raise _refused("request", "this is the address of the capabilities.", f"Use {CAPABILITIES}, or /wmts?.")
    return _capabilities(request, editions, asked)


@read(router, "/wmts", "getWmts")
def key_value(request: Request, editions: Known) -> Response:
    """WMTS by key and value: `REQUEST=GetCapabilities`, or `GetTile` with its seven parameters; names in any case."""
    asked = _asked(request)
    kind = asked.pop("request", CAPABILITIES)
    if kind == CAPABILITIES:
        return _capabilities(request, editions, asked)
    if kind == "GetTile":
        return _tile(request, editions, asked)
    remedy = f"Use {CAPABILITIES} or GetTile."
    raise OwsError("OperationNotSupported", f"{kind!r} is not known.", field="request", remedy=remedy)


def _asked(request: Request) -> dict[str, str]:
    """The parameters by their names in small letters, but for the service's."""
    asked: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name.lower() in asked:
            raise _refused(name.lower(), "is given twice.", "Give it once.")
        asked[name.lower()] = value
    if asked.pop("service", "WMTS").upper() != "WMTS":
        raise _refused("service", "is not offered here.", "Use WMTS.")
    return asked


def _tile(request: Request, editions: Editions, asked: dict[str, str]) -> Response:
    if asked.pop("version", VERSION) != VERSION:
        raise _refused("version", "is not offered.", f"Use {VERSION}.")
    _refuse_others(asked, TILE_KEYS)
    for name in TILE_KEYS:
        if name not in asked:
            raise OwsError("MissingParameterValue", "is missing.", field=name, remedy="GetTile needs it.")
    for name, value in CONSTANT.items():
        if asked[name] != value:
            raise _refused(name, f"{asked[name]!r} is not known.", f"Use {value}.")
    z, y, x = (_number(asked, name) for name in ("tilematrix", "tilerow", "tilecol"))
    if z > MAX_ZOOM:
        raise _refused("tilematrix", "there is no such tile matrix.", f"Use 0 to {MAX_ZOOM}.")
    for name, index in (("tilerow", y), ("tilecol", x)):
        if index >= 2**z:
            raise OwsError("TileOutOfRange", "there is no such tile.", field=name, remedy=f"Use 0 to {2**z - 1}.")
    edition, raster = _layer(editions, asked["layer"])
    return raster_tile(request, editions, edition, raster, Tile(z, x, y), LookParameters(), REVALIDATE)


def _layer(editions: Editions, name: str) -> tuple[Edition, str]:
    """The current edition and the raster that a layer's ``name`` stands for."""
    region, _, raster = name.partition("-")
    try:
        edition = editions.get(region, editions.current_id(region))
        known = has_tiles(editions, edition, raster)
    except NotFoundError:
        known = False
    if not known:
        raise _refused("layer", f"there is no layer {name!r}.", "The capabilities list them.")
    return edition, raster


def _number(asked: dict[str, str], name: str) -> int:
    text = asked[name]
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise _refused(name, f"{text!r} is no number of a tile.", "Give a whole number from 0.")
    return int(text)


def _refuse_others(asked: dict[str, str], known: tuple[str, ...]) -> None:
    for name in asked:
        if name not in known:
            raise _refused(name, "is not known.", f"Use {', '.join(known)}.")


def _refused(name: str, message: str, remedy: str) -> OwsError:
    return OwsError("InvalidParameterValue", message, field=name, remedy=remedy)


def _capabilities(request: Request, editions: Editions, asked: dict[str, str]) -> Response:
    _refuse_others(asked, CAPABILITIES_KEYS)
    publishers: set[str] = set()
    layers: list[Layer] = []
    for state in editions.store.regions():
        if state.current is not None:
            edition = editions.get(state.id, state.current)
            publishers.add(edition.manifest.policy.publisher)
            layers += _layers(request, editions, edition)
    deepest = max((layer.spans[-1].z for layer in layers), default=0)
    text = document(
        "wmts.xml",
        base=str(request.base_url),
        version=VERSION,
        publishers="; ".join(sorted(publishers)),
        legend_type=legend.MEDIA_TYPE,
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
        name = f"{edition.region}-{entry.name}"
        legend_px = legend.size_px(raster_about(editions, edition, entry.name))
        found.append(Layer(name, about["name"], abstract, bounds, spans, template, f"{place}/legend.svg", legend_px))
    return found
