"""What a refresh tells its user: who was assessed, what was not, what became of the inputs, and the first hotspots."""

from __future__ import annotations

from rich.table import Table

from api.console import columns, cut, out, printable
from hotspots.evidence import COMBINED
from hotspots.quality import DatasetQuality
from hotspots.result import Assessment
from hotspots.statuses import TITLES

HOTSPOTS_SHOWN = 10
UNITS_SHOWN = 2


def print_summary(assessment: Assessment) -> None:
    """Print the summary of ``assessment``, readable on 80 columns."""
    totals = assessment.totals
    out.print(
        f"{printable(assessment.region.title)}: {totals.people:,.0f} people, {totals.people_in_units:,.0f} of them in "
        f"{len(assessment.units)} administrative units; {len(assessment.sources)} sources.",
        style="bold",
    )
    for table in (_status(assessment), _inputs(assessment.quality.datasets), _hotspots(assessment)):
        out.print()
        out.print(table)
    out.print()


def _status(assessment: Assessment) -> Table:
    table = columns("subject", "status", header=False)
    for subject, status in assessment.status.items():
        table.add_row(TITLES[subject], printable(f"{status.state.replace('_', ' ')}: {status.reason}."))
    return table


def _inputs(datasets: tuple[DatasetQuality, ...]) -> Table:
    table = columns("input", "rows", "used", "quarantined", "noticed", numbers=("rows", "used", "quarantined"))
    for part in datasets:
        noticed = "\n".join(f"{reason} {count} {outcome}" for (reason, outcome), count in part.by_reason().items())
        table.add_row(part.dataset, str(part.rows_in), str(part.rows_used), str(part.rows_quarantined), noticed)
    return table


def _hotspots(assessment: Assessment) -> Table:
    combined = assessment.hotspots[assessment.hotspots["dimension"] == COMBINED].head(HOTSPOTS_SHOWN)
    numbers = ("rank", "people", "priority", "share")
    table = columns("rank", "hotspot", "people", "priority", "leading source", "share", numbers=numbers)
    for row in combined.itertuples():
        table.add_row(
            str(row.rank),
            cut(f"{row.name}\n  {shortened(row.units)}"),
            f"{row.people:,.0f}",
            f"{row.priority:.1f}",
            cut(row.top_source),
            f"{row.top_source_share:.0%}" if row.top_source else "",
        )
    return table


def shortened(units: str) -> str:
    """The first of the comma-separated ``units``, and an ellipsis where there are more."""
    names = units.split(", ")
    return ", ".join(names[:UNITS_SHOWN]) + (", …" if len(names) > UNITS_SHOWN else "")
