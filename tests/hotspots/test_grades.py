from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from hotspots.grades import far_apart, lowered, worst, years
from hotspots.inputs import Wind
from hotspots.region import Background
from tests.hotspots.tables import tiny


def test_the_worst_grade() -> None:
    assert worst(["B", "A", "D", "C"]) == "D"
    with pytest.raises(ValueError, match="empty"):
        worst([])


@pytest.mark.parametrize(("first", "grade", "expected"), [(2015, "B", "B"), (2014, "B", "C"), (2014, "E", "E")])
def test_more_than_five_years_apart_lowers_one_grade_and_no_further_than_e(first: int, grade: str, expected) -> None:
    assert lowered(grade, replace(tiny.inputs(), people_year=first)) == expected


def test_years_are_of_people_releases_winds_backgrounds_and_datasets() -> None:
    inputs = tiny.inputs()
    assert years(inputs) == (2020, 2020)
    assert not far_apart(inputs)
    assert years(replace(inputs, people_year=2011)) == (2011, 2020)
    assert years(replace(inputs, wind=Wind(None, "hourly", (1982, 1992)))) == (1982, 2020)
    background = Background("pm25", 1.0, 2003, "test")
    assert years(replace(inputs, region=replace(inputs.region, backgrounds=(background,)))) == (2003, 2020)
    released = inputs.releases.assign(year=pd.Series([2022, pd.NA, 2021, 2020], dtype="Int64"))
    assert years(replace(inputs, releases=released)) == (2020, 2022)
    assert years(replace(inputs, datasets=(replace(inputs.datasets[0], year=2001),))) == (2001, 2020)
