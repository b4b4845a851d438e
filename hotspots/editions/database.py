"""The catalogue's SQLite database: connections, transactions, migrations."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from hotspots.editions.durable import no_space
from hotspots.editions.locks import file_lock
from hotspots.errors import BusyError, EditionError

NEWEST = "0002"
"""The migration this code works with: the head of migrations/versions."""

BUSY_TIMEOUT_MS = 30_000


class Database:
    """Transactions on one catalogue file.

    A connection lives as long as its transaction, so threads and forks share nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _engine(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one consistent state and waits for nobody."""
        with self._errors_named(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the one right to write from its beginning (BEGIN IMMEDIATE)."""
        engine = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        with self._errors_named(), engine.begin() as connection:
            yield connection

    def migrate(self, lock: Path) -> None:
        """Bring the file to the newest layout, from nothing or from any older one, one process at a time.

        Raises
        ------
        EditionError
            If a newer version of this software has written it.
        """
        with file_lock(lock, wait=True), self._errors_named():
            revision = self._revision()
            if revision == NEWEST:
                return
            self._use_write_ahead_log()
            with self.writing() as connection:
                _upgrade(connection, revision, self.path)

    def keep_log_open(self) -> None:
        """Hold an idle connection while this object lives.

        The last one to close removes the write-ahead log, and a full disk would keep the next reader from making it
        anew: with one held, what is current stays readable.
        """
        held = sqlite3.connect(self.path, check_same_thread=False)
        held.execute("SELECT 1 FROM sqlite_master").close()
        weakref.finalize(self, held.close)

    def _revision(self) -> str | None:
        if not self.path.exists():
            return None
        with self.reading() as connection:
            if not connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")).first():
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _use_write_ahead_log(self) -> None:
        with self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA journal_mode=WAL")

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            if "locked" in str(error.orig):
                raise BusyError(
                    "another process has been writing for too long.", source=self.path, remedy="Try again."
                ) from error
            full = no_space(self.path) if "disk" in str(error.orig) else None
            raise EditionError(
                f"cannot be used: {f'{full}; ' if full else ''}{error.orig}. What was current stays current.",
                source=self.path,
                remedy="Free a megabyte on that disk; even reading needs a little."
                if full
                else "Check that the folder is writable and the disk is sound.",
            ) from error
        except DatabaseError as error:
            raise EditionError(
                f"cannot be used: {error.orig}.", source=self.path, remedy="Restore the catalogue from a backup."
            ) from error


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def configure(raw: object, _record: object) -> None:
        # The driver's own transactions begin late and would turn IMMEDIATE into DEFERRED.
        raw.isolation_level = None  # type: ignore[attr-defined]
        for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "synchronous=FULL", "foreign_keys=ON"):
            raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _upgrade(connection: Connection, revision: str | None, path: Path) -> None:
    # Alembic takes longer to import than the rest of the store, and is needed only here.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise EditionError(
            f"was written by a newer version of this software (layout {revision}, this one knows {NEWEST}).",
            source=path,
            remedy="Upgrade pollution-hotspots, or name another folder in HOTSPOTS_HOME.",
        )
    command.upgrade(config, "head")
