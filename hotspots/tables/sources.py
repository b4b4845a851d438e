"""The sources with what they release and what would end if they stopped."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from hotspots.attribution import Attribution
from hotspots.dimensions.freshwater import WaterReport
from hotspots.dimensions.land import LandReport, land_sources
from hotspots.dispersion.land import people_near
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.tables.ranks import rank_descending
from hotspots.tables.tags import source_tags
from hotspots.tables.typed import typed
from hotspots.tags import joined


def source_table(
    inputs: Inputs, attribution: Attribution, water: WaterReport | None = None, land: LandReport | None = None
) -> gpd.GeoDataFrame:
    """One row per source, ordered by rank and identifier, in the columns of the field registry.

    Sources are ranked by the share of the region's exposure that would end if they stopped, summed over the
    assessed dimensions, whose units differ.
    """
    sources = inputs.sources.sort_values("source_id", ignore_index=True)
    removed = attribution.removed.reindex(sources["source_id"])
    shares = removed / pd.Series(attribution.exposure)[removed.columns]
    layer = vector_layers(inputs.pollutants.values())["sources"]
    columns: dict[str, object] = {
        name: sources[name].to_numpy(dtype=object)
        for name in (field.name for field in layer.fields)
        if name in sources.columns
    }
    columns["position_policy"] = [inputs.applied.positions.get(str(name), "") for name in sources["source_id"]]
    columns["rank"] = rank_descending(shares.sum(axis=1).to_numpy(dtype=float))
    for dimension in map(str, removed):
        columns[f"{dimension}_exposure_removed"] = removed[dimension].to_numpy()
    if water is not None:
        distance_m = sources["source_id"].map(dict(water.snap_distance_m)).astype(float)
        columns["stream_distance_m"] = distance_m.where(np.isfinite(distance_m)).to_numpy()
        columns["stream_reason"] = [water.not_routed.get(str(name), "") for name in sources["source_id"]]
    if land is not None:
        columns |= _near_sites(inputs, sources, land)
    columns["tags"] = sources["source_id"].map(source_tags(inputs)).map(joined).to_numpy()
    columns |= _releases(inputs, sources)
    table = typed(layer, columns, sources.geometry, len(sources))
    return table.sort_values(["rank", "source_id"], na_position="last", ignore_index=True)


def _near_sites(inputs: Inputs, sources: gpd.GeoDataFrame, land: LandReport) -> dict[str, object]:
    """What kind of site each source is and who lives around it; missing for what is no site."""
    sites = land_sources(inputs).set_index("source_id")
    lon, lat = sites["lon"].to_numpy(), sites["lat"].to_numpy()
    columns: dict[str, object] = {
        f"people_near_{distance_m / 1000:g}km": pd.Series(people, sites.index).reindex(sources["source_id"]).to_numpy()
        for distance_m, people in people_near(inputs.grid, lon, lat, inputs.people, list(land.near)).items()
    }
    kinds = sources["sector"].map(lambda sector: inputs.sectors[sector].land_site or "")
    columns["land_site"] = kinds.where(sources["source_id"].isin(sites.index), "").to_numpy()
    return columns


def _releases(inputs: Inputs, sources: gpd.GeoDataFrame) -> dict[str, object]:
    """kg/yr to all media per pollutant; missing where none is stated or known."""
    totals = inputs.releases.groupby(["source_id", "pollutant"])["release_kg_yr"].sum().unstack()
    totals = totals.reindex(sources["source_id"])
    emitted = {pollutant.emitted_as for pollutant in inputs.pollutants.values()}
    return {f"release_{name}_kg_yr": totals[name].to_numpy() for name in totals.columns if name in emitted}
