"""Bounding boxes in longitude and latitude, also across the antimeridian."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely


def lonlat_bounds(table: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """(west, south, east, north); west > east where the narrowest box crosses the antimeridian (RFC 7946, 5.2)."""
    parts = shapely.get_parts(table.geometry.to_numpy())
    bounds = shapely.bounds(parts[~shapely.is_empty(parts)])
    if len(bounds) == 0:
        return None
    intervals = bounds[np.argsort(bounds[:, 0], kind="stable")]
    reached = np.maximum.accumulate(intervals[:, 2])
    gaps = intervals[1:, 0] - reached[:-1]
    around = intervals[0, 0] + 360 - reached[-1]
    west, east = intervals[0, 0], reached[-1]
    if len(gaps) and gaps.max() > around:
        widest = int(np.argmax(gaps))
        west, east = intervals[widest + 1, 0], reached[widest]
    return float(west), float(bounds[:, 1].min()), float(east), float(bounds[:, 3].max())
