"""From a region's configuration to its Inputs: every dataset read, checked and laid on one grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from config import load
from config.dataset_file import DatasetConfig, checked_options
from config.region_file import RegionConfig
from data_pipelines.area import Area
from data_pipelines.contract import Adapter, Facilities, Population, ReadRequest, Reference, Role, Units
from data_pipelines.facilities import no_facilities, served_share
from data_pipelines.files import sha256
from data_pipelines.gridded import settled
from data_pipelines.ledger import within_limit
from data_pipelines.profiles import profile_of
from data_pipelines.registry import find
from hotspots import overrides
from hotspots.errors import ConfigError, InputError
from hotspots.grid import AnalysisGrid
from hotspots.input_profile import DatasetProfile
from hotspots.inputs import AmbientField, Characteristic, Inputs
from hotspots.progress import Progress
from hotspots.quality import DatasetQuality, QualityReport
from hotspots.schemas import RELEASES, SOURCES, checked

STAGE = "inputs"
REQUIRED: tuple[Role, ...] = ("units", "population")
PLACED_BY: tuple[Role, ...] = ("units", "places", "population")
SINGLE: tuple[Role, ...] = ("units", "population", "wind", "terrain", "rivers")
MOST_CELLS = 500_000_000
"""Of the analysis grid: 4 GB for each of the fields on it."""
SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class InputFile:
    """One file that an edition is computed from."""

    dataset: str
    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class _Dataset:
    config: DatasetConfig
    adapter: Adapter


def input_files(config: RegionConfig) -> tuple[InputFile, ...]:
    """Every file of the region's datasets with its hash, by dataset and name; shapefiles with their parts.

    Raises
    ------
    ConfigError
        If a file is not where the configuration says.
    """
    found = []
    for dataset in sorted(config.datasets.values(), key=lambda item: item.id):
        for _, path in sorted(dataset.files().items()):
            for part in (path, *_shapefile_parts(path)):
                found.append(InputFile(dataset.id, part, sha256(part), part.stat().st_size))
    return tuple(found)


def read_inputs(config: RegionConfig, today: date, progress: Progress) -> Inputs:
    """Read every dataset of the region.

    Parameters
    ----------
    today:
        The day after which a year lies in the future.

    Returns
    -------
    Inputs
        On the population's own grid, padded by the transboundary margin with cells that hold no people.

    Raises
    ------
    ConfigError
        If the region lacks units or population, names a role twice that can stand once, an unknown adapter or option.
    InputError
        If a file cannot be used, or more of its rows are faulty than the dataset's limit allows.
    """
    ordered = _in_order(config)
    reader = _Reader(config, today)
    progress.start(STAGE, len(ordered))
    for dataset in ordered:
        reader.read(dataset)
        progress.advance(STAGE)
    progress.finish(STAGE, f"{len(ordered)} datasets")
    return reader.inputs()


def region_area(config: RegionConfig, today: date) -> Area:
    """Where the region is: its units and analysis grid; errors as `read_inputs`."""
    reader = _Reader(config, today)
    for dataset in _in_order(config):
        if dataset.adapter.spec.provides in PLACED_BY:
            reader.read(dataset)
    return reader.area_on_grid()


class _Reader:
    """Reads datasets one after another, each with what the ones before it gave."""

    def __init__(self, config: RegionConfig, today: date) -> None:
        self._config = config
        self._today = today
        self._reference = Reference(
            load.pollutants(),
            load.sectors(),
            load.power_plant_factors(),
            load.wastewater_plants(config.region.income_group),
        )
        self._values: dict[Role, list[Any]] = {}
        self._quality: list[DatasetQuality] = []
        self._profiles: list[DatasetProfile] = []
        self._grid: AnalysisGrid | None = None
        self._people: npt.NDArray[np.float64] = np.empty((0, 0))
        self._unit_of_cell: npt.NDArray[np.int32] | None = None

    def read(self, dataset: _Dataset) -> None:
        """Read one dataset and keep its value and quality."""
        spec = dataset.adapter.spec
        read = dataset.adapter.read(self._request(dataset))
        files = {path.name: path for path in dataset.config.files().values()}
        for quality in read.quality:
            within_limit(quality, files[quality.file], dataset.config.quarantine_limit)
        self._quality += read.quality
        self._profiles.append(profile_of(dataset.config.id, read))
        value = read.value
        if spec.provides == "characteristics":
            closed = dataset.config.ref.confidential_counts
            value = tuple(replace(item, confidential=closed) for item in value)
        self._values.setdefault(spec.provides, []).append(value)
        if spec.provides == "population":
            self._lay_out(read.value, next(iter(files.values())))

    def inputs(self) -> Inputs:
        """Everything read, as the assessment takes it."""
        region = self._config.region
        if self._grid is None:
            raise TypeError("no population was read")
        facilities, decided = self._facilities()
        grids = self._values.get("gridded_releases", [])
        served = served_share(facilities, self._people)
        factors = load.municipal_factors(region.income_group, served)
        released = settled(grids, facilities, factors, self._reference.sectors, self._config.file)
        return Inputs(
            region=region,
            grid=self._grid,
            people=self._people,
            people_year=self._values["population"][0].year,
            unit_of_cell=self._unit_of_cell,
            units=self._values["units"][0].table,
            sources=facilities.sources,
            releases=released.releases,
            municipal=released.municipal,
            gridded=released.gridded,
            wastewater_served_share=served,
            grid_totals=tuple(total for item in grids for total in item.totals),
            places=self._table("places", "place_id"),
            protected=self._table("protected_areas", "protected_id"),
            wind=self._values.get("wind", [None])[0],
            elevation=self._values.get("terrain", [None])[0],
            network=self._values.get("rivers", [None])[0],
            observations=self._table("observations", "observation_id"),
            ambient=self._ambient(),
            lakes=self._table("lakes", "name"),
            intakes=self._table("intakes", "intake_id"),
            characteristics=self._characteristics(),
            pollutants=self._reference.pollutants,
            sectors=self._reference.sectors,
            datasets=tuple(
                replace(item.ref, provides=find(item.adapter).spec.provides)
                for item in sorted(self._config.datasets.values(), key=lambda item: item.id)
            ),
            quality=decided,
        )

    def _facilities(self) -> tuple[Facilities, QualityReport]:
        """The facilities of all datasets after the region's overrides, and the quality report."""
        parts: list[Facilities] = self._values.get("facilities", [no_facilities()])
        overridden = overrides.apply(
            _together([part.sources for part in parts], list(SOURCES.columns), "source_id"),
            _together([part.releases for part in parts], list(RELEASES.columns), "source_id"),
            self._config.region.overrides,
            self._reference.sectors,
        )
        named = str(self._config.file)
        facilities = Facilities(
            checked(SOURCES, overridden.sources, named),
            checked(RELEASES, overridden.releases, named),
            {name: people for part in parts for name, people in part.people_served.items()},
            frozenset().union(*(part.in_place_of for part in parts)),
        )
        if facilities.in_place_of and "rivers" in self._values:
            raise ConfigError(
                "plastic is given at river mouths, and rivers that carry it there are given too.",
                source=self._config.file,
                field="datasets",
                remedy="Leave out the mouths or the rivers.",
            )
        profiles = tuple(sorted(self._profiles, key=lambda profile: profile.dataset))
        return facilities, replace(QualityReport.of(self._quality), overrides=overridden.applied, profiles=profiles)

    def _ambient(self) -> tuple[AmbientField, ...]:
        """The ambient fields by pollutant: each pollutant has one ambient total at most."""
        fields: list[AmbientField] = self._values.get("ambient", [])
        named = [field.pollutant for field in fields] + [item.pollutant for item in self._config.region.backgrounds]
        for pollutant in {field.pollutant for field in fields}:
            if named.count(pollutant) > 1:
                raise ConfigError(
                    f"the ambient total of {pollutant!r} is given more than once.",
                    source=self._config.file,
                    field="datasets",
                    remedy="Keep one ambient field, and no background beside it: the field is the total already.",
                )
        return tuple(sorted(fields, key=lambda field: field.pollutant))

    def _characteristics(self) -> tuple[Characteristic, ...]:
        """The characteristics of the people by kind, each from one dataset."""
        found: list[Characteristic] = [item for read in self._values.get("characteristics", []) for item in read]
        kinds = [item.kind for item in found]
        twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
        if twice:
            raise ConfigError(
                f"several datasets give: {', '.join(twice)}.",
                source=self._config.file,
                field="datasets",
                remedy="Keep one of them.",
            )
        return tuple(sorted(found, key=lambda item: item.kind))

    def area(self, grid: AnalysisGrid | None) -> Area:
        """Where the region is, once its units are read."""
        units: Units = self._values["units"][0]
        region = self._config.region
        margin_km = region.transboundary_margin_km
        return Area(units.table, region.countries, units.whole_countries, margin_km, grid, units.countries)

    def area_on_grid(self) -> Area:
        """Where the region is, once its population is read."""
        return self.area(self._grid)

    def _request(self, dataset: _Dataset) -> ReadRequest:
        spec = dataset.adapter.spec
        request = ReadRequest(
            ref=dataset.config.ref,
            files=dataset.config.files(),
            options=checked_options(spec.options, dataset.config),
            reference=self._reference,
            today=self._today,
        )
        if "units" in spec.needs:
            area = self.area(self._grid if "population" in spec.needs else None)
            request = replace(request, units=area.units, area=area, grid=area.grid)
        if "population" in spec.needs:
            request = replace(request, people=self._people)
        if "places" in spec.needs:
            request = replace(request, places=self._table("places", "place_id"))
        return request

    def _lay_out(self, population: Population, file: Path) -> None:
        """The analysis grid: the population's own, with the transboundary margin around it."""
        self._grid, core = population.grid.padded(self._config.region.transboundary_margin_km)
        _check_size(self._grid, file)
        self._people = np.full(self._grid.shape, np.nan)
        self._people[core] = population.people
        if population.unit_of_cell is not None:
            self._unit_of_cell = np.full(self._grid.shape, -1, dtype=np.int32)
            self._unit_of_cell[core] = population.unit_of_cell

    def _table(self, role: Role, key: str) -> gpd.GeoDataFrame | None:
        tables = self._values.get(role)
        return _together(tables, list(tables[0].columns), key) if tables else None


