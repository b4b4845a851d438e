"""OGC API - Tiles: vector tiles of feature layers, map tiles of rasters, and the tile matrix set they are cut by."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api.caching import REVALIDATE, lifetime
from api.editions import Editions, editions_of
from api.features.collections import Collection, find, link
from api.features.crs import CRS84
from api.map_tiles import MEDIA_TYPE
from api.raster_collections import RasterCollection, current_rasters, find_raster
from api.routes.reading import only, read
from api.routes.tiles import MVT, Index, LookParameters, Zoom, checked, raster_tile, vector_tile
from api.tile_matrix import CRS_URI, NAME, TILING_SCHEME, URI, definition, limits, limits_json
from hotspots.errors import NotFoundError

router = APIRouter(tags=["tiles"])
Known = Annotated[Editions, Depends(editions_of)]
Json = Annotated[Literal["json"] | None, Query(description="`json`.")]
TITLE = "Web Mercator, 256 pixels a tile"
MEDIA_TYPES = {"mvt": MVT, "png": MEDIA_TYPE}
LISTED = ("title", "dataType", "crs", "tileMatrixSetURI")
"""What a list of tilesets says of each, beside links."""


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
    return _tilesets(request, f"collections/{found.id}/tiles", [_vector(request, editions, found)], _cache(found))


@read(router, "/collections/{collection}/tiles/{tile_matrix_set}", "getTileset")
def tileset(request: Request, collection: str, tile_matrix_set: str, editions: Known, f: Json = None) -> Response:
    """A tileset: where its tiles are, which there are, and what layers they hold."""
    only(request)
    _known(tile_matrix_set)
    found = find(editions, collection)
    return _json(_vector(request, editions, found), _cache(found))


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


@read(router, "/map/tiles", "getMapTilesets")
def map_tilesets(request: Request, editions: Known, f: Json = None) -> Response:
    """The map tilesets of every region's current edition: one a raster that the map shows."""
    only(request)
    return _tilesets(request, "map/tiles", [_map(request, found) for found in current_rasters(editions)], REVALIDATE)


@read(router, "/collections/{collection}/map/tiles", "getCollectionMapTilesets")
def collection_map_tilesets(request: Request, collection: str, editions: Known, f: Json = None) -> Response:
    """The tilesets of a raster: one, of map tiles."""
    only(request)
    found = find_raster(editions, collection)
    return _tilesets(request, f"collections/{found.id}/map/tiles", [_map(request, found)], _cache(found))


@read(router, "/collections/{collection}/map/tiles/{tile_matrix_set}", "getMapTileset")
def map_tileset(request: Request, collection: str, tile_matrix_set: str, editions: Known, f: Json = None) -> Response:
    """A map tileset: where its tiles are and which there are."""
    only(request)
    _known(tile_matrix_set)
    found = find_raster(editions, collection)
    return _json(_map(request, found), _cache(found))


@read(router, "/collections/{collection}/map/tiles/{tile_matrix_set}/{z}/{y}/{x}", "getCollectionMapTile")
def collection_map_tile(
    request: Request,
    collection: str,
    tile_matrix_set: str,
    z: Zoom,
    y: Index,
    x: Index,
    editions: Known,
    f: Annotated[Literal["png"] | None, Query(description="`png`.")] = None,
) -> Response:
    """One map tile by tile matrix, row and column, in the classes of the legend; transparent where not assessed."""
    only(request)
    _known(tile_matrix_set)
    found = find_raster(editions, collection)
    at = checked(z, x, y)
    return raster_tile(request, editions, found.edition, found.raster, at, LookParameters(), _cache(found))


def _tilesets(request: Request, path: str, tilesets: list[dict[str, Any]], cache: str) -> Response:
    """The list of ``tilesets`` at ``path``, each cut down to what such a list says."""
    listed = []
    for document in tilesets:
        links = [item for item in document["links"] if item["rel"] in {"self", TILING_SCHEME}]
        listed.append({**{name: document[name] for name in LISTED}, "links": links})
    here = link("self", f"{request.base_url}{path}", "application/json", "Tilesets")
    return _json({"links": [here], "tilesets": listed}, cache)


def _vector(request: Request, editions: Editions, found: Collection) -> dict[str, Any]:
    described = editions.tiles(found.edition, found.layer).tilejson("")
    layers = [
        {
            "id": layer["id"],
            "dataType": "vector",
            "minTileMatrix": str(layer["minzoom"]),
            "maxTileMatrix": str(layer["maxzoom"]),
        }
        for layer in described["vector_layers"]
    ]
    tilejson = f"tiles/{found.edition.region}/{found.edition.id}/{found.layer}.json"
    return {**_tileset(request, found, described, "tiles", "mvt", tilejson), "dataType": "vector", "layers": layers}


def _map(request: Request, found: RasterCollection) -> dict[str, Any]:
    tilejson = f"tiles/{found.edition.region}/{found.edition.id}/{found.raster}.json"
    return {**_tileset(request, found, found.about, "map/tiles", "png", tilejson), "dataType": "map"}


def _tileset(
    request: Request,
    found: Collection | RasterCollection,
    described: dict[str, Any],
    part: str,
    suffix: str,
    tilejson: str,
) -> dict[str, Any]:
    """What tilesets of both kinds say, under the collection's ``part``.

    Tiles are asked of the pinned collection, so that those of two editions never mix.
    """
    west, south, east, north = described["bounds"]
    base = str(request.base_url)
    here, pinned = (f"{base}collections/{name}/{part}/{NAME}" for name in (found.id, found.pinned_id))
    template = f"{pinned}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f={suffix}"
    return {
        "title": found.title,
        "description": described["description"],
        "attribution": described["attribution"],
        "crs": CRS_URI,
        "tileMatrixSetURI": URI,
        "tileMatrixSetLimits": limits_json(
            limits((west, south, east, north), described["minzoom"], described["maxzoom"])
        ),
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
        "links": [
            link("self", here, "application/json", found.title),
            {**link("item", template, MEDIA_TYPES[suffix], "Tiles"), "templated": True},
            link(TILING_SCHEME, f"{base}tileMatrixSets/{NAME}", "application/json", TITLE),
            link("describedby", f"{base}{tilejson}", "application/json", "TileJSON"),
            link("collection", f"{base}collections/{found.id}", "application/json", found.title),
        ],
    }


def _known(tile_matrix_set: str) -> None:
    if tile_matrix_set != NAME:
        raise NotFoundError(f"there is no tile matrix set {tile_matrix_set!r}.", remedy=f"Use {NAME}.")


def _cache(found: Collection | RasterCollection) -> str:
    return lifetime(found.edition) if found.pinned else REVALIDATE


def _json(body: dict[str, Any], cache: str) -> Response:
    return JSONResponse(body, headers={"Cache-Control": cache})
