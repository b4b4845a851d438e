"""API keys: shown once, kept hashed, of use until they expire or are revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from hotspots.editions import Store
from hotspots.editions.sqlite import SqliteDatabase
from hotspots.editions.tables import KEYS
from hotspots.errors import EditionError, NotFoundError
from hotspots.scopes import Scope

LATER = datetime(2999, 1, 1, tzinfo=UTC)
REFRESH = frozenset({Scope.REFRESH})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def set_column(store: Store, **values: str) -> None:
    with SqliteDatabase(store.layout.catalogue).writing() as connection:
        connection.execute(update(KEYS).values(values))


def test_a_key_is_found_by_its_text_alone(store: Store) -> None:
    key, text = store.keys.create("air unit", REFRESH, LATER)
    mark, prefix, secret = text.split("_", 2)
    assert (mark, prefix) == ("hsk", key.prefix)
    assert len(secret) == 43  # 256 bits, 6 a letter
    found = store.keys.find(text)
    assert found is not None
    assert (found.owner, found.scopes) == ("air unit", REFRESH)
    for wrong in ("", "hsk", text[:-1], text + "A", f"hsk_{prefix}_", text.replace("hsk_", "xyz_"), "\ud800"):
        assert store.keys.find(wrong) is None, wrong


def test_two_keys_of_one_prefix_part_do_not_open_for_each_other(store: Store) -> None:
    one, first = store.keys.create("one", REFRESH, LATER)
    _, second = store.keys.create("two", REFRESH, LATER)
    assert store.keys.find(f"hsk_{one.prefix}_{second.split('_', 2)[2]}") is None
    assert store.keys.find(first) is not None


def test_the_secret_is_nowhere_in_the_store(store: Store) -> None:
    _, text = store.keys.create("air unit", REFRESH, LATER)
    store.keys.find(text)
    files = [file for file in store.layout.home.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    assert text.split("_", 2)[2].encode() not in kept
    assert sha256(text.encode()).hexdigest().encode() in kept


def test_an_expired_and_a_revoked_key_are_of_no_use(store: Store) -> None:
    key, text = store.keys.create("air unit", REFRESH, LATER)
    set_column(store, expires_at=(datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    assert store.keys.find(text) is None
    assert [known.state(datetime.now(UTC)) for known in store.keys.all()] == ["expired"]
    set_column(store, expires_at=LATER.isoformat())
    assert store.keys.find(text) is not None
    assert store.keys.revoke(key.prefix).revoked_at is not None
    assert store.keys.find(text) is None
    assert [known.state(datetime.now(UTC)) for known in store.keys.all()] == ["revoked"]


def test_the_last_use_is_known_to_the_minute(store: Store) -> None:
    _, text = store.keys.create("air unit", REFRESH, LATER)
    store.keys.find(text)
    (used,) = store.keys.all()
    assert used.last_used_at is not None
    set_column(store, last_used_at="2026-01-01T00:00:00.000+00:00")
    store.keys.find(text)
    (again,) = store.keys.all()
    assert again.last_used_at is not None
    assert again.last_used_at > "2026-01-01T00:00:00.000+00:00"


def test_what_is_done_to_keys_is_in_the_audit(store: Store) -> None:
    key, text = store.keys.create("air unit", REFRESH, LATER)
    store.keys.revoke(key.prefix)
    store.keys.revoke(key.prefix)
    assert [row.act for row in store.audit()] == ["create_key", "revoke_key"]
    assert all(key.prefix in row.detail and text not in row.detail for row in store.audit())


def test_faults_are_named(store: Store) -> None:
    with pytest.raises(EditionError, match="expired already"):
        store.keys.create("air unit", REFRESH, datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(EditionError, match="no owner or no scope"):
        store.keys.create(" ", REFRESH, LATER)
    with pytest.raises(EditionError, match="no owner or no scope"):
        store.keys.create("air unit", frozenset(), LATER)
    with pytest.raises(NotFoundError, match="no key 'ffffffff'"):
        store.keys.revoke("ffffffff")


def test_countries_go_with_restricted_reading_and_with_nothing_else(store: Store) -> None:
    read, jamaica = frozenset({Scope.READ_RESTRICTED}), frozenset({"JAM"})
    _, text = store.keys.create("mines unit", read, LATER, jamaica)
    found = store.keys.find(text)
    assert found is not None
    assert found.countries == jamaica
    for scopes, countries in ((read, frozenset[str]()), (REFRESH, jamaica)):
        with pytest.raises(EditionError, match="go together"):
            store.keys.create("mines unit", scopes, LATER, countries)
    with pytest.raises(EditionError, match="'Jamaica' is no country"):
        store.keys.create("mines unit", read, LATER, frozenset({"Jamaica"}))
