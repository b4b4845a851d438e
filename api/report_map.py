"""The report's map: the picture of a raster, hotspots and the ground drawn over it as SVG, and a scale."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from tiles.ground import Projection, Scale, areas_path


@dataclass(frozen=True)
class Marker:
    """The place of a hotspot: its number stands at ``x``, ``y``."""

    x: float
    y: float
    label: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """What is drawn, in units of ``tiles.ground``; ``ground`` is None where the edition has none."""

    href: str
    width: float
    height: float
    ground: Mapping[str, str] | None
    markers: tuple[Marker, ...]
    scale: Scale


def drawing(
    href: str,
    corners: Sequence[Sequence[float]],
    ground: Mapping[str, str] | None,
    hotspots: Iterable[Mapping[str, Any]],
) -> Drawing:
    """The drawing over the picture at ``href`` with the given corners (NW, NE, SE, SW).

    Parameters
    ----------
    hotspots:
        Features with polygons in longitude and latitude. The first one is drawn last, on top.
    """
    projection = Projection(corners)
    markers = [_marker(feature, projection) for feature in hotspots if feature["geometry"]]
    return Drawing(href, projection.width, projection.height, ground, tuple(reversed(markers)), projection.scale())


def _marker(feature: Mapping[str, Any], projection: Projection) -> Marker:
    shape = shapely.transform(shapely.from_geojson(json.dumps(feature["geometry"])), projection.places)
    largest = max(shapely.get_parts(shape), key=lambda part: float(part.area))
    west, north, east, south = largest.bounds
    rank = feature["properties"]["rank"]
    return Marker(
        round((west + east) / 2), round((north + south) / 2), "" if rank is None else str(rank), areas_path(shape)
    )
