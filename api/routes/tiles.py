"""Tiles of an edition: vector and raster, as they lie in its PMTiles files, and rasters rendered as asked for."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from api import legend
from api.accept import takes
from api.caching import etag_of, lifetime, not_modified
from api.editions import CURRENT, Editions, editions_of
from api.looks import asked_look, default_look
from api.map_tiles import MEDIA_TYPE, raster_about, rendered_tile, stored_tile
from api.routes.reading import only, read
from api.routes.redirects import to_edition
from hotspots.editions import Edition
from hotspots.errors import NotFoundError
from tiles.mercator import MAX_ZOOM, Tile
from tiles.read import TileArchive, joined
from tiles.render import Look
from tiles.style import RAMPS

router = APIRouter(tags=["tiles"])
Known = Annotated[Editions, Depends(editions_of)]
Zoom = Annotated[int, Path(ge=0, le=MAX_ZOOM)]
Index = Annotated[int, Path(ge=0, lt=2**MAX_ZOOM)]
MVT = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True)
class LookParameters:
    """How a map tile shall look, as asked for; None where nothing was said."""

    ramp: str | None = None
    span: str | None = None
    breaks: str | None = None
    resampling: str | None = None

    @property
    def given(self) -> bool:
        """Whether anything else than the legend is asked for."""
        return self != LookParameters()

    def look(self, default: Look) -> Look:
        """``default`` with what was asked for in its place; QueryError if it makes no sense."""
        return asked_look(default, self.ramp, self.span, self.breaks, self.resampling)


async def look_parameters(
    ramp: Annotated[str | None, Query(description=f"Colours: {', '.join(RAMPS)}.")] = None,
    span: Annotated[
        str | None, Query(alias="range", description="`low,high`: colours run evenly from one to the other.")
    ] = None,
    breaks: Annotated[str | None, Query(description="Rising upper bounds of all classes but the last.")] = None,
    resampling: Annotated[str | None, Query(description="`nearest` (default) or `bilinear`.")] = None,
) -> LookParameters:
    """The query parameters of a map tile (a FastAPI dependency)."""
    return LookParameters(ramp, span, breaks, resampling)


@read(router, "/tiles/{region}/{edition}/{layer}.json", "getTileJson")
def tilejson(request: Request, region: str, edition: str, layer: str, editions: Known) -> Response:
    """TileJSON 3 of a layer or raster."""
    only(request)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    found = editions.get(region, edition)
    archive = editions.tiles(found, layer)
    suffix = "mvt" if archive.is_vector else "png"
    document = archive.tilejson(f"{request.base_url}tiles/{region}/{edition}/{layer}/{{z}}/{{x}}/{{y}}.{suffix}")
    if not archive.is_vector:
        document["legend"] = f"{request.base_url}files/{region}/{edition}/pictures/{layer}.json"
    return JSONResponse(document, headers={"Cache-Control": lifetime(found)})


@read(router, "/tiles/{region}/{edition}/{layer}/{z}/{x}/{y}.mvt", "getVectorTile")
async def tile(
    request: Request, region: str, edition: str, layer: str, z: Zoom, x: Index, y: Index, editions: Known
) -> Response:
    """One Mapbox vector tile; 204 where the layer has nothing. Several layers with commas between come as one tile."""
    only(request)
    at = checked(z, x, y)
    if found := editions.at_hand(region, edition, layer):
        # A thread's turn costs more than the tile.
        return _vector_tile_of(request, editions, found, layer, at)
    return await run_in_threadpool(_tile, request, editions, region, edition, layer, at)


@read(router, "/tiles/{region}/{edition}/{layer}/{z}/{x}/{y}.png", "getMapTile")
async def map_tile(
    request: Request,
    region: str,
    edition: str,
    layer: str,
    z: Zoom,
    x: Index,
    y: Index,
    editions: Known,
    asked: Annotated[LookParameters, Depends(look_parameters)],
) -> Response:
    """One tile of a raster as a PNG, in the classes of its legend unless asked otherwise."""
    only(request)
    at = checked(z, x, y)
    found = None if asked.given else editions.at_hand(region, edition, layer)
    if found and (data := stored_tile(editions, found, layer, at)):
        return _png(request, data, lifetime(found))
    return await run_in_threadpool(_map_tile, request, editions, region, edition, layer, at, asked)


@read(router, "/tiles/{region}/{edition}/{layer}/legend.svg", "getLegend")
def legend_picture(request: Request, region: str, edition: str, layer: str, editions: Known) -> Response:
    """The legend of a raster's prebuilt tiles."""
    only(request)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    found = editions.get(region, edition)
    text = legend.picture(raster_about(editions, found, layer))
    return Response(text, headers={"Cache-Control": lifetime(found)}, media_type=legend.MEDIA_TYPE)


