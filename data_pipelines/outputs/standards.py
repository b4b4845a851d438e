"""How many people live above which annual standard of ambient air."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.fields.report_tables import STANDARDS
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/standards.csv``: one row a zone, pollutant and standard; no file where no ambient total is known."""
    table = publishable.assessment.standards
    if not table.empty:
        path = folder / "report" / STANDARDS.file
        write_csv(table, path)
        yield path
