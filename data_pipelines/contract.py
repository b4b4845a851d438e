"""What an adapter is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel

from config.dataset_file import MAIN
from config.factor_file import PowerPlantFactors
from data_pipelines.area import Area
from hotspots.errors import ConfigError, InputError
from hotspots.grid import AnalysisGrid
from hotspots.inputs import GriddedRelease
from hotspots.pollutants import Pollutant
from hotspots.quality import DatasetQuality
from hotspots.region import DatasetRef, InventoryTotal
from hotspots.sectors import InventoryGroup, Sector

Role = Literal[
    "units",
    "places",
    "population",
    "facilities",
    "protected_areas",
    "wind",
    "gridded_releases",
    "terrain",
    "rivers",
    "lakes",
    "intakes",
    "observations",
    "ambient",
    "characteristics",
]

Value = TypeVar("Value")
Options = TypeVar("Options", bound=BaseModel)


def _no_options(_: frozenset[str]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class SourceSpec:
    """An adapter's name and what it provides.

    ``options`` checks the dataset's options in the region's file. ``needs`` are the roles that must be read before.
    ``files`` are the names its files may have under ``paths`` of the dataset; ``path`` alone is called ``file``.
    ``columns`` are those by which ``hotspots check`` recognises a file of its kind, and ``guess`` gives the options for
    one of which only the header is known.
    """

    name: str
    provides: Role
    options: type[BaseModel]
    needs: tuple[Role, ...] = ()
    files: tuple[str, ...] = (MAIN,)
    columns: frozenset[str] = frozenset()
    guess: Callable[[frozenset[str]], dict[str, Any]] = _no_options


@dataclass(frozen=True)
class Units:
    """Administrative units in the schema of hotspots.schemas, and whether they cover the countries completely.

    ``countries`` are those of each unit, "" where not known; empty where the dataset does not tell them.
    """

    table: gpd.GeoDataFrame
    whole_countries: bool
    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Population:
    """People on their own grid: (rows, cols), NaN where there is no data.

    ``unit_of_cell`` is the index of the unit all people of a cell belong to (-1: none) where the population was made
    per unit, else None.
    """

    grid: AnalysisGrid
    people: npt.NDArray[np.float64]
    year: int
    unit_of_cell: npt.NDArray[np.int32] | None = None


@dataclass(frozen=True)
class Facilities:
    """Sources and their releases, in the schemas of hotspots.schemas.

    ``people_served`` are those whose wastewater a source releases, by source_id. ``in_place_of`` are the pollutants and
    media whose releases, by people or other sources, these stand in place of.
    """

    sources: gpd.GeoDataFrame
    releases: pd.DataFrame
    people_served: Mapping[str, float] = field(default_factory=dict)
    in_place_of: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class GriddedReleases:
    """What an inventory's grids say: releases by pollutant and sector, and what they sum up to over the region's units.

    ``replaces`` are the groups of sectors whose other releases to air the grids stand in place of.
    """

    releases: tuple[GriddedRelease, ...]
    totals: tuple[InventoryTotal, ...]
    replaces: frozenset[InventoryGroup] = frozenset()


@dataclass(frozen=True)
class Reference:
    """What the project's configuration knows beside the region: pollutants, sectors and emission factors.

    ``wastewater`` is what plants release in kg per person served and year, by level of treatment and pollutant; empty
    where no region, and with it no income group, is known.
    """

    pollutants: Mapping[str, Pollutant]
    sectors: Mapping[str, Sector]
    plants: PowerPlantFactors
    wastewater: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def check_pollutant(self, name: str, source: Path, field: str) -> None:
        """Raise InputError, naming the file and the column or option, where ``name`` is no configured pollutant."""
        if name not in self.pollutants:
            raise InputError(
                f"{name!r} is no configured pollutant.",
                source=source,
                field=field,
                remedy=f"Use one of: {', '.join(self.pollutants)}.",
            )


@dataclass(frozen=True)
class ReadRequest:
    """One dataset to read.

    ``area`` is None when a file is checked on its own; ``units``, ``places``, ``grid`` and ``people`` are None unless
    the spec needs them. ``grid`` is the analysis grid with the transboundary margin, ``people`` (rows, cols) those of
    its cells. ``today`` decides what the future is.
    """

    ref: DatasetRef
    files: Mapping[str, Path]
    options: BaseModel
    reference: Reference
    today: date
    area: Area | None = None
    units: gpd.GeoDataFrame | None = None
    places: gpd.GeoDataFrame | None = None
    grid: AnalysisGrid | None = None
    people: npt.NDArray[np.float64] | None = None

    def people_on_grid(self) -> npt.NDArray[np.float64]:
        """The people of each cell, for adapters whose spec needs the population."""
        if self.people is None:
            raise TypeError(f"{self.ref.id}: the population was not read before")
        return self.people

    @property
    def path(self) -> Path:
        """The file of a dataset that has only one."""
        return self.files[MAIN]

    def options_as(self, kind: type[Options]) -> Options:
        """The options as the adapter's own model."""
        if not isinstance(self.options, kind):
            raise TypeError(f"{self.ref.id}: options are {type(self.options).__name__}, not {kind.__name__}")
        return self.options

    def year(self) -> int:
        """The year the dataset's data refer to.

        Raises
        ------
        ConfigError
            If the region's file does not state it.
        """
        if self.ref.year is None:
            raise ConfigError(
                "the year of the data is not stated.",
                source=self.ref.id,
                field="year",
                remedy=f"Add year to datasets.{self.ref.id} of the region's file.",
            )
        return self.ref.year


@dataclass(frozen=True)
class Read(Generic[Value]):
    """What was read, and what became of every row of every file."""

    value: Value
    quality: tuple[DatasetQuality, ...]


ReadFunction = Callable[[ReadRequest], Read[Any]]


@dataclass(frozen=True)
class Adapter:
    """A registered adapter."""

    spec: SourceSpec
    read: ReadFunction
