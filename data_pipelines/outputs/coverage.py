"""How much of all releases the inputs hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.fields.report_tables import COVERAGE
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/coverage.csv``: listed and municipal releases against reported totals, by pollutant and sector."""
    path = folder / "report" / COVERAGE.file
    write_csv(publishable.assessment.coverage, path)
    yield path
