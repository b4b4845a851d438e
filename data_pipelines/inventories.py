"""Tables of facilities, whatever file they come in: text, spreadsheet, or a layer of points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data_pipelines.files import ROW, TextTable, read_header, read_table, require_columns
from data_pipelines.vectors import read_vector
from hotspots.errors import InputError

LAYERS = frozenset({".gpkg", ".geojson", ".json", ".shp", ".fgb"})
"""Formats with a geometry, by the end of a file's name."""
POSITION = ("longitude", "latitude")
"""The columns that the position of a point is given in."""


def read_inventory(
    path: Path, columns: Iterable[str], encoding: str = "utf-8", delimiter: str = ",", sheet: str | None = None
) -> TextTable:
    """Read a table as text; ``sheet`` is the sheet of a workbook or the layer of a file of points.

    A layer's positions are its geometries', in degrees, in the columns ``longitude`` and ``latitude``; columns of its
    own of these names are not used.

    Raises
    ------
    InputError
        If the file cannot be used, lacks one of ``columns``, or a geometry is no point.
    """
    if path.suffix.lower() not in LAYERS:
        return read_table(path, columns, encoding, delimiter, sheet)
    layer = read_vector(path, None if encoding == "utf-8" else encoding, sheet)
    table = _as_text(path, layer)
    require_columns(path, table.columns, columns)
    return TextTable(path, table, len(table), ())


def without_ordinal(column: str) -> str:
    """A column's name without the number that some publishers write before it: ``12. LATITUDE``."""
    return re.sub(r"^\d+\.\s+", "", column)


def inventory_header(path: Path) -> list[str]:
    """The names of the columns of a table that nothing more is known of; errors as `read_inventory`."""
    if path.suffix.lower() not in LAYERS:
        return read_header(path)
    return [name for name in read_inventory(path, ()).frame.columns if name != ROW]


def _as_text(path: Path, layer: gpd.GeoDataFrame) -> pd.DataFrame:
    known = ~(layer.geometry.isna() | layer.geometry.is_empty)
    shapes = layer.geometry[known].geom_type
    others = shapes[shapes != "Point"]
    if len(others):
        raise InputError(
            f"feature {int(layer[ROW][others.index[0]])} is a {others.iloc[0]}, no point.",
            source=path,
            field="geometry",
            remedy="Give a layer of points, e.g. the centroids of the sites.",
        )
    attributes = layer.drop(columns=[layer.geometry.name, ROW, *(name for name in POSITION if name in layer)])
    table = pd.DataFrame({name: attributes[name].map(_text) for name in attributes}, index=layer.index, dtype=object)
    for name, values in zip(POSITION, (layer.geometry.x, layer.geometry.y), strict=True):
        table[name] = values.where(known, np.nan).map(lambda value: "" if np.isnan(value) else repr(float(value)))
    return table.assign(**{ROW: layer[ROW]}).reset_index(drop=True)


def _text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()
