"""The catalogue in PostgreSQL: many machines over one shared disk.

Advisory locks take the place of file locks, which do not reach from one machine to another on every shared disk. The
server frees them when their connection ends, so a holder that is killed or cut off holds nothing.
"""

from __future__ import annotations

import os
import socket
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import NullPool

from hotspots.editions.database import NEWEST, Database
from hotspots.editions.layout import CATALOGUE_VARIABLE
from hotspots.errors import BusyError, ConfigError, EditionError

DRIVER = "postgresql+psycopg"
EXAMPLE = f"Give {DRIVER}://user@host/name."
WRITE = "write"
CONNECT_TIMEOUT_S = 10
WRITE_TIMEOUT_S = 30
LOCK_NOT_AVAILABLE = "55P03"
_HOLDER = text(
    "SELECT application_name, state_change FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND ((classid::bigint << 32) | objid::bigint) = :key"
)


class PostgresDatabase(Database):
    """Transactions on the catalogue at ``url``, which is that of the one store in ``home``."""

    def __init__(self, url: str, home: Path) -> None:
        checked = _checked(url)
        arguments = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": _own_name()}
        engine = create_engine(checked, connect_args=arguments, isolation_level="REPEATABLE READ", pool_pre_ping=True)
        weakref.finalize(self, engine.dispose)
        super().__init__(engine, checked.render_as_string(hide_password=True))
        self._home = home
        self._locking = create_engine(checked, connect_args=arguments, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the one right to write from its beginning."""
        # Read committed: what is read after the right to write was had is what others have written until then.
        engine = self._engine.execution_options(isolation_level="READ COMMITTED")
        with self._errors_named(), engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{WRITE_TIMEOUT_S}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(WRITE)})
            yield connection

    @contextmanager
    def lock(self, path: Path, *, wait: bool = False) -> Iterator[None]:
        """Hold the advisory lock named by ``path`` on a connection of its own; BusyError if somebody else does."""
        key = {"key": _key(path.relative_to(self._home).as_posix())}
        with self._errors_named():
            connection = self._locking.connect()
        try:
            with self._errors_named():
                if wait:
                    connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
                elif not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
                    holder = connection.execute(_HOLDER, key).scalars().first() or "another process"
                    raise BusyError(
                        f"{path.stem} is being worked on by {holder}.", remedy="Wait until it is finished, or stop it."
                    )
            yield
        finally:
            connection.close()

    def copy_to(self, path: Path) -> None:
        """EditionError: a server's own means copy it as of one moment."""
        raise EditionError(
            "the catalogue is kept in PostgreSQL.",
            source=self.name,
            remedy="Copy the database with pg_dump first, then the folders editions and inputs.",
        )

    def open(self, lock: Path) -> None:
        """Bring the catalogue to the newest layout."""
        with self.lock(lock, wait=True):
            revision = self._revision()
            if revision != NEWEST:
                self._upgrade(revision)

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise BusyError(
                    "another process has been writing for too long.", source=self.name, remedy="Try again."
                ) from error
            raise EditionError(
                f"cannot be used: {str(error.orig).strip()}. What was current stays current.",
                source=self.name,
                remedy=f"Check that the server runs and that {CATALOGUE_VARIABLE} is right.",
            ) from error


def _checked(url: str) -> URL:
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise ConfigError("is no database URL.", field=CATALOGUE_VARIABLE, remedy=EXAMPLE) from error
    if found.drivername != DRIVER:
        raise ConfigError(
            f"{found.drivername!r} keeps no catalogue.",
            field=CATALOGUE_VARIABLE,
            remedy=EXAMPLE,
        )
    if find_spec("psycopg") is None:
        raise ConfigError(
            "needs the PostgreSQL driver.",
            field=CATALOGUE_VARIABLE,
            remedy="Run: pip install 'pollution-hotspots[postgres]'",
        )
    return found


def _own_name() -> str:
    # The server keeps 63 bytes.
    return f"process {os.getpid()} of {socket.gethostname()[:20]} since {datetime.now(UTC):%Y-%m-%d %H:%M}"


def _key(name: str) -> int:
    """The 64 bits that stand for ``name``; positive, so that the two halves in pg_locks put together are it again."""
    return int.from_bytes(sha256(f"hotspots {name}".encode()).digest()[:8]) >> 1
