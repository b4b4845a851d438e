"""Breakdowns of the report: printed parts that add up to printed totals; drawing and filter text by hand."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from api.report_figures import MOST_UNITS, apportioned, breakdown, by_unit
from api.report_map import drawing
from hotspots.editions.manifest import PeopleTotals

SQUARE = [[-90.0, 0.0], [90.0, 0.0], [90.0, -66.0], [-90.0, -66.0]]


def totals(people: float) -> PeopleTotals:
    return PeopleTotals(people=people, people_in_units=people, people_outside_units=0.0)


def test_what_is_left_goes_to_the_largest_remainders():
    # 10.4 + 20.7 + 30.9 = 62: rounded down 60, so the two with .9 and .7 are rounded up.
    assert apportioned([10.4, 20.7, 30.9], 62) == [10, 21, 31]


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=50))
def test_parts_add_up_and_none_is_moved_by_one(values):
    total = round(math.fsum(values))
    parts = apportioned(values, total)
    assert sum(parts) == total
    assert all(abs(part - value) < 1 + 1e-6 for part, value in zip(parts, values, strict=True))


def test_people_by_hotspot_and_elsewhere():
    # 700.5 + 300.2 of 1500.0 leave 499.3; rounded down 1499, the missing one goes to 700.5.
    rows = [{"name": "E", "people": 700.5}, {"name": "W", "people": 300.2}]
    made = breakdown(rows, [], totals(1500.0))
    assert [part.people for part in made.parts] == [701, 300]
    assert (made.others, made.rest, made.total, made.inside) == (None, 499, 1500, 1001)
    assert not made.hidden


def test_a_figure_that_is_not_published_is_no_zero():
    made = breakdown([{"name": "E", "people": None}, {"name": "W", "people": 300.0}], [], totals(1000.0))
    assert [part.people for part in made.parts] == [None, 300]
    assert made.rest == 700
    assert made.hidden


def test_units_are_summed_by_what_they_are_part_of():
    units = [
        {"name": "a", "group": "North", "people": 10.0},
        {"name": "b", "group": "North", "people": 20.0},
        {"name": "South", "group": "", "people": 50.0},
        {"name": "c", "group": "East", "people": None},
        {"name": "d", "group": "East", "people": 5.0},
    ]
    made = by_unit(units, totals(100.0))
    assert [(part.name, part.people) for part in made.parts] == [("South", 50), ("North", 30), ("East", None)]
    assert made.rest == 20


def test_many_units_become_one_row():
    units = [{"name": str(at), "group": "", "people": 1.0 + at} for at in range(MOST_UNITS + 3)]
    made = by_unit(units, totals(sum(1.0 + at for at in range(MOST_UNITS + 3))))
    assert made.others is not None
    assert (made.others.count, made.others.people) == (3, 1 + 2 + 3)
    assert sum(part.people or 0 for part in made.parts) + made.others.people == made.total


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=60), st.floats(0, 1e8))
def test_any_breakdown_adds_up(people, elsewhere):
    rows = [{"name": str(at), "people": value} for at, value in enumerate(people)]
    known = math.fsum(value for value in people if value is not None)
    made = breakdown(rows[:20], rows[20:], totals(known + elsewhere))
    others = made.others.people or 0 if made.others else 0
    assert sum(part.people or 0 for part in made.parts) + others + made.rest == made.total


def test_hotspots_are_thinned_to_the_drawing_and_the_first_is_on_top():
    ring = [[0.0, 0.0], [0.01, 0.0], [45.0, 0.0], [45.0, -45.0], [0.0, 0.0]]
    one = {"properties": {"rank": 1}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    two = {"properties": {"rank": None}, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}
    made = drawing("p.png", SQUARE, None, [one, two])
    assert [marker.label for marker in made.markers] == ["", "1"]
    # The second point falls on the first. 45° are 250 units; ln tan 67.5° = 0.8814 are 280.5 units.
    assert made.markers[0].path == "M500 0l250 0 0 281 -250 -281z"
