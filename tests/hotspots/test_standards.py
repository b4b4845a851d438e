"""People above annual standards, on the eight cells of `tiny`.

people    100 200   0  -      unit W holds the first two columns and half of the third, E the rest:
            0 300 400  0      W: 100 + 200 + 0 / 2 + 300 + 400 / 2 = 800, E: 200.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotspots.evidence import COMBINED, gather
from hotspots.exposure import coverage
from hotspots.inputs import AmbientField, Inputs
from hotspots.region import Background, Limit
from hotspots.standards import (
    COLUMNS,
    annual_standards,
    exceedance_standard,
    standards_table,
    units_as_zones,
    whole_region,
)
from tests import miniature
from tests.hotspots.tables import tiny

FIELD = np.array([[36.0, 30.0, 90.0, 90.0], [90.0, 5.0, 6.0, 90.0]])
ASSESSED = ~np.isnan(tiny.PEOPLE)


def with_field(values: np.ndarray = FIELD, *limits: Limit, background: float | None = None) -> Inputs:
    inputs = tiny.inputs()
    backgrounds = () if background is None else (Background("pm25", background, 2020, "test"),)
    region = replace(inputs.region, limits=limits, backgrounds=backgrounds)
    return replace(inputs, region=region, ambient=(AmbientField("pm25", values, 2020, "Satellite"),))


def gathered(inputs: Inputs):
    return gather(inputs, miniature.METHOD, tiny.pressures(), ASSESSED, tiny.NO_VULNERABILITY)


def table(inputs: Inputs):
    evidence = gathered(inputs)
    units = units_as_zones(inputs.units, coverage(inputs.grid, inputs.units))
    zones = (whole_region(inputs, ASSESSED), units)
    return standards_table(inputs, tiny.pressures().increments, evidence.ambient, zones)


def people_above(inputs: Inputs, zone_id: str) -> dict[str, float]:
    found = table(inputs)
    rows = found[(found["zone_id"] == zone_id) & (found["pollutant"] == "pm25")]
    return dict(zip(rows["standard"], rows["people_above"], strict=True))


def test_a_satellite_field_alone_is_the_ambient_total() -> None:
    # tiny's increments of PM2.5 are 5 to 15 µg/m³: none of them is in the total.
    np.testing.assert_array_equal(gathered(with_field()).ambient["pm25"], np.where(ASSESSED, FIELD, np.nan))


def test_people_above_each_annual_level_by_zone() -> None:
    # Above 35: 100 (36). Above 25: 100 + 200. Above 5: 100 + 200 + 400 (the 300 live at 5, which is not above).
    assert people_above(with_field(), miniature.REGION.id) == {
        "guideline": 700.0,
        "interim_target_1": 100.0,
        "interim_target_2": 300.0,
    }
    west = people_above(with_field(), "W")  # half of the cell of 400
    assert west == pytest.approx({"guideline": 500.0, "interim_target_1": 100.0, "interim_target_2": 300.0})
    east = people_above(with_field(), "E")
    assert east == pytest.approx({"guideline": 200.0, "interim_target_1": 0.0, "interim_target_2": 0.0})


def test_a_national_limit_comes_before_interim_target_1() -> None:
    limited = with_field(FIELD, Limit("pm25", 25.0, "Decree 1"))
    standard = exceedance_standard(limited, "pm25")
    assert standard is not None
    assert (standard.name, standard.level.citation) == ("national_limit", "Decree 1")
    assert people_above(limited, "W")["national_limit"] == pytest.approx(300.0)
    np.testing.assert_array_equal(np.argwhere(gathered(with_field()).exceeds["air"]), [[0, 0]])
    np.testing.assert_array_equal(np.argwhere(gathered(limited).exceeds[COMBINED]), [[0, 0], [0, 1]])


def test_where_the_total_is_unknown_nobody_is_said_to_be_below() -> None:
    unknown = FIELD.copy()
    unknown[:, :2] = np.nan
    found = table(with_field(np.where(np.arange(4) < 3, np.nan, FIELD))).set_index(["zone_id", "standard"])
    assert found["people_above"].isna().all()
    assert (found["people_assessed"] == 0).all()
    partly = table(with_field(unknown)).set_index(["zone_id", "standard"])
    assert partly.loc[("W", "guideline"), "people_assessed"] == pytest.approx(200.0)
    assert partly.loc[("W", "guideline"), "share_above"] == pytest.approx(1.0)


def test_increments_alone_are_compared_with_nothing() -> None:
    found = table(tiny.inputs())
    assert found.empty
    assert list(found.columns) == COLUMNS
    assert gathered(tiny.inputs()).above_guideline is None


def test_levels_of_other_than_annual_means_are_left_out() -> None:
    daily = replace(miniature.level(15), statistic="24 h mean")
    inputs = tiny.inputs()
    pm25 = replace(inputs.pollutants["pm25"], guideline=daily)
    names = [item.name for item in annual_standards(replace(inputs, pollutants={"pm25": pm25}), "pm25")]
    assert names == ["interim_target_1", "interim_target_2"]
