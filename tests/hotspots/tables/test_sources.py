from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hotspots.attribution import Attribution, attribute
from hotspots.blocks import threads
from hotspots.dimensions.land import Land
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs
from hotspots.pressures import compute
from hotspots.progress import Silent
from hotspots.tables.sources import source_table
from tests import miniature
from tests.hotspots.tables import tiny

REMOVED = pd.DataFrame(
    {"air": [300.0, np.nan, np.nan, 0.0], "land": [0.0, 0.0, 8.0, 0.0]}, index=["s1", "s2", "s3", "s4"]
)


def test_rank_is_by_the_share_of_the_regions_exposure() -> None:
    # s1 removes 300 of 10 000, 3 %; s3 removes 8 of 10, 80 %.
    attribution = Attribution(pd.DataFrame(), REMOVED, {"air": 10_000.0, "land": 10.0}, tiny.NO_DETAIL)
    sources = source_table(tiny.inputs(), attribution).set_index("source_id")
    assert sources["rank"].dropna().to_dict() == {"s3": 1, "s1": 2}
    assert list(sources.index[:2]) == ["s3", "s1"]


def test_releases_are_summed_over_media_and_missing_where_none_is_stated() -> None:
    attribution = Attribution(pd.DataFrame(), REMOVED, {"air": 1.0, "land": 1.0}, tiny.NO_DETAIL)
    sources = source_table(tiny.inputs(), attribution).set_index("source_id")
    assert sources.at["s1", "release_pm25_kg_yr"] == 350.0
    assert sources.at["s3", "release_pm25_kg_yr"] == 7.0
    assert sources.at["s4", "release_nox_kg_yr"] == 0.0
    assert np.isnan(sources.at["s2", "release_pm25_kg_yr"])
    assert np.isnan(sources.at["s1", "release_nox_kg_yr"])


def removed(inputs: Inputs) -> pd.DataFrame:
    with threads(1) as executor:
        pressures = compute(inputs, miniature.METHOD, executor, Silent())
        nothing = np.zeros(tiny.GRID.shape, dtype=np.int32)
        none = Coverage.of_labels(nothing, 2)
        return attribute(inputs, miniature.METHOD, pressures, [nothing], none, nothing - 1, executor, Silent()).removed


def test_exposure_removed_is_missing_where_no_release_is_stated_and_zero_where_none_is_released() -> None:
    found = removed(tiny.inputs())
    assert found.at["s1", "air"] > 0
    assert found.at["s4", "air"] == 0.0
    assert np.isnan(found.at["s2", "air"])
    assert np.isnan(found.at["s3", "air"])  # states releases to water only
    assert found.at["s3", "land"] > 0
    assert found.at["s1", "land"] == 0.0


def test_what_was_not_assessed_removes_nothing_that_is_known() -> None:
    inputs = tiny.inputs()
    without_sites = Inputs(**{**vars(inputs), "sources": inputs.sources.assign(land_weight=0.0)})
    assert list(removed(without_sites)) == ["air"]


def test_exposure_removed_is_of_the_regions_own_people() -> None:
    inputs = tiny.inputs()
    emptied = np.where(np.arange(4) < 2, inputs.people, np.nan)
    fewer = Inputs(**{**vars(inputs), "people": emptied, "municipal": ()})
    whole = Inputs(**{**vars(inputs), "municipal": ()})
    with threads(1) as executor:
        air = compute(fewer, miniature.METHOD, executor, Silent()).by_dimension["air"]
    assert removed(fewer).at["s1", "air"] == pytest.approx(np.nansum(emptied * air), rel=1e-9)
    assert removed(fewer).at["s1", "air"] < removed(whole).at["s1", "air"]


def test_people_around_each_site_and_what_it_is() -> None:
    # s3 stands in the middle of the third cell of the second row, with 400 people; its neighbours are 1.1 km away:
    # 300 to the west, 0 to the east and north; north-west (1.6 km) 200. Within 5 km lies everybody (1 000).
    inputs = tiny.inputs()
    land = Land.of(inputs, miniature.METHOD)
    attribution = Attribution(pd.DataFrame(), REMOVED, {"air": 1.0, "land": 1.0}, tiny.NO_DETAIL)
    sources = source_table(inputs, attribution, land=land.report()).set_index("source_id")
    assert sources.loc["s3", [f"people_near_{km}km" for km in (1, 2, 5)]].tolist() == [400, 900, 1000]
    assert sources.loc[["s1", "s2", "s4"], "people_near_5km"].isna().all()
    assert sources["land_site"].to_dict() == {"s1": "", "s2": "", "s3": "dump", "s4": ""}
