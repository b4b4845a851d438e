"""audit: list, verify, export, retire."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.console import columns, cut, out, say
from hotspots.errors import CorruptEditionError

WHOLE = ("number", "at", "act")

audit = typer.Typer(no_args_is_help=True, help="Who did what to the store: a log whose rows are chained by hashes.")

NewFile = Annotated[Path, typer.Option("--output", "-o", help="New file of JSON lines.")]


class TableFormat(StrEnum):
    """How the rows are printed for other programs."""

    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    audit.command("list", epilog="Example: hotspots audit list --since 2026-11-01 --format csv")(show)
    audit.command(epilog="Example: hotspots audit verify --noted 5f1c…")(verify)
    audit.command(epilog="Example: hotspots audit export -o audit.jsonl")(export)
    audit.command(epilog="Example: hotspots audit retire --before 2024-01-01 -o audit-2023.jsonl")(retire)
    app.add_typer(audit, name="audit", epilog="Example: hotspots audit verify")


def show(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC).", show_default="all")
    ] = None,
    form: Annotated[
        TableFormat | None, typer.Option("--format", help="For other programs.", show_default="a table to read")
    ] = None,
) -> None:
    """List what was done, oldest first: when, by whom, what, to which region and edition."""
    from hotspots.editions import AuditRow, Store

    rows = [row for row in Store().audit() if since is None or row.at >= f"{since:%Y-%m-%d}"]
    if form is TableFormat.JSON:
        out.print_json(json.dumps([asdict(row) for row in rows]))
        return
    if form is TableFormat.CSV:
        writer = csv.DictWriter(sys.stdout, list(AuditRow.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
        return
    table = columns(*WHOLE, "actor", "region", "edition", "detail", whole=WHOLE, numbers=("number",))
    for row in rows:
        told = [cut(text or "") for text in (row.actor, row.region, row.edition, row.detail)]
        table.add_row(str(row.number), row.at[:19], row.act, *told)
    out.print(table)


def verify(
    file: Annotated[Path | None, typer.Argument(help="An exported file.", show_default="the store's own audit")] = None,
    noted: Annotated[
        str | None, typer.Option(help="The hash of a row as it was noted earlier: it must still be in the chain.")
    ] = None,
) -> None:
    """Compute every row's hash again; name the first row that was edited or removed."""
    from hotspots.editions import Store
    from hotspots.editions.audit_trail import check_export

    found = Store().audit_trail.verify(noted) if file is None else check_export(file, noted)
    if found.fault is not None:
        raise CorruptEditionError(
            f"{found.fault}.",
            source="audit" if file is None else file,
            remedy="Find out who changed it, and compare with an export or a backup.",
        )
    say(f"The chain of {found.rows} rows holds. Note the last: row {found.last.number}, {found.last.sha256}")


def export(output: NewFile) -> None:
    """Write all rows with their hashes to a file that `hotspots audit verify FILE` checks."""
    from hotspots.editions import Store

    say(f"{output}: {Store().audit_trail.export(output)} rows.")


def retire(
    before: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Rows older than this day (UTC) go.")],
    output: NewFile,
) -> None:
    """Move old rows to a file; a checkpoint row keeps the chain of the others verifiable."""
    from hotspots.editions import Store

    moved = Store().audit_trail.retire(f"{before:%Y-%m-%d}", output)
    say(f"{output}: {moved} rows moved." if moved else "No row is that old.")
