"""Who contributes how much to each hotspot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.policy import Publishable


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/contributions.csv``: shares sum to 1 for each hotspot and dimension."""
    path = folder / "report" / "contributions.csv"
    order = ["hotspot_id", "dimension", "rank", "contributor_id"]
    write_csv(publishable.contributions.sort_values(order, kind="stable", ignore_index=True), path)
    yield path
