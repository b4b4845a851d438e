"""One SQLite file a layer, indexed for the service.

Tables: ``layer`` (what it is), ``field`` (what each column is), ``feature`` (fid from 1 in the order of the layer, the
feature's id, geometry as WKB and as GeoJSON text, properties as JSON text, then one column a field that can be asked
for), ``box`` (R-tree: fid, west, east, south, north). Longitude and latitude, CRS84.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import shapely

from data_pipelines.bounds import lonlat_bounds
from data_pipelines.outputs.features import published_table
from data_pipelines.outputs.geojson import features_of
from data_pipelines.outputs.notice import notice
from hotspots.fields import Field, VectorLayer
from hotspots.policy import Publishable

FOLDER = "features"
TYPES = {"number": "REAL", "integer": "INTEGER", "boolean": "INTEGER", "text": "TEXT"}
"""Kinds of field that can be asked for; a ``json`` field is only shown."""

_SCHEMA = """
CREATE TABLE layer (about TEXT NOT NULL);
CREATE TABLE field (position INTEGER PRIMARY KEY, about TEXT NOT NULL);
CREATE VIRTUAL TABLE box USING rtree (fid, west, east, south, north);
"""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``features/<layer>.sqlite`` of every published feature table."""
    for layer in publishable.vector_layers.values():
        path = folder / FOLDER / f"{layer.name}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        database = sqlite3.connect(path)
        try:
            _fill(database, publishable, layer)
        finally:
            database.close()
        yield path


def quoted(name: str) -> str:
    """``name`` as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _fill(database: sqlite3.Connection, publishable: Publishable, layer: VectorLayer) -> None:
    table = published_table(publishable, layer)
    fields = [layer.field(name) for name in table.columns if name != "geometry"]
    asked = [field for field in fields if field.kind in TYPES]
    columns = "".join(f", {quoted(field.name)} {TYPES[field.kind]}" for field in asked)
    database.executescript(_SCHEMA)
    database.execute(
        "CREATE TABLE feature (fid INTEGER PRIMARY KEY, feature_id TEXT NOT NULL UNIQUE, wkb BLOB NOT NULL,"
        f" geometry TEXT NOT NULL, properties TEXT NOT NULL{columns})"
    )
    about = {
        "name": layer.name,
        "meaning": layer.meaning,
        "id_field": layer.id_field,
        "geometry": layer.geometry,
        "bbox": lonlat_bounds(table),
        **notice(publishable, layer.title, layer.meaning),
    }
    database.execute("INSERT INTO layer VALUES (?)", (_json(about),))
    database.executemany("INSERT INTO field VALUES (?, ?)", enumerate(_json(_about(field)) for field in fields))
    marks = ", ".join("?" * (5 + len(asked)))
    for fid, (key, geometry, properties) in enumerate(features_of(layer, table), start=1):
        values = [properties[field.name] for field in asked]
        texts = (shapely.to_wkb(geometry), shapely.to_geojson(geometry), _json(properties))
        database.execute(f"INSERT INTO feature VALUES ({marks})", (fid, key, *texts, *values))
        west, south, east, north = geometry.bounds
        database.execute("INSERT INTO box VALUES (?, ?, ?, ?, ?)", (fid, west, east, south, north))
    database.commit()
    database.execute("VACUUM")


def _about(field: Field) -> dict[str, object]:
    return {
        "name": field.name,
        "title": field.title,
        "meaning": field.meaning,
        "kind": field.kind,
        "unit": field.unit,
        "asked": field.kind in TYPES,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
