"""Vector files of any format that GDAL reads."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError

from data_pipelines.files import ROW, sound
from data_pipelines.rasters import check_degrees
from hotspots.errors import InputError

LONLAT = "OGC:CRS84"


def read_vector(
    path: Path, encoding: str | None = None, layer: str | None = None, member: str | None = None
) -> gpd.GeoDataFrame:
    """Read one layer into longitude and latitude, with the row number of each feature.

    ``member`` is the name that GDAL knows a file inside the archive ``path`` by.

    Raises
    ------
    InputError
        If the file cannot be read, holds several layers and none is named, has no features, or its CRS is missing
        or cannot be right.
    """
    sound(path)
    try:
        source = member or path
        table = pyogrio.read_dataframe(source, layer=layer or _only_layer(path, source), encoding=encoding)
    except (DataSourceError, DataLayerError, FieldError, GeometryError, UnicodeDecodeError, LookupError) as error:
        raise InputError(
            f"the file cannot be read as vector data: {error}.",
            source=path,
            remedy="Download it again; check the dataset's options layer and encoding.",
        ) from error
    if not isinstance(table, gpd.GeoDataFrame) or table.empty:
        raise InputError("the layer has no features.", source=path, remedy="Check the dataset's option layer.")
    if table.crs is None:
        raise InputError(
            "the layer has no coordinate reference system.",
            source=path,
            field="CRS",
            remedy="Add the .prj file, or set the CRS with ogr2ogr -a_srs.",
        )
    if not table.geometry.isna().all():
        check_degrees(path, table.crs, tuple(table.total_bounds))
    table = table.to_crs(LONLAT)
    bounds = table.geometry.bounds.to_numpy()[~(table.geometry.isna() | table.geometry.is_empty).to_numpy()]
    if not np.isfinite(bounds).all():
        raise InputError(
            "some coordinates lie outside what the CRS can express: it cannot be right.",
            source=path,
            field="CRS",
            remedy="Set the CRS that the coordinates are in.",
        )
    table[ROW] = np.arange(1, len(table) + 1)
    return table


def repaired(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygonal part of ``geometry`` made valid; empty if there is none."""
    valid = shapely.make_valid(geometry)
    parts = [part for part in shapely.get_parts(_flat(valid)) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _flat(geometry: shapely.Geometry) -> shapely.Geometry:
    """Nested collections as one flat collection."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.GeometryCollection(list(parts))


def _only_layer(path: Path, source: Path | str) -> str:
    layers = [str(name) for name in pyogrio.list_layers(source)[:, 0]]
    if len(layers) != 1:
        raise InputError(
            f"the file holds {len(layers)} layers: {', '.join(layers) or 'none'}.",
            source=path,
            field="layer",
            remedy="Name one in the dataset's option layer.",
        )
    return layers[0]
