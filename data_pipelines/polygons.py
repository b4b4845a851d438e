"""Polygons of a table: repaired where they are invalid, put aside where there are none."""

from __future__ import annotations

import geopandas as gpd

from data_pipelines.files import ROW
from data_pipelines.ledger import Ledger
from data_pipelines.vectors import repaired


def keep_polygons(ledger: Ledger, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """``table`` with valid polygons. A repaired row is flagged; one without a polygon is quarantined."""
    present = ~(table.geometry.isna() | table.geometry.is_empty)
    ledger.quarantine(table[ROW][~present], "GEOMETRY_MISSING")
    broken = present & ~table.geometry.is_valid
    ledger.flag(table[ROW][broken], "GEOMETRY_REPAIRED", table.geometry[broken].is_valid_reason())
    shapes = table.geometry.copy()
    shapes[broken] = table.geometry[broken].map(repaired)
    flat = present & (~shapes.geom_type.isin(["Polygon", "MultiPolygon"]) | shapes.is_empty)
    ledger.quarantine(table[ROW][flat], "GEOMETRY_MISSING", "no polygon: " + table.geom_type[flat].astype(str))
    return table.set_geometry(shapes)
