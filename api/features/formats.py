"""A page of features as GeoJSON, CSV, GeoPackage or GeoParquet."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from api.features.crs import CRS84, Crs
from api.features.store import FeatureStore, Row
from data_pipelines.outputs.features import DECIMALS
from data_pipelines.outputs.spreadsheet import write_csv

GEOJSON, CSV, GPKG, PARQUET = "geojson", "csv", "gpkg", "parquet"
MEDIA_TYPES = {
    GEOJSON: "application/geo+json",
    CSV: "text/csv; charset=utf-8",
    GPKG: "application/geopackage+sqlite3",
    PARQUET: "application/vnd.apache.parquet",
}


def feature_text(row: Row, crs: Crs, properties: Sequence[str] | None, links: Sequence[dict[str, str]] = ()) -> str:
    """One GeoJSON feature; in another CRS the coordinates are in that one's axis order."""
    geometry = row.geometry
    if crs.uri != CRS84:
        moved = crs.from_lonlat(np.array([shapely.from_wkb(row.wkb)], dtype=object))[0]
        geometry = shapely.to_geojson(moved)
    text = row.properties
    if properties is not None:
        text = _json(dict(zip(properties, row.told(properties), strict=True)))
    more = f',"links":{_json(list(links))}' if links else ""
    return f'{{"type":"Feature","id":{_json(row.id)},"geometry":{geometry},"properties":{text}{more}}}'


def collection_text(
    rows: Iterable[Row], crs: Crs, properties: Sequence[str] | None, members: dict[str, Any], returned: int
) -> str:
    """The feature collection with further ``members``."""
    head = {"type": "FeatureCollection", **members, "numberReturned": returned}
    features = ",\n".join(feature_text(row, crs, properties) for row in rows)
    return f'{_json(head)[:-1]},"features":[\n{features}\n]}}\n'


def table_bytes(
    store: FeatureStore, rows: Iterable[Row], crs: Crs, properties: Sequence[str] | None, kind: str
) -> bytes:
    """The features as a file of ``kind``: CSV with lon and lat, GeoPackage or GeoParquet in ``crs``, x first."""
    table = _frame(store, list(rows), properties)
    if kind == CSV:
        points = table.geometry.representative_point()
        plain = pd.DataFrame(table.drop(columns="geometry"))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "items.csv"
            write_csv(plain.assign(lon=points.x.round(DECIMALS), lat=points.y.round(DECIMALS)), path)
            return path.read_bytes()
    table = table.to_crs("EPSG:4326" if crs.uri == CRS84 and kind == GPKG else crs.code)
    if kind == PARQUET:
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        return buffer.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.gpkg"
        pyogrio.write_dataframe(table, path, layer=store.about["name"], driver="GPKG", promote_to_multi=True)
        return path.read_bytes()


def _frame(store: FeatureStore, rows: list[Row], properties: Sequence[str] | None) -> gpd.GeoDataFrame:
    """The features as a table; lists are JSON text, whole numbers and truth values may be missing."""
    kinds = {field["name"]: field["kind"] for field in store.fields}
    names = list(kinds) if properties is None else list(properties)
    known = [json.loads(row.properties) for row in rows]
    columns = {name: pd.Series([_cell(item[name]) for item in known], dtype=_DTYPES[kinds[name]]) for name in names}
    geometry = gpd.GeoSeries(shapely.from_wkb([row.wkb for row in rows]), crs="OGC:CRS84")
    return gpd.GeoDataFrame(columns, geometry=geometry)


_DTYPES = {"number": "Float64", "integer": "Int64", "boolean": "boolean", "text": "string", "json": "string"}


def _cell(value: Any) -> Any:
    return _json(value) if isinstance(value, list | dict) else value


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
