"""How much the first hotspots depend on choices of the method."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.fields.report_tables import SENSITIVITY
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/sensitivity.csv``, one row a case."""
    path = folder / "report" / SENSITIVITY.file
    write_csv(publishable.assessment.sensitivity, path)
    yield path
