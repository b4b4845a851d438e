"""What an assessment is computed from: validated, on one grid, with nothing left to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from hotspots.consent import Applied
from hotspots.grid import AnalysisGrid
from hotspots.pollutants import Medium, Pollutant
from hotspots.quality import QualityReport
from hotspots.region import DatasetRef, InventoryTotal, Region
from hotspots.sectors import Sector


@dataclass(frozen=True)
class MunicipalFactor:
    """Release per person and year of one sector: household, road_traffic, waste, municipal_wastewater."""

    pollutant: str
    sector: str
    medium: Medium
    kg_per_person_yr: float
    quality: str
    citation: str


@dataclass(frozen=True)
class GriddedRelease:
    """What an inventory's grid says of one pollutant and sector that is released to air.

    ``release_kg_yr`` (rows, cols) on the analysis grid, margin included; NaN where the inventory has no value, which it
    must have where people live. ``inside_kg_yr`` is its sum over the region's units. ``replaced_factors`` says whether
    it stands in place of a factor per person, ``replaced_sources`` in place of how many sources' releases.
    """

    pollutant: str
    sector: str
    release_kg_yr: npt.NDArray[np.float64]
    inside_kg_yr: float
    quality: str
    year: int
    dataset: str
    title: str
    replaced_factors: bool = False
    replaced_sources: int = 0


@dataclass(frozen=True)
class Wind:
    """Winds at 10 m as read.

    ``data`` has variables u10 and v10 (m/s; time, lat, lon). ``sampling`` says what one time step is;
    monthly means of the vector are indicative only.
    """

    data: xr.Dataset
    sampling: Literal["hourly", "monthly_mean"]
    years: tuple[int, int]


@dataclass(frozen=True)
class Elevation:
    """Heights above sea level on the analysis grid in m, below it in the sea; NaN where unknown.

    Attributes
    ----------
    elevation_m:
        At the centre of each cell, interpolated, (rows, cols).
    lowest_m:
        The lowest of the points that it was interpolated from, (rows, cols): a coast passes between them if it is at or
        below 0.
    resolution_m:
        The widest spacing of the points.
    """

    elevation_m: npt.NDArray[np.float64]
    lowest_m: npt.NDArray[np.float64]
    resolution_m: float


@dataclass(frozen=True)
class Runoff:
    """Discharge is not given: it is the mean runoff depth times the upstream area."""

    depth_mm_yr: float
    citation: str


@dataclass(frozen=True)
class RunoffRaster:
    """Discharge is not given: it is the runoff depth of each cell of the network, summed over the upstream area.

    ``depth_mm_yr`` (rows, cols) is NaN where unknown.
    """

    depth_mm_yr: npt.NDArray[np.float64]
    citation: str


@dataclass(frozen=True)
class Discharge:
    """Mean discharge of every cell of the network in m³/s, (rows, cols); NaN where unknown."""

    discharge_m3_s: npt.NDArray[np.float64]
    citation: str


@dataclass(frozen=True)
class FlowNetwork:
    """The rivers of a region: where the water of every cell of a raster flows next.

    ``direction`` (rows, cols) is in the D8 coding of ESRI and HydroSHEDS (hotspots.dispersion.network). The grid is the
    network's own, which need not be the analysis grid. ``whole_basins`` says that no river enters the raster from
    outside: where one does, its load is unknown, and nothing below can be assessed. ``endorheic`` says that cells of
    the code 255 are the ends of basins without an outlet, not faults. ``void`` (rows, cols) is True where the elevation
    that the directions were made from is missing, so that they are a guess.
    """

    grid: AnalysisGrid
    direction: npt.NDArray[np.uint8]
    flow: Runoff | RunoffRaster | Discharge
    water_temperature_c: float
    whole_basins: bool
    endorheic: bool = False
    void: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class AmbientField:
    """A satellite or analysed field: the annual mean in air of one pollutant from all sources together.

    ``values_ug_m3`` (rows, cols) on the analysis grid, NaN where it is not known. It alone is the ambient total: what
    listed sources add is part of it already.
    """

    pollutant: str
    values_ug_m3: npt.NDArray[np.float64]
    year: int
    title: str


CharacteristicKind = Literal["under_5", "under_15", "over_65", "female", "poor", "relative_wealth"]
GROUPS: tuple[CharacteristicKind, ...] = ("under_5", "under_15", "over_65", "female", "poor")
"""Kinds that are a share of the people, 0..1; the others are indices of which only the order counts."""


@dataclass(frozen=True)
class Characteristic:
    """One characteristic of the people.

    ``values`` are shares 0..1 (GROUPS) or an index (relative_wealth: more is wealthier), NaN unknown: (rows, cols) on
    the analysis grid ``by`` cell, (units,) in the order of the units ``by`` unit.
    """

    kind: CharacteristicKind
    values: npt.NDArray[np.float64]
    by: Literal["cell", "unit"]
    year: int
    confidential: bool = False
    """Whether it was made from confidential counts."""


@dataclass(frozen=True)
class MergedCounts:
    """What was done to confidential counts before anything was computed from them.

    ``merged_cells`` of ``cells``, with ``people_share`` of the people, are in blocks of more than one cell, the largest
    of ``largest_block`` cells. ``pooled_units`` units share the shares of their groups with others.
    """

    threshold: float
    cells: int
    merged_cells: int
    people_share: float
    largest_block: int
    pooled_units: int


@dataclass(frozen=True)
class Inputs:
    """The inputs of one region.

    ``grid`` includes the transboundary margin; ``people`` (rows, cols) is NaN in the margin and wherever the
    population raster has no data. Tables follow hotspots.schemas. None means the region names no such
    dataset; an empty table means the dataset holds none. ``unit_of_cell`` (rows, cols; index into ``units``, -1
    none) is given by a population made per unit, where every cell's people belong to one unit; otherwise None, and
    people are shared by the covered fraction of the cell. ``grid_totals`` are what inventories' grids sum up to over
    the region's units, ``wastewater_served_share`` the part of the people whose wastewater listed plants release, which
    the factors per person leave out. ``applied`` says what the publication policy did to them.
    """

    region: Region
    grid: AnalysisGrid
    people: npt.NDArray[np.float64]
    people_year: int
    unit_of_cell: npt.NDArray[np.int32] | None
    units: gpd.GeoDataFrame
    sources: gpd.GeoDataFrame
    releases: pd.DataFrame
    municipal: tuple[MunicipalFactor, ...]
    places: gpd.GeoDataFrame | None
    protected: gpd.GeoDataFrame | None
    wind: Wind | None
    observations: gpd.GeoDataFrame | None
    pollutants: Mapping[str, Pollutant]
    sectors: Mapping[str, Sector]
    datasets: tuple[DatasetRef, ...]
    quality: QualityReport
    network: FlowNetwork | None = None
    elevation: Elevation | None = None
    ambient: tuple[AmbientField, ...] = ()
    lakes: gpd.GeoDataFrame | None = None
    intakes: gpd.GeoDataFrame | None = None
    characteristics: tuple[Characteristic, ...] = ()
    merged: MergedCounts | None = None
    gridded: tuple[GriddedRelease, ...] = ()
    grid_totals: tuple[InventoryTotal, ...] = ()
    wastewater_served_share: float = 0.0
    applied: Applied = field(default_factory=Applied)
