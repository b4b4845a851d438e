"""Cells that positions are generalised to, and who claims the place of a point."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.grid import GEOD

COARSE_DEG = 0.1
"""From this cell on the river reach or the neighbourhood of a site cannot be told (project's choice)."""


def snapped(degrees: npt.ArrayLike, cell_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The middle of the cell of ``cell_deg`` that holds each longitude or latitude; cells begin at 0°."""
    size = np.asarray(cell_deg, dtype=float)
    return np.asarray(np.round((np.floor(np.asarray(degrees, dtype=float) / size) + 0.5) * size, 4))


def half_diagonal_m(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], cell_deg: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Distance in m from the centre of a cell to its farthest corner, the one nearest the equator (geodesic)."""
    half = cell_deg / 2
    _, _, distance_m = GEOD.inv(lon, lat, lon + half, lat - np.sign(lat) * half)
    return np.asarray(distance_m, dtype=float)


def reach_m(shape: object, centre: object) -> float:
    """How far a unit reaches from the point that stands for it, in m."""
    outline = gpd.GeoSeries([shape]).get_coordinates()
    at = gpd.GeoSeries([centre])
    lon, lat = np.full(len(outline), at.x[0]), np.full(len(outline), at.y[0])
    _, _, distance_m = GEOD.inv(lon, lat, outline["x"].to_numpy(), outline["y"].to_numpy())
    return float(np.max(distance_m))


def claimants_at(units: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> Mapping[int, tuple[str, ...]]:
    """The countries that claim the units where points stand, by the row of ``points``; none for settled units."""
    if "claimants" not in units:
        return {}
    disputed = units[units["claimants"] != ""].reset_index(drop=True)
    point, unit = disputed.sindex.query(points.geometry.array, predicate="intersects")
    found: dict[int, set[str]] = {}
    for row, claimed in zip(point, disputed["claimants"].to_numpy()[unit], strict=True):
        found.setdefault(int(row), set()).update(part.strip() for part in str(claimed).split(","))
    return {row: tuple(sorted(names)) for row, names in found.items()}


def claimants_of(units: gpd.GeoDataFrame) -> frozenset[str]:
    """The countries that claim any of the units."""
    if "claimants" not in units:
        return frozenset()
    return frozenset(part.strip() for text in units["claimants"] if text for part in text.split(","))
