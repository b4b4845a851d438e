"""What is asked of whom: the same tiles, pages, areas and files in each server's own addresses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import numpy as np
import shapely

from benchmarks.serve.edition import FEATURES
from benchmarks.serve.load import Asked
from hotspots.editions import Edition
from tiles.mercator import Tile, tiles_over

VECTOR_ZOOMS, RASTER_ZOOMS = range(5, 9), range(4, 9)
"""Where the tiles hold every unit, and from where a tile is smaller than the edition."""
TILES_OF_A_ZOOM = 500
RENDERED = 12_000
"""Looks of a tile, each another range: more than are asked for in a run."""
LIGHT, HEAVY = 8, 2
"""Connections: of tiles as many as a map opens, of what takes longest two. Pages of features have as many as tiles: of
two both may be at one worker, and two pages that share a worker take longer than one."""
AREAS = 200
PAGE = 1000
BOX_DEG = 6
CONDITION = "release_pm25_kg_yr > 60000 AND sector <> 'household'"
"""Of some 3 600 sources in a box more than a page holds."""
UNIT_FIELDS = "unit_id,name,group,rank,people,area_km2,priority,burden,hotspot_count"
"""Those that are in the prebuilt tiles."""


@dataclass(frozen=True)
class Case:
    """One line of the table: the requests to this service and those to the peer, which hold the same answers."""

    name: str
    title: str
    ours: Sequence[Asked]
    peer: str
    theirs: Sequence[Asked]
    target: str
    connections: int
    counts: str | None = None
    """The member of both answers that says how many features match; the benchmark stops where they differ."""


def cases(edition: Edition) -> tuple[Case, ...]:
    """All lines of the table."""
    rng = np.random.default_rng(5)
    tiles = f"/tiles/{edition.region}/{edition.id}"
    return (
        _vector_tiles(edition, tiles),
        *_raster_tiles(edition, tiles),
        _page(edition, "features_first", "Features, first page of 1 000", 0),
        _page(edition, "features_last", "Features, 1 000 from 190 000 of 200 000", FEATURES - 10_000),
        _conditions(edition, rng),
        _statistics(edition, rng),
        _download(edition, "rasters/burden.tif"),
    )


def _tiles(edition: Edition, zooms: range) -> list[Tile]:
    """As many tiles of each zoom as who zooms in asks for, from all over the edition."""
    by_zoom = [list(tiles_over(edition.grid, zoom)) for zoom in zooms]
    return [there[turn * 7 % len(there)] for turn in range(TILES_OF_A_ZOOM) for there in by_zoom]


def _vector_tiles(edition: Edition, base: str) -> Case:
    there = _tiles(edition, VECTOR_ZOOMS)
    fields = urlencode({"properties": UNIT_FIELDS})
    return Case(
        "vector_tiles",
        "Vector tiles, static",
        [Asked(f"{base}/admin/{tile.z}/{tile.x}/{tile.y}.mvt") for tile in there],
        "tipg",
        [
            Asked(f"/collections/public.admin/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}?{fields}")
            for tile in there
        ],
        "≥ 1 500/s, p99 < 200 ms, ≥ 10 ×",
        LIGHT,
    )


def _raster_tiles(edition: Edition, base: str) -> tuple[Case, Case]:
    there = _tiles(edition, RASTER_ZOOMS)
    url = quote(str(edition.path("rasters/burden.tif")))

    def look(tile: Tile, high: float) -> Asked:
        asked = f"url={url}&rescale=0,{high:g}&colormap_name=ylorrd&tilesize=256"
        return Asked(f"/cog/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}.png?{asked}")

    turns = [(there[turn % len(there)], 5 + turn / 1000) for turn in range(RENDERED)]
    return (
        Case(
            "raster_tiles",
            "Raster tiles, static",
            [Asked(f"{base}/burden/{tile.z}/{tile.x}/{tile.y}.png") for tile in there],
            "titiler",
            [look(tile, 10) for tile in there],
            "≥ 1 500/s, p99 < 200 ms, ≥ 20 ×",
            LIGHT,
        ),
        Case(
            "rendered_tiles",
            "Raster tiles, rendered, never twice the same",
            [Asked(f"{base}/burden/{tile.z}/{tile.x}/{tile.y}.png?ramp=heat&range=0,{high:g}") for tile, high in turns],
            "titiler",
            [look(tile, high) for tile, high in turns],
            "≥ 5 ×",
            LIGHT,
        ),
    )


def _page(edition: Edition, name: str, title: str, offset: int) -> Case:
    asked = f"items?limit={PAGE}&offset={offset}"
    return Case(
        name,
        title,
        [Asked(f"{_collection(edition)}/{asked}&f=json")],
        "tipg",
        [Asked(f"/collections/public.sources/{asked}&f=geojson")],
        "≥ 3 ×, flat in offset",
        LIGHT,
        counts="numberMatched",
    )


def _conditions(edition: Edition, rng: np.random.Generator) -> Case:
    asked = []
    for west, south in rng.uniform(-22, 22 - BOX_DEG, (AREAS, 2)):
        box = f"{west:.3f},{south:.3f},{west + BOX_DEG:.3f},{south + BOX_DEG:.3f}"
        asked.append(urlencode({"bbox": box, "filter": CONDITION, "filter-lang": "cql2-text", "limit": PAGE}))
    return Case(
        "features_condition",
        f"Features, bbox + filter, limit 1 000, {AREAS} areas",
        [Asked(f"{_collection(edition)}/items?{one}&f=json") for one in asked],
        "tipg",
        [Asked(f"/collections/public.sources/items?{one}&f=geojson") for one in asked],
        "≥ 3 ×",
        HEAVY,
        counts="numberMatched",
    )


def _statistics(edition: Edition, rng: np.random.Generator) -> Case:
    ours, theirs = [], []
    for lon, lat in rng.uniform(-20, 20, (AREAS, 2)):
        area = json.loads(shapely.to_geojson(shapely.Point(lon, lat).buffer(1.0)))
        inputs = {"region": edition.region, "edition": edition.id, "area": area}
        ours.append(Asked("/processes/area-statistics/execution", json.dumps({"inputs": inputs})))
        url = quote(str(edition.path("rasters/burden.tif")))
        feature = json.dumps({"type": "Feature", "properties": {}, "geometry": area})
        theirs.append(Asked(f"/cog/statistics?url={url}", feature))
    title = "Statistics of an area of 45 000 cells (ours: three rasters, hotspots, sources; titiler: one raster)"
    return Case("statistics", title, ours, "titiler", theirs, "", HEAVY)


def _download(edition: Edition, path: str) -> Case:
    size = edition.file(path).size_bytes / 2**20
    return Case(
        "download",
        f"Whole file, {size:.0f} MiB",
        [Asked(f"/files/{edition.region}/{edition.id}/{path}")],
        "nginx",
        [Asked(f"/{path}")],
        "",
        HEAVY,
    )


def _collection(edition: Edition) -> str:
    return f"/collections/{edition.region}-sources-{edition.id}"
