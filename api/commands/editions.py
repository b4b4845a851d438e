"""editions, rollback, verify, export, map."""

# ruff: noqa: PLC0415  # a command imports what it needs itself, so that `hotspots --help` answers at once

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.console import columns, err, out, printable, say
from hotspots.errors import CorruptEditionError, HotspotsError, NotFoundError

if TYPE_CHECKING:
    from hotspots.editions import Edition, Store

DATA_FOLDERS = ("vectors", "rasters")
FORMATS = ("geojson", "tif", "gpkg", "parquet", "csv")
"""Of layers, the first that a layer has is its default."""

Region = Annotated[str, typer.Argument(help="Region id, e.g. jamaica; `hotspots regions` lists them.")]
MaybeEdition = Annotated[
    str | None,
    typer.Argument(help="Edition id; `hotspots editions` lists them.", show_default="the current one"),
]
EditionOption = Annotated[
    str | None,
    typer.Option("--edition", help="Edition id; `hotspots editions` lists them.", show_default="the current one"),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="File to write.", show_default="named after the edition, in this folder"),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(epilog="Example: hotspots editions jamaica")(editions)
    app.command(epilog="Example: hotspots rollback jamaica 2026-11-21-0123456789ab")(rollback)
    app.command(epilog="Example: hotspots verify jamaica")(verify)
    app.command(epilog="Example: hotspots export jamaica hotspots --tag minamata --format gpkg -o hotspots.gpkg")(
        export
    )
    app.command(
        "map",
        epilog="Example: hotspots map jamaica · hotspots map jamaica --lang fr -o jamaica-fr.html · "
        "hotspots map jamaica --layer priority --layer pm25_increment_ug_m3",
    )(save_map)


def editions(region: Region) -> None:
    """List the editions of a region, newest first."""
    store = store_with(region)
    current = store.region(region).current
    table = columns("edition", "published", "size", "")
    for edition in store.editions(region):
        size = f"{edition.size_bytes / 1e6:.1f} MB"
        table.add_row(edition.id, edition.published_at, size, "current" if edition.id == current else "")
    out.print(table)


def rollback(
    region: Region,
    edition: Annotated[
        str | None, typer.Argument(help="Edition id.", show_default="the one before the current one")
    ] = None,
) -> None:
    """Make an earlier edition current again."""
    from hotspots.editions import PREVIOUS

    moved = store_with(region).rollback(region, edition or PREVIOUS)
    say(f"{region}: {moved.id} is current.")


def verify(region: Region, edition: MaybeEdition = None) -> None:
    """Hash every file of an edition again and compare with its manifest."""
    store = store_with(region)
    chosen = edition or store.region(region).current
    problems = store.verify(region, chosen)
    if chosen is not None and any(problem.kind == "withdrawn" for problem in problems):
        # Which says when and why.
        store.edition(region, chosen)
    for problem in problems:
        err.print(f"{problem.kind}: {printable(problem.path)}", style="red", soft_wrap=True)
    if problems:
        raise CorruptEditionError(
            f"{len(problems)} {'file is' if len(problems) == 1 else 'files are'} not as published.",
            source=f"edition {region}/{chosen}",
            remedy=f"Restore its folder from a backup, or go back with `hotspots rollback {region}`.",
        )
    whole = _edition(store, region, chosen)
    say(f"{region} {whole.id}: {len(whole.manifest.files)} files, all as published.")


def export(
    region: Region,
    layer: Annotated[str, typer.Argument(help="Layer, e.g. hotspots, sources, admin, priority.")],
    file_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="geojson, gpkg, parquet or csv for features; tif for rasters.",
            show_default="by the ending of --output, else geojson for features, tif for rasters",
        ),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            help="Only features that carry this tag, e.g. minamata, sdg_3.9; repeat it for features that carry all.",
            show_default="all features",
        ),
    ] = None,
    output: Output = None,
    edition: EditionOption = None,
) -> None:
    """Copy one layer of an edition to a file."""
    chosen = _edition(store_with(region), region, edition)
    formats = _formats(chosen, layer)
    wanted = file_format or (output.suffix.removeprefix(".") if output else "")
    if not wanted:
        wanted = next(name for name in FORMATS if name in formats)
    if wanted not in formats:
        raise NotFoundError(
            f"there is no {wanted!r} of it.",
            source=f"{region} {chosen.id}",
            field=layer,
            remedy=f"Give --format, one of {', '.join(formats)}.",
        )
    target = output or Path("-".join((region, layer, *(tag or ()), chosen.id)) + f".{wanted}")
    if tag:
        _copy_tagged(chosen, layer, formats[wanted], target, tag)
    else:
        _copy(chosen, formats[wanted], target)


