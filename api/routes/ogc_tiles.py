"""OGC API - Tiles: the vector tiles of the collections, and the tile matrix set they are cut by."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api.caching import REVALIDATE, lifetime
from api.editions import Editions, editions_of
from api.features.collections import Collection, find, link
from api.features.crs import CRS84
from api.routes.reading import only, read
from api.routes.tiles import MVT, Index, Zoom, checked, vector_tile
from api.tile_matrix import CRS_URI, NAME, TILING_SCHEME, URI, definition, limits, limits_json
from hotspots.errors import NotFoundError

router = APIRouter(tags=["tiles"])
Known = Annotated[Editions, Depends(editions_of)]
Json = Annotated[Literal["json"] | None, Query(description="`json`.")]
TITLE = "Web Mercator, 256 pixels a tile"


@read(router, "/tileMatrixSets", "getTileMatrixSets")
def tile_matrix_sets(request: Request, f: Json = None) -> Response:
    """The tile matrix sets: one."""
    only(request)
    here = f"{request.base_url}tileMatrixSets"
    links = [link("self", f"{here}/{NAME}", "application/json", TITLE)]
    body = {"tileMatrixSets": [{"id": NAME, "title": TITLE, "uri": URI, "crs": CRS_URI, "links": links}]}
    return _json({**body, "links": [link("self", here, "application/json", "Tile matrix sets")]}, REVALIDATE)


@read(router, "/tileMatrixSets/{tile_matrix_set}", "getTileMatrixSet")
def tile_matrix_set(request: Request, tile_matrix_set: str, f: Json = None) -> Response:
    """A tile matrix set: origin, cell size and number of tiles at each zoom."""
    only(request)
    _known(tile_matrix_set)
    return _json(definition(), REVALIDATE)


@read(router, "/collections/{collection}/tiles", "getTilesets")
def tilesets(request: Request, collection: str, editions: Known, f: Json = None) -> Response:
    """The tilesets of a layer: one, of vector tiles."""
    only(request)
    found = find(editions, collection)
    tileset = _tileset(request, editions, found)
    kept = ("title", "dataType", "crs", "tileMatrixSetURI")
    summary = {name: tileset[name] for name in kept}
    summary["links"] = [item for item in tileset["links"] if item["rel"] in {"self", TILING_SCHEME}]
    here = link("self", f"{request.base_url}collections/{found.id}/tiles", "application/json", found.title)
    return _json({"links": [here], "tilesets": [summary]}, _cache(found))


@read(router, "/collections/{collection}/tiles/{tile_matrix_set}", "getTileset")
def tileset(request: Request, collection: str, tile_matrix_set: str, editions: Known, f: Json = None) -> Response:
    """A tileset: where its tiles are, which there are, and what layers they hold."""
    only(request)
    _known(tile_matrix_set)
    found = find(editions, collection)
    return _json(_tileset(request, editions, found), _cache(found))


@read(router, "/collections/{collection}/tiles/{tile_matrix_set}/{z}/{y}/{x}", "getCollectionTile")
def collection_tile(
    request: Request,
    collection: str,
    tile_matrix_set: str,
    z: Zoom,
    y: Index,
    x: Index,
    editions: Known,
    f: Annotated[Literal["mvt"] | None, Query(description="`mvt`.")] = None,
) -> Response:
    """One Mapbox vector tile by tile matrix, row and column; 204 where the layer has nothing."""
    only(request)
    _known(tile_matrix_set)
    found = find(editions, collection)
    return vector_tile(request, [editions.tiles(found.edition, found.layer)], checked(z, x, y), _cache(found))


def _tileset(request: Request, editions: Editions, found: Collection) -> dict[str, Any]:
    """Tiles are asked of the pinned collection, so that those of two editions never mix."""
    archive = editions.tiles(found.edition, found.layer)
    described = archive.tilejson("")
    west, south, east, north = described["bounds"]
    base = str(request.base_url)
    template = f"{base}collections/{found.pinned_id}/tiles/{NAME}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f=mvt"
    tilejson = f"{base}tiles/{found.edition.region}/{found.edition.id}/{found.layer}.json"
    spans = limits((west, south, east, north), described["minzoom"], described["maxzoom"])
    return {
        "title": found.title,
        "description": described["description"],
        "attribution": described["attribution"],
        "dataType": "vector",
        "crs": CRS_URI,
        "tileMatrixSetURI": URI,
        "tileMatrixSetLimits": limits_json(spans),
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
        "layers": [
            {
                "id": layer["id"],
                "dataType": "vector",
                "minTileMatrix": str(layer["minzoom"]),
                "maxTileMatrix": str(layer["maxzoom"]),
            }
            for layer in described["vector_layers"]
        ],
        "links": [
            link("self", f"{base}collections/{found.id}/tiles/{NAME}", "application/json", found.title),
            {**link("item", template, MVT, "Vector tiles"), "templated": True},
            link(TILING_SCHEME, f"{base}tileMatrixSets/{NAME}", "application/json", TITLE),
            link("describedby", tilejson, "application/json", "TileJSON"),
            link("collection", f"{base}collections/{found.id}", "application/json", found.title),
        ],
    }


def _known(tile_matrix_set: str) -> None:
    if tile_matrix_set != NAME:
        raise NotFoundError(f"there is no tile matrix set {tile_matrix_set!r}.", remedy=f"Use {NAME}.")


def _cache(found: Collection) -> str:
    return lifetime(found.edition) if found.pinned else REVALIDATE


def _json(body: dict[str, Any], cache: str) -> Response:
    return JSONResponse(body, headers={"Cache-Control": cache})
