"""Which consent counts, where, and until which midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hotspots.consent import Consent, Precision, Reason
from hotspots.policy.rules import Rules, overstepped
from hotspots.region import DatasetRef

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
OPEN = Consent(
    region="testland",
    dataset="works",
    country="JAM",
    authority="Ministry",
    purpose="screening",
    precision=Precision.OPEN,
    evidence="letter 1",
    valid_from=date(2026, 1, 1),
)
CLOSED = replace(OPEN, authority="Army", precision=Precision.WITHHELD, reason=Reason.SECURITY)
COARSE = replace(OPEN, authority="Mines", precision=Precision.GENERALISED, cell_deg=0.1, reason=Reason.COMMERCIAL)
FINE = replace(COARSE, authority="Port", cell_deg=0.001)
SUMMED = replace(OPEN, authority="Statistics", precision=Precision.AGGREGATED, reason=Reason.PERSONAL_DATA)


def rules(*consents: Consent, at: datetime = NOON, sensitive: tuple[str, ...] = ()) -> Rules:
    return Rules(consents, at, frozenset(sensitive))


def test_nothing_recorded_leaves_it_to_the_licence_unless_it_is_sensitive() -> None:
    plain, sensitive = rules().decide("works", "JAM"), rules(sensitive=("works",)).decide("works", "JAM")
    assert (plain.precision, plain.basis) == (Precision.OPEN, "licence")
    assert (sensitive.precision, sensitive.basis) == (Precision.WITHHELD, "sensitive")


def test_a_consent_opens_a_sensitive_dataset_in_its_own_country_only() -> None:
    known = rules(OPEN, sensitive=("works",))
    assert known.decide("works", "JAM").precision is Precision.OPEN
    assert known.decide("works", "HTI").precision is Precision.WITHHELD
    assert known.decide("other", "JAM").basis == "licence"


@pytest.mark.parametrize(
    ("said", "wins"),
    [
        ((OPEN, FINE), FINE),
        ((FINE, COARSE), COARSE),
        ((COARSE, SUMMED), SUMMED),
        ((SUMMED, CLOSED, OPEN), CLOSED),
    ],
)
def test_the_strictest_wins_in_any_order(said: tuple[Consent, ...], wins: Consent) -> None:
    for order in (said, said[::-1]):
        assert rules(*order).decide("works", "JAM").authority == wins.authority


def test_a_consent_ends_at_the_midnight_of_its_country() -> None:
    """Jamaica is five hours behind UTC all year: 30 June ends there at 5:00 UTC on 1 July."""
    until = replace(OPEN, valid_until=date(2026, 6, 30), time_zone="America/Jamaica")
    assert until.ends() == datetime(2026, 7, 1, 5, tzinfo=UTC)
    before = rules(until, at=datetime(2026, 7, 1, 4, 59, 59, tzinfo=UTC)).decide("works", "JAM")
    after = rules(until, at=datetime(2026, 7, 1, 5, tzinfo=UTC)).decide("works", "JAM")
    assert (before.precision, before.ends_at) == (Precision.OPEN, until.ends())
    assert (after.precision, after.basis) == (Precision.WITHHELD, "expired")


def test_a_consent_is_none_before_it_begins_and_a_withholding_that_is_over_says_nothing() -> None:
    later = rules(replace(OPEN, valid_from=date(2027, 1, 1))).decide("works", "JAM")
    assert (later.precision, later.basis) == (Precision.WITHHELD, "not_yet_valid")
    over = replace(CLOSED, valid_until=date(2026, 6, 29))
    assert rules(over).decide("works", "JAM").basis == "licence"


def test_the_first_of_all_ends_is_when_it_must_be_decided_anew() -> None:
    first, last = replace(OPEN, valid_until=date(2026, 7, 31)), replace(COARSE, valid_until=date(2026, 12, 31))
    decision = rules(first, last).decide("works", "JAM")
    assert (decision.authority, decision.ends_at) == ("Mines", datetime(2026, 8, 1, tzinfo=UTC))


def test_codes_follow_from_precision_and_reason() -> None:
    def codes(*said: Consent) -> tuple[str, str]:
        decision = rules(*said).decide("works", "JAM")
        return decision.access_right, decision.conf_status

    assert codes(OPEN) == ("PUBLIC", "F")
    assert codes(COARSE) == ("RESTRICTED", "C")
    assert codes(CLOSED) == ("NON_PUBLIC", "N")
    assert [reason.article[-3:] for reason in Reason] == ["(a)", "(b)", "(c)", "(d)", "(e)"]


def test_only_what_nobody_may_see_is_not_even_read() -> None:
    works = DatasetRef("works", "Works", "M", "x", "x", None, None, None, "raw", provides="facilities")
    intakes = replace(works, provides="intakes")
    assert rules(sensitive=("works",)).withheld_throughout(works, ["JAM"])
    assert not rules(OPEN, sensitive=("works",)).withheld_throughout(works, ["JAM"])
    # Its rows may lie in other countries, where the licence rules.
    assert not rules(CLOSED).withheld_throughout(works, ["JAM"])
    assert rules(CLOSED).withheld_throughout(intakes, ["JAM"])


def test_an_edition_is_overstepped_where_less_may_be_published_now() -> None:
    then = rules(COARSE).statements("works", ["JAM"])
    assert overstepped(then, ["works"], rules(COARSE)) is None
    assert overstepped(then, ["works"], rules(FINE)) is None
    stricter = overstepped(then, ["works"], rules(COARSE, CLOSED))
    assert stricter is not None
    assert stricter.authority == "Army"
    # It was not computed from the dataset at all; or nothing was decided when it was published.
    assert overstepped((), ["other"], rules(CLOSED)) is None
    assert overstepped((), ["works"], rules(COARSE)) is not None
    abroad = replace(CLOSED, country="HTI")
    assert overstepped(then, ["works"], rules(COARSE, abroad)) is not None


def test_everybody_who_keeps_it_back_must_agree_to_restricted_reading() -> None:
    read = replace(CLOSED, restricted_reading=True)
    assert rules(read).restricted(["works"], ["JAM"])
    assert rules(read, OPEN).restricted(["works"], ["JAM"])
    assert not rules(read, SUMMED).restricted(["works"], ["JAM"])
    assert not rules(read, replace(read, country="HTI", restricted_reading=False)).restricted(["works"], ["JAM", "HTI"])
    assert not rules(OPEN).restricted(["works"], ["JAM"]), "nothing is kept back"
    assert not rules(read, at=datetime(2025, 1, 1, tzinfo=UTC)).restricted(["works"], ["JAM"]), "not yet in force"


@pytest.mark.parametrize(
    ("zones", "ends"),
    [
        # Jakarta is seven hours ahead of UTC, Jayapura nine: there the day ends first.
        ("Asia/Jakarta, Asia/Jayapura", datetime(2026, 6, 30, 15, tzinfo=UTC)),
        ("Asia/Jayapura, Asia/Jakarta", datetime(2026, 6, 30, 15, tzinfo=UTC)),
    ],
)
def test_of_several_time_zones_the_first_midnight_ends_and_the_last_begins(zones: str, ends: datetime) -> None:
    consent = replace(OPEN, valid_until=date(2026, 6, 30), time_zone=zones)
    assert consent.ends() == ends
    # 1 January begins in Jakarta at 17:00 UTC of the day before, two hours after Jayapura.
    assert consent.begins() == datetime(2025, 12, 31, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "last_day", "ends"),
    [
        # Summer time begins: New York is 5 hours behind UTC on 7 March, 4 on 8 March from 2:00; midnight is before.
        ("America/New_York", date(2026, 3, 7), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 9, 4, tzinfo=UTC)),
        # Cairo skips the midnight of 24 April 2026: the clock goes from 23:59:59 (UTC+2) to 01:00 (UTC+3).
        ("Africa/Cairo", date(2026, 4, 23), datetime(2026, 4, 23, 22, tzinfo=UTC)),
        # Havana has the midnight of 1 November 2026 twice, first in summer time (UTC-4).
        ("America/Havana", date(2026, 10, 31), datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_midnights_where_the_clock_changes(zone: str, last_day: date, ends: datetime) -> None:
    assert replace(OPEN, valid_until=last_day, time_zone=zone).ends() == ends
