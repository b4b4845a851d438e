"""CSV that a spreadsheet opens as it is: UTF-8 with a byte order mark, RFC 4180, no cell that runs as a formula."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from data_pipelines.outputs.features import DECIMALS, published_table
from hotspots.policy import Publishable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take text for a formula (OWASP, CSV injection)."""


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``vectors/<layer>.csv`` of every published feature table; ``lon`` and ``lat`` lie inside the feature."""
    for layer in publishable.vector_layers.values():
        path = folder / "vectors" / f"{layer.name}.csv"
        table = published_table(publishable, layer)
        points = table.geometry.representative_point()
        plain = pd.DataFrame(table.drop(columns="geometry"))
        write_csv(plain.assign(lon=points.x.round(DECIMALS), lat=points.y.round(DECIMALS)), path)
        yield path


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """``table`` as CSV; booleans as true and false, missing values as empty cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text(table))


def csv_text(table: pd.DataFrame) -> bytes:
    """The bytes of ``table`` as CSV."""
    guarded = table.apply(lambda column: column.map(_cell) if _needs_care(column) else column)
    return str(guarded.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def _needs_care(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column) or isinstance(column.dtype, pd.BooleanDtype | pd.StringDtype)


def _cell(value: object) -> object:
    """Text that would run as a formula gets a leading apostrophe, which a spreadsheet does not show."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
