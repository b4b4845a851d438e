"""The catalogue's layout: from nothing, from every older version, and never from a newer one."""

from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from hotspots.editions import Store, database
from hotspots.editions.sqlite import BUSY_TIMEOUT_MS, SqliteDatabase
from hotspots.editions.tables import METADATA
from hotspots.errors import EditionError

FIXTURES = Path(__file__).parent / "catalogues"


def open_store(home: Path) -> None:
    Store(home).regions()


def test_a_new_catalogue_has_the_tables_the_code_uses(tmp_path: Path) -> None:
    store = Store(tmp_path)
    engine = create_engine(f"sqlite:///{store.layout.catalogue}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_every_transaction_is_durable_and_checks_foreign_keys(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with SqliteDatabase(store.layout.catalogue).writing() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_TIMEOUT_MS


def test_an_empty_file_becomes_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").touch()
    assert Store(tmp_path).regions() == ()


@pytest.mark.parametrize("dump", sorted(FIXTURES.glob("*.sql")), ids=lambda path: path.stem)
def test_an_older_catalogue_keeps_what_it_knows(tmp_path: Path, dump: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection:
        connection.executescript(dump.read_text())
    store = Store(tmp_path)
    (region,) = store.regions()
    assert (region.id, region.title, region.current) == ("miniature", "Miniature", "2026-03-01-0123456789ab")
    assert [record.id for record in store.editions("miniature")] == ["2026-03-01-0123456789ab"]
    assert [row.act for row in store.audit()] == ["publish"]
    assert [job.outcome for job in store.jobs.all()] == ["edition 2026-03-01-0123456789ab"]


def test_there_is_a_fixture_of_every_version() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == database.NEWEST
    assert {script.revision for script in scripts.walk_revisions()} == {path.stem for path in FIXTURES.glob("*.sql")}


def test_a_catalogue_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    Store(tmp_path)
    path = tmp_path / "catalogue.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(EditionError, match=r"newer version .*9999.*Upgrade pollution-hotspots"):
        Store(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_text("<html>this is no database, and is longer than a header</html>" * 20)
    with pytest.raises(EditionError, match=r"catalogue\.sqlite: cannot be used: file is not a database"):
        Store(tmp_path)


def test_a_migration_that_fails_leaves_the_catalogue_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("killed half way")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="half way"):
        patch.setattr("alembic.op.execute", fail)
        Store(tmp_path)
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    assert Store(tmp_path).regions() == ()


def test_many_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    children = [context.Process(target=open_store, args=(tmp_path / "home",)) for _ in range(8)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 8
