"""The ground of a still map as SVG paths: land, the lines between units, and disputed lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from tiles.boundaries import boundary_lines

SIDE = 1000.0
"""Length of the longer side of a still map in its own units."""
STEP = 2.0
"""Outlines are simplified to this many of them: no screen shows more of a picture, and it must be light."""
METRES_PER_DEGREE = 111_195.0
SCALE_SHARE = 0.25
"""A scale bar is no longer than this share of the picture's width."""


@dataclass(frozen=True)
class Scale:
    """A bar of ``length`` units for ``km`` kilometres at the picture's middle latitude."""

    length: float
    km: float


@dataclass(frozen=True)
class Ground:
    """Paths in the units of a projection; empty where there is nothing of the kind."""

    land: str
    lines: str
    disputed: str


class Projection:
    """Web Mercator between the corners of a picture (lon, lat: NW, NE, SE, SW), the longer side ``SIDE`` units.

    ``width`` and ``height`` are those of the picture.
    """

    def __init__(self, corners: Sequence[Sequence[float]]) -> None:
        (self._west, north), _, (self._east, south), _ = corners
        self._top, bottom = (math.asinh(math.tan(math.radians(latitude))) for latitude in (north, south))
        across, down = math.radians(self._east - self._west), self._top - bottom
        self._per_radian = SIDE / max(across, down)
        self.width, self.height = round(across * self._per_radian, 1), round(down * self._per_radian, 1)
        self._middle = (north + south) / 2

    def places(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Units from the upper left corner (n, 2) of longitudes and latitudes (n, 2).

        Pictures across the antimeridian go on past 180.
        """
        lon = np.where(lonlat[:, 0] < self._west - 180, lonlat[:, 0] + 360, lonlat[:, 0])
        northing = np.arcsinh(np.tan(np.radians(lonlat[:, 1])))
        return np.column_stack((np.radians(lon - self._west), self._top - northing)) * self._per_radian

    def scale(self) -> Scale:
        """The longest of 1, 2 and 5 × 10ⁿ km that is no longer than a quarter of the picture's width."""
        metres = (self._east - self._west) * METRES_PER_DEGREE * math.cos(math.radians(self._middle)) * SCALE_SHARE
        power = 10 ** math.floor(math.log10(metres / 1000))
        km = next(step * power for step in (5, 2, 1) if step * power * 1000 <= metres)
        return Scale(self.width * SCALE_SHARE * km * 1000 / metres, km)


def ground(shapes: npt.NDArray[np.object_], disputed: npt.NDArray[np.bool_], projection: Projection) -> Ground:
    """The ground that polygons in longitude and latitude make, simplified to a step of the projection.

    Neighbours stay neighbours, for their common lines are simplified as one.
    """
    drawn = shapely.coverage_simplify(shapely.transform(shapes, projection.places), STEP)
    settled, contested = boundary_lines(drawn, disputed)
    return Ground(areas_path(shapely.union_all(drawn)), lines_path(settled), lines_path(contested))


def areas_path(shape: Any) -> str:
    """The rings of a polygon or several, in whole units; rings that shrink to less than an area are left out."""
    return "".join(f"{_steps(ring)}z" for ring in shapely.get_rings(shapely.get_parts(shape)) if _turns(ring) > 2)


def lines_path(shape: Any) -> str:
    """Lines in whole units; those that shrink to a point are left out."""
    return "".join(_steps(line) for line in shapely.get_parts(shape) if _turns(line) > 0)


def _whole(line: Any) -> npt.NDArray[np.int64]:
    return np.asarray(np.rint(shapely.get_coordinates(line)), np.int64)


def _turns(line: Any) -> int:
    """Steps of a line that are longer than nothing in whole units."""
    return int(np.count_nonzero(np.diff(_whole(line), axis=0).any(axis=1)))


def _steps(line: Any) -> str:
    """A line as SVG, each step from the point before: half as long as with every point in full."""
    points = _whole(line)
    moved = np.diff(points, axis=0)
    steps = (f"{x} {y}" for x, y in moved[moved.any(axis=1)])
    return f"M{points[0, 0]} {points[0, 1]}l{' '.join(steps)}"
