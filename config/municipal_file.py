"""emission_factors/municipal.toml: releases per person and year by income group."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from config.reading import Settings, read_model
from config.region_file import Identifier, Text
from hotspots.inputs import MunicipalFactor
from hotspots.pollutants import Medium
from hotspots.region import IncomeGroup

DAYS_PER_YEAR = 365.0
G_PER_KG = 1000.0


class GroupValues(Settings):
    """One number for each income group of the World Bank."""

    low: float = Field(ge=0)
    lower_middle: float = Field(ge=0)
    upper_middle: float = Field(ge=0)
    high: float = Field(ge=0)

    def of(self, group: IncomeGroup) -> float:
        """The number of ``group``."""
        value: float = getattr(self, group)
        return value


class Shares(GroupValues):
    """One share (0 to 1) for each income group."""

    low: float = Field(ge=0, le=1)
    lower_middle: float = Field(ge=0, le=1)
    upper_middle: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)


class PerPerson(Settings):
    """One of ``[[releases]]``: a factor given as it is."""

    pollutant: Identifier
    sector: Identifier
    medium: Medium
    quality: str = Field(pattern=r"^[A-E]$")
    citation: Text
    kg_per_person_yr: GroupValues


class Waste(Settings):
    """``[waste]``: municipal waste that is dumped openly, and the plastic in it."""

    sector: Identifier
    medium: Medium
    quality: str = Field(pattern=r"^[A-E]$")
    citation: Text
    waste_pollutant: Identifier
    plastic_pollutant: Identifier
    generation_kg_person_day: GroupValues
    open_dump_share: Shares
    plastic_share: Shares

    def factors(self, group: IncomeGroup) -> tuple[MunicipalFactor, MunicipalFactor]:
        """Mismanaged waste = generation · 365 d · share dumped openly; plastic = that · share of plastic in waste."""
        waste = self.generation_kg_person_day.of(group) * DAYS_PER_YEAR * self.open_dump_share.of(group)
        plastic = waste * self.plastic_share.of(group)
        return (
            MunicipalFactor(self.waste_pollutant, self.sector, self.medium, waste, self.quality, self.citation),
            MunicipalFactor(self.plastic_pollutant, self.sector, self.medium, plastic, self.quality, self.citation),
        )


class WastewaterLoad(Settings):
    """One of ``[[wastewater.loads]]``: what a person adds to wastewater, and how much of it treatment removes."""

    pollutant: Identifier
    citation: Text
    generation_g_person_day: GroupValues
    removal_share: float = Field(ge=0, le=1)


class Wastewater(Settings):
    """``[wastewater]``: municipal wastewater that reaches rivers."""

    sector: Identifier
    medium: Medium
    quality: str = Field(pattern=r"^[A-E]$")
    citation: Text
    reaching_share: Shares
    treated_share: Shares
    loads: tuple[WastewaterLoad, ...] = Field(min_length=1)

    def factors(self, group: IncomeGroup) -> tuple[MunicipalFactor, ...]:
        """Release = generation · 365 d · share reaching rivers · (1 - share treated · share that treatment removes)."""
        reaching, treated = self.reaching_share.of(group), self.treated_share.of(group)
        return tuple(
            MunicipalFactor(
                load.pollutant,
                self.sector,
                self.medium,
                load.generation_g_person_day.of(group)
                / G_PER_KG
                * DAYS_PER_YEAR
                * reaching
                * (1 - treated * load.removal_share),
                self.quality,
                f"{load.citation}; {self.citation}",
            )
            for load in self.loads
        )


class MunicipalTable(Settings):
    """The whole file."""

    releases: tuple[PerPerson, ...]
    waste: Waste
    wastewater: Wastewater


def read(file: Path, group: IncomeGroup) -> tuple[MunicipalFactor, ...]:
    """The factors of ``group`` in kg per person and year.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    table = read_model(MunicipalTable, file)
    given = tuple(
        MunicipalFactor(r.pollutant, r.sector, r.medium, r.kg_per_person_yr.of(group), r.quality, r.citation)
        for r in table.releases
    )
    return given + table.waste.factors(group) + table.wastewater.factors(group)
