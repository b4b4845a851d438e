"""What a consent that is recorded, approved, withdrawn or over does to editions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hotspots.consent import Applied, Consent, Decision, Precision, Reason
from hotspots.editions import Edition, Store, draft, policy
from hotspots.editions.consents import Actor
from hotspots.editions.edition import Problem
from hotspots.errors import PolicyError, WithdrawnError
from hotspots.policy import publishable
from tests.hotspots.editions.publishing import WHEN, edition, make_draft, write_files
from tests.miniature import POLICY, assessment

REGION = "miniature"
ANN, BOB = Actor("key 1 (Ann)", "Ann"), Actor("key 2 (Bob)", "Bob")
NONE: frozenset[str] = frozenset()
OPEN = Consent(
    region=REGION,
    dataset="facilities",
    country="JAM",
    authority="Ministry",
    purpose="screening",
    precision=Precision.OPEN,
    evidence="letter 1",
    valid_from=date(2026, 1, 1),
)
CLOSED = replace(OPEN, precision=Precision.WITHHELD, reason=Reason.SECURITY)
COARSE = replace(OPEN, precision=Precision.GENERALISED, cell_deg=0.1, reason=Reason.COMMERCIAL)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def two(store: Store, tmp_path: Path) -> tuple[Edition, Edition]:
    first = edition(store, tmp_path / "1", "first")
    return first, edition(store, tmp_path / "2", "second", created=WHEN + timedelta(days=1))


def test_a_withdrawal_takes_every_edition_that_carries_the_dataset(store: Store, two: tuple[Edition, Edition]) -> None:
    cached = store.layout.cache / ("0" * 64)
    cached.parent.mkdir()
    cached.write_bytes(b"computed")
    with store.staging() as folder:
        (folder / "summary.json").write_text("{}")
        compared = store.comparisons.keep(REGION, two[1].id, two[0].id, folder)
    recorded = store.policy.record(CLOSED, ANN, NONE)
    assert recorded.counts
    assert not compared.exists()
    assert set(recorded.withdrawn) == {found.id for found in two}
    assert store.editions(REGION) == ()
    assert store.region(REGION).current is None
    assert not cached.exists()
    for found in two:
        assert not found.folder.exists()
        with pytest.raises(WithdrawnError, match=r"withdrawn on 20.*art\. 12\(1\)\(a\)"):
            store.edition(REGION, found.id)
        assert store.verify(REGION, found.id) == (Problem("withdrawn", "manifest.json"),)
        with pytest.raises(WithdrawnError):
            store.rollback(REGION, found.id)
    (job,) = store.jobs.all("queued")
    assert (job.kind, job.requested_by) == ("refresh", ANN.name)
    assert [row.actor for row in store.audit() if row.act in {"record_consent", "withdraw"}] == [ANN.name] * 3
    out = store.policy.tombstones(REGION)[0].files
    assert "vectors/admin.csv" in {item.path for item in out}


def test_another_dataset_or_country_withdraws_nothing(store: Store, two: tuple[Edition, Edition]) -> None:
    assert store.policy.record(replace(CLOSED, dataset="mines"), ANN, NONE).withdrawn == ()
    assert store.policy.record(OPEN, ANN, NONE).withdrawn == ()
    assert store.current(REGION).id == two[1].id


def test_what_loosens_waits_for_a_second_person(store: Store, two: tuple[Edition, Edition]) -> None:
    store.policy.record(COARSE, ANN, NONE)
    looser = store.policy.record(OPEN, ANN, NONE)
    assert not looser.counts
    assert store.policy.consents.in_force(REGION) == (COARSE,)
    with pytest.raises(PolicyError, match="same person"):
        store.policy.approve(looser.number, Actor("key 3 ( ANN )", " ann "))
    store.policy.approve(looser.number, BOB)
    assert store.policy.consents.in_force(REGION) == (OPEN,)
    assert [row.actor for row in store.audit() if row.act == "approve_consent"] == [BOB.name]
    with pytest.raises(PolicyError, match="does not wait"):
        store.policy.approve(looser.number, BOB)


def test_what_was_said_later_is_not_undone_by_a_late_approval(store: Store) -> None:
    store.policy.record(CLOSED, ANN, NONE)
    looser = store.policy.record(OPEN, ANN, NONE)
    store.policy.record(CLOSED, BOB, NONE)
    with pytest.raises(PolicyError, match="does not wait"):
        store.policy.approve(looser.number, BOB)


@pytest.mark.parametrize(
    ("first", "then", "waits"),
    [
        (None, OPEN, False),
        (OPEN, COARSE, False),
        (COARSE, replace(COARSE, cell_deg=0.01), True),
        (replace(OPEN, valid_until=date(2030, 1, 1)), OPEN, True),
        (OPEN, replace(OPEN, valid_until=date(2030, 1, 1)), False),
        (CLOSED, replace(CLOSED, valid_until=date(2030, 1, 1)), True),
        (OPEN, replace(OPEN, authority="Army"), False),
    ],
)
def test_more_or_longer_is_looser(store: Store, first: Consent | None, then: Consent, waits: bool) -> None:
    if first is not None:
        store.policy.record(first, ANN, NONE)
    assert store.policy.record(then, ANN, NONE).counts is not waits


def test_to_open_what_is_sensitive_needs_two(store: Store) -> None:
    assert not store.policy.record(OPEN, ANN, frozenset({"facilities"})).counts
    assert store.policy.record(CLOSED, ANN, frozenset({"facilities"})).counts


def test_the_configuration_speaks_once(store: Store) -> None:
    store.policy.consents.seed(REGION, (COARSE,), NONE)
    store.policy.consents.seed(REGION, (OPEN, replace(OPEN, region="other")), NONE)
    assert store.policy.consents.in_force(REGION) == (COARSE,)
    assert [row.act for row in store.audit()] == ["seed_consent"]


def test_a_withdrawal_before_the_pointer_moves_wins(store: Store, tmp_path: Path) -> None:
    made = make_draft(tmp_path)
    with store.staging() as folder:
        write_files(folder)
        store.policy.record(CLOSED, ANN, NONE)
        with pytest.raises(PolicyError, match="less of it may be published"):
            store.publish(folder, made)
    assert store.editions(REGION) == ()
    assert not list(store.layout.editions.glob("*/*"))


def test_a_renamed_folder_that_carries_it_is_not_adopted(store: Store, two: tuple[Edition, Edition]) -> None:
    """Killed between rename and registration, withdrawn, recovered: the folder goes."""
    first = two[0]
    aside = store.layout.home / "aside"
    first.folder.rename(aside)
    store.policy.record(CLOSED, ANN, NONE)
    aside.rename(first.folder)
    with store.lock(REGION):
        pass
    assert not first.folder.exists()
    with pytest.raises(WithdrawnError):
        store.edition(REGION, first.id)


def consented(store: Store, scratch: Path, until: date) -> Edition:
    """An edition that rests on a consent that ends with ``until`` in Jamaica."""
    consent = replace(OPEN, valid_until=until, time_zone="America/Jamaica")
    store.policy.consents.seed(REGION, (consent,), NONE)
    decision = Decision("facilities", "JAM", Precision.OPEN, "consent", ends_at=consent.ends(), valid_until=until)
    scratch.mkdir()
    files = {name: [scratch / f"{name}.csv"] for name in ("census", "facilities")}
    for (path,) in files.values():
        path.write_text("rows")
    ready = publishable(replace(assessment(), applied=Applied((decision,))), POLICY)
    with store.staging() as folder:
        write_files(folder)
        found = store.publish(folder, draft(ready, files, created=WHEN, software_version="1.0"))
    assert isinstance(found, Edition)
    return found


def test_expiry_at_midnight_in_the_country_withdraws_by_itself(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jamaica's last day of 2099 ends at 5:00 UTC on 1 January 2100; nobody does anything."""

    class Clock(datetime):
        at = datetime(2100, 1, 1, 4, 59, 59, tzinfo=UTC)

        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return cls.at

    found = consented(store, tmp_path / "inputs", date(2099, 12, 31))
    monkeypatch.setattr(policy, "datetime", Clock)
    assert store.current(REGION).id == found.id
    assert [region.current for region in store.regions()] == [found.id]
    Clock.at = datetime(2100, 1, 1, 5, tzinfo=UTC)
    # The first list after the midnight has it no more.
    assert [region.current for region in store.regions()] == [None]
    assert store.editions(REGION) == ()
    with pytest.raises(WithdrawnError, match="its consent has ended"):
        store.edition(REGION, found.id)
    assert not found.folder.exists()
    assert [job.kind for job in store.jobs.all("queued")] == ["refresh"]


