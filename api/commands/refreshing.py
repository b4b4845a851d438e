"""demo, refresh, regions."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from api.commands.service import serve_editions
from api.console import out, progress
from config import load
from data_pipelines.refresh import Outcome
from data_pipelines.refresh import refresh as refresh_region
from hotspots.editions import Store
from hotspots.evidence import COMBINED
from hotspots.result import Assessment
from hotspots.statuses import TITLES

BUILT_IN_REGION = "jamaica"
SHOWN = 10

Region = Annotated[str, typer.Argument(help="Region id, e.g. jamaica; `hotspots regions` lists them.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots demo --no-serve")(demo)
    app.command(epilog="Example: HOTSPOTS_DATA=/data hotspots refresh vietnam")(refresh)
    app.command(epilog="Example: hotspots regions")(regions)


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the map once the edition is there.")] = True,
    port: Annotated[int, typer.Option(help="Port of the map.")] = 8000,
) -> None:
    """Refresh the built-in region and serve its map."""
    _run(BUILT_IN_REGION, dry_run=False)
    if serve:
        serve_editions(port=port, page=f"/map?region={BUILT_IN_REGION}")


def refresh(
    region: Region,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compute and check everything, publish nothing.")] = False,
) -> None:
    """Recompute a region and publish a new edition; if an input is bad, keep the old edition and say why."""
    _run(region, dry_run)


def regions() -> None:
    """List the configured regions with their current editions."""
    states = {state.id: state for state in Store().regions()}
    table = Table("region", "title", "current edition", "state", box=None)
    for region_id in load.region_ids():
        state = states.get(region_id)
        edition = None if state is None else state.current
        stale = None if state is None else state.stale_reason
        table.add_row(
            region_id,
            load.region(region_id).region.title,
            edition or "",
            f"stale: {stale}" if stale else "current" if edition else "not refreshed yet",
        )
    out.print(table)


def _run(region_id: str, dry_run: bool) -> None:
    with progress() as listener:
        outcome = refresh_region(region_id, Store(), listener, dry_run)
    _print_summary(outcome.assessment)
    out.print(_verdict(outcome))


def _verdict(outcome: Outcome) -> str:
    if outcome.edition is None:
        return "Dry run: nothing was published."
    if not outcome.changed:
        return f"Nothing changed: {outcome.edition.id} stays current."
    return f"Published {outcome.edition.region} edition {outcome.edition.id} in {outcome.edition.folder}"


def _print_summary(assessment: Assessment) -> None:
    totals = assessment.totals
    out.print(
        f"[bold]{assessment.region.title}[/]: {totals.people:,.0f} people, {totals.people_in_units:,.0f} of them in "
        f"{len(assessment.units)} administrative units; {len(assessment.sources)} sources."
    )
    for subject, status in assessment.status.items():
        out.print(f"  {TITLES[subject]}: {status.state.replace('_', ' ')}. {status.reason}.", soft_wrap=True)
    for part in assessment.quality.datasets:
        counts = ", ".join(f"{reason} {n} {outcome}" for (reason, outcome), n in part.by_reason().items())
        line = f"  {part.dataset}: {part.rows_in} rows in, {part.rows_used} used, {part.rows_quarantined} quarantined"
        out.print(line + (f" ({counts})" if counts else ""), soft_wrap=True)
    combined = assessment.hotspots[assessment.hotspots["dimension"] == COMBINED].head(SHOWN)
    table = Table("rank", "hotspot", "people", "priority", "leading source", "share", box=None)
    for row in combined.itertuples():
        share = f"{row.top_source_share:.0%}" if row.top_source else ""
        table.add_row(
            str(row.rank),
            f"{row.name} ({row.units})",
            f"{row.people:,.0f}",
            f"{row.priority:.1f}",
            row.top_source,
            share,
        )
    out.print(table)
