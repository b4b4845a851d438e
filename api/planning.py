"""What `hotspots refresh --dry-run` prints."""

from __future__ import annotations

from api.console import columns, cut, out, say
from data_pipelines.fetching.plan import Plan
from hotspots.errors import EditionError


def print_plan(region: str, plan: Plan, home: str) -> None:
    """Print what a refresh would fetch, how long it may take and what room it needs; EditionError if there is none."""
    if plan.files:
        table = columns("dataset", "file", "state", "size", whole=("dataset", "state"), numbers=("size",))
        for item in plan.files:
            table.add_row(item.dataset, cut(item.file.saved_as), item.state, _size(item.size_bytes))
        out.print(table)
    count = sum(item.state == "download" for item in plan.files)
    unknown = f", {plan.of_unknown_size} of unknown size" if plan.of_unknown_size else ""
    say(f"{region}: would download {count} of {len(plan.files)} files, {_size(plan.download_bytes)}{unknown}.")
    say(f"Time: {_time(plan)}")
    room = f"about {_size(plan.needed_bytes)} needed, {_size(plan.free_bytes)} free in {home}"
    if plan.needed_bytes > plan.free_bytes:
        raise EditionError(
            f"{room}: not enough.", source=region, remedy="Free space; `hotspots gc --dry-run` says where."
        )
    say(f"Disk: {room}: enough{' but for what is of unknown size' if plan.of_unknown_size else ''}.")
    say("Dry run: nothing was downloaded, computed or published.")


def _time(plan: Plan) -> str:
    if plan.last is None or plan.last.duration_s is None:
        return "not known before the first refresh."
    return f"the last refresh took {plan.last.duration_s:.0f} s with its downloads, ended {plan.last.finished_at}."


def _size(amount: int | None) -> str:
    if amount is None:
        return "unknown"
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= factor:
            return f"{amount / factor:.1f} {unit}"
    return f"{amount} B"
