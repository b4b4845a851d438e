"""Columns in the order and types of the field registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.fields import Field, VectorLayer

_DTYPES: dict[str, str] = {"number": "float64", "integer": "Int64", "boolean": "boolean"}
_ABSENT: dict[str, object] = {"number": np.nan, "integer": pd.NA, "boolean": pd.NA, "text": "", "json": "[]"}


def typed(
    layer: VectorLayer, columns: Mapping[str, object], geometry: Sequence[object] | gpd.GeoSeries, count: int
) -> gpd.GeoDataFrame:
    """A feature table of ``count`` rows with every field of ``layer``; what ``columns`` lacks was not assessed.

    Optional fields that ``columns`` lacks are left out.

    Raises
    ------
    KeyError
        If ``columns`` holds a name that the registry does not know: it would not be published.
    """
    known = {field.name for field in layer.fields}
    unknown = set(columns) - known
    if unknown:
        raise KeyError(f"layer {layer.name} has no field {sorted(unknown)}")
    data = {
        field.name: _column(field, columns, count)
        for field in layer.fields
        if field.name in columns or not field.optional
    }
    return gpd.GeoDataFrame(pd.DataFrame(data), geometry=list(geometry), crs="OGC:CRS84")


def _column(field: Field, columns: Mapping[str, object], count: int) -> pd.Series[Any]:
    values = columns.get(field.name, _ABSENT[field.kind])
    repeated = (
        [values] * count if values is pd.NA or not isinstance(values, Iterable) or isinstance(values, str) else values
    )
    column: pd.Series[Any] = pd.Series(list(repeated), dtype=_DTYPES.get(field.kind, "object"))
    return column
