"""Vector tiles of an edition, as they lie in its PMTiles files."""

from __future__ import annotations

import gzip
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response

from api.caching import IMMUTABLE, etag_of, not_modified
from api.editions import CURRENT, Editions, editions_of
from api.routes.reading import read
from api.routes.redirects import to_edition

router = APIRouter(tags=["tiles"])
Known = Annotated[Editions, Depends(editions_of)]
Zoom = Annotated[int, Path(ge=0, le=24)]
Index = Annotated[int, Path(ge=0, lt=2**24)]
MVT = "application/vnd.mapbox-vector-tile"


@read(router, "/tiles/{region}/{edition}/{layer}.json", "getTileJson")
def tilejson(request: Request, region: str, edition: str, layer: str, editions: Known) -> Response:
    """TileJSON 3 of a layer."""
    if edition == CURRENT:
        return to_edition(request, editions, region)
    tiles = editions.tiles(editions.get(region, edition), layer)
    template = f"{request.base_url}tiles/{region}/{edition}/{layer}/{{z}}/{{x}}/{{y}}.mvt"
    headers = {"Cache-Control": IMMUTABLE, "Access-Control-Allow-Origin": "*"}
    return JSONResponse(tiles.tilejson(template), headers=headers)


@read(router, "/tiles/{region}/{edition}/{layer}/{z}/{x}/{y}.mvt", "getVectorTile")
def tile(
    request: Request, region: str, edition: str, layer: str, z: Zoom, x: Index, y: Index, editions: Known
) -> Response:
    """One Mapbox vector tile; 204 where the layer has nothing."""
    if edition == CURRENT:
        return to_edition(request, editions, region)
    tiles = editions.tiles(editions.get(region, edition), layer)
    headers = {"Cache-Control": IMMUTABLE, "Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
    stored = tiles.tile(z, x, y)
    if stored is None:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = etag_of(stored)
    if held := not_modified(request, headers["ETag"], headers):
        return held
    if tiles.content_encoding == "gzip":
        if _takes_gzip(request):
            headers["Content-Encoding"] = "gzip"
        else:
            stored = gzip.decompress(stored)
    return Response(stored, 200, headers, MVT)


def _takes_gzip(request: Request) -> bool:
    """Whether the client's Accept-Encoding names gzip with a quality above 0 (RFC 9110, 12.5.3)."""
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        coding, _, quality = item.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
