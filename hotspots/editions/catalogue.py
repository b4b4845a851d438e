"""What the store knows about regions, their editions and which of them is current."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hotspots.editions.audit import Act, AuditRow, now, write_audit
from hotspots.editions.database import Database
from hotspots.editions.jobs import JobEnd, finish
from hotspots.editions.tables import AUDIT, EDITIONS, POINTER_HISTORY, REGIONS
from hotspots.errors import EditionError, NotFoundError

Check = Callable[[Connection], None]


@dataclass(frozen=True)
class RegionState:
    """One region of the store. ``stale_reason`` says why its current edition is behind, None if it is not."""

    id: str
    title: str
    current: str | None
    pointer_version: int
    stale_reason: str | None
    stale_since: str | None


@dataclass(frozen=True)
class EditionRecord:
    """One published edition, as the catalogue has it."""

    region: str
    id: str
    published_at: str
    content_sha256: str
    manifest_sha256: str
    size_bytes: int


class Catalogue:
    """Reads and writes of the catalogue, one transaction each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def regions(self) -> tuple[RegionState, ...]:
        """All regions, by id."""
        with self._database.reading() as connection:
            rows = connection.execute(select(REGIONS).order_by(REGIONS.c.id)).all()
        return tuple(RegionState(**_mapping(row)) for row in rows)

    def region(self, region: str) -> RegionState:
        """One region.

        Raises
        ------
        NotFoundError
            If the store has none of this id.
        """
        with self._database.reading() as connection:
            row = connection.execute(select(REGIONS).where(REGIONS.c.id == region)).first()
        if row is None:
            raise NotFoundError(
                f"the store has no region {region!r}.", remedy=f"Run `hotspots refresh {region}` first."
            )
        return RegionState(**_mapping(row))

    def editions(self, region: str) -> tuple[EditionRecord, ...]:
        """All editions of ``region``, newest first; none for an unknown region."""
        columns = [EDITIONS.c[field.name] for field in fields(EditionRecord)]
        query = select(*columns).where(EDITIONS.c.region == region).order_by(EDITIONS.c.number.desc())
        with self._database.reading() as connection:
            return tuple(EditionRecord(**_mapping(row)) for row in connection.execute(query))

    def add_region(self, region: str, title: str) -> RegionState:
        """The region, added or its title brought up to date."""
        with self._database.writing() as connection:
            _add_region(connection, region, title)
        return self.region(region)

    def add_edition(self, record: EditionRecord, act: Act, detail: str) -> None:
        """Register an edition without making it current."""
        with self._database.writing() as connection:
            _add_region(connection, record.region, None)
            _add_edition(connection, record)
            write_audit(connection, act, record.region, record.id, detail)

    def move_pointer(
        self,
        region: RegionState,
        edition: str,
        act: Act,
        *,
        added: EditionRecord | None = None,
        check: Check,
        fresh: bool = True,
        job: JobEnd | None = None,
    ) -> None:
        """Make ``edition`` current, if the pointer still stands where ``region`` says (compare and swap).

        Registers ``added``, takes off the stale mark if ``fresh``, and finishes ``job``, all or nothing. What ``check``
        raises in the transaction stops it all.

        Raises
        ------
        EditionError
            If somebody else has moved the pointer since.
        """
        version = region.pointer_version + 1
        changes: dict[str, Any] = {"current": edition, "pointer_version": version}
        if fresh:
            changes |= {"stale_reason": None, "stale_since": None}
        here = (REGIONS.c.id == region.id) & (REGIONS.c.pointer_version == region.pointer_version)
        with self._database.writing() as connection:
            check(connection)
            if added is not None:
                _add_edition(connection, added)
            if connection.execute(update(REGIONS).where(here).values(changes)).rowcount != 1:
                raise EditionError(
                    "its current edition was changed by somebody else meanwhile.",
                    source=f"region {region.id}",
                    remedy="Look at `hotspots editions`, then try again.",
                )
            history = {"region": region.id, "version": version, "edition": edition, "at": now(), "act": act}
            connection.execute(insert(POINTER_HISTORY).values(history))
            write_audit(connection, act, region.id, edition, f"was {region.current}")
            if job is not None:
                finish(connection, job)

    def keep_pointer(self, region: str, edition: str, job: JobEnd | None, check: Check) -> None:
        """Nothing changed: ``edition`` stays current and is up to date, unless ``check`` raises."""
        with self._database.writing() as connection:
            check(connection)
            _set_stale(connection, region, None)
            write_audit(connection, "unchanged", region, edition, "")
            if job is not None:
                finish(connection, job)

    def set_stale(self, region: str, reason: str | None) -> None:
        """Mark ``region`` stale with ``reason``, or take the mark off (None)."""
        with self._database.writing() as connection:
            _add_region(connection, region, None)
            _set_stale(connection, region, reason)
            write_audit(connection, "mark_stale" if reason else "clear_stale", region, None, reason or "")

    def remove_edition(self, region: str, edition: str, detail: str) -> None:
        """Forget an edition."""
        these = (EDITIONS.c.region == region) & (EDITIONS.c.id == edition)
        with self._database.writing() as connection:
            connection.execute(delete(EDITIONS).where(these))
            write_audit(connection, "retire", region, edition, detail)

    def record(self, act: Act, region: str, edition: str, detail: str) -> None:
        """Write an audit row."""
        with self._database.writing() as connection:
            write_audit(connection, act, region, edition, detail)

    def audit(self) -> tuple[AuditRow, ...]:
        """All audit rows, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(AUDIT).order_by(AUDIT.c.number)).all()
        return tuple(AuditRow(**_mapping(row)) for row in rows)


def _upsert(connection: Connection) -> Any:
    """INSERT with ON CONFLICT, in the words of the catalogue's database."""
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _add_region(connection: Connection, region: str, title: str | None) -> None:
    statement = _upsert(connection)(REGIONS).values(id=region, title=title or region, pointer_version=0)
    if title is None:
        connection.execute(statement.on_conflict_do_nothing())
    else:
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"title": title}))


def _add_edition(connection: Connection, record: EditionRecord) -> None:
    # An edition whose folder was lost is published again under its own id.
    values = asdict(record)
    changed = {name: values[name] for name in ("manifest_sha256", "size_bytes")}
    statement = _upsert(connection)(EDITIONS).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["region", "id"], set_=changed))


def _set_stale(connection: Connection, region: str, reason: str | None) -> None:
    mark = {"stale_reason": reason, "stale_since": now() if reason else None}
    connection.execute(update(REGIONS).where(REGIONS.c.id == region).values(mark))


def _mapping(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)
