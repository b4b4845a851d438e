"""What was withdrawn stays withdrawn when an older backup is restored, and the audit says what happened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotspots.editions import Layout, Store
from hotspots.editions.backup import back_up, restore
from hotspots.editions.layout import LEDGER_VARIABLE
from hotspots.editions.ledger import Ledger, read_ledger, write_ledger
from hotspots.errors import EditionError, NotFoundError, WithdrawnError
from tests.hotspots.editions.publishing import WHEN, edition
from tests.hotspots.editions.test_withdrawal import ANN, BOB, CLOSED, COARSE, NONE, OPEN, REGION


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two editions, backed up."""
    made = Store(tmp_path / "home")
    for day in range(2):
        edition(made, tmp_path / str(day), f"day {day}", created=WHEN + timedelta(days=day))
    back_up(made, tmp_path / "backup")
    return made


def restored(tmp_path: Path, ledger: Ledger | None) -> Store:
    layout = Layout(tmp_path / "restored")
    restore(tmp_path / "backup", layout, ledger)
    return Store(layout.home)


def withdrawn_everywhere(store: Store, ids: set[str]) -> bool:
    for name in ids:
        with pytest.raises(WithdrawnError):
            store.edition(REGION, name)
        assert not store.layout.edition(REGION, name).exists()
    return store.editions(REGION) == () and store.region(REGION).current is None


def test_an_older_backup_does_not_bring_back_what_was_withdrawn_since(store: Store, tmp_path: Path) -> None:
    ids = {record.id for record in store.editions(REGION)}
    store.policy.record(CLOSED, ANN, NONE)
    write_ledger(store.policy.ledger(), tmp_path / "ledger.json")
    again = restored(tmp_path, read_ledger(tmp_path / "ledger.json"))
    assert withdrawn_everywhere(again, ids)
    assert again.policy.consents.all(REGION) == store.policy.consents.all(REGION)
    assert again.policy.tombstones(REGION) == store.policy.tombstones(REGION)
    assert "publication was stopped" in (again.region(REGION).stale_reason or "")
    assert again.verify(REGION, min(ids))[0].kind == "withdrawn"
    assert not (again.layout.home / ".restoring").exists()


def test_a_consent_alone_withdraws_too(store: Store, tmp_path: Path) -> None:
    """A withdrawal that the ledger knows the word of, and no edition."""
    ids = {record.id for record in store.editions(REGION)}
    store.policy.record(CLOSED, ANN, NONE)
    assert withdrawn_everywhere(restored(tmp_path, replace(store.policy.ledger(), tombstones=())), ids)


def test_without_the_ledger_it_is_public_again_until_the_ledger_is_applied(store: Store, tmp_path: Path) -> None:
    ids = {record.id for record in store.editions(REGION)}
    store.policy.record(CLOSED, ANN, NONE)
    again = restored(tmp_path, None)
    assert {record.id for record in again.editions(REGION)} == ids
    assert "without a ledger" in again.audit()[-1].detail
    assert set(again.policy.apply(store.policy.ledger())) == ids
    assert withdrawn_everywhere(again, ids)
    assert again.policy.apply(store.policy.ledger()) == ()


def test_the_audit_goes_on_and_knows_the_head_it_lost(store: Store, tmp_path: Path) -> None:
    before = store.audit()
    store.policy.record(CLOSED, ANN, NONE)
    ledger, lost = store.policy.ledger(), store.audit()
    again = restored(tmp_path, ledger)
    rows = again.audit()
    assert rows[: len(before)] == before
    assert rows[len(before)].act == "restore"
    assert again.audit_trail.verify().fault is None
    assert again.audit_trail.verify(ledger.head.sha256).fault is None
    between = lost[len(before)].sha256
    fault = again.audit_trail.verify(between).fault
    assert fault is not None
    assert f"lost where row {len(before) + 1} restored a backup" in fault


