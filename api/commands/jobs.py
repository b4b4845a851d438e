"""jobs."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.console import columns, cut, out, say

WHOLE = ("job", "kind", "region", "state", "requested", "duration")

if TYPE_CHECKING:
    from hotspots.editions import Job


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots jobs --limit 5")(jobs)


def jobs(
    job: Annotated[str | None, typer.Argument(help="A job's id: tell all about it.", show_default="list jobs")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
) -> None:
    """List refreshes and rollbacks: asked for, running and finished; or one of them with its log."""
    from hotspots.editions import Store

    store = Store()
    if job is not None:
        _tell(store.jobs.get(job))
        return
    table = columns(*WHOLE, "outcome", whole=WHOLE)
    for found in store.jobs.newest(limit):
        outcome = found.outcome or _stage(found)
        table.add_row(
            found.id, found.kind, found.region, found.state, found.requested_at[:16], _duration(found), cut(outcome)
        )
    out.print(table)


def _tell(job: Job) -> None:
    say(f"{job.kind} of {job.region}, asked for by {job.requested_by or 'nobody known'} at {job.requested_at}")
    say(f"{job.state} {_stage(job)} {_duration(job)}".rstrip())
    if job.outcome:
        say(job.outcome)
    for line in job.log.splitlines():
        say(f"  {line}")


def _stage(job: Job) -> str:
    return f"{job.stage} {job.progress} %" if job.stage and job.state == "running" else ""


def _duration(job: Job) -> str:
    return "" if job.duration_s is None else f"{job.duration_s:.0f} s"
