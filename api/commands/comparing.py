"""compare."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.editions import Region, store_with
from api.console import columns, cut, out, say

if TYPE_CHECKING:
    from hotspots.comparison import Comparison

SHOWN = 10
"""Hotspots of each dimension that the text shows."""


class Form(StrEnum):
    """How the comparison is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots compare jamaica -o difference")(compare)


def compare(
    region: Region,
    before: Annotated[
        str | None,
        typer.Argument(metavar="[A]", help="The earlier edition.", show_default="the one published before B"),
    ] = None,
    after: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The later edition.", show_default="the current one")
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", "-f", help="csv has the table alone, json also what the editions differ in.")
    ] = Form.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for the difference layers: GeoTIFF, GeoJSON, CSV and JSON."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it in the store, so that the map page shows it.")] = False,
) -> None:
    """Say what changed from one edition to another, hotspot by hotspot, and why: pollution, data or method."""
    from data_pipelines.comparing import (
        chosen,
        compare_editions,
        document,
        keep_comparison,
        statements_of,
        table,
        write_comparison,
    )

    store = store_with(region)
    earlier, later = chosen(store, region, before, after)
    comparison = compare_editions(earlier, later)
    form = Form.JSON if as_json else form
    if form is Form.JSON:
        typer.echo(json.dumps(document(comparison), ensure_ascii=False, indent=1))
    elif form is Form.CSV:
        typer.echo(table(comparison).to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        _print(comparison)
    if output is not None:
        for path in write_comparison(comparison, output, statements_of(later)):
            typer.echo(f"Wrote {path}", err=True)
    if keep:
        kept = keep_comparison(store, region, comparison, statements_of(later))
        typer.echo(f"Kept in {kept}: the map page shows it", err=True)


def _print(comparison: Comparison) -> None:
    say(f"From {comparison.before} to {comparison.after}")
    out.print()
    if not comparison.differences:
        say("Pollution, data and method are the same.")
    else:
        listed = columns("differs", "what", "how", whole=("differs",))
        for item in comparison.differences:
            listed.add_row(item.kind, cut(item.what), cut(item.detail))
        out.print(listed)
    rows = comparison.hotspots.to_dict(orient="records")
    for dimension in dict.fromkeys(str(row["dimension"]) for row in rows):
        of_dimension = [row for row in rows if row["dimension"] == dimension]
        changed = [row for row in of_dimension if row["change"] != "same"]
        counts = ", ".join(f"{number} {change}" for change, number in _counts(of_dimension).items())
        out.print()
        say(f"{dimension}: {counts}")
        for row in changed[:SHOWN]:
            say(f"- {row['words']}")
        if len(changed) > SHOWN:
            say(f"  … and {len(changed) - SHOWN} more; --format csv lists all.")


def _counts(rows: list[dict[Any, Any]]) -> dict[str, int]:
    changes = [str(row["change"]) for row in rows]
    return {
        change: changes.count(change) for change in ("same", "changed", "moved", "new", "gone") if change in changes
    }
