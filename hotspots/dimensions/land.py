"""The land dimension: how near contaminated sites, dumps and tailings are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor
from hotspots.dimensions.model import AreaFootprint, Field, FloatArray, Footprint
from hotspots.dispersion.land import footprints, near, proximity
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs
from hotspots.method import LandMethod, Method
from hotspots.pollutants import Dimension
from hotspots.progress import Progress


@dataclass(frozen=True)
class LandReport:
    """Cells (rows, cols) within each distance in m of any site."""

    near: Mapping[float, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Land:
    """Sites with source_id, lon, lat and weight, and the identifiers of all sources."""

    grid: AnalysisGrid
    sites: pd.DataFrame
    listed: npt.NDArray[np.str_]
    method: LandMethod
    dimension: Dimension = "land"

    @classmethod
    def of(cls, inputs: Inputs, method: Method) -> Land | None:
        """The model; None where no source has a land weight."""
        sites = land_sources(inputs)
        listed = inputs.sources["source_id"].to_numpy(dtype=str)
        return cls(inputs.grid, sites, listed, method.land) if len(sites) else None

    def field(self, executor: Executor, progress: Progress) -> Field:
        """Σ weight / distance in 1/km."""
        return Field(proximity(self.grid, *self._columns(), self.method), {})

    def report(self) -> LandReport:
        """Who lives near any site, by the distances of the method."""
        lon, lat, _ = self._columns()
        return LandReport(near(self.grid, lon, lat, self.method.proximity_bands_m))

    def stated(self) -> npt.NDArray[np.str_]:
        """All sources: a sector without a land weight is no land pressure."""
        return self.listed

    def sources(self) -> Iterator[Footprint]:
        """What each site adds."""
        for index, rows, cols, part in footprints(self.grid, *self._columns(), self.method):
            yield Footprint(str(self.sites["source_id"].iloc[index]), (rows, cols), part, {"": 1.0})

    def areas(self, people: FloatArray) -> Iterator[AreaFootprint]:
        """None: what municipalities dump has no place of its own."""
        return iter(())

    def _columns(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        lon, lat, weight = (self.sites[name].to_numpy(dtype=np.float64) for name in ("lon", "lat", "weight"))
        return lon, lat, weight


def land_sources(inputs: Inputs) -> pd.DataFrame:
    """source_id, lon, lat, weight of the sources that are a land pressure, in the order of source_id."""
    sources = inputs.sources[inputs.sources["land_weight"] > 0].sort_values("source_id")
    return pd.DataFrame(
        {
            "source_id": sources["source_id"].to_numpy(dtype=str),
            "lon": sources.geometry.x.to_numpy(),
            "lat": sources.geometry.y.to_numpy(),
            "weight": sources["land_weight"].to_numpy(),
        }
    )
