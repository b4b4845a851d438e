"""Where a region is, to judge positions by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from data_pipelines.bounds import lonlat_bounds
from hotspots.grid import AnalysisGrid

KM_PER_DEG = 110.5

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Area:
    """The administrative units with a margin around them.

    Parameters
    ----------
    units:
        Administrative units (OGC:CRS84).
    countries:
        ISO 3166-1 alpha-3 codes of the region.
    whole_countries:
        Whether the units cover these countries completely, so that a position in the country is one in the units.
    margin_km:
        Width of the transboundary margin.
    grid:
        The analysis grid with margin, which decides what is inside once it is known.
    country_of_unit:
        Country of each unit, "" where it is not known; empty where no unit's is.
    """

    units: gpd.GeoDataFrame
    countries: tuple[str, ...]
    whole_countries: bool
    margin_km: float
    grid: AnalysisGrid | None = None
    country_of_unit: tuple[str, ...] = ()

    def holds(self, lon: FloatArray, lat: FloatArray) -> BoolArray:
        """Which points lie in the region or its margin."""
        if self.grid is not None:
            rows, _ = self.grid.cell_of(lon, lat)
            return np.asarray(rows >= 0)
        west, south, east, north = self.box
        return ((lon - west) % 360 <= east - west) & (lat >= south) & (lat <= north)

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in degrees of the units with the margin; east may pass 180."""
        west, south, east, north = self._extent
        d_lat = self.margin_km / KM_PER_DEG
        widest = min(89.0, max(abs(south), abs(north)) + d_lat)
        d_lon = d_lat / np.cos(np.radians(widest))
        return (west - d_lon, south - d_lat, east + d_lon, north + d_lat)

    def distance_km(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Distance of each point to the nearest unit, 0 inside."""
        points = self._projected(lon, lat)
        _, distance = self._shapes.sindex.nearest(points.array, return_all=False, return_distance=True)
        return np.asarray(distance) / 1000

    def depth_km(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Distance of each point to the outline of all units together."""
        points = self._projected(lon, lat)
        return np.asarray(shapely.distance(points.array, self._outline)) / 1000

    def countries_at(self, lon: FloatArray, lat: FloatArray) -> npt.NDArray[np.object_]:
        """The country of the nearest unit to each point, "" where it is not known."""
        if len(self.countries) == 1:
            return np.full(len(lon), self.countries[0], dtype=object)
        if not self.country_of_unit:
            return np.full(len(lon), "", dtype=object)
        (_, unit) = self._shapes.sindex.nearest(self._projected(lon, lat).array, return_all=False)
        return np.asarray(np.array(self.country_of_unit, dtype=object)[unit])

    def _projected(self, lon: FloatArray, lat: FloatArray) -> gpd.GeoSeries:
        return gpd.GeoSeries(shapely.points(lon, lat), crs="OGC:CRS84").to_crs(self._crs)

    @cached_property
    def _extent(self) -> tuple[float, float, float, float]:
        west, south, east, north = lonlat_bounds(self.units) or tuple(self.units.total_bounds)
        return west, south, east + 360 * (east < west), north

    @cached_property
    def _crs(self) -> CRS:
        west, south, east, north = self._extent
        return CRS.from_proj4(
            f"+proj=aeqd +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84 +units=m"
        )

    @cached_property
    def _shapes(self) -> gpd.GeoSeries:
        return self.units.geometry.to_crs(self._crs)

    @cached_property
    def _outline(self) -> shapely.Geometry:
        return self._shapes.union_all().boundary
