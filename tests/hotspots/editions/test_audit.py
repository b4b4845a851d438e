"""The audit's chain: by hand, edited, removed, rewritten, retired."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from hotspots.editions import Store
from hotspots.editions.audit import START, AuditRow, chained
from hotspots.editions.audit_trail import check_export
from hotspots.errors import CorruptEditionError, EditionError
from tests.hotspots.editions.publishing import edition

FIXTURES = Path(__file__).parent / "catalogues"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Five rows: one published edition, four marks."""
    made = Store(tmp_path / "home")
    edition(made, tmp_path / "inputs")
    for reason in ("first", "second"):
        made.mark_stale("miniature", reason)
        made.clear_stale("miniature")
    return made


def tamper(store: Store, *statements: str) -> None:
    """What somebody with the file and no scruples does: the triggers go first."""
    with closing(sqlite3.connect(store.layout.catalogue)) as connection:
        for trigger in ("audit_no_update", "audit_no_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_the_hash_is_of_the_hash_before_and_of_the_row_as_canonical_json() -> None:
    row = AuditRow(1, "2026-03-01T12:00:00.000+00:00", "uid 0", "publish", "miniature", None, "é")
    text = (
        r'{"act":"publish","actor":"uid 0","at":"2026-03-01T12:00:00.000+00:00","detail":"\u00e9",'
        r'"edition":null,"number":1,"region":"miniature"}'
    )
    assert chained(START, row) == sha256(("0" * 64 + text).encode()).hexdigest()


def test_an_untouched_chain_holds_to_its_head(store: Store) -> None:
    rows = store.audit()
    found = store.audit_trail.verify()
    assert (found.rows, found.fault) == (5, None)
    assert (found.last.number, found.last.sha256) == (5, rows[-1].sha256)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("column", ["at", "actor", "act", "region", "edition", "detail", "sha256"])
def test_an_edited_row_is_named(store: Store, column: str) -> None:
    tamper(store, f"UPDATE audit SET {column} = 'x' WHERE number = 3")
    assert store.audit_trail.verify().fault == "row 3 was edited"


@pytest.mark.parametrize("number", [1, 3])
def test_a_removed_row_is_named(store: Store, number: int) -> None:
    tamper(store, f"DELETE FROM audit WHERE number = {number}")
    assert store.audit_trail.verify().fault == f"row {number} was removed"


def test_a_row_that_was_put_in_is_named(store: Store) -> None:
    columns = "at, actor, act, region, edition, detail, sha256"
    tamper(
        store,
        "UPDATE audit SET number = number + 100 WHERE number >= 3",
        f"INSERT INTO audit (number, {columns}) SELECT 3, {columns} FROM audit WHERE number = 2",
        "UPDATE audit SET number = number - 99 WHERE number > 100",
        "UPDATE audit_chain SET head = head + 1",
    )
    assert store.audit_trail.verify().fault == "row 3 was edited"


def test_rows_that_changed_places_are_named(store: Store) -> None:
    tamper(
        store,
        "UPDATE audit SET number = 100 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 100",
    )
    assert store.audit_trail.verify().fault == "row 2 was edited"


def test_rows_removed_at_the_end_or_all_are_named(store: Store) -> None:
    tamper(store, "DELETE FROM audit WHERE number > 3")
    assert store.audit_trail.verify().fault == "row 4 was removed, with all after it"
    tamper(store, "DELETE FROM audit")
    assert store.audit_trail.verify().fault == "row 1 was removed, with all after it"


def test_a_chain_rewritten_as_a_whole_does_not_hold_a_hash_noted_before(store: Store) -> None:
    noted = store.audit()[1].sha256
    assert store.audit_trail.verify(noted).fault is None
    assert "rewritten" in str(store.audit_trail.verify("0" * 63 + "1").fault)


def test_the_triggers_refuse_edits_and_removals(store: Store) -> None:
    with closing(sqlite3.connect(store.layout.catalogue)) as connection:
        for change in ("UPDATE audit SET act = 'x' WHERE number = 3", "DELETE FROM audit WHERE number = 1"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change)


def test_old_rows_go_to_a_file_and_a_checkpoint_keeps_the_rest_verifiable(store: Store, tmp_path: Path) -> None:
    trail, rows = store.audit_trail, store.audit()
    assert trail.retire("2000-01-01", tmp_path / "none.jsonl") == 0
    assert not (tmp_path / "none.jsonl").exists()
    noted = rows[2].sha256
    assert trail.retire("2999-01-01", tmp_path / "first.jsonl") == 5
    left = store.audit()
    assert [(row.number, row.act) for row in left] == [(6, "checkpoint")]
    assert trail.verify().fault is None
    store.mark_stale("miniature", "third")
    assert trail.verify(rows[-1].sha256).fault is None
    assert check_export(tmp_path / "first.jsonl", noted).fault is None
    # What follows the file is what the checkpoint says: the two together are one chain.
    assert check_export(tmp_path / "first.jsonl").last.sha256 in left[0].detail
    assert trail.retire("2999-01-01", tmp_path / "second.jsonl") == 2
    assert trail.verify().fault is None
    with pytest.raises(EditionError, match="is there already"):
        trail.retire("2999-01-01", tmp_path / "second.jsonl")


def test_a_checkpoint_that_was_made_up_is_found(store: Store) -> None:
    last = store.audit()[1]
    tamper(
        store,
        f"UPDATE audit_chain SET kept_after = 2, kept_after_sha256 = '{last.sha256}'",
        "DELETE FROM audit WHERE number <= 2",
    )
    assert store.audit_trail.verify().fault == "row 2 was removed, and no checkpoint says so"


def test_nothing_is_retired_from_a_chain_that_does_not_hold(store: Store, tmp_path: Path) -> None:
    tamper(store, "UPDATE audit SET detail = 'x' WHERE number = 3")
    with pytest.raises(CorruptEditionError, match="row 3 was edited; nothing is removed"):
        store.audit_trail.retire("2999-01-01", tmp_path / "old.jsonl")
    assert len(store.audit()) == 5


def test_an_edited_export_is_found(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    assert store.audit_trail.export(file) == 5
    assert check_export(file).fault is None
    file.write_text(file.read_text().replace("second", "other"))
    assert check_export(file).fault == "row 4 was edited"
    file.write_text("no export\n")
    with pytest.raises(EditionError, match="no export of the audit"):
        check_export(file)


def test_an_act_that_is_undone_leaves_no_row(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("hotspots.editions.catalogue.write_audit", lambda *_: (_ for _ in ()).throw(RuntimeError()))
        with pytest.raises(RuntimeError):
            store.mark_stale("miniature", "never")
    stale = store.stale("miniature")
    assert stale is None
    assert store.audit_trail.verify().rows == 5


@pytest.mark.parametrize("dump", ["0001.sql", "0002.sql"])
def test_rows_of_older_catalogues_are_chained(tmp_path: Path, dump: str) -> None:
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection:
        connection.executescript((FIXTURES / dump).read_text())
    store = Store(tmp_path)
    (row,) = store.audit()
    assert row.sha256 == chained(START, row)
    store.mark_stale("miniature", "later")
    assert store.audit_trail.verify().fault is None
