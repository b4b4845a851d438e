"""Corrections of single records by a person who signs for them; they are stated in the quality report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from hotspots.quality import AppliedOverride
from hotspots.region import Override
from hotspots.sectors import Sector

TEXTS = ("name", "kind", "sector", "status")
NUMBERS = (
    "longitude",
    "latitude",
    "position_accuracy_m",
    "stack_height_m",
    "stack_diameter_m",
    "exit_velocity_m_s",
    "exit_temperature_k",
)
RELEASE = "release_kg_yr"
EXCLUDE = "exclude"
FIELDS = (EXCLUDE, RELEASE, *TEXTS, *NUMBERS)


@dataclass(frozen=True)
class Overridden:
    """The tables after all overrides, in their schemas."""

    sources: gpd.GeoDataFrame
    releases: pd.DataFrame
    applied: tuple[AppliedOverride, ...]


def apply(
    sources: gpd.GeoDataFrame, releases: pd.DataFrame, overrides: Iterable[Override], sectors: Mapping[str, Sector]
) -> Overridden:
    """``overrides`` one after another, each on the records as the one before left them.

    A changed sector brings its land weight. A changed position keeps the country that the record has. A stated release
    makes the releases of its source known.
    """
    state = Overridden(sources, releases, ())
    for override in overrides:
        state = _one(state, override, sectors)
    return state


def _one(state: Overridden, override: Override, sectors: Mapping[str, Sector]) -> Overridden:
    at = state.sources["source_id"] == override.source_id
    if not at.any():
        return replace(state, applied=(*state.applied, AppliedOverride(override, found=False)))
    if override.field == EXCLUDE:
        return _excluded(state, override, at)
    if override.field == RELEASE:
        return _released(state, override, at)
    sources = state.sources.copy()
    if override.field in ("longitude", "latitude"):
        point = sources.loc[at, "geometry"].iloc[0]
        before = repr(point.x if override.field == "longitude" else point.y)
        moved = Point(override.value, point.y) if override.field == "longitude" else Point(point.x, override.value)
        sources.loc[at, "geometry"] = gpd.GeoSeries([moved], index=sources.index[at], crs=sources.crs)
    else:
        before = str(sources.loc[at, override.field].iloc[0])
        sources.loc[at, override.field] = override.value
        if override.field == "sector":
            sources.loc[at, "land_weight"] = sectors[str(override.value)].land_weight
    return replace(
        state, sources=sources, applied=(*state.applied, AppliedOverride(override, found=True, before=before))
    )


def _excluded(state: Overridden, override: Override, at: pd.Series) -> Overridden:
    applied = AppliedOverride(override, found=True, before=str(state.sources.loc[at, "name"].iloc[0]))
    mine = state.releases["source_id"] == override.source_id
    return Overridden(
        state.sources[~at].reset_index(drop=True),
        state.releases[~mine].reset_index(drop=True),
        (*state.applied, applied),
    )


def _released(state: Overridden, override: Override, at: pd.Series) -> Overridden:
    releases = state.releases.copy()
    row = (
        (releases["source_id"] == override.source_id)
        & (releases["pollutant"] == override.pollutant)
        & (releases["medium"] == override.medium)
    )
    before = ""
    if row.any():
        before = repr(float(releases.loc[row, RELEASE].iloc[0]))
        releases.loc[row, RELEASE] = float(override.value)
    else:
        source = state.sources.loc[at].iloc[0]
        stated = {
            "source_id": override.source_id,
            "pollutant": override.pollutant,
            "medium": override.medium,
            RELEASE: float(override.value),
            "year": override.date.year,
            "method": "E",
            "quality": source["quality"],
            "dataset": source["datasets"],
            "record_id": override.source_id,
        }
        added = pd.DataFrame([stated])[list(releases.columns)].astype(releases.dtypes)
        releases = pd.concat([releases, added], ignore_index=True)
        releases = releases.sort_values(["source_id", "pollutant", "medium"], ignore_index=True)
    sources = state.sources.copy()
    sources.loc[at, "releases_assessed"] = True
    return Overridden(sources, releases, (*state.applied, AppliedOverride(override, found=True, before=before)))
