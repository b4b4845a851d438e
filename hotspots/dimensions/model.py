"""What every dimension answers, so that pressures, attribution and summaries need not know one from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hotspots.blocks import Executor
from hotspots.contributor_names import AreaKind
from hotspots.inputs import Inputs
from hotspots.pollutants import Dimension
from hotspots.progress import Progress

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Cells = tuple[slice, slice] | tuple[IntArray, IntArray]
"""Rows and columns that index a raster: a window, or one entry a cell (no cell twice)."""


@dataclass(frozen=True)
class Field:
    """The pressure (rows, cols) of a dimension and concentrations by pollutant, NaN where not assessed.

    ``pressure`` is None where nothing that is released is scored.
    """

    pressure: FloatArray | None
    concentrations: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Footprint:
    """What one source adds to the pressure in ``cells``; a source may have several that sum.

    ``shares`` say how much of it comes of each pollutant as it is emitted, and sum to 1. What is no release, as the
    nearness of a site, has the pollutant "".
    """

    source_id: str
    cells: Cells
    pressure: FloatArray
    shares: Mapping[str, float]


@dataclass(frozen=True)
class AreaFootprint:
    """Exposure caused by releases of areas: ``caused`` × ``by_sector[s, p]`` by those of sector s in ``cells``.

    p is the pollutant as it is emitted.
    """

    cells: Cells
    caused: FloatArray
    by_sector: Mapping[tuple[str, str], float]
    kind: AreaKind = "municipal"


class DimensionModel(Protocol):
    """One dimension of one region. Linear: the footprints of all sources and areas sum to the field."""

    @property
    def dimension(self) -> Dimension:
        """Which one."""

    def field(self, executor: Executor, progress: Progress) -> Field:
        """The pressure of all releases together."""

    def stated(self) -> npt.NDArray[np.str_]:
        """The sources that state what counts here, one of zero included; of the others it is not known."""

    def sources(self) -> Iterator[Footprint]:
        """What each source adds."""

    def areas(self, people: FloatArray) -> Iterator[AreaFootprint]:
        """The exposure of ``people`` (rows, cols) that the municipal and gridded releases of each cell cause."""


def municipal_people(inputs: Inputs) -> FloatArray:
    """People (rows, cols) who release: no data counts as nobody, which releases nothing."""
    return np.nan_to_num(inputs.people, nan=0.0)


def municipal_factors(inputs: Inputs, pollutant: str, medium: str) -> dict[str, float]:
    """kg per person and year by sector that are released of ``pollutant`` to ``medium``."""
    found: dict[str, float] = {}
    for factor in inputs.municipal:
        if factor.pollutant == pollutant and factor.medium == medium:
            found[factor.sector] = found.get(factor.sector, 0.0) + factor.kg_per_person_yr
    return found
