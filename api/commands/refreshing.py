"""demo, refresh, regions."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from api.console import columns, cut, err, out, progress, say

if TYPE_CHECKING:
    from api.availability import Availability
    from data_pipelines.refresh import Outcome
    from hotspots.editions import RegionState, Store

BUILT_IN_REGION = "jamaica"
INTERRUPTED = 130
"""As shells count a process that SIGINT ended."""

Region = Annotated[str, typer.Argument(help="Region id, e.g. jamaica; `hotspots regions` lists them.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots demo --no-serve")(demo)
    app.command(epilog="Example: HOTSPOTS_DATA=/data hotspots refresh vietnam")(refresh)
    app.command(epilog="Example: hotspots regions")(regions)


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the map once the edition is there.")] = True,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the map.")] = 8000,
) -> None:
    """Refresh the built-in region and serve its map."""
    from api.commands.service import LOOPBACK, serve_editions
    from api.listening import check_free

    if serve:
        check_free(LOOPBACK, port)
    _run(BUILT_IN_REGION)
    if serve:
        serve_editions(port=port, page=f"/map?region={BUILT_IN_REGION}")


def refresh(
    region: Region,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say what would be fetched, how long it may take, and the room for it."),
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Publish what was computed and checked, or nothing.")
    ] = True,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Compute on a Dask cluster, e.g. tcp://10.0.0.5:8786 (docs/cluster.md)."),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REASON",
            help="Use inputs refused for this reason, e.g. ROWS_HALVED; the edition says so. Repeat it.",
        ),
    ] = None,
    because: Annotated[str, typer.Option(help="Why they are right, for the audit; needed with --accept.")] = "",
) -> None:
    """Recompute a region and publish a new edition; if an input is bad, keep the old edition and say why."""
    if dry_run:
        _plan(region)
    else:
        _run(region, publish, scheduler, accept or [], because)


def regions() -> None:
    """List the configured regions with their current editions, and what keeps one from being refreshed."""
    from api.availability import availability
    from config import load
    from hotspots.editions import Store

    published = {state.id: state for state in Store().regions()}
    configured = {region: availability(region) for region in load.region_ids()}
    table = columns("region", "title", "current edition", "state", whole=("current edition", "state"))
    for region in sorted(configured.keys() | published.keys()):
        table.add_row(*_row(region, configured.get(region), published.get(region)))
    out.print(table)
    for found in configured.values():
        if found.state == "broken":
            say(f"{found.region}: {found.reason}")
    for state in published.values():
        if state.stale_reason:
            say(f"{state.id} is stale since {state.stale_since}: {state.stale_reason}")


def _row(region: str, configured: Availability | None, published: RegionState | None) -> tuple[str | Text, ...]:
    edition = "" if published is None else published.current or ""
    title = configured.title if configured else published.title if published else region
    if configured is None:
        state = "no longer configured"
    elif configured.state == "broken":
        state = "broken, see below"
    elif published is not None and published.stale_reason:
        state = "stale, see below"
    elif configured.state == "no_data":
        state = configured.reason
    else:
        state = "current" if edition else "not refreshed yet"
    return region, cut(title), edition, state


def _plan(region: str) -> None:
    from api.planning import print_plan
    from config import load
    from data_pipelines.fetching.plan import planned
    from hotspots.editions import Store

    store = Store()
    print_plan(region, planned(load.region(region), store), str(store.layout.home))


def _run(
    region: str, publish: bool = True, scheduler: str | None = None, accept: Collection[str] = (), because: str = ""
) -> None:
    from api.summary import print_summary
    from data_pipelines.last_inputs import Acceptance
    from data_pipelines.refresh import refresh as refresh_region
    from hotspots.editions import Store

    store = Store()
    try:
        with progress() as listener:
            accepted = Acceptance(frozenset(accept), because)
            outcome = refresh_region(region, store, listener, publish, scheduler, accept=accepted)
    except KeyboardInterrupt:
        err.print(f"Interrupted. {_what_is_current(store, region)} Finished stages are kept: run it again to go on.")
        raise typer.Exit(INTERRUPTED) from None
    if outcome.assessment is not None:
        print_summary(outcome.assessment)
    say(_verdict(outcome))


def _what_is_current(store: Store, region: str) -> str:
    current = {state.id: state.current for state in store.regions()}.get(region)
    return f"{region}: {current} is current and whole." if current else f"{region} has no edition yet."


def _verdict(outcome: Outcome) -> str:
    if outcome.edition is None:
        return "Nothing was published, as asked."
    if not outcome.changed:
        return f"Nothing changed: {outcome.edition.id} stays current."
    return f"Published {outcome.edition.region} edition {outcome.edition.id} in {outcome.edition.folder}"