def _check_size(grid: AnalysisGrid, file: Path) -> None:
    if grid.rows * grid.cols > MOST_CELLS:
        raise InputError(
            f"the analysis grid, with the transboundary margin, would have {grid.rows} x {grid.cols} cells in the CRS "
            f"{grid.crs.name}; {MOST_CELLS} are the most.",
            source=file,
            field="cells",
            remedy="Check the raster's CRS and cell size; cut it to the region, make its cells larger (summing people),"
            " or lower transboundary_margin_km.",
        )


def _together(tables: list[Any], columns: list[str], key: str) -> Any:
    """Tables of one role as one, sorted by ``key``; each row keeps the order it had under the same key."""
    joined = pd.concat(tables, ignore_index=True)[columns]
    return joined.sort_values(key, kind="stable", ignore_index=True)


def _in_order(config: RegionConfig) -> list[_Dataset]:
    """The datasets, each after those that provide what it needs."""
    datasets = {key: _Dataset(item, find(item.adapter)) for key, item in sorted(config.datasets.items())}
    by_role: dict[Role, list[str]] = {}
    for key, item in datasets.items():
        by_role.setdefault(item.adapter.spec.provides, []).append(key)
        _check_files(item)
    _check_roles(config, by_role)
    before: Mapping[str, list[str]] = {
        key: [name for role in item.adapter.spec.needs for name in _providers(config, by_role, key, role)]
        for key, item in datasets.items()
    }
    return [datasets[key] for key in TopologicalSorter(before).static_order()]


