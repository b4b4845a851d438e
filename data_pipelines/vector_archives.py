"""Layers in zip files as UNEP-WCMC packs them: shapefiles, zips of shapefiles, or a file geodatabase."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError

from data_pipelines.files import ROW, sound
from data_pipelines.vectors import read_vector
from hotspots.errors import InputError

MOST_PARTS = 100
GEODATABASE_LAYERS = ("_poly_", "_point_")
"""What the names of the layers with geometries have in them, beside that of the table of sources."""


@dataclass(frozen=True)
class _Part:
    """One layer: ``source`` is the name GDAL knows the file by."""

    source: str
    layer: str | None


def read_archive(path: Path, encoding: str | None = None) -> gpd.GeoDataFrame:
    """All layers of polygons and points one after another, in longitude and latitude; rows are numbered through.

    Raises
    ------
    InputError
        If the file is no zip or damaged, holds no such layer, or one cannot be read.
    """
    sound(path)
    parts = _parts(path)
    if not parts:
        raise InputError(
            "the archive holds neither shapefiles nor a geodatabase.",
            source=path,
            remedy="Download the shapefiles or the geodatabase of protectedplanet.net, or unpack it.",
        )
    tables = [read_vector(path, encoding, part.layer, part.source) for part in parts]
    joined = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs=tables[0].crs)
    joined[ROW] = np.arange(1, len(joined) + 1)
    return joined


def _parts(path: Path) -> list[_Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            return _of(archive, f"/vsizip/{{{path.absolute()}}}")
    except (zipfile.BadZipFile, DataSourceError, OSError) as error:
        raise InputError(f"the archive is damaged: {error}.", source=path, remedy="Download it again.") from error


def _of(archive: zipfile.ZipFile, root: str) -> list[_Part]:
    """The layers of an archive, by name; zips in it are opened once, not what is in those."""
    names = sorted(archive.namelist())
    if len(names) > MOST_PARTS * 10:
        raise zipfile.BadZipFile(f"{len(names)} members are too many")
    parts = [_Part(f"{root}/{name}", None) for name in names if name.lower().endswith(".shp")]
    for folder in sorted({name[: name.index(".gdb/") + 4] for name in names if ".gdb/" in name}):
        layers = [str(layer) for layer in pyogrio.list_layers(f"{root}/{folder}")[:, 0]]
        parts += [_Part(f"{root}/{folder}", layer) for layer in layers if any(k in layer for k in GEODATABASE_LAYERS)]
    for name in (name for name in names if PurePosixPath(name).suffix.lower() == ".zip"):
        with zipfile.ZipFile(io.BytesIO(archive.read(name))) as inner:
            shapes = sorted(member for member in inner.namelist() if member.lower().endswith(".shp"))
        parts += [_Part(f"/vsizip/{{{root}/{name}}}/{member}", None) for member in shapes]
    return parts[:MOST_PARTS]
