"""Region files: one area, its inputs, and the method and policy it is assessed and published by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from config.catalogue import completed, remote_files
from config.dataset_file import DatasetConfig, DatasetTable, dataset
from config.override_file import OverrideTable
from config.reading import Settings, check, read_toml
from config.schedule import Schedule
from config.units import convert
from hotspots.errors import ConfigError
from hotspots.method import Method
from hotspots.policy import Policy
from hotspots.pollutants import Medium
from hotspots.region import Background, IncomeGroup, InventoryTotal, Limit, PublishedTotal, Region

RELEASE_UNIT = "kg/year"
ID_PATTERN = r"^[a-z0-9_]+$"
Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, StringConstraints(min_length=1)]


class BackgroundTable(Settings):
    """One of ``[[backgrounds]]``."""

    pollutant: Identifier
    value_ug_m3: float = Field(ge=0)
    year: int = Field(ge=1900, le=2100)
    citation: Text


class LimitTable(Settings):
    """One of ``[[limits]]``: a national limit of an annual mean in air."""

    pollutant: Identifier
    value_ug_m3: float = Field(gt=0)
    citation: Text


class InventoryTotalTable(Settings):
    """One of ``[[inventory_totals]]``: the releases of the whole region by a national inventory or EDGAR."""

    pollutant: Identifier
    medium: Medium = "air"
    sector: Identifier | None = None
    value: float = Field(gt=0)
    unit: Text
    year: int = Field(ge=1900, le=2100)
    citation: Text

    @model_validator(mode="after")
    def _unit_is_a_mass_a_year(self) -> Self:
        convert(self.value, self.unit, RELEASE_UNIT)
        return self

    def total(self) -> InventoryTotal:
        """The total in kg/yr."""
        kg_yr = convert(self.value, self.unit, RELEASE_UNIT)
        return InventoryTotal(self.pollutant, self.medium, self.sector, kg_yr, self.year, self.citation)


class PublishedTotalTable(Settings):
    """One of ``[[published_totals]]``: what a dataset should sum up to."""

    dataset: Identifier
    quantity: Text
    value: float = Field(gt=0)
    tolerance: float = Field(ge=0, le=1)
    citation: Text


class RegionTable(Settings):
    """A region file. The region's id is the name of the file."""

    title: Text
    countries: tuple[Country, ...] = Field(min_length=1)
    income_group: IncomeGroup
    transboundary_margin_km: float = Field(default=50.0, ge=0, le=500)
    unit_label: Text
    languages: tuple[Text, ...] = ("en",)
    notes: tuple[Text, ...] = ()
    method: Identifier = "screening"
    policy: Identifier = "default"
    backgrounds: tuple[BackgroundTable, ...] = ()
    limits: tuple[LimitTable, ...] = ()
    inventory_totals: tuple[InventoryTotalTable, ...] = ()
    overrides: tuple[OverrideTable, ...] = ()
    published_totals: tuple[PublishedTotalTable, ...] = ()
    datasets: dict[Identifier, DatasetTable] = Field(min_length=1)
    schedule: Schedule | None = None


@dataclass(frozen=True)
class RegionConfig:
    """Everything that is configured for one region.

    ``fingerprint`` is a SHA-256 over all that decides how the inputs are read (region, datasets, pollutants, sectors,
    emission factors); no path of a machine is in it.
    """

    region: Region
    datasets: Mapping[str, DatasetConfig]
    method: Method
    policy: Policy
    file: Path
    fingerprint: str
    schedule: Schedule | None = None


def read(file: Path, region_id: str) -> tuple[RegionTable, Region, Mapping[str, DatasetConfig]]:
    """The table, region and datasets of a region file.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    raw = read_toml(file)
    tables = raw.get("datasets")
    named = {key: value for key, value in tables.items() if isinstance(value, dict)} if isinstance(tables, dict) else {}
    full = {key: completed(value, key, file) for key, value in named.items()}
    table = check(RegionTable, {**raw, "datasets": {**tables, **full}} if isinstance(tables, dict) else raw, file)
    for number, total in enumerate(table.published_totals):
        if total.dataset not in table.datasets:
            raise ConfigError(
                f"there is no dataset {total.dataset!r}.",
                source=file,
                field=f"published_totals[{number}].dataset",
                remedy=f"Use one of {', '.join(table.datasets)}.",
            )
    region = Region(
        id=region_id,
        title=table.title,
        countries=table.countries,
        income_group=table.income_group,
        transboundary_margin_km=table.transboundary_margin_km,
        unit_label=table.unit_label,
        languages=table.languages,
        backgrounds=tuple(Background(b.pollutant, b.value_ug_m3, b.year, b.citation) for b in table.backgrounds),
        notes=table.notes,
        limits=tuple(Limit(**limit.model_dump()) for limit in table.limits),
        inventory_totals=tuple(total.total() for total in table.inventory_totals),
        overrides=tuple(item.override() for item in table.overrides),
        published_totals=tuple(PublishedTotal(**item.model_dump()) for item in table.published_totals),
    )
    datasets = {
        key: dataset(key, value, file, remote_files(named[key], key, file)) for key, value in table.datasets.items()
    }
    return table, region, MappingProxyType(datasets)


def check_pollutants(region: Region, known: list[str], file: Path) -> None:
    """Raise ConfigError where a background or limit names a pollutant that is not configured, or one twice."""
    for key, entries in (("backgrounds", region.backgrounds), ("limits", region.limits)):
        named: list[str] = [entry.pollutant for entry in entries]
        for number, pollutant in enumerate(named):
            field = f"{key}[{number}].pollutant"
            if pollutant not in known:
                raise ConfigError(
                    f"unknown pollutant {pollutant!r}.",
                    source=file,
                    field=field,
                    remedy=f"Use one of {', '.join(sorted(known))}.",
                )
            if pollutant in named[:number]:
                raise ConfigError(
                    f"{pollutant!r} stands in [[{key}]] twice.", source=file, field=field, remedy="Keep one of them."
                )


def check_totals(region: Region, pollutants: list[str], sectors: list[str], file: Path) -> None:
    """Raise ConfigError where an inventory total names what is not configured or not released, or is given twice."""
    seen = set()
    for number, total in enumerate(region.inventory_totals):
        field = f"inventory_totals[{number}]"
        if total.pollutant not in pollutants:
            raise ConfigError(
                f"nothing is released as {total.pollutant!r}.",
                source=file,
                field=f"{field}.pollutant",
                remedy=f"Use one of {', '.join(sorted(pollutants))}.",
            )
        if total.sector is not None and total.sector not in sectors:
            raise ConfigError(
                f"unknown sector {total.sector!r}.",
                source=file,
                field=f"{field}.sector",
                remedy=f"Use one of {', '.join(sorted(sectors))}.",
            )
        of = (total.pollutant, total.medium, total.sector)
        if of in seen:
            raise ConfigError("the same total is given twice.", source=file, field=field, remedy="Keep one of them.")
        seen.add(of)
