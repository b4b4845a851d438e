"""Coordinate reference systems by URI, with the axis order each of them says (OGC API - Features, Part 2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from hotspots.errors import QueryError

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
OFFERED: dict[str, str] = {CRS84: "OGC:CRS84", f"{_EPSG}4326": "EPSG:4326", f"{_EPSG}3857": "EPSG:3857"}
"""URI and what pyproj calls it."""
WORLD = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class Crs:
    """One of the systems on offer."""

    uri: str

    @property
    def code(self) -> str:
        """Its authority and code."""
        return OFFERED[self.uri]

    def from_lonlat(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """``shapes`` in longitude and latitude as this system has them, in its own axis order."""
        return shapes if self.uri == CRS84 else _moved(shapes, _transformer("OGC:CRS84", self.code))

    def to_lonlat(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """``shapes`` in this system and axis order, in longitude and latitude."""
        return shapes if self.uri == CRS84 else _moved(shapes, _transformer(self.code, "OGC:CRS84"))


LONLAT = Crs(CRS84)


def crs_of(uri: str, parameter: str) -> Crs:
    """The system of ``uri``.

    Raises
    ------
    QueryError
        If it is not on offer.
    """
    if uri not in OFFERED:
        raise QueryError(
            f"the CRS {uri!r} is not offered.", field=parameter, remedy=f"Use one of {', '.join(OFFERED)}."
        )
    return Crs(uri)


def box(text: str, crs: Crs, parameter: str = "bbox") -> Any:
    """The area in longitude and latitude of a ``bbox``: four or six numbers in the axis order of ``crs``.

    West greater than east crosses the antimeridian.

    Raises
    ------
    QueryError
        If it is no box.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in {4, 6} or not np.isfinite(numbers).all():
        raise QueryError("is not four or six numbers.", field=parameter, remedy="Give minx,miny,maxx,maxy.")
    low, high = numbers[: len(numbers) // 2][:2], numbers[len(numbers) // 2 :][:2]
    if crs.uri == CRS84:
        return lonlat_box(low[0], low[1], high[0], high[1], parameter)
    if crs.code == "EPSG:4326":
        return lonlat_box(low[1], low[0], high[1], high[0], parameter)
    if low[0] > high[0] or low[1] > high[1]:
        raise QueryError("is turned inside out.", field=parameter, remedy="Give minx,miny,maxx,maxy.")
    (west, east), (south, north) = _transformer(crs.code, "OGC:CRS84").transform([low[0], high[0]], [low[1], high[1]])
    if not np.isfinite([west, south, east, north]).all():
        raise QueryError(
            "lies outside the CRS.", field=parameter, remedy="Check bbox-crs and the order of the numbers."
        )
    return lonlat_box(west, south, east, north, parameter)


def lonlat_box(west: float, south: float, east: float, north: float, parameter: str) -> Any:
    """The box, cut to the globe; two parts where it crosses the antimeridian.

    Raises
    ------
    QueryError
        If south is above north, or nothing of it lies on the globe.
    """
    if south > north or max(west, east) < WORLD[0] or min(west, east) > WORLD[2] or south > 90 or north < -90:
        raise QueryError(
            "is no area of the globe.", field=parameter, remedy="Give minx,miny,maxx,maxy; check the order."
        )
    south, north = max(south, WORLD[1]), min(north, WORLD[3])
    west, east = max(west, WORLD[0]), min(east, WORLD[2])
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.MultiPolygon([shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)])


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target)


def _moved(shapes: npt.NDArray[np.object_], transformer: Transformer) -> npt.NDArray[np.object_]:
    def move(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    moved: npt.NDArray[np.object_] = shapely.transform(shapes, move)
    return moved
