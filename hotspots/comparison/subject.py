"""What an edition says, as far as two are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.evidence import COMBINED
from hotspots.grid import AnalysisGrid

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """One input: what it provides, and the hashes of its files. ``provides`` is None where the edition does not say."""

    provides: str | None
    year: int | None
    sha256: frozenset[str]


@dataclass(frozen=True)
class Subject:
    """One of two editions.

    Attributes
    ----------
    hotspots:
        The published table.
    sources, units:
        The published tables; None where the policy withholds them.
    layers:
        (rows, cols) of ``grid`` by name: people, priority, burden and ``<dimension>_pressure``, as far as published.
    inputs:
        By dataset id.
    settings:
        Parameters of the method, the region and the pollutants, nested as in the manifest.
    software:
        Version of the program.
    """

    edition: str
    hotspots: gpd.GeoDataFrame
    sources: pd.DataFrame | None
    units: pd.DataFrame | None
    grid: AnalysisGrid
    layers: Mapping[str, FloatArray]
    inputs: Mapping[str, Dataset]
    settings: Mapping[str, object]
    software: str

    def met_by_people(self, dimension: str) -> FloatArray | None:
        """What people of ``dimension`` are weighted with, (rows, cols): its pressure, or for `all` priority / 100."""
        if dimension == COMBINED:
            priority = self.layers.get("priority")
            return None if priority is None else priority / 100
        return self.layers.get(f"{dimension}_pressure")

    def parameters(self) -> dict[str, object]:
        """Every setting by its dotted name, e.g. method.hotspots.gi_radius_m."""
        return dict(_flat(self.settings, ()))


def _flat(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, (*path, str(key)))
    else:
        yield ".".join(path), value
