"""The picture that stands before, and for, the interactive map: the first raster with the first hotspots on it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

SIDE = 1000.0
"""Length of the longer side of a figure in its own units."""
MARKED = 10
"""So many of the hotspots listed carry their rank on the picture."""


@dataclass(frozen=True)
class Mark:
    """A hotspot's rank and where it stands, in the figure's units from the upper left corner."""

    rank: int
    x: float
    y: float


@dataclass(frozen=True)
class Figure:
    """A picture in Web Mercator, ``width`` by ``height`` units; the mark of the first hotspot is the last."""

    width: float
    height: float
    marks: tuple[Mark, ...]


def figure(
    corners: Sequence[Sequence[float]], features: Iterable[Mapping[str, Any]], listed: Sequence[Mapping[str, Any]]
) -> Figure:
    """The figure of a picture between ``corners`` (lon, lat: NW, NE, SE, SW).

    Parameters
    ----------
    features:
        The hotspots of the edition.
    listed:
        The properties of those that are listed, in their order.
    """
    (west, north), _, (east, south), _ = corners
    top, bottom = _northing(north), _northing(south)
    unit = SIDE / max(math.radians(east - west), top - bottom)
    ranks = {row["hotspot_id"]: row["rank"] for row in listed[:MARKED] if row["rank"] is not None}
    marks: list[Mark] = []
    for feature in features:
        rank = ranks.get(feature["properties"]["hotspot_id"])
        if rank is None:
            continue
        place = shapely.from_geojson(json.dumps(feature["geometry"])).representative_point()
        along = (place.x - west) % 360.0
        marks.append(Mark(rank, round(math.radians(along) * unit, 1), round((top - _northing(place.y)) * unit, 1)))
    # The first is drawn last, so that no other covers it.
    ordered = tuple(sorted(marks, key=lambda mark: -mark.rank))
    return Figure(round(math.radians(east - west) * unit, 1), round((top - bottom) * unit, 1), ordered)


def _northing(latitude_deg: float) -> float:
    """Web Mercator's y on the unit sphere."""
    return math.asinh(math.tan(math.radians(latitude_deg)))
