"""Region files: one area, its inputs, and the method and policy it is assessed and published by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, StringConstraints

from config.dataset_file import DatasetConfig, DatasetTable, dataset
from config.reading import Settings, read_model
from hotspots.errors import ConfigError
from hotspots.method import Method
from hotspots.policy import Policy
from hotspots.region import Background, IncomeGroup, Limit, Region

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
    datasets: dict[Identifier, DatasetTable] = Field(min_length=1)


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


def read(file: Path, region_id: str) -> tuple[RegionTable, Region, Mapping[str, DatasetConfig]]:
    """The table, region and datasets of a region file.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    table = read_model(RegionTable, file)
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
    )
    datasets = {key: dataset(key, value, file) for key, value in table.datasets.items()}
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
