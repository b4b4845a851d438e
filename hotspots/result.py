"""What an assessment yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import pandas as pd
import xarray as xr

from hotspots.consent import Applied
from hotspots.evaluation import Evaluation
from hotspots.grid import AnalysisGrid
from hotspots.method import Method
from hotspots.pollutants import Pollutant
from hotspots.quality import QualityReport
from hotspots.region import DatasetRef, Region

Subject = Literal[
    "air", "freshwater", "land", "marine", "protected_areas", "vulnerability", "standards", "monitors", "inventory"
]


@dataclass(frozen=True)
class Status:
    """Whether a subject was assessed, and why not where it was not."""

    state: Literal["assessed", "partly", "not_assessed"]
    reason: str


@dataclass(frozen=True)
class Totals:
    """People of the region; never a feature of their own."""

    people: float
    people_in_units: float
    people_outside_units: float


@dataclass(frozen=True)
class Assessment:
    """Everything computed for one region from one set of inputs by one method.

    Attributes
    ----------
    grid:
        The region's grid, without the transboundary margin.
    layers:
        Rasters (y, x) named as in hotspots.fields.LAYERS, NaN = not assessed.
    hotspots, sources, units, protected, observations, river_mouths:
        Feature tables whose columns are those of hotspots.fields; ``protected`` is None where not assessed,
        ``observations`` where nothing measured is among the inputs, ``river_mouths`` where no river network is known.
    contributions:
        hotspot_id, contributor_id, contributor_kind (source, municipal, gridded, background), contributor_name, sector,
        dimension, exposure (person · unit), share, rank: the top contributors of each hotspot and dimension and
        one row `others`; shares sum to 1 per hotspot and dimension.
    attribution:
        Exposure by receptor, contributor, dimension and pollutant in the columns of
        hotspots.fields.report_tables.ATTRIBUTION: the whole of which ``contributions`` is the summary.
    standards:
        People above annual standards of ambient air in the region, its units and hotspots, in
        hotspots.standards.COLUMNS; empty where no ambient total is known.
    sensitivity:
        What becomes of the first hotspots by other choices of the method, in the columns of
        hotspots.fields.report_tables.SENSITIVITY.
    water_balance, intakes:
        What became of the loads released to rivers, and what reaches drinking-water intakes, in the columns of
        hotspots.fields.report_tables; empty where nothing is routed.
    evaluations:
        How modelled totals meet monitors, one entry a pollutant that they measured.
    coverage:
        Listed and municipal releases against reported totals, in the columns of hotspots.fields.report_tables.COVERAGE.
    releases:
        The canonical releases table (what the sources table is the summary of).
    status:
        One entry per subject.
    assumptions:
        Sentences that every reader of the numbers must know.
    applied:
        What the publication policy did to the inputs.
    """

    region: Region
    method: Method
    grid: AnalysisGrid
    layers: xr.Dataset
    hotspots: gpd.GeoDataFrame
    sources: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    protected: gpd.GeoDataFrame | None
    river_mouths: gpd.GeoDataFrame | None
    observations: gpd.GeoDataFrame | None
    contributions: pd.DataFrame
    attribution: pd.DataFrame
    sensitivity: pd.DataFrame
    standards: pd.DataFrame
    water_balance: pd.DataFrame
    intakes: pd.DataFrame
    coverage: pd.DataFrame
    evaluations: tuple[Evaluation, ...]
    releases: pd.DataFrame
    status: Mapping[Subject, Status]
    totals: Totals
    assumptions: tuple[str, ...]
    pollutants: Mapping[str, Pollutant]
    datasets: tuple[DatasetRef, ...]
    quality: QualityReport
    applied: Applied = field(default_factory=Applied)
