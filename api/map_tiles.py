"""Map tiles of an edition's rasters: prebuilt where there are such, else rendered from the COG."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from api.editions import Editions
from api.slots import HEAVY
from hotspots.editions import Edition
from hotspots.errors import NotFoundError
from tiles.mercator import TILE_PX, Tile
from tiles.png import SMALL, palette_png
from tiles.render import Look, render

CODEBOOK = "report/codebook.json"
MEDIA_TYPE = "image/png"


def raster_about(editions: Editions, edition: Edition, name: str) -> dict[str, Any]:
    """The codebook's entry of a raster; NotFoundError if the edition has none such."""
    for about in editions.document(edition, CODEBOOK)["rasters"]:
        if about["name"] == name:
            found: dict[str, Any] = about
            return found
    raise NotFoundError(f"has no raster {name!r}.", source=f"edition {edition.region}/{edition.id}")


def has_tiles(editions: Editions, edition: Edition, name: str) -> bool:
    """Whether the edition has a raster ``name`` with prebuilt tiles."""
    return editions.has(edition, f"rasters/{name}.tif") and editions.has(edition, f"tiles/{name}.pmtiles")


def stored_tile(editions: Editions, edition: Edition, name: str, tile: Tile) -> bytes | None:
    """The prebuilt tile of a raster (PNG); None if its zoom was not built."""
    if not editions.has(edition, f"tiles/{name}.pmtiles"):
        return None
    archive = editions.tiles(edition, name)
    if archive.is_vector:
        raise NotFoundError(f"has no raster {name!r}.", source=f"edition {edition.region}/{edition.id}")
    if tile.z > archive.header["max_zoom"]:
        return None
    return archive.tile(tile.z, tile.x, tile.y) or empty_tile()


def rendered_tile(editions: Editions, edition: Edition, about: dict[str, Any], tile: Tile, look: Look) -> bytes:
    """A tile of a raster as a PNG, rendered now.

    Raises
    ------
    BusyError
        If too many are being rendered.
    """
    levels = editions.levels(edition, about["name"], about["extent"] == "extensive")
    with HEAVY.taken():
        return render(levels, tile, look) or empty_tile()


@cache
def empty_tile() -> bytes:
    """A transparent tile."""
    return palette_png(np.zeros((TILE_PX, TILE_PX), np.uint8), (), SMALL)
