"""emission_factors/power_plants.toml: releases of power plants by fuel and capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from pydantic import Field, model_validator

from config.reading import Settings, did_you_mean, read_model
from config.region_file import Identifier, Text
from config.units import convert
from hotspots.errors import ConfigError

FACTOR_UNIT = "g/GJ"
HOURS_PER_YEAR = 8760.0
GJ_PER_MWH = 3.6
G_PER_KG = 1000.0


class FactorTable(Settings):
    """A release per energy of fuel burnt."""

    value: float = Field(ge=0)
    unit: Text

    @model_validator(mode="after")
    def _unit_is_mass_per_energy(self) -> Self:
        convert(self.value, self.unit, FACTOR_UNIT)
        return self


class FuelTable(Settings):
    """``[fuels.<fuel id>]``."""

    title: Text
    table: Text
    capacity_factor: float = Field(gt=0, le=1)
    efficiency: float = Field(gt=0, le=1)
    operation_citation: Text
    factors: dict[Identifier, FactorTable] = Field(min_length=1)


class PowerPlantTable(Settings):
    """The whole file."""

    citation: Text
    year: int = Field(ge=1990, le=2100)
    quality: str = Field(pattern=r"^[A-E]$")
    non_emitting: tuple[Text, ...]
    names: dict[str, Identifier]
    fuels: dict[Identifier, FuelTable] = Field(min_length=1)


@dataclass(frozen=True)
class Fuel:
    """One fuel: factors in g per GJ of fuel input by pollutant, and how its plants run on average."""

    id: str
    title: str
    factors_g_gj: Mapping[str, float]
    capacity_factor: float
    efficiency: float
    citation: str

    def releases_kg_yr(self, capacity_mw: float) -> dict[str, float]:
        """Release to air by pollutant of a plant of ``capacity_mw``.

        MW · CF · 8760 h · 3.6 GJ/MWh / η · EF [g/GJ fuel input] / 1000, the Tier 1 form of the EMEP/EEA Guidebook
        with the fuel input from capacity.
        """
        fuel_gj_yr = capacity_mw * self.capacity_factor * HOURS_PER_YEAR * GJ_PER_MWH / self.efficiency
        return {pollutant: fuel_gj_yr * factor / G_PER_KG for pollutant, factor in self.factors_g_gj.items()}


@dataclass(frozen=True)
class PowerPlantFactors:
    """The fuels, and the names inventories give them (lower case).

    A fuel that is neither in ``names`` nor ``non_emitting`` is unknown: its plant is not assessed, which is not zero.
    """

    fuels: Mapping[str, Fuel]
    names: Mapping[str, str]
    non_emitting: tuple[str, ...]
    quality: str
    year: int
    citation: str

    def fuel(self, name: str) -> Fuel | None:
        """The fuel an inventory calls ``name``; None where unknown or non-emitting."""
        found = self.names.get(_plain(name))
        return self.fuels[found] if found else None

    def emits_nothing(self, name: str) -> bool:
        """Whether plants of this fuel release nothing to air (hydro, solar, wind, …)."""
        return _plain(name) in self.non_emitting


def read(file: Path) -> PowerPlantFactors:
    """The factors of a file, in g/GJ.

    Raises
    ------
    ConfigError
        For every fault, also where a name maps to no fuel.
    """
    table = read_model(PowerPlantTable, file)
    for name, fuel_id in table.names.items():
        if fuel_id not in table.fuels:
            raise ConfigError(
                f"unknown fuel {fuel_id!r}.",
                source=file,
                field=f"names.{name}",
                remedy=did_you_mean(fuel_id, list(table.fuels), "fuels"),
            )
    return PowerPlantFactors(
        fuels=MappingProxyType({key: _fuel(key, fuel, table.citation) for key, fuel in table.fuels.items()}),
        names=MappingProxyType({_plain(name): fuel_id for name, fuel_id in table.names.items()}),
        non_emitting=tuple(sorted(_plain(name) for name in table.non_emitting)),
        quality=table.quality,
        year=table.year,
        citation=table.citation,
    )


def _fuel(fuel_id: str, table: FuelTable, citation: str) -> Fuel:
    factors = {key: convert(factor.value, factor.unit, FACTOR_UNIT) for key, factor in table.factors.items()}
    return Fuel(
        id=fuel_id,
        title=table.title,
        factors_g_gj=MappingProxyType(factors),
        capacity_factor=table.capacity_factor,
        efficiency=table.efficiency,
        citation=f"{citation}, {table.table}; {table.operation_citation}",
    )


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").split())
