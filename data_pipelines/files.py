"""Files as a whole: what is wrong with one before a single row is looked at."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data_pipelines import workbooks
from hotspots.errors import InputError

ROW = "row"
"""Column of every table read here: the number of the data row in its file, from 1."""

_SNIFF_BYTES = 1024
_WEB_PAGE = (b"<!doctype html", b"<html", b"<head", b"<body")
_VIRTUAL = (b"<vrtdataset", b"<ogrvrt")


@dataclass(frozen=True)
class TextTable:
    """A delimited text file: every value as text, trimmed, with its row number; rows of another length apart."""

    path: Path
    frame: pd.DataFrame
    rows_in: int
    malformed: tuple[int, ...]


def sha256(path: Path) -> str:
    """The SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sound(path: Path) -> Path:
    """``path`` if it is a file with content that is what its name says.

    Raises
    ------
    InputError
        If the file is missing, empty, a web page saved under a data file's name, or a GDAL virtual file, which
        could point anywhere.
    """
    if not path.is_file():
        raise InputError("no such file.", source=path, remedy="Check the dataset's path, or set HOTSPOTS_DATA.")
    with path.open("rb") as stream:
        start = stream.read(_SNIFF_BYTES)
    if not start:
        raise InputError("the file is empty.", source=path, remedy="Download it again.")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_WEB_PAGE) or (text.startswith(b"<?xml") and b"<html" in text):
        raise InputError(
            "the file is a web page, not data: the server answered with an error or log-in page.",
            source=path,
            remedy="Open the download address in a browser, then download the file again.",
        )
    if text.startswith(_VIRTUAL) or (text.startswith(b"<?xml") and any(tag in text for tag in _VIRTUAL)):
        raise InputError(
            "the file is a GDAL virtual dataset that points to other files.",
            source=path,
            remedy="Convert it to a file that holds its own data, e.g. with gdal_translate or ogr2ogr.",
        )
    return path


def read_table(
    path: Path, columns: Iterable[str], encoding: str = "utf-8", delimiter: str = ",", sheet: str | None = None
) -> TextTable:
    """Read a delimited text file (gzip where its name ends in .gz) or a sheet of a workbook; every value is text.

    Raises
    ------
    InputError
        If the file cannot be decoded, is cut off, has no rows, or lacks one of ``columns``.
    """
    rows = _rows(path, encoding, delimiter, sheet)
    if not rows:
        raise InputError("the file has no header.", source=path, remedy="Download it again.")
    header = [name.strip() for name in rows[0]]
    require_columns(path, header, columns)
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise InputError(f"columns stand twice: {', '.join(twice)}.", source=path, remedy="Rename one of them.")
    data = list(enumerate((row for row in rows[1:] if any(value.strip() for value in row)), start=1))
    if not data:
        raise InputError("the file has a header but no rows.", source=path, remedy="Download it again.")
    if len(data[-1][1]) < len(header):
        raise InputError(
            f"the last row has {len(data[-1][1])} of {len(header)} fields: the file is cut off.",
            source=path,
            remedy="Download it again; if it is complete, correct its last row.",
        )
    whole = [(number, row) for number, row in data if len(row) == len(header)]
    frame = pd.DataFrame([[value.strip() for value in row] for _, row in whole], columns=header, dtype=object)
    frame[ROW] = [number for number, _ in whole]
    return TextTable(path, frame, len(data), tuple(number for number, row in data if len(row) != len(header)))


def read_header(path: Path) -> list[str]:
    """The names of the columns of a text file with commas, or of a workbook's only sheet; errors as `read_table`."""
    rows = _rows(path, "utf-8", ",", None)
    return [name.strip() for name in rows[0]] if rows else []


def require_columns(path: Path, present: Iterable[str], wanted: Iterable[str]) -> None:
    """Check that all ``wanted`` columns are ``present``."""
    there = list(present)
    for name in wanted:
        if name not in there:
            raise InputError(
                f"there is no column {name!r}; the file has: {', '.join(there)}.",
                source=path,
                field=name,
                remedy="Name the right column in the dataset's options, or correct the file.",
            )


def _rows(path: Path, encoding: str, delimiter: str, sheet: str | None) -> list[list[str]]:
    sound(path)
    if path.suffix.lower() in workbooks.SUFFIXES:
        return workbooks.sheet_rows(path, sheet)
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        text = content.decode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (EOFError, gzip.BadGzipFile) as error:
        raise InputError(
            f"the compressed file is damaged: {error}.", source=path, remedy="Download it again."
        ) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(
            f"the text is not {encoding}: {error}.",
            source=path,
            field="encoding",
            remedy="Set the dataset's option encoding, e.g. to cp1252 or latin-1.",
        ) from error
    except csv.Error as error:
        raise InputError(
            f"the table is damaged or cut off: {error}.",
            source=path,
            remedy="Download it again, or check the dataset's option delimiter.",
        ) from error
