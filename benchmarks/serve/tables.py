"""The edition's layers as PostGIS tables: the same columns and places, indexed as its manual says."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg
import shapely

from data_pipelines.outputs.feature_store import FOLDER, quoted
from hotspots.editions import Edition

LAYERS = ("sources", "admin")
INDEXED = {"sources": ("release_pm25_kg_yr", "sector"), "admin": ()}
"""Columns that the benchmark's conditions name."""
TYPES = {"REAL": "double precision", "INTEGER": "bigint", "TEXT": "text"}


def fill(database: str, edition: Edition) -> None:
    """Make and fill the tables in the empty database at the URL ``database``; rows are numbered as ours are."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
        for layer in LAYERS:
            _fill(connection, layer, edition)
            connection.execute(f"CREATE INDEX ON {layer} USING gist (geom)")
            for column in INDEXED[layer]:
                connection.execute(f"CREATE INDEX ON {layer} ({quoted(column)})")
            connection.execute(f"VACUUM ANALYZE {layer}")


def _fill(connection: psycopg.Connection[tuple[object, ...]], layer: str, edition: Edition) -> None:
    with closing(sqlite3.connect(edition.path(f"{FOLDER}/{layer}.sqlite"))) as source:
        columns = [
            (name, TYPES[kind])
            for _, name, kind, *_ in source.execute("PRAGMA table_info(feature)")
            if name not in {"fid", "feature_id", "wkb", "geometry", "properties"}
        ]
        named = ", ".join(quoted(name) for name, _ in columns)
        defined = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns)
        connection.execute(f"CREATE TABLE {layer} (fid bigint PRIMARY KEY, {defined}, geom geometry(Geometry, 4326))")
        rows = source.execute(f"SELECT fid, {named}, wkb FROM feature ORDER BY fid")
        with connection.cursor().copy(f"COPY {layer} FROM STDIN") as copy:
            for *values, wkb in rows:
                place = shapely.set_srid(shapely.from_wkb(wkb), 4326)
                copy.write_row((*values, shapely.to_wkb(place, hex=True, include_srid=True)))