def test_a_consent_that_was_prolonged_keeps_the_edition(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime(2100, 1, 2, tzinfo=UTC)

    found = consented(store, tmp_path / "inputs", date(2099, 12, 31))
    longer = replace(OPEN, valid_until=date(2199, 12, 31))
    store.policy.approve(store.policy.record(longer, ANN, NONE).number, BOB)
    monkeypatch.setattr(policy, "datetime", Clock)
    assert store.edition(REGION, found.id).id == found.id


READ = replace(CLOSED, restricted_reading=True)


@pytest.mark.parametrize(
    ("first", "then", "waits"),
    [
        (CLOSED, READ, True),
        (READ, CLOSED, False),
        (OPEN, READ, False),
        (READ, replace(READ, valid_until=date(2030, 1, 1)), True),
        (replace(READ, valid_until=date(2029, 1, 1)), replace(READ, valid_until=date(2030, 1, 1)), False),
    ],
)
def test_to_let_restricted_data_be_read_waits(store: Store, first: Consent, then: Consent, waits: bool) -> None:
    """A longer withholding of what is not sensitive is stricter: afterwards all of it is public."""
    store.policy.record(first, ANN, NONE)
    assert store.policy.record(then, ANN, NONE).counts is not waits


def test_a_longer_reading_of_what_is_sensitive_waits_and_so_does_the_first(store: Store) -> None:
    closed = frozenset({"facilities"})
    first = store.policy.record(replace(READ, valid_until=date(2029, 1, 1)), ANN, closed)
    assert not first.counts
    store.policy.approve(first.number, BOB)
    assert not store.policy.record(replace(READ, valid_until=date(2030, 1, 1)), ANN, closed).counts


def test_less_published_and_more_read_are_two_steps(store: Store) -> None:
    """What publishes less counts at once, so it may not wait for what needs a second person."""
    store.policy.record(COARSE, ANN, NONE)
    with pytest.raises(PolicyError, match="restricted_reading: publishes less"):
        store.policy.record(READ, ANN, NONE)
    assert store.policy.consents.in_force(REGION) == (COARSE,)


def test_a_file_opens_nothing_that_was_published_otherwise(store: Store, two: tuple[Edition, Edition]) -> None:
    """The catalogue ruled: published as sensitive and withheld. A consent in the file waits, the mark stays."""
    consents = store.policy.consents
    consents.seed(REGION, (), frozenset({"mines"}))
    later = replace(OPEN, dataset="mines")
    assert consents.with_seeds(REGION, (later,), NONE) == ()
    consents.seed(REGION, (later,), NONE)
    assert consents.in_force(REGION) == ()
    assert consents.sensitive(REGION, NONE) == {"mines"}
    (waiting,) = consents.all(REGION)
    store.policy.approve(waiting.number, ANN)
    assert consents.in_force(REGION) == (later,)


def test_a_file_that_closes_counts_at_once(store: Store, two: tuple[Edition, Edition]) -> None:
    store.policy.consents.seed(REGION, (CLOSED,), NONE)
    assert store.policy.consents.in_force(REGION) == (CLOSED,)


def test_a_word_that_waits_is_not_replaced_by_the_file(store: Store) -> None:
    store.policy.record(replace(OPEN, dataset="mines"), ANN, frozenset({"mines"}))
    assert store.policy.consents.with_seeds(REGION, (replace(OPEN, dataset="mines"),), NONE) == ()
