"""schedule: run, show."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.console import columns, err, out, printable

schedule = typer.Typer(no_args_is_help=True, help="Refresh regions at their times, and run queued jobs.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    schedule.command(epilog="Example: hotspots schedule run --parallel 2")(run)
    schedule.command(epilog="Example: hotspots schedule show")(show)
    app.add_typer(schedule, name="schedule", epilog="Example: hotspots schedule run")


def run(
    once: Annotated[
        bool, typer.Option("--once", help="End when nothing is due or queued: for cron and timers.")
    ] = False,
    parallel: Annotated[int, typer.Option(min=1, help="How many regions may be refreshed at once.")] = 1,
) -> None:
    """Run jobs until stopped (Ctrl-C, SIGTERM): those queued, and regions whose time has come.

    A second one says that the first is at work, and ends with exit code 10.
    """
    from data_pipelines.schedule import Options
    from data_pipelines.schedule import run as run_schedule
    from hotspots.editions import Store

    stop = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: stop.set())
    run_schedule(Store(), Options(parallel), _tell, stop, once)


def show() -> None:
    """List the regions that have a schedule, and when each is refreshed next."""
    from data_pipelines.schedule import schedules, upcoming
    from hotspots.editions import Store

    known = schedules(_tell)
    now = datetime.now(UTC)
    table = columns("region", "schedule", "time zone", "next (UTC)", whole=("region", "schedule", "next (UTC)"))
    for region, at in upcoming(Store(), known, now).items():
        when = "under way" if at is None else "now" if at <= now else f"{at:%Y-%m-%d %H:%M}"
        table.add_row(region, known[region].cron, known[region].time_zone, when)
    out.print(table)


def _tell(text: str) -> None:
    err.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {printable(text)}", soft_wrap=True)
