"""The catalogue in a real PostgreSQL: many machines over one disk, imitated by several stores and processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError

from hotspots.editions import Store, Unchanged
from hotspots.editions.catalogue import Catalogue
from hotspots.editions.jobs import JobEnd
from hotspots.editions.postgres import PostgresDatabase
from hotspots.editions.recovery import INTERRUPTED
from hotspots.editions.tables import METADATA
from hotspots.errors import BusyError, ConfigError, EditionError, WithdrawnError
from hotspots.scopes import Scope
from tests.hotspots.editions.publishing import WHEN, edition, publish
from tests.hotspots.editions.test_withdrawal import ANN, CLOSED, NONE
from tests.postgres_server import postgres
from tests.serving import served

REGION = "miniature"
LATER = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def url(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database, which the environment names."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS catalogue WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE catalogue"))
    engine.dispose()
    address = server.removesuffix("/postgres") + "/catalogue"
    monkeypatch.setenv("HOTSPOTS_CATALOGUE", address)
    yield address


def hold(home: Path, ready: multiprocessing.synchronize.Event) -> None:
    store = Store(home)
    with store.lock(REGION):
        store.start_job("refresh", REGION)
        ready.set()
        time.sleep(600)


def open_store(home: Path) -> None:
    Store(home).regions()


def test_the_tables_are_those_the_code_uses_and_no_file_is_made(url: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()
    assert not store.layout.catalogue.exists()


def test_editions_jobs_and_keys_as_with_a_file(url: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    first = edition(store, tmp_path / "1", "first")
    second = edition(store, tmp_path / "2", "second", created=WHEN + timedelta(days=1))
    assert store.current(REGION).id == second.id
    assert isinstance(publish(store, tmp_path / "3", "second"), Unchanged)
    assert store.rollback(REGION).id == first.id
    third = edition(store, tmp_path / "4", "third", created=WHEN + timedelta(days=2))
    assert store.retire(REGION, 2) == (first.id,)
    assert [record.id for record in store.editions(REGION)] == [third.id, second.id]
    assert store.verify(REGION) == ()
    store.mark_stale(REGION, "no wind")
    assert store.stale(REGION) is not None
    asked = store.jobs.ask("refresh", REGION, {}, "a test")
    assert store.jobs.ask("refresh", REGION, {}, "a test") == asked
    with store.lock(REGION):
        job = store.start_job("refresh", REGION, asked.id)
        store.jobs.report(job, "read", 50, "half")
        store.jobs.finish(JobEnd(job, "succeeded", "done"))
    assert store.jobs.get(job).state == "succeeded"
    key, secret = store.keys.create("air unit", frozenset({Scope.REFRESH}), LATER)
    assert store.keys.find(secret) is not None
    store.keys.revoke(key.prefix)
    assert store.keys.find(secret) is None
    acts = [row.act for row in store.audit()]
    assert acts[:4] == ["publish", "publish", "unchanged", "rollback"]
    assert acts[-1] == "revoke_key"
    assert store.audit_trail.verify().fault is None
    assert store.audit_trail.retire("2999-01-01", tmp_path / "old.jsonl") == len(acts)
    assert [row.act for row in store.audit()] == ["checkpoint"]
    assert store.audit_trail.verify().fault is None


def test_an_edition_larger_than_two_gigabytes_can_be_recorded(url: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    published = edition(store, tmp_path / "1", "first")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE editions SET size_bytes = 5000000000"))
    engine.dispose()
    assert store.editions(REGION)[0].size_bytes == 5_000_000_000
    assert store.edition(REGION, published.id).id == published.id


def test_the_audit_is_append_only(url: str, tmp_path: Path) -> None:
    edition(Store(tmp_path / "home"), tmp_path / "1", "first")
    engine = create_engine(url)
    for change in ("UPDATE audit SET act = 'none'", "DELETE FROM audit", "TRUNCATE audit"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(change))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE audit SET act = 'none'"))
    engine.dispose()
    assert Store(tmp_path / "home").audit_trail.verify().fault == "row 1 was edited"


def test_a_restored_database_takes_a_ledger_over_and_goes_on(url: str, tmp_path: Path) -> None:
    before = Store(tmp_path / "first", catalogue=f"{url}")
    published = edition(before, tmp_path / "1", "first")
    before.policy.record(CLOSED, ANN, NONE)
    ledger = before.policy.ledger()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    store = Store(tmp_path / "second")
    assert edition(store, tmp_path / "2", "first").id == published.id
    assert store.policy.apply(ledger) == (published.id,)
    with pytest.raises(WithdrawnError):
        store.edition(REGION, published.id)
    assert store.policy.record(replace(CLOSED, dataset="census"), ANN, NONE).number == 2
    assert store.audit_trail.verify(ledger.head.sha256).fault is None


def test_a_pointer_that_moved_meanwhile_is_not_overwritten(url: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    first = edition(store, tmp_path / "1", "first")
    seen = store.region(REGION)
    second = edition(store, tmp_path / "2", "second", created=WHEN + timedelta(days=1))
    catalogue = Catalogue(PostgresDatabase(url, store.layout.home))
    with pytest.raises(EditionError, match="changed by somebody else"):
        catalogue.move_pointer(seen, first.id, "rollback", check=lambda _: None)
    assert store.current(REGION).id == second.id


def test_a_region_is_held_by_one_process_and_free_when_that_is_killed(url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = Store(home)
    edition(store, tmp_path / "1", "first")
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    child = context.Process(target=hold, args=(home, ready))
    child.start()
    try:
        assert ready.wait(120)
        with pytest.raises(BusyError, match=f"region-{REGION} is being worked on by process {child.pid} of .* since"):
            store.rollback(REGION)
        assert [job.state for job in store.jobs.all()] == ["running"]
    finally:
        child.kill()
        child.join()
    end = time.monotonic() + 60
    while [job.outcome for job in store.jobs.all()] != [INTERRUPTED]:
        assert time.monotonic() < end
        store.recover()
    with store.lock(REGION), store.lock(REGION):
        pass


def test_many_processes_may_open_a_new_catalogue_at_once(url: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=open_store, args=(tmp_path / "home",)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4


def test_two_hosts_on_one_disk_serve_a_new_edition_at_once(url: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = Store(home)
    first = edition(writer, tmp_path / "1", "first")
    with served(home) as one, served(home) as two, httpx.Client(trust_env=False) as client:
        for address in (one, two):
            assert client.get(f"{address}/regions/{REGION}").json()["current"] == first.id
        second = edition(writer, tmp_path / "2", "second", created=WHEN + timedelta(days=1))
        for address in (one, two):
            assert client.get(f"{address}/regions/{REGION}").json()["current"] == second.id
            at = client.get(f"{address}/regions/{REGION}/editions/current")
            assert at.status_code == 307
            assert second.id in at.headers["location"]
        writer.rollback(REGION)
        assert {client.get(f"{a}/regions/{REGION}").json()["current"] for a in (one, two)} == {first.id}


def test_a_writer_waits_for_another_and_not_for_ever(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "home")
    monkeypatch.setattr("hotspots.editions.postgres.WRITE_TIMEOUT_S", 1)
    with PostgresDatabase(url, store.layout.home).writing(), pytest.raises(BusyError, match="writing for too long"):
        store.mark_stale(REGION, "no wind")
    store.mark_stale(REGION, "no wind")


@pytest.mark.parametrize(
    ("address", "error", "told"),
    [
        ("mysql://host/name", ConfigError, "HOTSPOTS_CATALOGUE: 'mysql' keeps no catalogue"),
        ("no url", ConfigError, "HOTSPOTS_CATALOGUE: is no database URL"),
        ("postgresql+psycopg://me:secret@127.0.0.1:1/x", EditionError, "127.0.0.1:1/x: cannot be used"),
    ],
)
def test_a_catalogue_that_cannot_be_had(tmp_path: Path, address: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told) as raised:
        Store(tmp_path / "home", catalogue=address)
    assert "secret" not in str(raised.value)
