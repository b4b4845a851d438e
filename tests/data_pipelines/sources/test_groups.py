from __future__ import annotations

import geopandas as gpd

from data_pipelines.sources.boundaries import _groups


def test_a_unit_belongs_to_the_group_of_its_longest_named_prefix_else_to_itself() -> None:
    units = gpd.GeoDataFrame({"unit_id": ["06001001", "06002001", "07"], "name": ["a", "b", "c"]})
    assert _groups(units, {"06": "State", "06001": "County"}) == ["County", "State", "c"]
    assert _groups(units, {}) == ["a", "b", "c"]
