"""The report's map: the picture of a raster, hotspots and units drawn over it as SVG, and a scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 1000
"""Width of the drawing; its own units are thousandths of the picture's width."""
MOST_POINTS = 40_000
"""Outlines of units with more points than this are left out: they would be heavier than the page."""
METRES_PER_DEGREE = 111_195.0
SCALE_SHARE = 0.25
"""A scale bar is no longer than this share of the picture."""


@dataclass(frozen=True)
class Marker:
    """The place of a hotspot: its number stands at ``x``, ``y``."""

    x: float
    y: float
    label: str
    path: str


@dataclass(frozen=True)
class Scale:
    """A bar of ``length`` units for ``km`` kilometres at the picture's middle latitude."""

    length: float
    km: float


@dataclass(frozen=True)
class Drawing:
    """What is drawn: ``units`` is one path of all outlines, empty where there are none or too many."""

    href: str
    height: int
    units: str
    markers: tuple[Marker, ...]
    scale: Scale


class Frame:
    """Web Mercator between the corners of a picture, in units of the drawing."""

    def __init__(self, corners: Sequence[Sequence[float]]) -> None:
        (self.west, north), _, (self.east, south), _ = corners
        self._top, self._bottom = _mercator(north), _mercator(south)
        self._per_radian = WIDTH / math.radians(self.east - self.west)
        self.height = round((self._top - self._bottom) * self._per_radian)
        self.middle = (north + south) / 2

    def point(self, lon: float, lat: float) -> tuple[int, int]:
        """The place of a longitude and latitude; pictures across the antimeridian go on past 180."""
        if lon < self.west - 180:
            lon += 360
        return round(math.radians(lon - self.west) * self._per_radian), round(
            (self._top - _mercator(lat)) * self._per_radian
        )

    def scale(self) -> Scale:
        """The longest of 1, 2 and 5 × 10ⁿ km that is no longer than a quarter of the picture."""
        metres = (self.east - self.west) * METRES_PER_DEGREE * math.cos(math.radians(self.middle)) * SCALE_SHARE
        power = 10 ** math.floor(math.log10(metres / 1000))
        km = next(step * power for step in (5, 2, 1) if step * power * 1000 <= metres)
        return Scale(WIDTH * SCALE_SHARE * km * 1000 / metres, km)


def drawing(
    href: str,
    corners: Sequence[Sequence[float]],
    hotspots: Iterable[Mapping[str, Any]],
    units: Iterable[Mapping[str, Any]],
) -> Drawing:
    """The drawing over the picture at ``href`` with the given corners (NW, NE, SE, SW).

    Parameters
    ----------
    hotspots, units:
        Features with polygons in longitude and latitude. The first hotspot is drawn last, on top.
    """
    frame = Frame(corners)
    outlines = [geometry for feature in units if (geometry := feature["geometry"])]
    drawn = sum(len(ring) for geometry in outlines for ring in _rings(geometry)) <= MOST_POINTS
    markers = [_marker(feature, frame) for feature in hotspots if feature["geometry"]]
    return Drawing(
        href,
        frame.height,
        "".join(_path(geometry, frame) for geometry in outlines) if drawn else "",
        tuple(reversed(markers)),
        frame.scale(),
    )


def _marker(feature: Mapping[str, Any], frame: Frame) -> Marker:
    geometry = feature["geometry"]
    largest = max(_rings(geometry), key=len)
    lon, lat = ([point[axis] for point in largest] for axis in (0, 1))
    x, y = frame.point((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2)
    rank = feature["properties"]["rank"]
    return Marker(x, y, "" if rank is None else str(rank), _path(geometry, frame))


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def _path(geometry: Mapping[str, Any], frame: Frame) -> str:
    """The rings in whole units; what falls on the point before it is left out, and rings of less than three points."""
    parts = []
    for ring in _rings(geometry):
        points = [frame.point(lon, lat) for lon, lat, *_ in ring]
        kept = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
        if len(kept) > 2:
            parts.append("M" + "L".join(f"{x} {y}" for x, y in kept) + "Z")
    return "".join(parts)


def _mercator(latitude_deg: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude_deg) / 2))
