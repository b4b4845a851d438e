"""The catalogue in one SQLite file beside the editions: nothing to install, one machine."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool

from hotspots.editions.database import NEWEST, Database
from hotspots.editions.durable import no_space
from hotspots.editions.locks import file_lock
from hotspots.errors import BusyError, EditionError

BUSY_TIMEOUT_MS = 30_000


class SqliteDatabase(Database):
    """Transactions on one catalogue file.

    A connection lives as long as its transaction, so threads and forks share nothing.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(_engine(path), str(path))
        self.path = path

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the one right to write from its beginning (BEGIN IMMEDIATE)."""
        engine = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        with self._errors_named(), engine.begin() as connection:
            yield connection

    def lock(self, path: Path, *, wait: bool = False) -> AbstractContextManager[None]:
        """Hold the lock of the file ``path``; BusyError if somebody else does."""
        return file_lock(path, wait=wait)

    def open(self, lock: Path) -> None:
        """Bring the file to the newest layout, and keep its log."""
        with file_lock(lock, wait=True), self._errors_named():
            revision = self._revision() if self.path.exists() else None
            if revision != NEWEST:
                self._use_write_ahead_log()
                self._upgrade(revision)
        self._keep_log_open()

    def copy_to(self, path: Path) -> None:
        """Write the catalogue as of one moment to the new file ``path``."""
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)

    def _keep_log_open(self) -> None:
        """Hold an idle connection while this object lives.

        The last one to close removes the write-ahead log, and a full disk would keep the next reader from making it
        anew: with one held, what is current stays readable.
        """
        held = sqlite3.connect(self.path, check_same_thread=False)
        held.execute("SELECT 1 FROM sqlite_master").close()
        weakref.finalize(self, held.close)

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
