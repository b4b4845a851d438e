"""A copy of the store that is of one moment, made while others read and publish, and the way back from it."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hotspots.editions.audit import write_audit
from hotspots.editions.catalogue import Catalogue
from hotspots.editions.durable import disk_errors_named, link_or_copy, make_folder, remove_tree, sync, sync_tree
from hotspots.editions.layout import CATALOGUE_VARIABLE, Layout, default_catalogue
from hotspots.editions.ledger import Ledger, ledger_of, take_over
from hotspots.editions.sqlite import SqliteDatabase
from hotspots.editions.store import Store
from hotspots.errors import CorruptEditionError, EditionError

NOTE = "backup.json"
FORMAT = 1
INPUT_FOLDERS_LEFT_OUT = {"partial"}
_TRIES = 3
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Copied:
    """What a backup or a restored store holds."""

    editions: int
    size_bytes: int


class _GoneError(Exception):
    """An edition was retired while it was being copied."""


def back_up(store: Store, target: Path) -> Copied:
    """Copy ``store`` to the new folder ``target``, which is there as a whole or not at all.

    The catalogue is copied as of one moment, then every edition it names; what is published meanwhile is not part of
    it. On one file system the files of editions and inputs, which never change, are linked and take no space.

    Raises
    ------
    EditionError
        If ``target`` exists, the disk is full, or the catalogue is not kept in the store's folder.
    """
    if target.exists():
        raise EditionError("exists already.", source=target, remedy="Name a new folder for each backup.")
    own = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}")
    with disk_errors_named("the backup", target.parent):
        make_folder(target.parent)
        try:
            copied = _one_moment(store, own)
            sync_tree(own)
            own.rename(target)
            sync(target.parent)
        finally:
            remove_tree(own)
    return copied


def restore(source: Path, layout: Layout, ledger: Ledger | None) -> Copied:
    """Make the store of ``layout`` from a backup, and verify every edition of it.

    A backup does not know what was withdrawn after it was made: ``ledger`` does, and what it withdraws is neither
    served nor kept. With None, it is as if nothing had been withdrawn since. The audit goes on from where the backup
    ends, with a row that says so. The catalogue comes last: a restore that was interrupted has left no store, and is
    run again.

    Raises
    ------
    EditionError
        If ``source`` is no backup of a format known here, there is a store already, or the disk is full.
    CorruptEditionError
        If an edition is not as it was published.
    """
    created = _check_note(source)
    if default_catalogue():
        raise EditionError(
            "would be restored to a file, but the catalogue is to be in a database.",
            source=CATALOGUE_VARIABLE,
            remedy=f"Unset {CATALOGUE_VARIABLE}; a database is restored by its own means.",
        )
    if layout.catalogue.exists():
        raise EditionError(
            "there is a store here already.", source=layout.home, remedy="Move it away, or name another HOTSPOTS_HOME."
        )
    backed_up = Layout(source)
    with disk_errors_named("restoring", layout.home):
        make_folder(layout.home)
        work = layout.home / ".restoring"
        for folder in (work, layout.editions, layout.inputs, layout.remains(), layout.restricted):
            remove_tree(folder)
            if (source / folder.name).is_dir():
                shutil.copytree(source / folder.name, folder)
                sync_tree(folder)
        make_folder(work)
        shutil.copyfile(backed_up.catalogue, work / "copied")
        _bring_up(SqliteDatabase(work / "copied"), work, ledger, created)
        sync(work / "whole")
        (work / "whole").rename(layout.catalogue)
        sync(layout.home)
        remove_tree(work)
    store = Store(layout.home)
    for region in store.regions():
        store.policy.enforce(region.id)
    return _verified(store)


def _bring_up(database: SqliteDatabase, work: Path, ledger: Ledger | None, created: str) -> None:
    """Write to the file ``whole`` in ``work`` the catalogue with the newest layout, and with what the ledger knows."""
    database.open(work / "lock")
    said = f"from the backup of {created},"
    with database.writing() as connection:
        if ledger is None:
            write_audit(connection, "restore", None, None, f"{said} without a ledger")
        else:
            take_over(connection, ledger, f"{said} with a ledger:")
    database.copy_to(work / "whole")


def _one_moment(store: Store, target: Path) -> Copied:
    for _ in range(_TRIES):
        remove_tree(target)
        target.mkdir()
        store.copy_catalogue(Layout(target).catalogue)
        try:
            editions = _copy_editions(store.layout, target)
        except _GoneError:
            continue
        if store.layout.remains().is_dir():
            _link_tree(store.layout.remains(), Layout(target).remains())
        _copy_inputs(store.layout.inputs, target / store.layout.inputs.name)
        note = {"format": FORMAT, "created": datetime.now(UTC).isoformat(timespec="seconds"), "editions": editions}
        (target / NOTE).write_text(json.dumps(note), encoding="utf-8")
        return Copied(editions, sum(path.stat().st_size for path in target.rglob("*") if path.is_file()))
    raise EditionError(
        "editions were removed faster than they could be copied.",
        source=store.layout.home,
        remedy="Back up while no refresh with keep_editions and no `hotspots gc` runs.",
    )


def _copy_editions(layout: Layout, target: Path) -> int:
    """Copy the editions that the catalogue in ``target`` names and nobody withdrew; how many."""
    database = SqliteDatabase(Layout(target).catalogue)
    catalogue = Catalogue(database)
    with database.reading() as connection:
        withdrawn = ledger_of(connection).withdrawn
    named = [record for region in catalogue.regions() for record in catalogue.editions(region.id)]
    records = [record for record in named if (record.region, record.id) not in withdrawn]
    for record in records:
        try:
            _link_tree(layout.edition(record.region, record.id), Layout(target).edition(record.region, record.id))
            in_full = layout.restricted_edition(record.region, record.id)
            if in_full.is_dir():
                _link_tree(in_full, Layout(target).restricted_edition(record.region, record.id))
        except FileNotFoundError as error:
            raise _GoneError from error
    return len(records)


def _copy_inputs(inputs: Path, target: Path) -> None:
    for folder in sorted(inputs.iterdir()) if inputs.is_dir() else ():
        if folder.name not in INPUT_FOLDERS_LEFT_OUT:
            _link_tree(folder, target / folder.name)


def _link_tree(source: Path, target: Path) -> None:
    """The same files at ``target``: linked where they can be, copied elsewhere."""
    shutil.copytree(source, target, copy_function=link_or_copy)


def _check_note(source: Path) -> str:
    """When the backup was made."""
    try:
        note = json.loads((source / NOTE).read_text(encoding="utf-8"))
        found, created = note["format"], str(note["created"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EditionError("is no backup.", source=source, remedy=f"Name a folder that holds {NOTE}.") from error
    if found != FORMAT:
        raise EditionError(
            f"is a backup of format {found}; this version reads {FORMAT}.",
            source=source,
            remedy="Upgrade, then restore.",
        )
    return created


def _verified(store: Store) -> Copied:
    size = count = 0
    for region in store.regions():
        for record in store.editions(region.id):
            problems = [item for item in store.verify(region.id, record.id) if item.kind != _WITHDRAWN]
            if problems:
                raise CorruptEditionError(
                    f"{problems[0].path} is {problems[0].kind} ({len(problems)} such files).",
                    source=f"edition {region.id}/{record.id}",
                    remedy="Restore from another backup.",
                )
            count, size = count + 1, size + record.size_bytes
    return Copied(count, size)
