"""Raster tiles at publish time: one PMTiles file a raster."""

from __future__ import annotations

from operator import itemgetter
from pathlib import Path

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from tiles.mercator import lonlat_bounds, tiles_over
from tiles.png import SMALL
from tiles.render import Levels, Look, native_zoom, render


def build_raster(levels: Levels, look: Look, path: Path, title: str, meaning: str, attribution: str) -> None:
    """Write ``path`` (PMTiles 3, palette PNG) up to the zoom of the raster's cells; equal input gives equal bytes.

    A tile in which nothing is assessed is left out, so that zooms begin where a pixel meets a cell.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    zooms = range(native_zoom(levels.grid) + 1)
    numbered = {zxy_to_tileid(tile.z, tile.x, tile.y): tile for zoom in zooms for tile in tiles_over(levels.grid, zoom)}
    west, south, east, north = (round(degrees * 1e7) for degrees in lonlat_bounds(levels.grid))
    header = {
        "tile_type": TileType.PNG,
        "tile_compression": Compression.NONE,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
        "center_zoom": 0,
    }
    with path.open("wb") as file:
        writer = Writer(file)
        for number, tile in sorted(numbered.items(), key=itemgetter(0)):
            data = render(levels, tile, look, SMALL)
            if data is not None:
                writer.write_tile(number, data)
        writer.finalize(header, {"name": title, "description": meaning, "attribution": attribution})
