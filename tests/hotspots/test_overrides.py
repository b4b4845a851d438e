from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from config import load
from hotspots.overrides import apply
from hotspots.region import Override
from hotspots.schemas import RELEASES, SOURCES
from tests.small_region import releases, sources

WHY = ("A. Officer", "Letter of the operator", date(2025, 3, 1))


def made(*stated: tuple):
    """The tables after overrides of (source, field, value[, pollutant, medium])."""
    overrides = [Override(*item, *([""] * (5 - len(item))), *WHY) for item in stated]
    found = apply(sources(), releases(), overrides, load.sectors())
    SOURCES.validate(found.sources)
    RELEASES.validate(found.releases)
    return found


def first() -> str:
    return str(releases()["source_id"].iloc[0])


def test_without_overrides_nothing_changes():
    found = made()
    pd.testing.assert_frame_equal(found.sources, sources())
    pd.testing.assert_frame_equal(found.releases, releases())


def test_an_excluded_record_is_gone_with_its_releases():
    found = made((first(), "exclude", True))
    assert len(found.sources) == len(sources()) - 1
    assert first() not in set(found.releases["source_id"])
    assert found.applied[0].before == sources().set_index("source_id")["name"][first()]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "Other"), ("status", "closed"), ("stack_height_m", 55.0), ("position_accuracy_m", 5.0)],
)
def test_a_field_is_changed_on_one_record_and_nowhere_else(field, value):
    found = made((first(), field, value))
    at = found.sources["source_id"] == first()
    assert found.sources.loc[at, field].tolist() == [value]
    pd.testing.assert_frame_equal(found.sources[~at], sources()[~at])
    assert found.applied[0].before == str(sources().loc[at, field].iloc[0])


def test_a_sector_brings_its_land_weight():
    found = made((first(), "sector", "mining_tailings"))
    source = found.sources.set_index("source_id").loc[first()]
    assert source["land_weight"] == load.sectors()["mining_tailings"].land_weight == 3.0


def test_a_position_is_moved():
    found = made((first(), "longitude", 10.5), (first(), "latitude", 20.5))
    assert found.sources.set_index("source_id").geometry[first()].coords[0] == (10.5, 20.5)


def test_a_release_is_replaced_or_added():
    row = releases().iloc[0]
    found = made(
        (first(), "release_kg_yr", 7.0, row["pollutant"], row["medium"]), (first(), "release_kg_yr", 9.0, "hg", "water")
    )
    stated = found.releases.set_index(["source_id", "pollutant", "medium"])["release_kg_yr"]
    assert stated[first(), row["pollutant"], row["medium"]] == 7.0
    assert stated[first(), "hg", "water"] == 9.0
    assert len(found.releases) == len(releases()) + 1
    assert [item.before for item in found.applied] == [repr(float(row["release_kg_yr"])), ""]


def test_an_override_of_nothing_is_told_and_changes_nothing():
    found = made(("gone:1", "exclude", True))
    pd.testing.assert_frame_equal(found.sources, sources())
    assert not found.applied[0].found
