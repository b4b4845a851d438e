"""The `hotspots` command: assembles the commands and maps errors to exit codes, once."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from api.commands import (
    audit,
    comparing,
    datasets,
    editions,
    housekeeping,
    inventory,
    jobs,
    keys,
    new_region,
    policy,
    refreshing,
    schedule,
    service,
)
from api.console import fail, out
from hotspots.errors import HotspotsError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Pollution hotspot maps: from inventories, people and winds to published editions and a web map.",
    epilog="Settings by environment: HOTSPOTS_HOME (where editions are kept), HOTSPOTS_CONFIG (a folder of further "
    "region files), HOTSPOTS_DATA (root of relative dataset paths). Example: hotspots demo",
)
GROUPS = (
    *(refreshing, service, editions, comparing, inventory),
    *(new_region, datasets, schedule, jobs, keys, housekeeping, audit, policy),
)
for group in GROUPS:
    group.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"hotspots {version('pollution-hotspots')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options that stand before the command."""


def main() -> None:
    """Run the command; a user's error is one message and an exit code of its class, never a traceback."""
    try:
        app()
    except HotspotsError as error:
        fail(str(error))
        sys.exit(error.exit_code)
