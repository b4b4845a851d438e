from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.progress import Silent
from hotspots.result import Assessment
from hotspots.uncertainty import COLUMNS
from tests import miniature, small_region


def run(inputs: Inputs, method: Method) -> Assessment:
    with threads(2) as executor:
        return assess(inputs, method, None, executor, Silent())


def tables(assessed: Assessment) -> dict[str, pd.DataFrame]:
    return {"hotspots": assessed.hotspots, "sources": assessed.sources, "units": assessed.units}


def method(rank_rule: str = "priority_people", **uncertainty: object) -> Method:
    standard = small_region.METHOD
    return replace(
        standard,
        hotspots=replace(standard.hotspots, rank_rule=rank_rule),
        uncertainty=replace(standard.uncertainty, **uncertainty),
    )


def rivals() -> Inputs:
    """The small region with a valley plant about half as harmful as the harbour plant, both reported, not estimated."""
    original = small_region.inputs()
    releases = original.releases
    stronger = np.where(releases["source_id"] == "p2", 70.0, 1.0)
    releases = releases.assign(release_kg_yr=releases["release_kg_yr"] * stronger, method="C", quality="C")
    return replace(original, releases=releases)


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    return run(rivals(), small_region.METHOD)


@pytest.mark.parametrize("rank_rule", ["priority_people", "severity"])
def test_with_factors_of_1_the_intervals_are_the_published_ranks(rank_rule: str) -> None:
    certain = method(rank_rule, quality_factors=tuple((grade, 1.0) for grade in "ABCDE"), weight_factor=1.0)
    for name, table in tables(run(small_region.inputs(), certain)).items():
        ranked = table[table["rank"].notna()]
        assert len(ranked), name
        assert (ranked["rank_low"] == ranked["rank"]).all(), name
        assert (ranked["rank_high"] == ranked["rank"]).all(), name
        assert set(ranked["p_top10"]) == {1.0}, name


def test_published_ranks_lie_in_intervals_of_some_width(assessed: Assessment) -> None:
    for name, table in tables(assessed).items():
        ranked = table[table["rank"].notna()]
        assert (ranked["rank_low"] <= ranked["rank_high"]).all(), name
        assert ranked["p_top10"].between(0, 1).all(), name
    assert (assessed.sources["rank_high"] > assessed.sources["rank_low"]).any()


def test_what_has_no_rank_has_no_interval() -> None:
    original = small_region.inputs()
    idle = original.releases[original.releases["source_id"] != "p2"]
    table = run(replace(original, releases=idle), small_region.METHOD).sources.set_index("source_id")
    assert pd.isna(table.at["p2", "rank"])
    assert table.loc["p2", COLUMNS].isna().all()


def test_a_rule_that_people_do_not_make_has_no_hotspot_intervals() -> None:
    forest = gpd.GeoDataFrame(
        {
            "protected_id": ["1"],
            "name": ["Forest"],
            "designation": ["Reserve"],
            "iucn_category": ["II"],
            "marine": [False],
            "reported_area_km2": [10.0],
            "from_point": [False],
        },
        geometry=[box(10.1, 20.2, 10.2, 20.4)],
        crs="OGC:CRS84",
    )
    harmful = {"pm25": replace(miniature.POLLUTANTS["pm25"], vegetation_level=miniature.level(20))}
    inputs = replace(small_region.inputs(), protected=forest, pollutants=miniature.POLLUTANTS | harmful)
    ecological = run(inputs, method("ecological"))
    assert ecological.hotspots[COLUMNS].isna().all().all()
    assert ecological.units["rank_low"].notna().all()
    assert any("not drawn for the rule ecological" in sentence for sentence in ecological.assumptions)


def test_the_order_of_the_inputs_changes_no_interval(assessed: Assessment) -> None:
    original = rivals()
    shuffled = replace(
        original,
        sources=original.sources.sample(frac=1, random_state=3),
        releases=original.releases.sample(frac=1, random_state=4),
        municipal=original.municipal[::-1],
        units=original.units.iloc[::-1].reset_index(drop=True),
    )
    again = run(shuffled, small_region.METHOD)
    for name, key in (("hotspots", "hotspot_id"), ("sources", "source_id"), ("units", "unit_id")):
        ours, theirs = (tables(item)[name].set_index(key)[COLUMNS].sort_index() for item in (assessed, again))
        pd.testing.assert_frame_equal(ours, theirs)


def test_better_data_give_narrower_intervals(assessed: Assessment) -> None:
    original = rivals()
    measured = replace(
        original,
        releases=original.releases.assign(quality="A", method="M"),
        sources=original.sources.assign(quality="A"),
        municipal=tuple(replace(factor, quality="A") for factor in original.municipal),
    )
    better = run(measured, small_region.METHOD)

    def width(table: pd.DataFrame) -> float:
        return float((table["rank_high"] - table["rank_low"]).sum())

    assert width(better.sources) < width(assessed.sources)
    assert width(better.hotspots) <= width(assessed.hotspots)


def test_the_assumptions_say_what_was_drawn(assessed: Assessment) -> None:
    sentence = next(text for text in assessed.assumptions if text.startswith("Rank intervals"))
    assert "200 draws" in sentence
    assert "E 10" in sentence
