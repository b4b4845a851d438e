"""WebMercatorQuad, the one tile matrix set of the service, as OGC's documents describe it."""

from __future__ import annotations

from functools import cache
from typing import Any

import morecantile

from tiles.mercator import Span, span_of

NAME = "WebMercatorQuad"
URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{NAME}"
CRS_URI = "http://www.opengis.net/def/crs/EPSG/0/3857"
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"


@cache
def definition() -> dict[str, Any]:
    """The tile matrix set in the JSON of OGC's Two Dimensional Tile Matrix Set standard. Not to be changed."""
    return morecantile.tms.get(NAME).model_dump(mode="json", exclude_none=True, by_alias=True)


def matrices(deepest: int) -> list[dict[str, Any]]:
    """The tile matrices from zoom 0 to ``deepest``."""
    wanted: list[dict[str, Any]] = definition()["tileMatrices"][: deepest + 1]
    return wanted


def limits(bounds: tuple[float, float, float, float], shallowest: int, deepest: int) -> list[Span]:
    """The tiles of each zoom that ``bounds`` (west, south, east, north) meets."""
    return [span_of(bounds, zoom) for zoom in range(shallowest, deepest + 1)]


def limits_json(spans: list[Span]) -> list[dict[str, Any]]:
    """``spans`` as the tileMatrixSetLimits of a tileset."""
    return [
        {
            "tileMatrix": str(span.z),
            "minTileRow": span.top,
            "maxTileRow": span.bottom,
            "minTileCol": span.left,
            "maxTileCol": span.right,
        }
        for span in spans
    ]
