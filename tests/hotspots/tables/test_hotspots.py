from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.attribution import COLUMNS, Attribution, ranked
from hotspots.delineation import delineate
from hotspots.errors import MethodError
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs, Wind
from hotspots.receptors import Detail
from hotspots.scoring import burden
from hotspots.tables.hotspots import Found, Surroundings, hotspot_table
from hotspots.tables.summary import zone_columns
from tests import miniature
from tests.hotspots.tables import tiny

UNIT_OF_CELL = np.array([[0, 0, 1, 1], [0, 0, 1, 1]], dtype=np.int32)
LABELLED = np.array([[True, False, False, False], [False, False, True, False]])
"""Hotspot 1: the first cell of the first row; hotspot 2: the third of the second."""

CONTRIBUTIONS = pd.DataFrame(
    [
        (1, "s1", "source", "Source s1", "public_electricity", "air", 30.0),
        (1, "municipal:West:household", "municipal", "Households, West", "household", "air", 70.0),
        (2, "municipal:East:household", "municipal", "Households, East", "household", "air", 250.0),
        (2, "s3", "source", "Source s3", "waste_disposal", "air", 200.0),
        (2, "s1", "source", "Source s1", "public_electricity", "air", 50.0),
        (2, "s3", "source", "Source s3", "waste_disposal", "land", 800.0),
    ],
    columns=COLUMNS,
)


def table(
    inputs: Inputs | None = None, dimension: str = "all", top: int = 1, method=miniature.METHOD, **around: object
) -> gpd.GeoDataFrame:
    inputs = inputs or tiny.inputs()
    delineation = delineate(LABELLED, tiny.GRID, tiny.PEOPLE, 50)
    found = Found(dimension, delineation, ("h-1", "h-2"), np.array([1, 2]))
    by_pollutant = Detail(CONTRIBUTIONS.assign(pollutant="pm25"), pd.DataFrame(), pd.DataFrame())
    attribution = Attribution(CONTRIBUTIONS, pd.DataFrame(), {}, by_pollutant)
    surroundings = Surroundings(
        **{"unit_of_cell": UNIT_OF_CELL, "protected_fraction": None, "ecological": None, "not_assessed": "x", **around}
    )
    made = hotspot_table(
        inputs, method, tiny.pressures(), tiny.evidence(), found, attribution, ranked(attribution, top), surroundings
    )
    return made.set_index("hotspot_id")


def test_people_scores_and_rank() -> None:
    hotspots = table()
    assert hotspots["people"].to_dict() == {"h-2": 400.0, "h-1": 100.0}
    assert hotspots["priority_people"].to_dict() == pytest.approx({"h-2": 160.0, "h-1": 10.0})
    assert hotspots["rank"].to_dict() == {"h-2": 1, "h-1": 2}
    assert hotspots["air_exposure"].to_dict() == pytest.approx({"h-2": 400.0, "h-1": 100.0})
    assert hotspots["max_gi_z"].to_dict() == {"h-2": 5.0, "h-1": 1.0}
    assert hotspots["clustered"].to_dict() == {"h-2": True, "h-1": False}
    assert hotspots["high_priority"].to_dict() == {"h-2": True, "h-1": False}
    assert hotspots["exceeds_standard"].isna().all()
    assert hotspots["units"].to_dict() == {"h-2": "East", "h-1": "West"}


def test_percentiles_are_means_over_the_people_and_make_the_burden() -> None:
    # Air 20 and 80 at the 200 and 300 people of one hotspot, land 40 and nothing known of the 400 of the other:
    # (200 × 20 + 300 × 80) / 500 = 56, and (56 + 40) / 2 / 10 = 4.8.
    air = np.array([[0.0, 20.0, 0.0, np.nan], [0.0, 80.0, 60.0, 0.0]])
    land = np.array([[0.0, 40.0, 0.0, np.nan], [0.0, 40.0, np.nan, 0.0]])
    percentiles = {"air": air, "land": land}
    evidence = replace(tiny.evidence(), percentiles=percentiles, burden=burden(percentiles, {"air": 1.0, "land": 1.0}))
    zones = Coverage.of_labels(np.array([[0, 1, 0, 0], [0, 1, 2, 0]]))
    columns = zone_columns(tiny.inputs(), miniature.METHOD, tiny.pressures(), evidence, zones)
    np.testing.assert_allclose(columns["air_percentile"], [56.0, 60.0])
    np.testing.assert_allclose(columns["land_percentile"], [40.0, np.nan])
    np.testing.assert_allclose(columns["burden"], [4.8, 6.0])


