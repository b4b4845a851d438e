"""Whether the audit's chain holds, and how old rows leave it so that it still does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import takewhile
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from hotspots.editions.audit import AuditRow, chained, write_audit
from hotspots.editions.database import Database
from hotspots.editions.durable import disk_errors_named, write_synced
from hotspots.editions.tables import AUDIT, AUDIT_CHAIN
from hotspots.errors import CorruptEditionError, EditionError


@dataclass(frozen=True)
class Link:
    """A place in the chain: a row's number and hash."""

    number: int
    sha256: str


@dataclass(frozen=True)
class ChainCheck:
    """What a check of the chain found: how many rows, the last of them, and the first fault in words or None."""

    rows: int
    last: Link
    fault: str | None


class AuditTrail:
    """The chain of one store's audit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def verify(self, noted: str | None = None) -> ChainCheck:
        """Compute every row's hash anew, from the checkpoint or the first row to the head.

        ``noted`` is a hash that was written down earlier: it must still stand in the chain, which a chain that was
        rewritten as a whole, or cut short, would not hold. A hash that a restore names as the last before it is known.
        """
        with self._database.reading() as connection:
            chain = connection.execute(select(AUDIT_CHAIN)).one()
            rows = _rows(connection)
        found = check_chain(rows, Link(chain.kept_after, chain.kept_after_sha256))
        fault = found.fault or _checkpoint_fault(rows, chain.kept_after, chain.kept_after_sha256)
        if fault is None and found.last != Link(chain.head, chain.head_sha256):
            fault = f"row {found.last.number + 1} was removed, with all after it"
        return ChainCheck(found.rows, found.last, fault or _noted_fault(rows, chain.kept_after_sha256, noted))

    def retire(self, before: str, file: Path) -> int:
        """Move the rows older than ``before`` (ISO 8601 in UTC) to a new ``file`` and chain a checkpoint; how many.

        Raises
        ------
        CorruptEditionError
            If the chain does not hold: then nothing goes.
        EditionError
            If there is such a file, or the disk does not take it.
        """
        if fault := self.verify().fault:
            raise CorruptEditionError(
                f"{fault}; nothing is removed.", source="audit", remedy="Find out who changed the catalogue."
            )
        with self._database.writing() as connection:
            chain = connection.execute(select(AUDIT_CHAIN)).one()
            old = list(takewhile(lambda row: row.at < before, _rows(connection)))
            if not old:
                return 0
            _write_new(file, export_lines(old, chain.kept_after_sha256))
            last = Link(old[-1].number, old[-1].sha256)
            write_audit(connection, "checkpoint", None, None, json.dumps(asdict(last), sort_keys=True))
            # The catalogue's trigger lets rows go only up to the checkpoint.
            connection.execute(update(AUDIT_CHAIN).values(kept_after=last.number, kept_after_sha256=last.sha256))
            connection.execute(delete(AUDIT).where(AUDIT.c.number <= last.number))
        return len(old)

    def export(self, file: Path) -> int:
        """Write all rows to a new ``file``: lines of JSON, oldest first, with their hashes; how many.

        Raises
        ------
        EditionError
            If there is such a file, or the disk does not take it.
        """
        with self._database.reading() as connection:
            chain = connection.execute(select(AUDIT_CHAIN)).one()
            rows = _rows(connection)
        _write_new(file, export_lines(rows, chain.kept_after_sha256))
        return len(rows)


def check_chain(rows: Sequence[AuditRow], start: Link) -> ChainCheck:
    """Whether every one of ``rows`` (oldest first) follows from the one before, the first from ``start``."""
    last = start
    for row in rows:
        if chained(last.sha256, row) != row.sha256:
            gap = row.number > last.number + 1
            fault = f"row {last.number + 1} was removed" if gap else f"row {row.number} was edited"
            return ChainCheck(len(rows), last, fault)
        last = Link(row.number, row.sha256)
    return ChainCheck(len(rows), last, None)


def export_lines(rows: Iterable[AuditRow], previous_sha256: str) -> Iterator[str]:
    """``rows`` as lines of JSON; the first follows ``previous_sha256``."""
    for row in rows:
        yield json.dumps({**asdict(row), "previous_sha256": previous_sha256}, sort_keys=True)
        previous_sha256 = row.sha256


def _write_new(file: Path, lines: Iterable[str]) -> None:
    """Have the disk keep ``lines`` in a file that is not there yet."""
    try:
        with disk_errors_named("exporting the audit", file.parent):
            write_synced(file, "".join(f"{line}\n" for line in lines).encode("ascii"))
    except FileExistsError as error:
        raise EditionError("is there already.", source=file, remedy="Name a new file.") from error
    except FileNotFoundError as error:
        raise EditionError("its folder is missing.", source=file, remedy="Make the folder first.") from error


def check_export(file: Path, noted: str | None = None) -> ChainCheck:
    """Whether the chain of an exported file holds, from its first row on, and has the hash ``noted`` earlier.

    Raises
    ------
    EditionError
        If it is no export of the audit.
    """
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        starts = [Link(line["number"] - 1, line.pop("previous_sha256")) for line in lines]
        rows = [AuditRow(**line) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EditionError(
            "is no export of the audit.", source=file, remedy="Name a file that `hotspots audit export` wrote."
        ) from error
    if not rows:
        raise EditionError("holds no rows.", source=file, remedy="Name a file that `hotspots audit export` wrote.")
    found = check_chain(rows, starts[0])
    return ChainCheck(found.rows, found.last, found.fault or _noted_fault(rows, starts[0].sha256, noted))


def _rows(connection: Connection) -> list[AuditRow]:
    columns = [AUDIT.c[field.name] for field in fields(AuditRow)]
    return [AuditRow(**row._mapping) for row in connection.execute(select(*columns).order_by(AUDIT.c.number))]


def _checkpoint_fault(rows: Sequence[AuditRow], number: int, sha256: str) -> str | None:
    """The rows up to ``number`` may be gone only if a row of the chain says so."""
    said = json.dumps({"number": number, "sha256": sha256}, sort_keys=True)
    if number == 0 or any(row.act == "checkpoint" and row.detail == said for row in rows):
        return None
    return f"row {number} was removed, and no checkpoint says so"


def _noted_fault(rows: Sequence[AuditRow], start_sha256: str, noted: str | None) -> str | None:
    if noted is None or noted in {start_sha256, *(row.sha256 for row in rows)}:
        return None
    restored = [row for row in rows if row.act == "restore"]
    if any(noted in row.detail for row in restored):
        return None
    since = f", or lost where row {restored[-1].number} restored a backup" if restored else ""
    return f"no row has the hash {noted}: the chain was rewritten since it was noted{since}"
