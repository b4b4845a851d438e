"""What measured values are compared with."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.evaluation import AIR, annual
from hotspots.pollutants import Level, Pollutant

SOIL = "soil"


def compared(observations: gpd.GeoDataFrame, pollutants: Mapping[str, Pollutant]) -> pd.DataFrame:
    """The level each observation is compared with, indexed as ``observations``.

    Soil: the pollutant's soil level. Air: its annual guideline, for means that stand for a year. Water, and
    whatever has no such level, is compared with nothing.

    Returns
    -------
    pandas.DataFrame
        ``standard`` in the observation's unit and ``standard_citation``; ``exceedance_ratio``, value / standard;
        ``exceeds``, whether that is above 1. All missing where there is nothing to compare with.
    """
    whole_year = annual(observations)
    levels = [
        _level(pollutants[name], medium, year)
        for name, medium, year in zip(observations["pollutant"], observations["medium"], whole_year, strict=True)
    ]
    standard = pd.Series([level.value if level else np.nan for level in levels], observations.index, dtype=float)
    ratio = observations["value"] / standard
    return pd.DataFrame(
        {
            "standard": standard,
            "standard_citation": [level.citation if level else "" for level in levels],
            "exceedance_ratio": ratio,
            "exceeds": (ratio > 1).astype("boolean").mask(ratio.isna()),
        },
        index=observations.index,
    )


def in_place(observations: gpd.GeoDataFrame | None, positions: Mapping[str, str]) -> gpd.GeoDataFrame | None:
    """The observations that stand where they were made: the policy gave those of ``positions`` another place."""
    if observations is None or not positions:
        return observations
    kept: gpd.GeoDataFrame = observations[~observations["observation_id"].isin(positions)]
    return kept.reset_index(drop=True)


def soil_stations(observations: gpd.GeoDataFrame | None, pollutants: Mapping[str, Pollutant]) -> gpd.GeoDataFrame:
    """The places where soil was sampled: station_id, ``above`` (any level exceeded there) and geometry."""
    if observations is None:
        return gpd.GeoDataFrame({"station_id": [], "above": []}, geometry=[], crs="OGC:CRS84")
    soil = observations[observations["medium"] == SOIL]
    marked = soil.assign(above=compared(soil, pollutants)["exceeds"].fillna(False).astype(bool))
    above = marked.groupby("station_id")["above"].any()
    places: gpd.GeoDataFrame = marked.drop_duplicates("station_id")[["station_id", "geometry"]]
    return places.assign(above=places["station_id"].map(above).astype(bool)).reset_index(drop=True)


def _level(pollutant: Pollutant, medium: str, whole_year: bool) -> Level | None:
    if medium == SOIL:
        return pollutant.soil_level
    guideline = pollutant.guideline
    comparable = medium == AIR and whole_year and guideline is not None and guideline.annual
    return guideline if comparable else None