def test_the_percentile_of_what_is_not_assessed_is_missing() -> None:
    hotspots = table()
    assert hotspots["air_percentile"].to_dict() == {"h-2": 30.0, "h-1": 30.0}
    assert hotspots[["freshwater_percentile", "marine_percentile"]].isna().all(axis=None)


def test_named_by_the_largest_place_inside_else_the_nearest_else_the_unit() -> None:
    assert table()["name"].to_dict() == {"h-2": "Town", "h-1": "Hamlet"}
    assert table(replace(tiny.inputs(), places=None))["name"].to_dict() == {"h-2": "East", "h-1": "West"}


def test_every_contributing_source_counts_however_few_are_listed() -> None:
    assert table(top=1)["source_count"].to_dict() == {"h-2": 2, "h-1": 1}
    assert table(top=1, dimension="land")["source_count"].to_dict() == {"h-2": 1, "h-1": 0}
    listed = json.loads(table(top=1).at["h-2", "top_sources"])
    assert [(entry["id"], entry["dimension"], entry["share"]) for entry in listed] == [
        ("municipal:East:household", "air", 0.5),
        ("others", "air", 0.5),
        ("s3", "land", 1.0),
    ]


def test_the_leading_source_is_that_of_the_burden_over_all_dimensions() -> None:
    # Percentiles of 30 and 10 everywhere: three quarters of the burden are air, one is land. At h-2 the dump causes
    # 40 % of air and all of land, 0.4 × 0.75 + 1 × 0.25 = 0.55; the households 0.5 × 0.75 = 0.375.
    combined = table()
    assert combined.at["h-2", "top_source"] == "Source s3"
    assert combined.at["h-2", "top_source_share"] == pytest.approx(0.55)
    assert combined.at["h-1", "top_source"] == "Households, West"
    assert combined.at["h-1", "top_source_share"] == pytest.approx(0.7 * 0.75)
    air = table(dimension="air")
    assert air.at["h-2", "top_source"] == "Households, East"
    assert air.at["h-2", "top_source_share"] == pytest.approx(0.5)


def test_location_is_uncertain_where_the_leading_source_is_less_well_placed_than_the_hotspot_is_wide() -> None:
    # Source s3 is good to 5 km, the cell 1.1 km wide.
    assert table()["location_uncertain"].to_dict() == {"h-2": True, "h-1": False}


def test_quality_is_the_worst_grade_of_all_contributors_and_one_lower_where_years_are_far_apart() -> None:
    # h-1: source s1 C, households D. h-2: also s3 D. Road traffic (B) and waste (E, not to air) contribute nothing.
    assert table()["quality"].to_dict() == {"h-2": "D", "h-1": "D"}
    old = Wind(data=None, sampling="monthly_mean", years=(1982, 1992))
    assert table(replace(tiny.inputs(), wind=old))["quality"].to_dict() == {"h-2": "E", "h-1": "E"}


def test_severity_and_ecological_rank_rules() -> None:
    def by(rule: str):
        return replace(miniature.METHOD, hotspots=replace(miniature.METHOD.hotspots, rank_rule=rule))

    assert table(method=by("severity"))["rank"].to_dict() == {"h-2": 1, "h-1": 2}
    fraction = np.where(LABELLED, 0.5, 0.0)
    ecological = np.array([[0.5, 0.0, 0.0, np.nan], [0.0, 0.0, 0.25, 0.0]])
    protected = replace(tiny.inputs(), protected=tiny.protected())
    around = {"protected_fraction": fraction, "ecological": ecological}
    ranked_by_nature = table(protected, method=by("ecological"), **around)
    assert ranked_by_nature["rank"].to_dict() == {"h-1": 1, "h-2": 2}
    assert ranked_by_nature["ecological_exposure"].to_dict() == pytest.approx(
        {"h-1": 0.5 * tiny.CELL_KM2, "h-2": 0.25 * tiny.CELL_KM2}
    )
    assert ranked_by_nature["protected_km2"].to_dict() == pytest.approx(
        dict.fromkeys(["h-1", "h-2"], tiny.CELL_KM2 / 2)
    )
    with pytest.raises(MethodError, match="ecological"):
        table(method=by("ecological"))
