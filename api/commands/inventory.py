"""check, score: work on one table, without a region."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.console import say
from hotspots.errors import HotspotsError, InputError

if TYPE_CHECKING:
    import pandas as pd

    from config.region_file import RegionConfig
    from hotspots.input_profile import DatasetProfile
    from hotspots.quality import DatasetQuality

QUARANTINED = 11
EXAMPLES = 5


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots check facilities.csv --region jamaica --dataset facilities")(check)
    app.command(epilog="Example: hotspots score ces3results.csv --method calenviroscreen3 -o scores.csv")(score)


def check(
    file: Annotated[Path, typer.Argument(help="Inventory to validate, e.g. a CSV of facilities.")],
    region: Annotated[
        str | None, typer.Option(help="Region whose boundary the positions are held against.", show_default="none")
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            help="Read the file as this dataset of the region, with its column mapping.",
            show_default="recognised by its columns",
        ),
    ] = None,
) -> None:
    """Validate an inventory and print its quality report; exit code 11 if rows would be quarantined.

    As a dataset of a region it is also held against published totals and the inputs of the region's current edition, as
    a refresh does; exit code 11, too, if it would be refused.
    """
    from config import load
    from data_pipelines.check import check_file, columns_not_used
    from data_pipelines.fetching.fetch import kept_files
    from hotspots.editions import Store

    if dataset is not None and region is None:
        raise typer.BadParameter("a dataset belongs to a region: give --region too", param_hint="--dataset")
    area = None if region is None else kept_files(load.region(region), Store())
    checked = check_file(file, datetime.now(UTC).date(), area, dataset)
    _print_quality(checked.quality)
    refused = _print_findings(checked.profile, area, dataset)
    if dataset is None and (unused := columns_not_used(file)):
        say(f"Columns not used: {', '.join(unused)}.")
        say(
            "  To use them, map them in a region's file and check with `--region R --dataset D`; "
            "docs/configuration.md says how."
        )
    if checked.quality.rows_quarantined or refused:
        raise typer.Exit(QUARANTINED)


def score(
    table: Annotated[Path, typer.Argument(help="CSV of indicators, one row a unit.")],
    method: Annotated[str, typer.Option(help="Method file (TOML), or the name of a built-in one: calenviroscreen3.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="CSV to write.")],
) -> None:
    """Apply a composite of indicators to any table."""
    from config.composite import load_method
    from hotspots.scoring import composite

    chosen = load_method(method)
    scored = composite(_indicators(table, chosen.indicators), chosen, str(table))
    try:
        scored.to_csv(output, index=False)
    except OSError as error:
        raise HotspotsError(
            f"cannot be written: {error.strerror or error}.", source=output, remedy="Name another file with --output."
        ) from error
    say(f"Scored {len(scored)} rows by {chosen.title}; wrote {output}")


def _indicators(table: Path, indicators: Collection[str]) -> pd.DataFrame:
    """The table as text, so that codes keep their leading zeros; what means missing in an indicator is empty."""
    import pandas as pd

    from data_pipelines.validation import MISSING_TEXT

    try:
        frame = pd.read_csv(table, dtype="str", keep_default_na=False)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}.", source=table, remedy="Check the path."
        ) from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"is no CSV table: {error}.", source=table, remedy="Save it as UTF-8 CSV.") from error
    for name in frame.columns.intersection(list(indicators)):
        frame[name] = frame[name].mask(frame[name].str.strip().str.lower().isin(MISSING_TEXT))
    return frame


def _print_findings(profile: DatasetProfile, region: RegionConfig | None, dataset: str | None) -> bool:
    """Say what a refresh would refuse the file for; whether there is anything."""
    from data_pipelines.last_inputs import last_inputs
    from hotspots.editions import Store
    from hotspots.input_profile import REASONS, REMEDIES, suspect

    if region is None or dataset is None:
        found = suspect(profile, None, ())
    else:
        last = last_inputs(Store(), region.region.id)
        found = suspect(profile, last.profiles.get(dataset), region.region.published_totals)
        if dataset not in last.profiles:
            say(f"  The current edition of {region.region.id} has nothing to compare {dataset} with.")
    for item in found:
        say(f"  {item.reason}: {item.detail}. {REASONS[item.reason]} {REMEDIES[item.reason]}")
    return bool(found)


def _print_quality(quality: DatasetQuality) -> None:
    from hotspots.quality import COMMON_ISSUES

    say(
        f"{quality.file}: {quality.rows_in} rows in = {quality.rows_used} used + {quality.rows_quarantined} quarantined"
    )
    for (reason, outcome), count in quality.by_reason().items():
        say(f"  {reason}: {count} {outcome}. {COMMON_ISSUES[reason]}")
        examples = [issue for issue in quality.issues if (issue.reason, issue.outcome) == (reason, outcome)]
        for issue in examples[:EXAMPLES]:
            detail = f": {issue.detail}" if issue.detail.strip(" ,") else ""
            say(f"    row {issue.row}{detail}")
        if count > EXAMPLES:
            say(f"    … and {count - EXAMPLES} more")
    if quality.issues:
        say("  Rows are counted from 1 without the header.")
