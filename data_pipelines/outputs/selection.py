"""Some features of a published file, with everything else the file says left as it is.

All formats of a layer hold the same features in the same order, so a feature is known by its position.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

Rows = Sequence[int]


def copy_rows(source: Path, rows: Rows, target: Path) -> None:
    """Write the features of ``source`` at the positions ``rows`` (from 0, ascending) to ``target`` in its format.

    Parameters
    ----------
    source:
        A published ``vectors/<layer>`` file: geojson, csv, parquet or gpkg.
    """
    _COPIES[source.suffix](source, rows, target)


def _geojson(source: Path, rows: Rows, target: Path) -> None:
    """The bounding box is left out, for it is that of all features."""
    collection = json.loads(source.read_text(encoding="utf-8"))
    features = collection.pop("features")
    collection.pop("bbox", None)
    head = [f"{_json(key)}: {_json(value)}" for key, value in collection.items()]
    chosen = ",\n".join(_json(features[row]) for row in rows)
    target.write_text("{\n" + ",\n".join([*head, f'"features": [\n{chosen}\n]']) + "\n}\n", encoding="utf-8")


def _csv(source: Path, rows: Rows, target: Path) -> None:
    header, *lines = list(csv.reader(io.StringIO(source.read_bytes().decode("utf-8-sig"), newline="")))
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([header, *(lines[row] for row in rows)])


def _parquet(source: Path, rows: Rows, target: Path) -> None:
    """The bounding box of the layer is left out of the GeoParquet metadata."""
    table = pq.read_table(source).take(list(rows))
    about = json.loads(table.schema.metadata[b"geo"])
    for column in about["columns"].values():
        column.pop("bbox", None)
    table = table.replace_schema_metadata({**table.schema.metadata, b"geo": _json(about)})
    pq.write_table(table, target, compression="zstd")


def _geopackage(source: Path, rows: Rows, target: Path) -> None:
    """A copy without the other features; GDAL numbers them from 1 in their order."""
    shutil.copyfile(source, target)
    with closing(sqlite3.connect(target)) as database, database:
        (name,) = database.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'").fetchone()
        database.execute("CREATE TEMP TABLE chosen (fid INTEGER PRIMARY KEY)")
        database.executemany("INSERT INTO chosen VALUES (?)", [(row + 1,) for row in rows])
        database.execute(f'DELETE FROM "{name}" WHERE fid NOT IN (SELECT fid FROM chosen)')


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_COPIES: Mapping[str, Callable[[Path, Rows, Path], None]] = {
    ".geojson": _geojson,
    ".csv": _csv,
    ".parquet": _parquet,
    ".gpkg": _geopackage,
}
