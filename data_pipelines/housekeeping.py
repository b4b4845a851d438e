"""What may go from a store: old editions, inputs that nothing needs, what was left half done, unused stages."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from config import load
from config.catalogue_file import RemoteFile
from data_pipelines.fetching.input_store import ADDRESSES, PARTIAL, InputStore
from hotspots.editions import Store
from hotspots.editions.durable import disk_errors_named, remove_tree

Kind = Literal["edition", "input", "unfinished download", "staging", "stage"]
STAGE_UNUSED_S = 30 * 86_400.0
_CONTENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Waste:
    """Something that may go, or is gone."""

    kind: Kind
    name: str
    size_bytes: int


def clean(store: Store, keep: int | None = None, dry_run: bool = False) -> tuple[Waste, ...]:
    """Remove what nothing needs any more.

    Old editions beyond ``keep`` in each region, or else beyond its file's ``keep_editions``; the current one stays.
    Inputs that no edition left names and no configured region reads. Parts of downloads that no region asks for.
    Staging folders of processes that are gone. Results of stages not used for 30 days.

    Parameters
    ----------
    dry_run:
        Only say what would go.

    Raises
    ------
    BusyError
        If a region is being worked on: its inputs are in use.
    ConfigError
        If a region's file is faulty: what it needs cannot be told.
    """
    wanted = [file for region in load.region_ids() for file in _remote(region)]
    regions = sorted({*load.region_ids(), *(state.id for state in store.regions())})
    with ExitStack() as held, disk_errors_named("clearing up", store.layout.home):
        for region in regions:
            held.enter_context(store.lock(region))
        found = [*_staging(store, dry_run), *_editions(store, keep, dry_run)]
        going = {waste.name for waste in found if waste.kind == "edition"}
        for waste, path in [*_inputs(store, wanted, going), *_parts(store, wanted), *_stages(store)]:
            found.append(waste)
            if not dry_run:
                _remove(path)
    return tuple(found)


def _remove(path: Path) -> None:
    if path.is_dir():
        remove_tree(path)
    else:
        path.unlink(missing_ok=True)


def _remote(region: str) -> Iterator[RemoteFile]:
    for dataset in load.region(region).datasets.values():
        yield from dataset.remote.values()


def _staging(store: Store, dry_run: bool) -> Iterator[Waste]:
    for folder in sorted(store.layout.staging.iterdir()):
        yield Waste("staging", folder.name, _size(folder))
    if not dry_run:
        store.recover()


def _editions(store: Store, keep: int | None, dry_run: bool) -> Iterator[Waste]:
    for state in store.regions():
        kept = keep if keep is not None else _retention(state.id)
        if kept is None:
            continue
        old = [record for record in store.editions(state.id)[kept:] if record.id != state.current]
        for record in old:
            yield Waste("edition", f"{record.region}/{record.id}", record.size_bytes)
        if old and not dry_run:
            store.retire(state.id, kept)


def _retention(region: str) -> int | None:
    schedule = load.schedule(region) if region in load.region_ids() else None
    return None if schedule is None else schedule.keep_editions


def _inputs(store: Store, wanted: Iterable[RemoteFile], going: set[str]) -> Iterator[tuple[Waste, Path]]:
    inputs = InputStore(store.layout.inputs)
    kept = {note.sha256 for file in wanted if (note := inputs.at(file.url))} | _named_by_editions(store, going)
    for folder in sorted(inputs.folder.iterdir()) if inputs.folder.is_dir() else ():
        if _CONTENT.fullmatch(folder.name) and folder.name not in kept:
            yield Waste("input", _names(folder), _size(folder)), folder
    for path in sorted((inputs.folder / ADDRESSES).glob("*.json")):
        note = inputs.noted(path)
        if note is None or note.sha256 not in kept:
            yield Waste("input", f"note of {path.stem}", path.stat().st_size), path


def _named_by_editions(store: Store, going: set[str]) -> set[str]:
    found = set()
    for state in store.regions():
        for record in store.editions(state.id):
            if f"{record.region}/{record.id}" not in going:
                manifest = store.edition(record.region, record.id).manifest
                found |= {file.sha256 for file in manifest.inputs}
                found |= {copy.sha256 for age in manifest.freshness for copy in age.copies}
    return found


def _parts(store: Store, wanted: Iterable[RemoteFile]) -> Iterator[tuple[Waste, Path]]:
    inputs = InputStore(store.layout.inputs)
    asked = {inputs.partial(file).name for file in wanted}
    partial = inputs.folder / PARTIAL
    for folder in sorted(partial.iterdir()) if partial.is_dir() else ():
        if folder.name not in asked:
            yield Waste("unfinished download", folder.name, _size(folder)), folder


def _stages(store: Store) -> Iterator[tuple[Waste, Path]]:
    cache = store.layout.cache
    for path in sorted(cache.iterdir()) if cache.is_dir() else ():
        state = path.stat()
        if time.time() - state.st_mtime > STAGE_UNUSED_S:
            yield Waste("stage", path.name, state.st_size), path


def _names(folder: Path) -> str:
    return ", ".join(sorted(path.name for path in folder.iterdir() if path.is_file())) or folder.name


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
