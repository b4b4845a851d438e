"""Raster tiles as palette PNG and lossless WebP: bytes and processor time, over the stored tiles of a store.

Usage: python -m benchmarks.tile_formats HOME
"""

from __future__ import annotations

import io
import random
import sys
import time
from pathlib import Path
from typing import Any

from PIL import Image
from pmtiles.reader import MmapSource, all_tiles

from hotspots.editions import Store

RASTERS = ("people", "air_pressure", "priority", "air_gi_z")
MOST = 60
WAYS: dict[str, dict[str, Any]] = {
    "PNG, zlib 1": {"format": "PNG", "compress_level": 1, "bits": 4},
    "PNG, zlib 9": {"format": "PNG", "compress_level": 9, "bits": 4},
    "WebP, method 0, quality 0": {"format": "WEBP", "lossless": True, "method": 0, "quality": 0},
    "WebP, method 2, quality 25": {"format": "WEBP", "lossless": True, "method": 2, "quality": 25},
    "WebP, method 4, quality 75": {"format": "WEBP", "lossless": True, "method": 4, "quality": 75},
}


def stored(home: Path, region: str) -> list[bytes]:
    """A sample of the raster tiles of the region's current edition, the same every time."""
    tiles = []
    for raster in RASTERS:
        with Store(home).current(region).path(f"tiles/{raster}.pmtiles").open("rb") as file:
            tiles += [data for _, data in all_tiles(MmapSource(file))]
    return random.Random(0).sample(tiles, min(MOST, len(tiles)))


def encoded(image: Image.Image, options: dict[str, Any]) -> int:
    """Bytes of ``image`` written with ``options``."""
    buffer = io.BytesIO()
    more = {"transparency": image.info["transparency"]} if image.mode == "P" else {}
    image.save(buffer, **options, **more)
    return buffer.tell()


def main() -> None:
    """Print the table."""
    home = Path(sys.argv[1])
    for state in Store(home).regions():
        tiles = stored(home, state.id)
        print(f"{state.id}: {len(tiles)} tiles, stored {sum(map(len, tiles)) / len(tiles):.0f} bytes")
        palette = [Image.open(io.BytesIO(tile)) for tile in tiles]
        coloured = [image.convert("RGBA") for image in palette]
        for name, options in WAYS.items():
            began = time.process_time()
            size = sum(encoded(image, options) for image in (palette if options["format"] == "PNG" else coloured))
            spent_ms = 1e3 * (time.process_time() - began) / len(tiles)
            print(f"  {name}: {size / len(tiles):.0f} bytes, {spent_ms:.2f} ms")


if __name__ == "__main__":
    main()
