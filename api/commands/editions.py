"""editions, rollback, verify, export, map."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.console import err, out
from hotspots.editions import PREVIOUS, Edition, Store
from hotspots.errors import CorruptEditionError, NotFoundError

Region = Annotated[str, typer.Argument(help="Region id, e.g. jamaica.")]
MaybeEdition = Annotated[str | None, typer.Argument(help="Edition id; the current one if left out.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write; named after the edition if left out.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots editions jamaica")(editions)
    app.command(epilog="Example: hotspots rollback jamaica 2026-11-21-0123456789ab")(rollback)
    app.command(epilog="Example: hotspots verify jamaica")(verify)
    app.command(epilog="Example: hotspots export jamaica hotspots --format geojson -o hotspots.geojson")(export)
    app.command("map", epilog="Example: hotspots map jamaica -o jamaica.html")(save_map)


def editions(region: Region) -> None:
    """List the editions of a region, newest first."""
    store = Store()
    current = store.region(region).current
    table = Table("edition", "published", "size", "", box=None)
    for edition in store.editions(region):
        table.add_row(
            edition.id,
            edition.published_at,
            f"{edition.size_bytes / 1e6:.1f} MB",
            "current" if edition.id == current else "",
        )
    out.print(table)


def rollback(region: Region, edition: MaybeEdition = None) -> None:
    """Make an earlier edition current again; the one before the current if none is named."""
    moved = Store().rollback(region, edition or PREVIOUS)
    out.print(f"{region}: {moved.id} is current.")


def verify(region: Region, edition: MaybeEdition = None) -> None:
    """Hash every file of an edition again and compare with its manifest."""
    store = Store()
    chosen = _edition(store, region, edition)
    problems = store.verify(region, chosen.id)
    for problem in problems:
        err.print(f"[red]{problem.kind}[/] {problem.path}", soft_wrap=True)
    if problems:
        raise CorruptEditionError(
            f"{len(problems)} of {len(chosen.manifest.files)} files are not what the manifest states.",
            source=f"{region} {chosen.id}",
            remedy="Restore the edition from a backup, or roll back and refresh.",
        )
    out.print(f"{region} {chosen.id}: {len(chosen.manifest.files)} files, all as published.")


def export(
    region: Region,
    layer: Annotated[str, typer.Argument(help="Layer, e.g. hotspots, sources, admin, priority.")],
    file_format: Annotated[
        str, typer.Option("--format", "-f", help="geojson, gpkg, parquet or csv for features; tif for rasters.")
    ] = "geojson",
    output: Output = None,
    edition: Annotated[str | None, typer.Option(help="Edition id; the current one if left out.")] = None,
) -> None:
    """Copy one layer of an edition to a file."""
    chosen = _edition(Store(), region, edition)
    candidates = {
        file.path: file
        for file in chosen.manifest.files
        if Path(file.path).parent.name in {"vectors", "rasters"} and Path(file.path).suffix != ".qml"
    }
    wanted = next((p for p in candidates if Path(p).name == f"{layer}.{file_format}"), None)
    if wanted is None:
        raise NotFoundError(
            f"there is no {layer}.{file_format}.",
            source=f"{region} {chosen.id}",
            remedy="Choose one of " + ", ".join(sorted(Path(path).name for path in candidates)) + ".",
        )
    target = output or Path(f"{region}-{layer}-{chosen.id}.{file_format}")
    _copy(chosen, wanted, target)


def save_map(region: Region, output: Output = None, edition: MaybeEdition = None) -> None:
    """Copy the offline map of an edition to a file that any browser opens."""
    chosen = _edition(Store(), region, edition)
    _copy(chosen, "map.html", output or Path(f"{region}-{chosen.id}.html"))


def _edition(store: Store, region: str, edition: str | None) -> Edition:
    return store.current(region) if edition is None else store.edition(region, edition)


def _copy(edition: Edition, path: str, target: Path) -> None:
    shutil.copyfile(edition.path(path), target)
    out.print(f"Wrote {target}", soft_wrap=True)
