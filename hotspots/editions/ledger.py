"""What must outlive a lost catalogue: consents, withdrawals and the head of the audit, in one file kept elsewhere.

A backup knows what was withdrawn before it was made. The ledger knows what was withdrawn since.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from hotspots.editions.audit import now, write_audit
from hotspots.editions.audit_trail import Link
from hotspots.editions.durable import disk_errors_named, sync, write_synced
from hotspots.editions.tables import AUDIT_CHAIN, CONSENTS, REGIONS, SENSITIVE, TOMBSTONES
from hotspots.errors import EditionError

FORMAT = 1
WITHDRAWN = "of dataset {dataset}, its publication was stopped; refresh the region"
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Ledger:
    """The rows of the tables of consents, of what is sensitive and of tombstones, and the audit's newest row then."""

    head: Link
    consents: Rows
    sensitive: Rows
    tombstones: Rows

    @property
    def withdrawn(self) -> frozenset[tuple[str, str]]:
        """Region and id of each withdrawn edition."""
        return frozenset((row["region"], row["edition"]) for row in self.tombstones)


def ledger_of(connection: Connection) -> Ledger:
    """What the catalogue knows now."""
    chain = connection.execute(select(AUDIT_CHAIN)).one()
    tables = (_rows(connection, table) for table in (CONSENTS, SENSITIVE, TOMBSTONES))
    return Ledger(Link(chain.head, chain.head_sha256), *tables)


def write_ledger(ledger: Ledger, file: Path) -> None:
    """Put ``ledger`` in place of what ``file`` holds, in one rename.

    Raises
    ------
    EditionError
        If the disk does not take it.
    """
    text = json.dumps({"format": FORMAT, **asdict(ledger)}, ensure_ascii=False, indent=1, sort_keys=True)
    own = file.with_name(f".{file.name}-{uuid.uuid4().hex[:8]}")
    with disk_errors_named("writing the ledger", file.parent):
        try:
            write_synced(own, f"{text}\n".encode())
            os.replace(own, file)  # noqa: PTH105
            sync(file.parent)
        finally:
            own.unlink(missing_ok=True)


def read_ledger(file: Path) -> Ledger:
    """The ledger in ``file``.

    Raises
    ------
    EditionError
        If it is none, or of a newer version.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
        version, head = found.pop("format"), Link(**found.pop("head"))
        ledger = Ledger(head, *(tuple(found[name]) for name in ("consents", "sensitive", "tombstones")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EditionError(
            "is no ledger.", source=file, remedy="Name a file that `hotspots policy ledger` wrote."
        ) from error
    if version != FORMAT:
        raise EditionError(f"is of format {version}; this version reads {FORMAT}.", source=file, remedy="Upgrade.")
    return ledger


def take_over(connection: Connection, ledger: Ledger, act: str) -> tuple[str, ...]:
    """Add what the catalogue does not know of ``ledger``, in the caller's transaction; the regions it speaks of.

    Consents keep their numbers; one that was approved since is approved. A tombstone that the ledger does not have
    stays. ``act`` begins the audit's detail.

    Raises
    ------
    EditionError
        If the catalogue has another consent of a number: it went on by itself since the two parted.
    """
    known = {row["number"]: row for row in _rows(connection, CONSENTS)}
    for row in ledger.consents:
        _take_consent(connection, known.get(row["number"]), row)
    if connection.dialect.name == "postgresql":
        # Numbers that were given by hand leave the sequence where it was; a file's catalogue goes on by itself.
        newest = func.max(CONSENTS.c.number)
        connection.execute(select(func.setval(func.pg_get_serial_sequence("consents", "number"), newest)))
    for row in _unknown(connection, SENSITIVE, ledger.sensitive):
        connection.execute(insert(SENSITIVE).values(dict(row)))
    new = _unknown(connection, TOMBSTONES, ledger.tombstones)
    for row in new:
        connection.execute(insert(TOMBSTONES).values(dict(row)))
        current = (REGIONS.c.id == row["region"]) & (REGIONS.c.current == row["edition"])
        values = {"current": None, "stale_reason": WITHDRAWN.format(dataset=row["dataset"]), "stale_since": now()}
        version = REGIONS.c.pointer_version + 1
        connection.execute(update(REGIONS).where(current).values(values | {"pointer_version": version}))
    detail = {"consents": len(ledger.consents) - len(known), "withdrawals": len(new), "ledger": asdict(ledger.head)}
    write_audit(connection, "restore", None, None, f"{act} {json.dumps(detail, sort_keys=True)}")
    return tuple(sorted({row["region"] for row in (*ledger.consents, *ledger.sensitive, *ledger.tombstones)}))


def _take_consent(connection: Connection, known: Mapping[str, Any] | None, row: Mapping[str, Any]) -> None:
    if known is None:
        connection.execute(insert(CONSENTS).values(dict(row)))
        return
    approval = ("approved_at", "approved_by")
    if any(known[name] != row.get(name) for name in known if name not in approval):
        raise EditionError(
            f"its consent {row['number']} is another one than the catalogue's.",
            source="ledger",
            remedy="Record by `hotspots policy set` what the catalogue does not know.",
        )
    if known["approved_at"] is None:
        values = {name: row[name] for name in approval}
        connection.execute(update(CONSENTS).where(CONSENTS.c.number == row["number"]).values(values))


def _unknown(connection: Connection, table: Table, rows: Rows) -> Rows:
    """The ``rows`` whose key the table does not have."""
    keys = [column.name for column in table.primary_key]
    here = {tuple(row[key] for key in keys) for row in _rows(connection, table)}
    return tuple(row for row in rows if tuple(row[key] for key in keys) not in here)


def _rows(connection: Connection, table: Table) -> Rows:
    keys: Sequence[Any] = list(table.primary_key)
    return tuple(dict(row._mapping) for row in connection.execute(select(table).order_by(*keys)))
