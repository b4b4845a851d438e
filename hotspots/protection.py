"""Protected areas: overlaps counted once, areas on the ellipsoid."""

from __future__ import annotations

from itertools import pairwise

import antimeridian
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon

from hotspots.errors import MethodError
from hotspots.exposure import coverage
from hotspots.grid import GEOD, AnalysisGrid

FloatArray = npt.NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088
CIRCLE_VERTICES = 128


def dissolve(protected: gpd.GeoDataFrame, grid: AnalysisGrid) -> FloatArray:
    """The share of each cell that lies in any protected area, (rows, cols), 0..1; overlaps count once.

    Raises
    ------
    InputError
        If ``protected`` has no CRS.
    """
    union = gpd.GeoDataFrame(geometry=_union(protected), crs=protected.crs)
    return np.minimum(coverage(grid, union).covered(), 1.0)


def net_area_km2(protected: gpd.GeoDataFrame | gpd.GeoSeries) -> float:
    """Geodesic area of the union of the areas, in km² on the WGS 84 ellipsoid."""
    union = gpd.GeoSeries(_union(protected), crs=protected.crs).to_crs("OGC:CRS84")
    return float(sum(_area_km2(polygon) for polygon in union))


def areas_km2(shapes: gpd.GeoSeries) -> FloatArray:
    """Geodesic area of each valid polygon or multipolygon in km², (shapes,); overlaps of different shapes stay."""
    oriented = shapely.orient_polygons(np.asarray(shapes.to_crs("OGC:CRS84").array))
    parts, shape_of_part = shapely.get_parts(oriented, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring_of_corner = shapely.get_coordinates(rings, return_index=True)
    bounds = np.searchsorted(ring_of_corner, np.arange(len(rings) + 1))
    # The geodesic area is signed and holes run the other way round, so that the sum leaves them out.
    signed_m2 = [
        GEOD.polygon_area_perimeter(corners[start:stop, 0], corners[start:stop, 1])[0]
        for start, stop in pairwise(bounds)
    ]
    return np.bincount(shape_of_part[part_of_ring], signed_m2, minlength=len(shapes)).astype(np.float64) / 1e6


def circle(lon: float, lat: float, area_km2: float) -> Polygon | MultiPolygon:
    """The geodesic circle of ``area_km2`` around a point, in OGC:CRS84, cut at the antimeridian.

    The polygon itself has the area, not only the circle it approximates.

    Raises
    ------
    MethodError
        If the area is not positive or more than half the Earth's.
    """
    if not 0 < area_km2 <= 2 * np.pi * EARTH_RADIUS_KM**2:
        raise MethodError(
            f"no circle has an area of {area_km2} km².", field="area_km2", remedy="Give a positive area in km²."
        )
    # First the radius of a cap of a sphere, then corrected for the ellipsoid and the polygon's missing slivers.
    radius_m = 2000 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(area_km2 / np.pi) / (2 * EARTH_RADIUS_KM))
    azimuth = np.linspace(360.0, 0.0, CIRCLE_VERTICES, endpoint=False)
    for _ in range(4):
        x, y, _ = GEOD.fwd(
            np.full_like(azimuth, lon), np.full_like(azimuth, lat), azimuth, np.full_like(azimuth, radius_m)
        )
        actual_km2 = abs(GEOD.polygon_area_perimeter(x, y)[0]) / 1e6
        radius_m *= np.sqrt(area_km2 / actual_km2)
    return antimeridian.fix_polygon(Polygon(np.column_stack([x, y])), fix_winding=False)


def _union(areas: gpd.GeoDataFrame | gpd.GeoSeries) -> list[Polygon]:
    """Disjoint polygons that cover what any of the areas covers."""
    parts = shapely.get_parts(shapely.get_parts(shapely.union_all(np.asarray(areas.geometry.array))))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _area_km2(polygon: Polygon) -> float:
    # The geodesic area is signed, holes must run the other way round.
    oriented = shapely.orient_polygons(polygon)
    return float(abs(GEOD.geometry_area_perimeter(oriented)[0]) / 1e6)
