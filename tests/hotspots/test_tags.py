from __future__ import annotations

import pandas as pd
import pytest

from config import load
from hotspots.tags import Tags, joined, order, split, tagged, title


def test_tags_are_written_in_one_order_and_read_back() -> None:
    text = joined(["waste", "sdg_12.4", "sdg_3.9", "minamata", "basel", "chemicals_and_waste", "sdg_12.b"])
    assert text == "chemicals_and_waste, basel, minamata, sdg_3.9, sdg_12.4, sdg_12.b, waste"
    assert split(text)[1:3] == ["basel", "minamata"]
    assert split(joined([])) == []


def test_any_text_has_a_place_in_the_order() -> None:
    assert sorted(["sdg_", "sdg_x.1", "<b>", "sdg_14.1", "sdg_6.3"], key=order)[:2] == ["sdg_6.3", "sdg_14.1"]


def test_rows_carry_every_tag_asked_for_by_its_whole_name() -> None:
    table = pd.DataFrame({"tags": ["chemicals_and_waste, sdg_3.9", "waste, sdg_3.9", "", "waste"]})
    assert list(tagged(table, ["waste"]).index) == [1, 3]
    assert list(tagged(table, ["waste", "sdg_3.9"]).index) == [1]
    assert list(tagged(table, []).index) == [0, 1, 2, 3]
    assert tagged(table, ["sdg_3"]).empty


def test_titles_are_for_readers() -> None:
    assert [title(tag) for tag in ("sdg_6.3", "minamata", "organic_load")] == [
        "SDG target 6.3",
        "Minamata Convention (mercury)",
        "Organic load",
    ]


def test_ids_are_those_of_all_three_kinds() -> None:
    assert Tags(True, ("basel",), ("12.4",)).ids == {"chemicals_and_waste", "basel", "sdg_12.4"}
    assert Tags().ids == frozenset()


@pytest.mark.parametrize(
    ("pollutant", "tags"),
    [
        ("hg", {"chemicals_and_waste", "minamata", "lrtap", "sdg_3.9", "sdg_6.3", "sdg_12.4"}),
        ("bod", {"sdg_6.3"}),
        ("mismanaged_plastic", {"chemicals_and_waste", "basel", "sdg_11.6", "sdg_12.4", "sdg_14.1"}),
    ],
)
def test_configured_pollutants_carry_what_plainly_covers_them(pollutant: str, tags: set[str]) -> None:
    assert load.pollutants()[pollutant].tags.ids == tags


def test_every_configured_pollutant_bears_on_a_target() -> None:
    assert all(pollutant.tags.sdg_targets for pollutant in load.pollutants().values())
