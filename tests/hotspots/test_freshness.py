"""The age of inputs, in words a person can check against a calendar."""

from __future__ import annotations

from datetime import date

from hotspots.freshness import Copy, InputAge, as_of, rechecked

COPY = Copy("https://example.org/a", "0" * 64, date(2018, 11, 1), date(2026, 3, 1), date(2026, 3, 1))
MONTHLY = InputAge("people", 2020, "monthly", 31, (COPY,))


def test_a_copy_is_fresh_for_a_period_and_stale_from_then_on() -> None:
    # 1 March + 31 days = 1 April
    last = as_of(MONTHLY, date(2026, 4, 1))
    assert (last.stale_since, last.because) == (None, None)
    assert last.words == (
        "Data of 2020, published on 2018-11-01, retrieved on 2026-03-01, renewed monthly, the newest as of 2026-03-01."
    )
    late = as_of(MONTHLY, date(2026, 4, 2))
    assert late.stale_since == date(2026, 4, 1)
    assert late.words.endswith(
        "stale since 2026-04-01 because it is renewed monthly and its publisher was last asked on 2026-03-01."
    )
    assert as_of(late, date(2026, 4, 1)) == last


def test_asking_the_publisher_makes_the_same_copy_fresh_again() -> None:
    asked = rechecked(MONTHLY, {(COPY.url, COPY.sha256): date(2026, 4, 2)})
    assert as_of(asked, date(2026, 4, 2)).stale_since is None
    other = rechecked(MONTHLY, {(COPY.url, "1" * 64): date(2026, 4, 2)})  # newer bytes say nothing of these
    assert as_of(other, date(2026, 4, 2)).stale_since == date(2026, 4, 1)


def test_the_oldest_of_several_files_decides() -> None:
    older = Copy("https://example.org/b", "1" * 64, None, date(2026, 1, 1), date(2026, 2, 1))
    age = as_of(InputAge("groups", None, "monthly", 31, (COPY, older)), date(2026, 3, 5))
    assert age.stale_since == date(2026, 3, 4)
    assert "retrieved on 2026-01-01" in age.words


def test_what_is_never_renewed_is_never_stale() -> None:
    age = as_of(InputAge("plants", 2016, "never", None, (COPY,)), date(2090, 1, 1))
    assert age.stale_since is None
    assert age.words == (
        "Data of 2016, published on 2018-11-01, retrieved on 2026-03-01, not renewed by its publisher."
    )


def test_of_a_local_file_only_its_year_is_known() -> None:
    assert (
        as_of(InputAge("census", 2011, None, None, ()), date(2026, 1, 1)).words == "Data of 2011, a file of the region."
    )
    assert as_of(InputAge("census", None, None, None, ()), date(2026, 1, 1)).words == "A file of the region."
