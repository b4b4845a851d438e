"""Lakes and drinking-water intakes from tables."""

from __future__ import annotations

import numpy as np

from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import FIXTURES, reasons


def test_lakes_without_a_volume_or_position_are_put_aside() -> None:
    read = miniature.read("lakes", FIXTURES / "lakes.csv")
    assert list(read.value["name"]) == ["Long Lake", "Round Lake"]
    np.testing.assert_array_equal(read.value["volume_km3"], [1.5, 0.2])
    np.testing.assert_array_equal(read.value["area_km2"], [12, np.nan])
    assert reasons(read.quality[0]) == {3: ["NUMBER_INVALID"], 4: ["COORDINATE_MISSING"]}


def test_intakes_may_lack_the_people_served_but_not_have_fewer_than_none() -> None:
    read = miniature.read("intakes", FIXTURES / "intakes.csv")
    assert list(read.value["intake_id"]) == ["a", "b"]
    np.testing.assert_array_equal(read.value["people_served"], [np.nan, 12000])
    assert reasons(read.quality[0]) == {3: ["NUMBER_INVALID"], 4: ["DUPLICATE_ID"]}