def save_map(
    region: Region,
    lang: Annotated[str, typer.Option(help="Language of the map: ar, zh, en, fr, ru or es.")] = "en",
    layer: Annotated[
        list[str] | None,
        typer.Option(
            help="A raster that can be chosen on the map; repeat it for several.",
            show_default="scores, pressures, people, exposure and clustering",
        ),
    ] = None,
    output: Output = None,
    edition: EditionOption = None,
) -> None:
    """Make the map to e-mail: one HTML file that opens in any browser, without a network.

    It holds what the edition publishes: ranked hotspots with their reasons, sources, units, protected areas, rasters
    with their legends, method, licences and the disclaimer.
    """
    from api.editions import Editions
    from api.i18n import LANGUAGES, language_of
    from api.settings import Settings
    from api.snapshot.naming import snapshot_name
    from api.snapshot.page import page

    if lang not in LANGUAGES:
        raise NotFoundError(f"there is no map in {lang!r}.", field="--lang", remedy=f"Use {', '.join(LANGUAGES)}.")
    store = store_with(region)
    chosen = _edition(store, region, edition)
    text = page(Editions(Settings(store.layout.home)), chosen, language_of(lang), layer or ())
    target = output or Path(snapshot_name(chosen, lang))
    with _writing(target):
        target.write_text(text, encoding="utf-8", newline="\n")
    say(f"Wrote {target}: {len(text.encode()) / 1e6:.1f} MB")


def store_with(region: str) -> Store:
    """The store, if it has ``region``; where no such region is configured either, the error names the likely one."""
    from config import load
    from hotspots.editions import Store

    store = Store()
    if region not in {state.id for state in store.regions()}:
        load.require(region)
    return store


def _edition(store: Store, region: str, edition: str | None) -> Edition:
    return store.current(region) if edition is None else store.edition(region, edition)


def _formats(edition: Edition, layer: str) -> dict[str, str]:
    """The files of ``layer`` by format; NotFoundError, naming the likely layer, if there is none."""
    from config.reading import did_you_mean

    data = [Path(file.path) for file in edition.manifest.files if Path(file.path).parent.name in DATA_FOLDERS]
    data = [path for path in data if path.suffix[1:] in FORMATS]
    found = {path.suffix[1:]: path.as_posix() for path in data if path.stem == layer}
    if not found:
        raise NotFoundError(
            f"there is no layer {layer!r}.",
            source=f"{edition.region} {edition.id}",
            remedy=did_you_mean(layer, sorted({path.stem for path in data}), "layers"),
        )
    return found


def _copy_tagged(edition: Edition, layer: str, path: str, target: Path, tags: list[str]) -> None:
    from data_pipelines.outputs.selection import copy_rows

    table = edition.layer(layer)
    rows = edition.layer(layer, tags).index
    if rows.empty:
        from hotspots.tags import joined, split

        carried = {tag for text in table["tags"] for tag in split(text)}
        raise NotFoundError(
            f"no feature carries {' and '.join(tags)}.",
            source=f"{edition.region} {edition.id}",
            field=layer,
            remedy=f"They carry {joined(carried) or 'no tags'}.",
        )
    with _writing(target):
        copy_rows(edition.path(path), rows.tolist(), target)
    say(f"Wrote {target}: {len(rows)} of {len(table)} features")


def _copy(edition: Edition, path: str, target: Path) -> None:
    with _writing(target):
        shutil.copyfile(edition.path(path), target)
    say(f"Wrote {target}")


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HotspotsError(
            f"cannot be written: {error.strerror}.", source=target, remedy="Name another file with --output."
        ) from error
