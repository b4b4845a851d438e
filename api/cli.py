"""The `hotspots` command: assembles the commands and maps errors to exit codes, once."""

from __future__ import annotations

import sys

import typer

from api.commands import editions, inventory, refreshing, service
from api.console import err
from hotspots.errors import HotspotsError

INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Pollution hotspot maps: from inventories, people and winds to published editions and a web map.",
    epilog="Settings by environment: HOTSPOTS_HOME (where editions are kept), HOTSPOTS_CONFIG (a folder of further "
    "region files), HOTSPOTS_DATA (root of relative dataset paths).",
)
for group in (refreshing, service, editions, inventory):
    group.register(app)


def main() -> None:
    """Run the command; a user's error is one line and an exit code of its class, never a traceback."""
    try:
        app()
    except HotspotsError as error:
        err.print(f"[red]Error:[/] {_plain(error)}", soft_wrap=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        err.print("Interrupted. Finished stages are kept and the current edition is untouched; run it again to go on.")
        sys.exit(INTERRUPTED)


def _plain(error: HotspotsError) -> str:
    """The error's text with what looks like console markup taken literally."""
    return str(error).replace("[", r"\[")
