"""Sheets of spreadsheet files as rows of text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

from hotspots.errors import InputError

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
"""The formats, by the end of a file's name."""

Cell = int | float | str | bool | time | date | datetime | timedelta


def sheet_rows(path: Path, sheet: str | None = None) -> list[list[str]]:
    """The cells of one sheet as text, from the first row that holds anything; columns without a name are left out.

    Numbers are written as short as they can be read back, days as ``2020-01-31``.

    Raises
    ------
    InputError
        If the file is no spreadsheet, has no sheet of that name, or has several and none is named.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            rows = book.get_sheet_by_name(sheet or _only_sheet(path, book)).to_python()
    except WorksheetNotFound as error:
        raise InputError(
            f"there is no sheet {sheet!r}.", source=path, field="sheet", remedy="Name it in the dataset's option sheet."
        ) from error
    except CalamineError as error:
        raise InputError(
            f"the file cannot be read as a spreadsheet: {error}.",
            source=path,
            remedy="Open it, save it again as .xlsx without a password, or as CSV.",
        ) from error
    filled = [[_text(cell) for cell in row] for row in rows]
    filled = filled[next((index for index, row in enumerate(filled) if any(row)), len(filled)) :]
    if not filled:
        raise InputError("the sheet is empty.", source=path, field="sheet", remedy="Name another in the option sheet.")
    return _named_columns(path, filled)


def _only_sheet(path: Path, book: CalamineWorkbook) -> str:
    if len(book.sheet_names) != 1:
        raise InputError(
            f"the file has {len(book.sheet_names)} sheets: {', '.join(book.sheet_names)}.",
            source=path,
            field="sheet",
            remedy="Name one in the dataset's option sheet.",
        )
    return book.sheet_names[0]


def _named_columns(path: Path, rows: list[list[str]]) -> list[list[str]]:
    """The rows without the empty columns at their ends."""
    named = [index for index, name in enumerate(rows[0]) if name]
    nameless = [index for index, name in enumerate(rows[0]) if not name and any(row[index] for row in rows[1:])]
    if nameless:
        raise InputError(
            f"column {nameless[0] + 1} holds values and has no name in the first row.",
            source=path,
            field=f"column {nameless[0] + 1}",
            remedy="Write the names of the columns into the first row, and notes into another sheet.",
        )
    return [[row[index] for index in named] for row in rows]


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat().removesuffix("T00:00:00")
    return str(cell).strip()
