"""What only holders of the right to read restricted data may read, kept beside the editions and never in them.

``restricted/<region>/<edition>/<countries>/<dataset>/<table>``: countries with hyphens between them, all of which a
reader needs. Whether a file may be read is asked of the catalogue each time, in the transaction that notes the reading
in the audit; what may be read no longer is removed by `purge`.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from hotspots.editions.audit import write_audit
from hotspots.editions.database import Database
from hotspots.editions.durable import files_and_others, make_folder, remove_tree, sync, sync_tree, write_synced
from hotspots.editions.edition import Problem
from hotspots.editions.layout import Layout
from hotspots.errors import CorruptEditionError, NotFoundError
from hotspots.policy.rules import Rules

INDEX = "index.json"


@dataclass(frozen=True)
class RestrictedFile:
    """One file: readers of all ``countries`` may read it while the consents for ``dataset`` say so."""

    path: str
    countries: tuple[str, ...]
    dataset: str
    media_type: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Kept:
    """A file to keep: its name, e.g. ``sources.csv``, and what it holds."""

    countries: tuple[str, ...]
    dataset: str
    name: str
    media_type: str
    data: bytes

    @property
    def path(self) -> str:
        """Where it lies under its edition."""
        return f"{'-'.join(self.countries)}/{self.dataset}/{self.name}"


RulesOf = Callable[[Connection, str], Rules]
"""The rules of a region now, in the caller's transaction."""


class Restricted:
    """The restricted files of one store; ``rules_of`` says what is in force."""

    def __init__(self, database: Database, layout: Layout, rules_of: RulesOf) -> None:
        self._database = database
        self._layout = layout
        self._rules_of = rules_of

    def keep(self, region: str, edition: str, files: Sequence[Kept]) -> None:
        """Keep ``files`` beside an edition in place of what was there. The caller holds the region's lock."""
        if not files:
            self.drop(region, edition)
            return
        aside = self._layout.staging / uuid.uuid4().hex
        for file in files:
            path = aside / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.data)
        self._write_index(aside, [_entry(file) for file in files])
        sync_tree(aside)
        target = self._layout.restricted_edition(region, edition)
        make_folder(target.parent)
        self.drop(region, edition)
        os.rename(aside, target)  # noqa: PTH104
        sync(target.parent)
        with self._database.writing() as connection:
            write_audit(connection, "keep_restricted", region, edition, f"{len(files)} files")
        self.purge(region, ())

    def files(self, region: str, edition: str) -> tuple[RestrictedFile, ...]:
        """What is kept beside an edition and may be read now, by path."""
        known = self._index(self._layout.restricted_edition(region, edition))
        with self._database.reading() as connection:
            rules = self._rules_of(connection, region)
        return tuple(file for file in known if rules.restricted([file.dataset], file.countries))

    def read(self, region: str, edition: str, path: str, reader: str) -> tuple[RestrictedFile, bytes]:
        """A file and what it holds; that ``reader`` read it is in the audit before anybody has a byte.

        Raises
        ------
        NotFoundError
            If there is no such file, or it may not be read now: the two are not told apart.
        CorruptEditionError
            If it does not have the bytes that were kept.
        """
        folder = self._layout.restricted_edition(region, edition)
        found = next((file for file in self._index(folder) if file.path == path), None)
        try:
            data = b"" if found is None else (folder / found.path).read_bytes()
        except FileNotFoundError:
            found = None
        if found is None:
            raise _nothing()
        if hashlib.sha256(data).hexdigest() != found.sha256:
            raise CorruptEditionError("is not what was kept.", source=folder / path, remedy="Refresh the region.")
        with self._database.writing() as connection:
            if not self._rules_of(connection, region).restricted([found.dataset], found.countries):
                raise _nothing()
            write_audit(connection, "read_restricted", region, edition, path, reader)
        return found, data

    def problems(self, region: str, edition: str) -> tuple[Problem, ...]:
        """Where what is kept differs from its index; paths begin with ``restricted/``."""
        folder = self._layout.restricted_edition(region, edition)
        known = {file.path: file for file in self._index(folder)}
        there, others = files_and_others(folder) if folder.is_dir() else ([], [])
        found = [Problem("missing", f"restricted/{path}") for path in known if path not in there]
        for path in (*there, *others):
            if path not in known and path != INDEX:
                found.append(Problem("extra", f"restricted/{path}"))
            elif path in known and hashlib.sha256((folder / path).read_bytes()).hexdigest() != known[path].sha256:
                found.append(Problem("changed", f"restricted/{path}"))
        return tuple(sorted(found, key=lambda problem: problem.path))

    def drop(self, region: str, edition: str) -> None:
        """Remove what is kept beside an edition, by one rename for every reader."""
        folder = self._layout.restricted_edition(region, edition)
        if folder.exists():
            aside = self._layout.staging / uuid.uuid4().hex
            os.rename(folder, aside)  # noqa: PTH104
            remove_tree(aside)

    def purge(self, region: str, gone: Sequence[str]) -> None:
        """Remove what is kept beside the editions ``gone``, and every file that may not be read now."""
        for edition in gone:
            self.drop(region, edition)
        home = self._layout.restricted / region
        for folder in sorted(home.iterdir()) if home.is_dir() else ():
            known, allowed = self._index(folder), self.files(region, folder.name)
            if not allowed:
                self.drop(region, folder.name)
            elif allowed != known:
                self._write_index(folder, allowed)
                for file in set(known) - set(allowed):
                    (folder / file.path).unlink(missing_ok=True)

    def _index(self, folder: Path) -> tuple[RestrictedFile, ...]:
        try:
            rows = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        return tuple(RestrictedFile(**{**row, "countries": tuple(row["countries"])}) for row in rows)

    def _write_index(self, folder: Path, files: Sequence[RestrictedFile]) -> None:
        rows = [asdict(file) for file in sorted(files, key=lambda file: file.path)]
        new = folder / f".{uuid.uuid4().hex}"
        write_synced(new, json.dumps(rows, indent=1).encode())
        os.rename(new, folder / INDEX)  # noqa: PTH104


def _nothing() -> NotFoundError:
    """What whoever asks is told where there is nothing, and where there is something that may not be read."""
    return NotFoundError("there is nothing to read here.", source="restricted data", remedy="See docs/policy.md.")


def _entry(file: Kept) -> RestrictedFile:
    sha256 = hashlib.sha256(file.data).hexdigest()
    return RestrictedFile(file.path, file.countries, file.dataset, file.media_type, sha256, len(file.data))
