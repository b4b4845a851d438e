"""`hotspots check FILE`: one inventory on its own, before it becomes part of a region."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config import load
from config.dataset_file import MAIN, DatasetConfig, checked_options
from config.region_file import RegionConfig
from data_pipelines.contract import Adapter, ReadRequest, Reference
from data_pipelines.inputs import region_area
from data_pipelines.inventories import inventory_header, without_ordinal
from data_pipelines.profiles import profile_of
from data_pipelines.registry import adapters, find
from hotspots.errors import ConfigError, InputError
from hotspots.input_profile import DatasetProfile
from hotspots.quality import DatasetQuality
from hotspots.region import DatasetRef


@dataclass(frozen=True)
class Checked:
    """What became of every row of one file, and the numbers that a refresh compares with the last edition's."""

    quality: DatasetQuality
    profile: DatasetProfile


def check_file(path: Path, today: date, region: RegionConfig | None = None, dataset: str | None = None) -> Checked:
    """What becomes of every row of an inventory.

    Parameters
    ----------
    today:
        The day after which a year lies in the future.
    region:
        Check positions against this region's units, grid and countries.
    dataset:
        Read the file as this dataset of the region, with its options; otherwise by the columns it has.

    Raises
    ------
    InputError
        If the file cannot be used, or its columns are those of no adapter.
    ConfigError
        If the region has no such dataset.
    """
    settings = _of_region(path, region, dataset) if dataset else _recognised(path)
    spec = find(settings.adapter).spec
    request = ReadRequest(
        ref=settings.ref,
        files={MAIN: path},
        options=checked_options(spec.options, settings),
        reference=Reference(load.pollutants(), load.sectors(), load.power_plant_factors()),
        today=today,
    )
    if region is not None:
        area = region_area(region, today)
        request = replace(request, area=area, units=area.units, grid=area.grid)
    read = find(settings.adapter).read(request)
    return Checked(read.quality[0], profile_of(settings.id, read))


def recognise(path: Path) -> Adapter:
    """The adapter whose columns the file has; the one that asks for most where several fit.

    Raises
    ------
    InputError
        If none fits.
    """
    header = {name for column in inventory_header(path) for name in (column, without_ordinal(column))}
    known = [item for item in adapters().values() if item.spec.columns]
    fitting = [item for item in known if item.spec.columns <= header]
    if not fitting:
        wanted = "; ".join(f"{item.spec.name}: {', '.join(sorted(item.spec.columns))}" for item in known)
        raise InputError(
            f"its columns are those of no known inventory; it has: {', '.join(sorted(header))}.",
            source=path,
            remedy=f"Rename the columns, or map them in a region's file. Known are {wanted}.",
        )
    return max(fitting, key=lambda item: len(item.spec.columns))


def columns_not_used(path: Path) -> tuple[str, ...]:
    """Columns of a recognised inventory that only a mapping would bring in, in their order; errors as `recognise`.

    A publisher's own format has no mapping, and what it does not use is not listed.
    """
    header = inventory_header(path)
    spec = recognise(path).spec
    guessed = spec.guess(frozenset(header)).get("columns")
    if guessed is None:
        return ()
    return tuple(name for name in header if name not in spec.columns | set(guessed.values()))


def _of_region(path: Path, region: RegionConfig | None, dataset: str) -> DatasetConfig:
    known = {} if region is None else region.datasets
    if dataset not in known:
        raise ConfigError(
            f"no dataset is called {dataset!r}.",
            source=None if region is None else region.file,
            field="datasets",
            remedy=f"Use one of: {', '.join(known)}." if known else "Name the region, too.",
        )
    if set(known[dataset].paths) != {MAIN}:
        raise ConfigError(
            f"{dataset} has several files: {', '.join(known[dataset].paths)}.",
            source=None if region is None else region.file,
            field=f"datasets.{dataset}.paths",
            remedy="Check it with the whole region: `hotspots refresh --dry-run`.",
        )
    return replace(known[dataset], paths=MappingProxyType({MAIN: str(path)}))


def _recognised(path: Path) -> DatasetConfig:
    adapter = recognise(path)
    options: dict[str, Any] = adapter.spec.guess(frozenset(inventory_header(path)))
    ref = DatasetRef(path.stem, path.name, "", "", "", None, None, None, "none")
    paths = MappingProxyType({MAIN: str(path)})
    return DatasetConfig(path.stem, adapter.spec.name, paths, ref, 1.0, MappingProxyType(options), path)
