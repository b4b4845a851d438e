"""What became of every load released to rivers, and what reaches drinking-water intakes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.fields.report_tables import INTAKES, WATER_BALANCE
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/water_balance.csv`` and ``report/intakes.csv``; no file of which there is no row."""
    balance = publishable.assessment.water_balance
    for table, rows in ((WATER_BALANCE, balance), (INTAKES, publishable.intakes)):
        if not rows.empty:
            path = folder / "report" / table.file
            write_csv(rows, path)
            yield path
