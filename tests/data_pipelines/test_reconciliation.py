from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_pipelines.reconciliation import ALIKE, Reconciled, alike, reconcile
from hotspots.schemas import RELEASES, SOURCES

DEG_M = 111_320.0
"""Of longitude on the equator, where the records below lie."""


def record(source_id: str, name: str, east_m: float = 0.0, **stated: object) -> dict[str, object]:
    """A record ``east_m`` metres east of the origin; its dataset is what stands before the colon."""
    return {
        "source_id": source_id,
        "name": name,
        "sector": "chemicals",
        "kind": "chemicals",
        "country": "JAM",
        "position_accuracy_m": 100.0,
        "stack_height_m": np.nan,
        "stack_diameter_m": np.nan,
        "exit_velocity_m_s": np.nan,
        "exit_temperature_k": np.nan,
        "transboundary": False,
        "land_weight": 1.0,
        "status": "operating",
        "year": 2020,
        "datasets": source_id.split(":", maxsplit=1)[0],
        "quality": "B",
        "releases_assessed": True,
        "east_m": east_m,
    } | stated


def tables(records: list[dict[str, object]], amounts: list[tuple]) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Sources and releases; an amount is (source, pollutant, medium, kg/yr, method, quality, year)."""
    frame = pd.DataFrame(records)
    points = gpd.points_from_xy(frame.pop("east_m") / DEG_M, np.zeros(len(frame)))
    sources = gpd.GeoDataFrame(frame.astype({"year": "Int64"}), geometry=points, crs="OGC:CRS84")
    text = ["source_id", "name", "sector", "kind", "country", "status", "datasets", "quality"]
    sources = sources.astype(dict.fromkeys(text, "str"))[list(SOURCES.columns)]
    columns = ["source_id", "pollutant", "medium", "release_kg_yr", "method", "quality", "year"]
    stated = pd.DataFrame(amounts, columns=columns)
    stated["dataset"] = stated["source_id"].str.split(":").str[0]
    stated["record_id"] = stated["source_id"].str.split(":").str[1]
    text = ["source_id", "pollutant", "medium", "method", "quality", "dataset", "record_id"]
    stated = stated.astype(dict.fromkeys(text, "str") | {"year": "Int64", "release_kg_yr": float})
    return sources, stated[list(RELEASES.columns)]


def joined(records: list[dict[str, object]], amounts: list[tuple] = ()) -> Reconciled:
    sources, releases = tables(records, list(amounts))
    found = reconcile(sources, releases)
    SOURCES.validate(found.facilities.sources)
    RELEASES.validate(found.facilities.releases)
    return found


def ids(found: Reconciled) -> list[str]:
    return list(found.facilities.sources["source_id"])


def test_one_facility_of_two_inventories_counts_once_and_cites_both():
    found = joined(
        [record("a:1", "Westend Chemicals Ltd"), record("b:9", "WESTEND CHEMICALS", 300.0, position_accuracy_m=10.0)],
        [
            ("a:1", "so2", "air", 900.0, "E", "B", 2021),
            ("b:9", "so2", "air", 1000.0, "M", "B", 2019),
            ("b:9", "pb", "water", 3.0, "C", "B", 2019),
        ],
    )
    assert ids(found) == ["b:9"]  # of one grade: the one whose position is better known
    assert found.facilities.sources["datasets"].tolist() == ["a,b"]
    amounts = found.facilities.releases.set_index(["pollutant", "medium"])["release_kg_yr"]
    assert amounts.to_dict() == {("so2", "air"): 1000.0, ("pb", "water"): 3.0}  # measured before estimated, no sum
    (match,) = found.matches
    assert (match.kept, match.joined, match.datasets) == ("b:9", ("a:1",), ("a", "b"))
    ((one, other, distance_m, similarity),) = match.pairs
    assert (one, other, similarity) == ("a:1", "b:9", 100.0)
    assert distance_m == pytest.approx(300.0, abs=1.0)
    (left,) = match.not_taken
    assert (left.dataset, left.pollutant, left.release_kg_yr, left.method) == ("a", "so2", 900.0, "E")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"sector": "pulp_paper"}, "another sector"),
        ({"east_m": 800.0}, "500 m and twice 100 m of accuracy are 700 m"),
        ({"name": "Eastend Chemicals"}, "another name"),
        ({"datasets": "a"}, "the same dataset"),
    ],
)
def test_nothing_else_is_joined(other, reason):
    found = joined([record("a:1", "Westend Chemicals"), record("b:9", "Westend Chemicals", 300.0) | other])
    assert len(found.facilities.sources) == 2, reason
    assert found.matches == ()


def test_positions_that_are_badly_known_may_lie_further_apart_but_not_any_distance():
    coarse = {"position_accuracy_m": 4000.0}
    near = [record("a:1", "Westend Chemicals"), record("b:9", "Westend Chemicals", 4000.0, **coarse)]
    far = [record("a:1", "Westend Chemicals"), record("b:9", "Westend Chemicals", 5200.0, position_accuracy_m=1e5)]
    assert len(joined(near).matches) == 1
    assert joined(far).matches == ()


def test_better_amounts_by_method_then_grade_then_year():
    records = [record(f"{name}:1", "Westend Chemicals") for name in "abc"]
    found = joined(
        records,
        [
            ("a:1", "so2", "air", 1.0, "C", "B", 2020),
            ("b:1", "so2", "air", 2.0, "C", "A", 2018),
            ("c:1", "so2", "air", 3.0, "E", "A", 2024),
            ("a:1", "hg", "air", 4.0, "C", "B", 2018),
            ("b:1", "hg", "air", 5.0, "C", "B", 2021),
        ],
    )
    assert found.facilities.releases.set_index("pollutant")["release_kg_yr"].to_dict() == {"hg": 5.0, "so2": 2.0}
    assert found.facilities.sources["datasets"].tolist() == ["a,b,c"]
    assert sorted(left.release_kg_yr for left in found.matches[0].not_taken) == [1.0, 3.0, 4.0]


def test_a_stack_and_the_newest_status_come_from_whoever_knows_them():
    stack = {"stack_height_m": 80.0, "stack_diameter_m": 2.0, "exit_velocity_m_s": 10.0, "exit_temperature_k": 400.0}
    found = joined(
        [
            record("a:1", "Westend Chemicals", quality="A", year=2015),
            record("b:1", "Westend Chemicals", 100.0, year=2023, status="closed", **stack),
        ],
        [("a:1", "so2", "air", 1.0, "M", "A", 2015), ("a:1", "pb", "land", 2.0, "M", "A", 2015)],
    )
    source = found.facilities.sources.iloc[0]
    assert (source["source_id"], source["stack_height_m"], source["status"]) == ("a:1", 80.0, "closed")
    assert found.facilities.releases["medium"].tolist() == ["land"]  # what is closed releases nothing to air


def test_two_records_of_one_inventory_stay_two_and_the_better_name_is_joined():
    found = joined(
        [
            record("a:1", "Westend Chemicals North"),
            record("a:2", "Westend Chemicals South"),
            record("b:1", "Westend Chemicals South", 50.0),
        ]
    )
    assert ids(found) == ["a:1", "a:2"]
    assert [match.joined for match in found.matches] == [("b:1",)]
    assert found.left_apart == ()
    unclear = joined([record("a:1", "Westend"), record("a:2", "Westend", 50.0), record("b:1", "Westend", 20.0)])
    assert ids(unclear) == ["a:1", "a:2"]
    assert unclear.left_apart == (("a:2", "b:1"),)


def test_on_either_side_of_the_antimeridian():
    sources, releases = tables([record("a:1", "Westend"), record("b:1", "Westend")], [])
    sources.geometry = gpd.points_from_xy([179.999, -179.999], [0.0, 0.0], crs="OGC:CRS84")
    assert len(reconcile(sources, releases).matches) == 1


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Westend Chemicals Ltd", "WESTEND CHEMICALS, INC.", True),
        ("Usine de Zürich SA", "Zurich", True),
        ("Kraftwerk Köln-Niehl", "Kraftwerk Koln Niehl", True),
        ("Westend Power Plant", "Eastend Power Plant", False),
        ("Power Plant", "Power Station", False),
        ("", "", False),
    ],
)
def test_names_are_compared_by_the_words_that_tell(first, second, same):
    assert (alike(first, second) >= ALIKE) is same


RECORDS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["Westend", "Westend North", "Bauxite"]), st.integers(0, 20),
        st.sampled_from(["M", "C", "E"]), st.sampled_from("AB"), st.integers(2018, 2020),
    ),
    min_size=1,
    max_size=10,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_and_nothing_is_added_up(drawn, random):
    records, amounts = [], []
    for number, (dataset, name, east, method, quality, year) in enumerate(drawn):
        source_id = f"{dataset}:{number}"
        records.append(record(source_id, name, east * 100.0, quality=quality, year=year))
        amounts.append((source_id, "so2", "air", float(2**number), method, quality, year))
    first = joined(records, amounts)
    random.shuffle(records)
    random.shuffle(amounts)
    second = joined(records, amounts)
    pd.testing.assert_frame_equal(first.facilities.sources, second.facilities.sources)
    pd.testing.assert_frame_equal(first.facilities.releases, second.facilities.releases)
    assert (first.matches, first.left_apart) == (second.matches, second.left_apart)
    stated = {2.0**number for number in range(len(drawn))}
    assert set(first.facilities.releases["release_kg_yr"]) <= stated
    assert len(first.facilities.sources) == len(drawn) - sum(len(match.joined) for match in first.matches)
    for match in first.matches:
        assert len(set(match.datasets)) == len(match.datasets)
