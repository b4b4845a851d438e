"""The catalogue's database: transactions and migrations, whatever keeps it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from hotspots.errors import EditionError

NEWEST = "0005"
"""The migration this code works with: the head of migrations/versions."""


class Database(ABC):
    """Transactions on one catalogue, and the locks that go with it.

    ``name`` is how errors call it. Locks are named by paths under the store's folder; only files are made of them
    where the catalogue is one itself.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one consistent state and waits for nobody."""
        with self._errors_named(), self._engine.begin() as connection:
            yield connection

    @abstractmethod
    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that holds the one right to write from its beginning."""

    @abstractmethod
    def lock(self, path: Path, *, wait: bool = False) -> AbstractContextManager[None]:
        """Hold the lock named by ``path``, which is free again when its holder ends, however it ends.

        Raises
        ------
        BusyError
            If somebody else holds it and ``wait`` is false.
        """

    @abstractmethod
    def open(self, lock: Path) -> None:
        """Bring the catalogue to the newest layout, from nothing or from any older one, one process at a time.

        Raises
        ------
        EditionError
            If a newer version of this software has written it, or it cannot be reached.
        """

    @abstractmethod
    def copy_to(self, path: Path) -> None:
        """Write the catalogue as of one moment to the new SQLite file ``path``.

        Raises
        ------
        EditionError
            If it is kept in a database server, which has its own means.
        """

    @abstractmethod
    def _errors_named(self) -> AbstractContextManager[None]:
        """Turn the driver's errors into ours."""

    def _revision(self) -> str | None:
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _upgrade(self, revision: str | None) -> None:
        # Alembic takes longer to import than the rest of the store, and is needed only here.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        with self.writing() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
            known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
            if revision is not None and revision not in known:
                raise EditionError(
                    f"was written by a newer version of this software (layout {revision}, this one knows {NEWEST}).",
                    source=self.name,
                    remedy="Upgrade pollution-hotspots, or name another folder in HOTSPOTS_HOME.",
                )
            command.upgrade(config, "head")
