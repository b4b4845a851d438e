"""Feature tables as every vector format takes them: CRS84, RFC 7946 rings, no finer than a centimetre."""

from __future__ import annotations

import antimeridian
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hotspots.fields import VectorLayer
from hotspots.policy import Publishable

Shapes = npt.NDArray[np.object_]

CRS84 = "OGC:CRS84"
DECIMALS = 7
"""1e-7 degrees is about a centimetre: more would be noise (RFC 7946, section 11.2)."""

DISPUTE = ("status", "claimants")
"""Fields that tell of a disputed unit; empty for others."""
MANY_UNITS = 300
"""More administrative units than this are drawn on a map of the whole region as the groups they form."""


def published_table(publishable: Publishable, layer: VectorLayer) -> gpd.GeoDataFrame:
    """The rows of ``layer`` ordered by its key, with the registry's fields in order and canonical geometries.

    Rows come in an order that does not depend on the order of the inputs.
    """
    table = publishable.tables[layer.name].to_crs(CRS84)
    names = [field.name for field in layer.fields if field.name in table]
    ordered = table.sort_values(layer.id_field, kind="stable", ignore_index=True)
    geometry = gpd.GeoSeries(canonical(ordered.geometry.to_numpy()), crs=CRS84)
    return gpd.GeoDataFrame(pd.DataFrame(ordered[names]), geometry=geometry)


def groups(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The larger units that administrative ``units`` belong to: ``group`` and geometry.

    Where boundaries tell of disputes, disputed units are apart from their group, with ``status`` and ``claimants``.
    Units meet without overlap: only the lines between two of a group fall away, in a tenth of a union's time.
    """
    told = [name for name in DISPUTE if name in units]
    keyed = units[["group", *told, "geometry"]].fillna(dict.fromkeys(told, ""))
    larger = keyed.dissolve(["group", *told], as_index=False, method="coverage")
    return larger.set_geometry(canonical(larger.geometry.to_numpy()), crs=units.crs)


def disputed(units: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Which of ``units`` have a status of their own (units,): none where the boundaries tell of no disputes."""
    if "status" not in units:
        return np.zeros(len(units), np.bool_)
    return np.asarray(units["status"].fillna("") != "", np.bool_)


def canonical(shapes: Shapes) -> Shapes:
    """``shapes`` cut at the antimeridian, rounded, exterior rings counter-clockwise (RFC 7946, 3.1.6 and 3.1.9)."""
    cut = shapes.copy()
    west, _, east, _ = shapely.bounds(cut).T
    # A ring that steps over the antimeridian reaches over more than half the globe.
    beyond = (west < -180) | (east > 180) | (east - west > 180)
    cut[beyond] = [cut_at_antimeridian(shape) for shape in cut[beyond]]
    rounded = shapely.transform(cut, _round)
    invalid = ~shapely.is_valid(rounded)
    rounded[invalid] = shapely.transform(shapely.set_precision(cut[invalid], 10.0**-DECIMALS), _round)
    oriented: Shapes = shapely.orient_polygons(rounded)
    return oriented


def cut_at_antimeridian(shape: BaseGeometry) -> BaseGeometry:
    """``shape`` with longitudes in -180..180, in parts that meet at 180 degrees (RFC 7946, 3.1.9)."""
    if shape.geom_type == "Point":
        return shapely.Point(_wrapped(shape.x), shape.y)
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180 and not _jumps(shape):
        return shape
    return _fixed(shape)


def _fixed(shape: BaseGeometry) -> BaseGeometry:
    fix = antimeridian.fix_polygon if shape.geom_type == "Polygon" else antimeridian.fix_multi_polygon
    # Edges are straight in longitude and latitude, as cells and boundaries are; no shape here holds a pole.
    return fix(shape, fix_winding=True, great_circle=False)


def _jumps(shape: BaseGeometry) -> bool:
    """Whether a ring steps over the antimeridian: two neighbours more than half the globe apart."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return any(bool(np.any(np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])) > 180)) for ring in rings)


def _wrapped(longitude: float) -> float:
    return longitude if -180 <= longitude <= 180 else (longitude + 180) % 360 - 180


def _round(coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.round(coordinates, DECIMALS) + 0.0
