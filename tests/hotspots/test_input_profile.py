from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from hotspots.input_profile import REASONS, REMEDIES, DatasetProfile, Level, level_of, suspect
from hotspots.region import PublishedTotal


def profile(rows: int = 10, newest: str | None = "2024-01-31", digest: str = "a", **levels: Level) -> DatasetProfile:
    return DatasetProfile("set", rows, levels or {"so2": level(4.0)}, newest, digest)


def level(median: float, count: int = 10, minimum: float = 1.0, maximum: float = 9.0, total: float = 40.0) -> Level:
    return Level(count, total, median, minimum, maximum)


def reasons(new: DatasetProfile, last: DatasetProfile | None, *totals: PublishedTotal) -> list[str]:
    return [finding.reason for finding in suspect(new, last, totals)]


def test_a_level_is_of_what_is_known():
    found = level_of([[np.nan, 0.0], [-2.0, 4.0]])
    assert found == Level(count=3, total=2.0, median=3.0, minimum=-2.0, maximum=4.0)  # median of 2 and 4
    assert level_of([np.nan]) is None


@pytest.mark.parametrize(
    ("new", "last", "expected"),
    [
        (profile(), profile(), []),
        (profile(rows=5, digest="b"), profile(), ["ROWS_HALVED"]),
        (profile(rows=6, digest="b"), profile(), []),
        (profile(rows=1, digest="b"), profile(rows=3), []),  # too few to say
        (profile(digest="b", so2=level(4000.0)), profile(), ["UNIT_CHANGED"]),
        (profile(digest="b", so2=level(0.004)), profile(), ["UNIT_CHANGED"]),
        (profile(digest="b", so2=level(399.0)), profile(), []),
        (profile(digest="b", so2=level(4000.0, count=2)), profile(so2=level(4.0, count=3)), []),
        (profile(digest="b", so2=level(4.0, count=5)), profile(), ["ROWS_HALVED"]),
        (profile(digest="b", so2=level(4.0, count=6)), profile(), []),
        (profile(digest="b", hg=level(4000.0)), profile(), ["ROWS_HALVED"]),  # another quantity: the one before is gone
        (profile(digest="b", hg=level(4000.0)), profile(so2=level(4.0, count=3)), []),
        (profile(digest="b", newest="2024-01-30"), profile(), ["TIME_WENT_BACK"]),
        (profile(digest="b", newest="2023"), profile(newest="2024"), []),  # which year is read, a person says
        (profile(newest="2024-02-29"), profile(), ["VALUES_FROZEN"]),
        (profile(newest="2024-02-29", digest="b"), profile(), []),
        (profile(rows=12, digest="b"), profile(), ["TIME_FROZEN"]),
        (profile(rows=12, digest="b", newest="2024-01-30"), profile(), ["TIME_FROZEN"]),
        (profile(rows=12, digest="b", newest="2024"), profile(newest="2024"), []),  # a year is no time of a feed
        (profile(digest="b", u10=level(4.0, minimum=-999.0)), profile(u10=level(4.0)), ["SENTINEL_IN_VALUES"]),
        (profile(digest="b", u10=level(4.0, minimum=-83.3)), profile(u10=level(4.0)), ["SENTINEL_IN_VALUES"]),
        (profile(digest="b", people=level(4.0, maximum=99999.0)), None, ["SENTINEL_IN_VALUES"]),
    ],
)
def test_what_can_hardly_be_right(new, last, expected):
    assert reasons(new, last) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(40.0, []), (41.9, []), (42.2, ["TOTAL_DIFFERS"]), (38.0, ["TOTAL_DIFFERS"])]
)
def test_published_totals_have_a_tolerance(value, expected):
    total = PublishedTotal("set", "so2", value, 0.05, "Office")
    assert reasons(profile(), None, total) == expected
    assert reasons(profile(), None, replace(total, dataset="other")) == []


def test_a_quantity_that_is_gone_differs_from_its_total():
    assert reasons(profile(), None, PublishedTotal("set", "hg", 1.0, 0.5, "Office")) == ["TOTAL_DIFFERS"]


def test_a_profile_comes_back_from_json():
    one = profile(so2=level(4.0), none=level(float("nan"), minimum=0.0, maximum=0.0, total=0.0))
    text = json.dumps(asdict(one)).replace("NaN", "null")
    back = DatasetProfile.from_json(json.loads(text))
    assert back.levels["so2"] == one.levels["so2"]
    assert np.isnan(back.levels["none"].median)
    assert replace(back, levels={}) == replace(one, levels={})
    assert one.same_as(back)
    assert not one.same_as(replace(back, digest="b"))
    assert not one.same_as(None)


def test_every_reason_has_a_remedy():
    assert set(REASONS) == set(REMEDIES)
