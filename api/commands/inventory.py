"""check, score: work on one table, without a region."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from api.console import out
from config import load
from config.composite import load_method
from data_pipelines.check import check_file
from hotspots.errors import InputError
from hotspots.quality import COMMON_ISSUES, DatasetQuality
from hotspots.scoring import composite

QUARANTINED = 2
EXAMPLES = 5


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots check facilities.csv --region jamaica --dataset facilities")(check)
    app.command(epilog="Example: hotspots score ces3results.csv --method calenviroscreen3 -o scores.csv")(score)


def check(
    file: Annotated[Path, typer.Argument(help="Inventory to validate, e.g. a CSV of facilities.")],
    region: Annotated[str | None, typer.Option(help="Region whose boundary the positions are held against.")] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Read the file as this dataset of the region, with its column mapping.")
    ] = None,
) -> None:
    """Validate an inventory and print its quality report; exit code 2 if rows would be quarantined."""
    if dataset is not None and region is None:
        raise typer.BadParameter("a dataset belongs to a region: give --region too", param_hint="--dataset")
    area = None if region is None else load.region(region)
    quality = check_file(file, datetime.now(UTC).date(), area, dataset)
    _print_quality(quality)
    if quality.rows_quarantined:
        raise typer.Exit(QUARANTINED)


def score(
    table: Annotated[Path, typer.Argument(help="CSV of indicators, one row a unit.")],
    method: Annotated[str, typer.Option(help="Method file (TOML), or the name of a built-in one.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="CSV to write.")],
) -> None:
    """Apply a composite of indicators to any table."""
    chosen = load_method(method)
    try:
        indicators = pd.read_csv(table)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"cannot be read as CSV: {error}.", source=table, remedy="Save it as UTF-8 CSV.") from error
    scored = composite(indicators, chosen, str(table))
    scored.to_csv(output, index=False)
    out.print(f"Scored {len(scored)} rows by {chosen.title}; wrote {output}", soft_wrap=True)


def _print_quality(quality: DatasetQuality) -> None:
    out.print(
        f"{quality.file}: {quality.rows_in} rows in = {quality.rows_used} used "
        f"+ {quality.rows_quarantined} quarantined",
        soft_wrap=True,
    )
    for (reason, outcome), count in quality.by_reason().items():
        out.print(f"  {reason}: {count} {outcome}. {COMMON_ISSUES[reason]}", soft_wrap=True)
        examples = [issue for issue in quality.issues if (issue.reason, issue.outcome) == (reason, outcome)]
        for issue in examples[:EXAMPLES]:
            out.print(f"    row {issue.row}: {issue.detail}", soft_wrap=True, markup=False)
        if count > EXAMPLES:
            out.print(f"    … and {count - EXAMPLES} more")
