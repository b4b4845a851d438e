"""Rank intervals beside the ranks of a feature table."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from hotspots.uncertainty import COLUMNS


def with_intervals(table: gpd.GeoDataFrame, id_field: str, intervals: pd.DataFrame) -> gpd.GeoDataFrame:
    """``table`` with the rank intervals of its features; ``intervals`` has the index ``id_field``."""
    own = intervals.loc[table[id_field]]
    return table.assign(**{name: own[name].to_numpy() for name in COLUMNS}).astype(table[COLUMNS].dtypes.to_dict())
