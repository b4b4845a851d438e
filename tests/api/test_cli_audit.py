"""audit: what it prints, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hotspots.editions import Store
from hotspots.errors import CorruptEditionError, EditionError
from tests.command import hotspots


@pytest.fixture
def marked(store: Store) -> Store:
    store.mark_stale("miniature", "=no wind")
    return store


def test_the_audit_is_listed_for_people_and_programs(marked: Store) -> None:
    rows = marked.audit()
    shown = hotspots("audit", "list").out
    assert all(row.act in shown for row in rows)
    listed = json.loads(hotspots("audit", "list", "--format", "json").out)
    assert [row["sha256"] for row in listed] == [row.sha256 for row in rows]
    (*_, last) = csv.DictReader(io.StringIO(hotspots("audit", "list", "--format", "csv").out))
    assert (last["act"], last["detail"], last["number"]) == ("mark_stale", "=no wind", str(len(rows)))
    assert json.loads(hotspots("audit", "list", "--since", "2999-01-01", "--format", "json").out) == []


def test_a_chain_that_holds_tells_its_head_and_an_edited_one_ends_with_an_error(marked: Store, tmp_path: Path) -> None:
    held = hotspots("audit", "verify")
    assert held.code == 0
    assert marked.audit()[-1].sha256 in held.out
    file = tmp_path / "audit.jsonl"
    assert hotspots("audit", "export", "-o", str(file)).code == 0
    assert hotspots("audit", "export", "-o", str(file)).code == EditionError.exit_code
    assert hotspots("audit", "verify", str(file), "--noted", marked.audit()[0].sha256).code == 0
    assert "rewritten" in hotspots("audit", "verify", "--noted", "0" * 8).error
    with closing(sqlite3.connect(marked.layout.catalogue)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE number = 1")
        connection.commit()
    broken = hotspots("audit", "verify")
    assert broken.code == CorruptEditionError.exit_code
    assert "audit: row 1 was edited." in broken.error
    assert hotspots("audit", "verify", str(file)).code == 0


def test_old_rows_are_moved_to_a_file(marked: Store, tmp_path: Path) -> None:
    file = str(tmp_path / "old.jsonl")
    assert "No row is that old." in hotspots("audit", "retire", "--before", "2000-01-01", "-o", file).out
    count = len(marked.audit())
    assert f"{count} rows moved." in hotspots("audit", "retire", "--before", "2999-01-01", "-o", file).out
    assert [row.act for row in marked.audit()] == ["checkpoint"]
    assert hotspots("audit", "verify").code == 0