def test_a_tail_that_was_cut_with_its_head_is_found_by_the_ledger(store: Store) -> None:
    store.mark_stale(REGION, "later")
    head = store.policy.ledger().head
    with closing(sqlite3.connect(store.layout.catalogue)) as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
        connection.execute("DELETE FROM audit WHERE number = ?", (head.number,))
        last = "(SELECT sha256 FROM audit ORDER BY number DESC LIMIT 1)"
        connection.execute(f"UPDATE audit_chain SET head = head - 1, head_sha256 = {last}")
        connection.commit()
    assert store.audit_trail.verify().fault is None
    assert "was rewritten" in (store.audit_trail.verify(head.sha256).fault or "")


def test_the_file_that_is_named_knows_every_act(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ledger.json"
    monkeypatch.setenv(LEDGER_VARIABLE, str(file))
    recorded = store.policy.record(COARSE, ANN, NONE)
    assert read_ledger(file) == store.policy.ledger()
    waits = store.policy.record(OPEN, ANN, NONE)
    store.policy.approve(waits.number, BOB)
    assert read_ledger(file) == store.policy.ledger()
    assert [row["approved_by"] for row in read_ledger(file).consents] == [ANN.name, BOB.name]
    assert len(read_ledger(file).tombstones) == len(recorded.withdrawn) == 2


def test_an_approval_that_came_later_is_taken_over(store: Store, tmp_path: Path) -> None:
    store.policy.record(COARSE, ANN, NONE)
    waits = store.policy.record(OPEN, ANN, NONE)
    back_up(store, tmp_path / "second")
    store.policy.approve(waits.number, BOB)
    layout = Layout(tmp_path / "restored")
    restore(tmp_path / "second", layout, store.policy.ledger())
    assert Store(layout.home).policy.consents.in_force(REGION) == (OPEN,)


def test_a_store_that_went_on_by_itself_takes_nothing_over(store: Store, tmp_path: Path) -> None:
    again = restored(tmp_path, None)
    store.policy.record(CLOSED, ANN, NONE)
    again.policy.record(replace(CLOSED, dataset="census"), BOB, NONE)
    with pytest.raises(EditionError, match="consent 1 is another one"):
        again.policy.apply(store.policy.ledger())


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    for text, told in (("{}", "no ledger"), ('{"format": 9, "head": {"number": 1, "sha256": ""}}', "no ledger")):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(EditionError, match=told):
            read_ledger(tmp_path / "x.json")


def test_what_is_left_of_a_retired_edition_goes_with_its_consent(store: Store) -> None:
    newest, oldest = (record.id for record in store.editions(REGION))
    left = store.layout.remains(REGION, oldest)
    left.mkdir(parents=True)
    manifest = store.edition(REGION, oldest).folder / "manifest.json"
    (left / "manifest.json").write_bytes(manifest.read_bytes())
    store.retire(REGION, 1)
    with pytest.raises(NotFoundError):
        store.edition(REGION, oldest)
    assert set(store.policy.record(CLOSED, ANN, NONE).withdrawn) == {newest, oldest}
    assert not left.exists()
    assert not store.layout.edition(REGION, newest).exists()


def test_a_store_with_withdrawn_editions_is_backed_up_without_them(store: Store, tmp_path: Path) -> None:
    store.policy.record(replace(CLOSED, dataset="census"), ANN, NONE)
    assert back_up(store, tmp_path / "second").editions == 0
    again = Layout(tmp_path / "restored")
    assert restore(tmp_path / "second", again, None).editions == 0
    assert Store(again.home).policy.tombstones(REGION) == store.policy.tombstones(REGION)
    assert len(store.policy.tombstones(REGION)) == 2


def test_a_backup_has_what_is_left_of_retired_editions(store: Store, tmp_path: Path) -> None:
    left = store.layout.remains(REGION, store.editions(REGION)[-1].id)
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    back_up(store, tmp_path / "second")
    layout = Layout(tmp_path / "restored")
    restore(tmp_path / "second", layout, None)
    assert (layout.remains(REGION, left.name) / "manifest.json").read_text() == "{}"
