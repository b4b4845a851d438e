"""The book every adapter keeps of its rows: what was noticed, what was put aside, what was used."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from data_pipelines.files import ROW, TextTable
from hotspots.errors import InputError
from hotspots.quality import COMMON_ISSUES, DatasetQuality, Issue, Outcome

NOT_DEFECTS = frozenset(
    {"OUTSIDE_REGION", "STATUS_EXCLUDED", "AREA_MISSING", "OTHER_YEAR", "OTHER_POLLUTANT", "HEADER_REPEATED"}
)
"""Rows set aside for these reasons are none of the file's faults: another region's or year's rows, or
excluded by method."""


class Ledger:
    """Collects the issues of one dataset. A row may have several; it is quarantined if one of them says so."""

    def __init__(self, dataset: str, path: Path, rows_in: int) -> None:
        self._dataset = dataset
        self._file = path.name
        self._rows_in = rows_in
        self._issues: list[Issue] = []
        self._quarantined: set[int] = set()

    @classmethod
    def of(cls, dataset: str, table: TextTable) -> Ledger:
        """The ledger of a text table; its malformed rows are quarantined at once."""
        ledger = cls(dataset, table.path, table.rows_in)
        ledger.quarantine(table.malformed, "ROW_MALFORMED")
        return ledger

    def flag(self, rows: Iterable[int], reason: str, detail: Iterable[str] | str = "") -> None:
        """Note ``reason`` on ``rows``, which stay in use. ``detail`` is one text for all, or one per row."""
        self._note(rows, reason, "flagged", detail)

    def quarantine(self, rows: Iterable[int], reason: str, detail: Iterable[str] | str = "") -> None:
        """Put ``rows`` aside for ``reason``."""
        numbers = [int(row) for row in rows]
        self._note(numbers, reason, "quarantined", detail)
        self._quarantined.update(numbers)

    def kept(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of ``table`` (with the column of row numbers) that are not quarantined."""
        return table[~table[ROW].isin(self._quarantined)]

    def close(self) -> DatasetQuality:
        """The quality of the dataset, issues in the order of rows."""
        aside = len(self._quarantined)
        issues = tuple(sorted(self._issues, key=lambda issue: (issue.row, issue.reason, issue.detail)))
        return DatasetQuality(self._dataset, self._file, self._rows_in, self._rows_in - aside, aside, issues)

    def _note(self, rows: Iterable[int], reason: str, outcome: Outcome, detail: Iterable[str] | str) -> None:
        if reason not in COMMON_ISSUES:
            raise ValueError(f"{reason} is no reason code of hotspots.quality")
        numbers = [int(row) for row in rows]
        details = [detail] * len(numbers) if isinstance(detail, str) else [str(text) for text in detail]
        self._issues += [
            Issue(self._dataset, self._file, row, reason, outcome, text)
            for row, text in zip(numbers, details, strict=True)
        ]


def defect_share(quality: DatasetQuality) -> float:
    """The share of the rows that are quarantined for a fault, of the rows that are the region's at all."""
    excused = {issue.row for issue in quality.issues if issue.outcome == "quarantined" and issue.reason in NOT_DEFECTS}
    faulty = {
        issue.row for issue in quality.issues if issue.outcome == "quarantined" and issue.reason not in NOT_DEFECTS
    }
    own = quality.rows_in - len(excused - faulty)
    return len(faulty) / own if own else 0.0


def within_limit(quality: DatasetQuality, path: Path, limit: float) -> DatasetQuality:
    """``quality`` if the share of faulty rows is at most ``limit``.

    Raises
    ------
    InputError
        Naming the file, the count of each reason and the remedy.
    """
    share = defect_share(quality)
    if share <= limit:
        return quality
    counts = [
        f"{reason} {count}"
        for (reason, outcome), count in quality.by_reason().items()
        if outcome == "quarantined" and reason not in NOT_DEFECTS
    ]
    raise InputError(
        f"{share:.0%} of the rows cannot be used, more than the dataset's limit of {limit:.0%}: {', '.join(counts)}.",
        source=path,
        remedy="Run `hotspots check` on the file and correct these rows, or raise the dataset's quarantine limit.",
    )
