"""Two editions of one row of four cells, 0.01° each, that a person can check."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from pyproj import CRS
from shapely.geometry import Point, box

from hotspots.comparison import Dataset, Subject, compare
from hotspots.errors import EditionError
from hotspots.grid import AnalysisGrid

GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 10, 0, -0.01, 20), (1, 4))
SETTINGS = {
    "method": {"air": {"radius_m": 50_000.0}, "land": {"radius_m": 5_000.0}, "hotspots": {"gi_radius_m": 5_000.0}},
    "pollutants": {"pm25": {"media": ["air"], "guideline": 5.0, "note": "Primary."}},
}
INPUTS = {
    "people": Dataset("population", 2010, frozenset({"p"})),
    "plants": Dataset("facilities", 2020, frozenset({"f"})),
    "wind": Dataset("wind", None, frozenset({"w"})),
}


def outline(first: int, last: int):
    return box(10 + first / 100, 19.99, 10 + (last + 1) / 100, 20)


def hotspots(*rows: tuple[str, int, int, int], dimension: str = "air") -> gpd.GeoDataFrame:
    """Rows of id, first and last cell, rank."""
    return gpd.GeoDataFrame(
        {
            "hotspot_id": [row[0] for row in rows],
            "name": [f"Town {row[0][-1]}" for row in rows],
            "dimension": dimension,
            "rank": pd.array([row[3] for row in rows], dtype="Int64"),
            "rank_low": pd.array([1 for _ in rows], dtype="Int64"),
            "rank_high": pd.array([2 for _ in rows], dtype="Int64"),
        },
        geometry=[outline(first, last) for _, first, last, _ in rows],
        crs="OGC:CRS84",
    )


def sources(pm25_kg_yr: float) -> gpd.GeoDataFrame:
    columns = {"source_id": ["plant"], "release_pm25_kg_yr": [pm25_kg_yr], "air_exposure_removed": [7.0]}
    return gpd.GeoDataFrame(columns, geometry=[Point(10.01, 19.995)], crs="OGC:CRS84")


def subject(edition: str, people: list[float], pressure: list[float], found: gpd.GeoDataFrame) -> Subject:
    layers = {"people": np.array([people]), "air_pressure": np.array([pressure])}
    return Subject(edition, found, sources(10.0), None, GRID, layers, INPUTS, SETTINGS, "1.0")


A = subject("A", [100, 100, 100, 50], [1, 2, 3, 1], hotspots(("r-air-1", 0, 1, 1)))
B = subject("B", [100, 200, 100, 50], [1, 3, 3, 1], hotspots(("r-air-1", 1, 2, 1)))


def only(before: Subject, after: Subject) -> pd.Series:
    (row,) = [row for _, row in compare(before, after).hotspots.iterrows()]
    return row


def test_the_change_is_the_sum_of_outline_people_and_pressure() -> None:
    """Before: cells 0 and 1, 100·1 + 100·2 = 300. After: cells 1 and 2, 200·3 + 100·3 = 900.

    Cell 1 is in both: by people (2 + 3)/2 · 100 = 250, by pressure (100 + 200)/2 · 1 = 150. Outline: + 300 - 100.
    """
    row = only(A, B)
    assert (row["exposure_before"], row["exposure_after"], row["exposure_change"]) == (300, 900, 600)
    assert (row["people_part"], row["pressure_part"], row["outline_part"]) == (250, 150, 200)
    assert row["common_share"] == pytest.approx(1 / 3)
    assert (row["change"], row["matched_by"]) == ("moved", "id")


def test_the_largest_part_and_its_kind_are_named() -> None:
    # Of 250 by people, 150 by pressure and 200 by the outline. Nothing that differs is recorded.
    row = only(A, B)
    assert (row["main_part"], row["main_kind"]) == ("people", "not recorded")
    census = replace(B, inputs=INPUTS | {"people": Dataset("population", 2020, frozenset({"other"}))})
    assert only(A, census)["main_kind"] == "data"
    both = replace(census, settings=SETTINGS | {"method": {"air": {"radius_m": 1.0}}}, software="2.0")
    assert only(A, both)["main_kind"] == "not separable"
    same = only(A, A)
    assert (same["main_part"], same["main_kind"]) == ("", "")


def test_backwards_every_part_has_the_other_sign() -> None:
    there, back = only(A, B), only(B, A)
    for part in ("outline_part", "people_part", "pressure_part", "exposure_change"):
        assert back[part] == -there[part]


def test_an_edition_and_itself() -> None:
    comparison = compare(A, A)
    assert comparison.differences == ()
    assert comparison.hotspots["change"].tolist() == ["same"]
    assert comparison.hotspots["words"].tolist() == ["Town 1 (air): no change, rank 1."]
    assert not np.any(comparison.layers["people"])


def test_what_is_not_assessed_in_one_edition_is_the_outlines_part_and_no_zero() -> None:
    known = replace(A, layers=A.layers | {"air_pressure": np.array([[np.nan, 2.0, 3, 1]])})
    row = only(known, A)
    assert (row["outline_part"], row["people_part"], row["pressure_part"]) == (100, 0, 0)
    assert np.isnan(compare(known, A).layers["air_pressure"][0, 0])


def test_new_and_gone_are_compared_on_their_own_ground() -> None:
    east = replace(B, hotspots=hotspots(("r-air-2", 3, 3, 1)))
    table = compare(A, east).hotspots.set_index("hotspot_id")
    assert table["change"].to_dict() == {"r-air-2": "new", "r-air-1": "gone"}
    gone = table.loc["r-air-1"]
    # Cells 0 and 1: 300 before, 100·1 + 200·3 = 700 now.
    assert (gone["exposure_before"], gone["exposure_after"], gone["outline_part"]) == (300, 700, 0)
    assert pd.isna(gone["rank_after"])
    assert gone.geometry.equals(outline(0, 1))


def test_without_a_common_id_the_largest_overlap_matches() -> None:
    earlier = replace(A, hotspots=hotspots(("r-air-1", 0, 2, 1), ("r-air-2", 3, 3, 2)))
    later = replace(B, hotspots=hotspots(("r-air-8", 0, 0, 2), ("r-air-9", 1, 3, 1)))
    table = compare(earlier, later).hotspots.set_index("hotspot_id")
    assert table.loc["r-air-9", ["hotspot_id_before", "matched_by"]].tolist() == ["r-air-1", "overlap"]
    assert table.loc["r-air-8", "change"] == "new"
    assert table.loc["r-air-2", "change"] == "gone"


def test_hotspots_of_another_dimension_are_others() -> None:
    later = replace(B, hotspots=hotspots(("r-land-1", 0, 1, 1), dimension="land"))
    assert compare(A, later).hotspots["change"].tolist() == ["new", "gone"]


def test_the_order_of_hotspots_changes_nothing() -> None:
    two = hotspots(("r-air-1", 0, 1, 1), ("r-air-2", 3, 3, 2))
    one_way = compare(replace(A, hotspots=two), replace(B, hotspots=two)).hotspots
    other = compare(replace(A, hotspots=two[::-1]), replace(B, hotspots=two[::-1])).hotspots
    by_id = [table.set_index("hotspot_id").sort_index().drop(columns="geometry") for table in (one_way, other)]
    pd.testing.assert_frame_equal(*by_id)


def test_pollution_changed() -> None:
    """Another list of facilities, of which one source releases more: all there is to explain the pressure."""
    inputs = INPUTS | {"plants": Dataset("facilities", 2021, frozenset({"g"}))}
    (found,) = compare(A, replace(A, sources=sources(20.0), inputs=inputs)).differences
    assert (found.kind, found.what, found.detail) == (
        "pollution",
        "releases of listed sources",
        "0 new, 0 gone, 1 changed",
    )
    row = only(A, replace(B, sources=sources(20.0), inputs=inputs))
    assert row["pressure_cause"].startswith("pollution: releases of listed sources")
    assert row["people_cause"] == "nothing that the editions record"


def test_the_same_list_with_other_releases_is_a_change_of_method() -> None:
    (found,) = compare(A, replace(A, sources=sources(20.0))).differences
    assert found.kind == "method"
    assert "emission factors" in found.what


def test_data_changed() -> None:
    inputs = INPUTS | {"people": Dataset("population", 2020, frozenset({"q"}))}
    row = only(A, replace(B, inputs=inputs))
    expected = "data: people (population), other content, year 2010 → 2020"
    assert row["people_cause"] == row["pressure_cause"] == row["outline_cause"] == expected


def test_method_changed_is_told_by_name_and_only_where_it_bears() -> None:
    method = SETTINGS["method"] | {"air": {"radius_m": 40_000.0}, "hotspots": {"gi_radius_m": 7_000.0}}
    comparison = compare(A, replace(B, settings=SETTINGS | {"method": method}))
    assert [(item.kind, item.what, item.detail) for item in comparison.differences] == [
        ("method", "method.air.radius_m", "50000.0 → 40000.0"),
        ("method", "method.hotspots.gi_radius_m", "5000.0 → 7000.0"),
    ]
    row = comparison.hotspots.iloc[0]
    assert row["pressure_cause"] == "method: method.air.radius_m, 50000.0 → 40000.0"
    assert "gi_radius_m" in row["outline_cause"]
    on_land = [item.what for item in comparison.differences if item.bears_on("pressure", "land")]
    assert on_land == []


def test_causes_of_two_kinds_are_not_separable() -> None:
    inputs = INPUTS | {"wind": Dataset("wind", None, frozenset({"v"}))}
    method = SETTINGS["method"] | {"air": {"radius_m": 40_000.0}}
    row = only(A, replace(B, inputs=inputs, settings=SETTINGS | {"method": method}))
    assert row["pressure_cause"].startswith("not separable (data, method): wind (wind), other content; method.air")
    # The wind moves no people.
    assert row["people_cause"] == "nothing that the editions record"


@pytest.mark.parametrize(
    ("role", "people", "air", "outline"),
    [
        ("population", True, True, True),
        ("wind", False, True, True),
        ("rivers", False, False, False),
        ("ambient", False, False, True),
        ("protected_areas", False, False, False),
        (None, True, True, True),
    ],
)
def test_what_a_dataset_bears_on_in_air(role: str | None, people: bool, air: bool, outline: bool) -> None:
    """What provides nothing that is known may have changed anything."""
    earlier, later = (Dataset(role, 2020, frozenset({name})) for name in "ab")
    (found,) = compare(
        replace(A, inputs=INPUTS | {"other": earlier}), replace(A, inputs=INPUTS | {"other": later})
    ).differences
    on_air = tuple(found.bears_on(part, "air") for part in ("people", "pressure", "outline"))
    assert on_air == (people, air, outline)


def test_a_pollutants_note_is_no_method_and_its_guideline_is() -> None:
    def with_pm25(**changed: object) -> Subject:
        return replace(A, settings=SETTINGS | {"pollutants": {"pm25": SETTINGS["pollutants"]["pm25"] | changed}})

    assert compare(A, with_pm25(note="Other words.")).differences == ()
    (found,) = compare(A, with_pm25(guideline=10.0)).differences
    assert (found.what, found.detail) == ("pollutants.pm25.guideline", "5.0 → 10.0")
    assert found.pressure == {"air", "all"}


def test_a_factor_per_person_shows_in_what_units_release() -> None:
    """100 people and 200 kg/yr are 2 kg each; 150 people and 450 kg/yr are 3 kg each."""

    def with_units(people: float, kg_yr: float) -> Subject:
        return replace(A, units=pd.DataFrame({"people": [people], "municipal_pm25_kg_yr": [kg_yr]}))

    (found,) = compare(with_units(100, 200), with_units(150, 450)).differences
    assert (found.kind, found.detail) == ("method", "2 → 3 kg/yr")
    assert compare(with_units(100, 200), with_units(150, 300)).differences == ()


def test_a_change_of_rank_that_both_intervals_hold_is_said_to_be_so() -> None:
    second = hotspots(("r-air-1", 0, 1, 2))
    row = only(A, replace(A, hotspots=second))
    assert row["rank_within_intervals"] is True
    assert row["words"].startswith("Town 1 (air): rank 1 → 2 (within the intervals of both). Exposure 300 → 300")
    sure = replace(A, hotspots=second.assign(rank_low=pd.array([2], dtype="Int64")))
    assert only(A, sure)["rank_within_intervals"] is False


def test_the_words_of_a_change() -> None:
    inputs = INPUTS | {"people": Dataset("population", 2010, frozenset({"q"}))}
    why = "(data: people (population), other content)"
    assert only(A, replace(B, inputs=inputs))["words"] == (
        "Town 1 (air): moved, rank 1 as before. Exposure 300 → 900 (+200.0 %): "
        f"+200 where the outline differs {why}; +250 by people {why}; +150 by pressure {why}."
    )


def test_a_raster_that_is_not_published_leaves_the_parts_unknown() -> None:
    row = only(A, replace(B, layers={"air_pressure": B.layers["air_pressure"]}))
    assert np.isnan(row[["exposure_change", "people_part"]].astype(float)).all()
    assert "cannot be compared" in row["words"]


def test_editions_of_different_grids_are_refused() -> None:
    finer = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.005, 0, 10, 0, -0.005, 20), (2, 8))
    with pytest.raises(EditionError, match=r"editions A and B: grid: 1 × 4 cells of 0.01.*2 × 8 cells of 0.005"):
        compare(A, replace(B, grid=finer))
