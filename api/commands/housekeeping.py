"""gc, backup, restore."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.console import columns, cut, err, out, say


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots gc --dry-run")(gc)
    app.command(epilog="Example: hotspots backup /backups/2026-11-21")(backup)
    example = "HOTSPOTS_HOME=/srv/new hotspots restore /backups/2026-11-21 --ledger /safe/ledger.json"
    app.command(epilog=f"Example: {example}")(restore)


def gc(
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Editions to keep in every region, besides the current one.",
            show_default="keep_editions of the region's [schedule], else all",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Remove old editions, inputs that nothing needs, what was left half done, and stages not used for 30 days."""
    from data_pipelines.housekeeping import clean
    from hotspots.editions import Store

    found = clean(Store(), keep, dry_run)
    table = columns("what", "name", "size", whole=("what",), numbers=("size",))
    for waste in found:
        table.add_row(waste.kind, cut(waste.name), f"{waste.size_bytes / 1e6:.1f} MB")
    if found:
        out.print(table)
    total = sum(waste.size_bytes for waste in found) / 1e6
    say(f"{'Would free' if dry_run else 'Freed'} {total:.1f} MB in {len(found)} places.")


def backup(target: Annotated[Path, typer.Argument(help="New folder for the backup.")]) -> None:
    """Copy the store as of one moment, also while it is being published to."""
    from hotspots.editions import Store
    from hotspots.editions.backup import back_up

    copied = back_up(Store(), target)
    say(f"Wrote {target}: {copied.editions} editions, {copied.size_bytes / 1e6:.1f} MB with catalogue and inputs.")


def restore(
    source: Annotated[Path, typer.Argument(help="A folder that `hotspots backup` wrote.")],
    ledger: Annotated[
        Path | None,
        typer.Option(help="What `hotspots policy ledger` wrote, or HOTSPOTS_LEDGER names.", show_default=False),
    ] = None,
    no_ledger: Annotated[
        bool, typer.Option("--no-ledger", help="Nothing was withdrawn since, or nobody knows.")
    ] = False,
) -> None:
    """Make the store in HOTSPOTS_HOME, which must have none yet, from a backup; every edition is verified.

    A backup does not know what was withdrawn after it was made: the ledger does.
    """
    from hotspots.editions.backup import restore as restore_to
    from hotspots.editions.layout import Layout, default_home
    from hotspots.editions.ledger import read_ledger
    from hotspots.errors import EditionError

    if (ledger is None) != no_ledger:
        raise EditionError(
            "does not know what was withdrawn after it was made.",
            source=source,
            remedy="Give the newest --ledger FILE, of `hotspots policy ledger` or HOTSPOTS_LEDGER; or --no-ledger.",
        )
    layout = Layout(default_home())
    restored = restore_to(source, layout, None if ledger is None else read_ledger(ledger))
    say(f"Restored {layout.home}: {restored.editions} editions, all as published.")
    if ledger is None:
        err.print(
            "No ledger was given: editions that were withdrawn after this backup was made are PUBLIC AGAIN. Withdraw "
            "them by `hotspots policy apply FILE` or `hotspots policy set` before you serve.",
            soft_wrap=True,
        )