def _tile(request: Request, editions: Editions, region: str, edition: str, layer: str, at: Tile) -> Response:
    if edition == CURRENT:
        return to_edition(request, editions, region)
    return _vector_tile_of(request, editions, editions.get(region, edition), layer, at)


def _vector_tile_of(request: Request, editions: Editions, edition: Edition, layers: str, at: Tile) -> Response:
    archives = [vector_archive(editions, edition, name) for name in layers.split(",")]
    return vector_tile(request, archives, at, lifetime(edition))


def _map_tile(
    request: Request, editions: Editions, region: str, edition: str, layer: str, at: Tile, asked: LookParameters
) -> Response:
    if edition == CURRENT:
        return to_edition(request, editions, region)
    found = editions.get(region, edition)
    return raster_tile(request, editions, found, layer, at, asked, lifetime(found))


def checked(z: int, x: int, y: int) -> Tile:
    """The tile of an address; NotFoundError if its zoom has no such column or row."""
    if max(x, y) >= 2**z:
        raise NotFoundError(f"zoom {z} has no tile {x}, {y}.", remedy=f"Columns and rows go from 0 to {2**z - 1}.")
    return Tile(z, x, y)


def vector_archive(editions: Editions, edition: Edition, layer: str) -> TileArchive:
    """The vector tiles of a layer; NotFoundError if the edition has none of it."""
    archive = editions.tiles(edition, layer)
    if not archive.is_vector:
        raise NotFoundError(f"{layer!r} has no vector tiles.", remedy="It is a raster: ask for .png.")
    return archive


def vector_tile(request: Request, archives: Sequence[TileArchive], at: Tile, cache: str) -> Response:
    """A tile of one archive as it is stored, or of several as one; unpacked for a client that takes no gzip.

    204 where there is none.
    """
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    stored = joined([archive.tile(at.z, at.x, at.y) for archive in archives])
    if stored is None:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = etag_of(stored)
    if held := not_modified(request, headers["ETag"], headers):
        return held
    if takes(request.headers.get("accept-encoding", ""), "gzip"):
        headers["Content-Encoding"] = "gzip"
    else:
        stored = gzip.decompress(stored)
    return Response(stored, 200, headers, MVT)


def raster_tile(
    request: Request,
    editions: Editions,
    edition: Edition,
    raster: str,
    at: Tile,
    asked: LookParameters,
    cache: str,
) -> Response:
    """A tile of a raster: the prebuilt one if it is asked for as it is, else rendered; transparent where empty."""
    data = None if asked.given else stored_tile(editions, edition, raster, at)
    if data is None:
        about = raster_about(editions, edition, raster)
        data = rendered_tile(editions, edition, about, at, asked.look(default_look(about)))
    return _png(request, data, cache)


def _png(request: Request, data: bytes, cache: str) -> Response:
    headers = {"Cache-Control": cache, "ETag": etag_of(data)}
    return not_modified(request, headers["ETag"], headers) or Response(data, 200, headers, MEDIA_TYPE)
