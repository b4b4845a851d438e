"""Outlines and points as short as a screen lets them be: whole steps, each coordinate less the one before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

SCREEN_STEPS = 4000
"""Lines are simplified to this many steps across the region: a screen shows no more."""
SCALE = 10_000
"""Steps of a coordinate in a degree: 11 m."""

Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shapes:
    """Shortens geometries in longitude and latitude for a map of ``bounds``: west, south, east, north in degrees.

    A map across the antimeridian goes on past 180 degrees.
    """

    bounds: tuple[float, float, float, float]

    @property
    def _width(self) -> float:
        west, _, east, _ = self.bounds
        return (east - west) % 360 or 360.0

    def outlines(self, shapes: Iterable[Any]) -> list[list[list[int]]]:
        """The rings of each polygon: x, y of the first corner, then the steps to the next ones, in 1e-4 degrees."""
        _, south, _, north = self.bounds
        tolerance = max(self._width, north - south) / SCREEN_STEPS
        simple = shapely.simplify(shapely.transform(list(shapes), self._near), tolerance)
        rings = (shapely.get_rings(shapely.get_parts(shape)) for shape in simple)
        return [[self._steps(shapely.get_coordinates(ring)) for ring in found] for found in rings]

    def points(self, shapes: Sequence[Any]) -> list[list[int]]:
        """x, y of each point in 1e-4 degrees."""
        near = self._near(shapely.get_coordinates(shapely.centroid(list(shapes))))
        found: list[list[int]] = np.rint(near * SCALE).astype(int).tolist()
        return found

    def _near(self, lonlat: Coordinates) -> Coordinates:
        """Longitudes within half the globe of the map's middle."""
        middle = self.bounds[0] + self._width / 2
        turns = np.column_stack([(lonlat[:, 0] - middle + 180) % 360 - 180 + middle, lonlat[:, 1]])
        return np.where(np.abs(lonlat[:, :1] - middle) <= 180, lonlat, turns)

    @staticmethod
    def _steps(ring: Coordinates) -> list[int]:
        whole = np.rint(ring * SCALE).astype(int)
        steps: list[int] = np.diff(whole, axis=0, prepend=np.zeros((1, 2), int)).ravel().tolist()
        return steps
