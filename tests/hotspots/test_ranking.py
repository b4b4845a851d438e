"""Hotspots by other rules than the one they were published by."""

from __future__ import annotations

import json

import pytest

from hotspots.ranking import METHOD_RULES, RULES, known, ranks
from tests import small_region
from tests.hotspots.test_assessment import run

# People × priority / 100, mean priority, people above a standard, air and land exposure.
BIG = {"priority_people": 400.0, "priority": 40.0, "people_above_standard": 0.0, "air_exposure": 5.0}
HARSH = {"priority_people": 90.0, "priority": 90.0, "people_above_standard": 100.0, "air_exposure": 5.0}
UNKNOWN = {"priority_people": 40.0, "priority": 20.0, "people_above_standard": None, "air_exposure": None}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("priority_people", [1, 2, 3]),
        ("severity", [2, 1, 3]),
        ("people_above_standard", [None, 1, None]),  # nobody above one, and not assessed: neither has a rank
        ("air_exposure", [1, 1, None]),  # ties share the better rank
        ("land_exposure", [None, None, None]),  # an edition that does not know the field
    ],
)
def test_ranks_by_hand(rule, expected):
    assert ranks([BIG, HARSH, UNKNOWN], rule) == expected


def test_order_of_the_rows_changes_no_rank():
    rows = [BIG, HARSH, UNKNOWN]
    for rule in RULES:
        assert ranks(rows[::-1], rule) == ranks(rows, rule)[::-1]


def test_known_is_what_any_hotspot_has():
    assert known([BIG, UNKNOWN], "people_above_standard")
    assert not known([UNKNOWN], "people_above_standard")
    assert not known([], "severity")


def test_the_methods_rule_gives_the_ranks_that_an_edition_publishes():
    table = run(small_region.inputs()).hotspots
    rows = json.loads(table.drop(columns="geometry").to_json(orient="records", double_precision=15))
    rule = small_region.METHOD.hotspots.rank_rule
    assert rule in METHOD_RULES
    for dimension in table["dimension"].unique():
        of_dimension = [row for row in rows if row["dimension"] == dimension]
        assert ranks(of_dimension, rule) == [row["rank"] for row in of_dimension]
        assert len(of_dimension) > 0