def _check_roles(config: RegionConfig, by_role: Mapping[Role, list[str]]) -> None:
    for role in REQUIRED:
        if role not in by_role:
            raise ConfigError(
                f"no dataset provides {role}.", source=config.file, field="datasets", remedy="Add a dataset that does."
            )
    for role in SINGLE:
        if len(by_role.get(role, ())) > 1:
            raise ConfigError(
                f"several datasets provide {role}: {', '.join(by_role[role])}.",
                source=config.file,
                field="datasets",
                remedy="Keep one of them.",
            )


def _check_files(dataset: _Dataset) -> None:
    allowed = dataset.adapter.spec.files
    for name in dataset.config.paths:
        if name not in allowed:
            raise ConfigError(
                f"the adapter {dataset.config.adapter!r} takes no file called {name!r}.",
                source=dataset.config.config_file,
                field=f"datasets.{dataset.config.id}.paths.{name}",
                remedy=f"Use: {', '.join(allowed)}.",
            )


def _providers(config: RegionConfig, by_role: Mapping[Role, list[str]], dataset: str, role: Role) -> list[str]:
    if role not in by_role:
        raise ConfigError(
            f"{dataset} needs a dataset that provides {role}, and there is none.",
            source=config.file,
            field=f"datasets.{dataset}",
            remedy=f"Add a dataset whose adapter provides {role}.",
        )
    return by_role[role]


def _shapefile_parts(path: Path) -> tuple[Path, ...]:
    if path.suffix.lower() != ".shp":
        return ()
    return tuple(part for suffix in SHAPEFILE_PARTS if (part := path.with_suffix(suffix)).exists())
