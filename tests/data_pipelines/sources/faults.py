"""Faults of files of any format, made for tests: a column renamed, every amount in another unit, half of the rows."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import xarray as xr

Change = Callable[[Path, Path], None]
"""Writes the first file, changed, to the second."""
FACTOR = 1000.0


def columns(path: Path) -> list[str]:
    """The names that a file calls its values by: columns, properties or variables; a raster has none."""
    if path.suffix == ".csv":
        return _rows(path)[0]
    if path.suffix == ".geojson":
        return list(json.loads(path.read_text())["features"][0]["properties"])
    if path.suffix == ".nc":
        with xr.open_dataset(path, engine="h5netcdf") as data:
            return [str(name) for name in (*data.data_vars, *data.coords)]
    return []


def plain(column: str) -> str:
    """A column's name without the number that some publishers write before it."""
    return re.sub(r"^\d+\. ", "", column)


def renamed(names: Collection[str]) -> Change:
    """Some of `columns` under other names."""

    def other(name: str) -> str:
        return f"{name}_new" if name in names else name

    def change(path: Path, copy: Path) -> None:
        if path.suffix == ".csv":
            header, *rows = _rows(path)
            _write(path, copy, [[other(column) for column in header], *rows])
        elif path.suffix == ".geojson":
            _features(path, copy, lambda found: [f | {"properties": _by(f["properties"], other)} for f in found])
        elif path.suffix == ".nc":
            _netcdf(path, copy, lambda data: data.rename({name: other(name) for name in names}))
        else:
            copy.write_bytes(path.read_bytes())

    return change


def scaled(amounts: Collection[str]) -> Change:
    """A thousand times the values: of the columns ``amounts`` in a table, of everything in a raster or NetCDF file."""

    def change(path: Path, copy: Path) -> None:
        if path.suffix == ".csv":
            header, *rows = _rows(path)
            _write(path, copy, [header, *([_times(v, c in amounts) for c, v in zip(header, r)] for r in rows)])  # noqa: B905
        elif path.suffix == ".nc":
            _netcdf(path, copy, _scaled_variables)
        else:
            _raster(path, copy, lambda values, nodata: np.where(values == nodata, values, values * FACTOR))

    return change


def halved(path: Path, copy: Path) -> None:
    """The first half of the times or lines of cells."""
    if path.suffix == ".nc":
        _netcdf(path, copy, _first_half)
    else:
        _raster(path, copy, lambda values, _: values[: len(values) // 2])


def without_rows(numbers: Collection[int]) -> Change:
    """A table or a layer without these rows, counted from 1 without the header."""

    def change(path: Path, copy: Path) -> None:
        if path.suffix == ".geojson":
            _features(path, copy, lambda found: [row for n, row in enumerate(found, start=1) if n not in numbers])
            return
        header, *rows = _rows(path)
        _write(path, copy, [header, *(row for number, row in enumerate(rows, start=1) if number not in numbers)])

    return change


def in_unit(unit: str, column: str | None = None) -> Change:
    """Another word for the unit: in a column of a table, or in the attributes of a NetCDF file's variables."""

    def change(path: Path, copy: Path) -> None:
        if path.suffix == ".nc":
            _netcdf(path, copy, lambda data: data.assign({n: data[n].assign_attrs(units=unit) for n in data.data_vars}))
            return
        header, *rows = _rows(path)
        _write(path, copy, [header, *([unit if c == column and v else v for c, v in zip(header, r)] for r in rows)])  # noqa: B905

    return change


def in_latin_1(path: Path, copy: Path) -> None:
    """A table with a letter that is written in Latin-1, and no UTF-8."""
    copy.write_bytes(path.read_bytes().rstrip(b"\n") + b"\xe9\n")


def row_count(path: Path) -> int:
    """Of a table, without its header, or a layer."""
    if path.suffix == ".geojson":
        return len(json.loads(path.read_text())["features"])
    return len(_rows(path)) - 1


def _rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), delimiter=_delimiter(path)))


def _delimiter(path: Path) -> str:
    header = path.read_text(encoding="utf-8").splitlines()[0]
    return max(",;", key=header.count)


def _write(path: Path, copy: Path, rows: list[list[str]]) -> None:
    with copy.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=_delimiter(path), lineterminator="\n").writerows(rows)


def _times(text: str, amount: bool) -> str:
    try:
        return repr(float(text) * FACTOR) if amount else text
    except ValueError:
        return text


def _by(values: Mapping[str, Any], other: Callable[[str], str]) -> dict[str, Any]:
    return {other(name): value for name, value in values.items()}


def _features(path: Path, copy: Path, change: Callable[[list[Any]], list[Any]]) -> None:
    document = json.loads(path.read_text())
    copy.write_text(json.dumps({**document, "features": change(document["features"])}))


def _netcdf(path: Path, copy: Path, change: Callable[[xr.Dataset], xr.Dataset]) -> None:
    with xr.open_dataset(path, engine="h5netcdf") as file:
        data = change(file.load())
    data.to_netcdf(copy, engine="h5netcdf")


def _scaled_variables(data: xr.Dataset) -> xr.Dataset:
    return data.assign({name: data[name] * FACTOR for name in data.data_vars})


def _first_half(data: xr.Dataset) -> xr.Dataset:
    along = next(iter(data.sizes))
    return data.isel({along: slice(data.sizes[along] // 2)})


def _raster(path: Path, copy: Path, change: Callable[[Any, Any], Any]) -> None:
    with rasterio.open(path) as file:
        profile, values = file.profile, change(file.read(1), file.nodata)
    with rasterio.open(copy, "w", **(profile | {"height": len(values)})) as file:
        file.write(values.astype(profile["dtype"]), 1)
