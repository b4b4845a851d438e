"""datasets: the catalogue of datasets, and what of it is here."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.console import columns, cut, out, say

if TYPE_CHECKING:
    from data_pipelines.fetching.listing import Listed

MAY = {"raw": "as it is", "derived": "derived only", "none": "nothing"}
"""What the licence allows to be re-published."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The datasets that regions can take their inputs from, and what of them is here.")
    group.callback(invoke_without_command=True, epilog="Example: hotspots datasets")(datasets)
    group.command(epilog="Example: hotspots datasets show worldpop_population")(show)
    app.add_typer(group, name="datasets")


def datasets(context: typer.Context) -> None:
    """The datasets that regions can take their inputs from, and what of them is here."""
    if context.invoked_subcommand is not None:
        return
    table = columns("dataset", "title", "licence", "re-publish", "state", "regions", whole=("dataset", "state"))
    for item in _listed():
        entry = item.dataset.entry
        table.add_row(
            item.dataset.id,
            cut(item.dataset.title({})),
            cut(entry.licence),
            MAY[entry.redistribution],
            _state(item),
            ", ".join(item.regions),
        )
    out.print(table)


def show(dataset: Annotated[str, typer.Argument(help="Dataset id; `hotspots datasets` lists them.")]) -> None:
    """One dataset: publisher, licence, citation, parameters, addresses, and the copies that are here."""
    from config import catalogue

    entry = catalogue.catalogued(dataset).entry
    (item,) = [found for found in _listed() if found.dataset.id == dataset]
    say(f"{dataset}: {item.dataset.title({})}")
    for name in ("publisher", "contact", "url", "licence", "citation", "version", "year", "adapter", "format"):
        if (value := getattr(entry, name)) is not None:
            say(f"  {name}: {value}")
    say(f"  may be re-published: {MAY[entry.redistribution]}")
    say(f"  renewed: {entry.frequency}; quality {entry.quality}")
    if entry.credentials:
        say(f"  token: in the environment variable {entry.credentials}")
    if entry.obtain:
        say(f"  how to get it: {entry.obtain}")
    for name, parameter in entry.parameters.items():
        default = "" if parameter.default is None else "; has a default"
        say(f"  parameter {name}: {parameter.meaning}{default}")
    for file in entry.files:
        say(f"  file {file.name}: {file.url}" + (f", {file.member} in it" if file.member else ""))
    say(f"  regions: {', '.join(item.regions) or 'none'}")
    say(f"  state: {_state(item)}")
    for copy in item.kept:
        say(
            f"    {copy.saved_as}: {copy.size_bytes / 1e6:.1f} MB, retrieved {copy.retrieved}, "
            f"newest as of {copy.checked}, sha256 {copy.sha256}"
        )


def _listed() -> tuple[Listed, ...]:
    from data_pipelines.fetching.input_store import InputStore
    from data_pipelines.fetching.listing import listed
    from hotspots.editions.layout import Layout, default_home

    return listed(InputStore(Layout(default_home()).inputs))


def _state(item: Listed) -> str:
    if not item.dataset.entry.files:
        return "by hand"
    if not item.kept:
        return "not downloaded"
    oldest = min(datetime.fromisoformat(copy.retrieved) for copy in item.kept)
    days = (datetime.now(UTC) - oldest).days
    some = "" if len(item.kept) == item.files else f"{len(item.kept)} of {item.files} files, "
    return f"{some}{item.size_bytes / 1e6:.1f} MB, {oldest:%Y-%m-%d} ({days} {'day' if days == 1 else 'days'} old)"
