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


class ByLevel(Settings):
    """A share (0 to 1) for each level of treatment."""

    primary: float = Field(ge=0, le=1)
    secondary: float = Field(ge=0, le=1)
    advanced: float = Field(ge=0, le=1)


class WastewaterLoad(Settings):
    """One of ``[[wastewater.loads]]``: what a person adds to wastewater, and how much of it treatment removes.

    ``removal_share`` is that of treatment whose level is not known, ``removal_by_level`` that of a listed plant.
    """

    pollutant: Identifier
    citation: Text
    generation_g_person_day: GroupValues
    removal_share: float = Field(ge=0, le=1)
    removal_by_level: ByLevel
    removal_by_level_citation: Text

    def generation_kg_yr(self, group: IncomeGroup) -> float:
        """What a person of ``group`` adds in a year."""
        return self.generation_g_person_day.of(group) / G_PER_KG * DAYS_PER_YEAR


class Wastewater(Settings):
    """``[wastewater]``: municipal wastewater that reaches rivers."""

    sector: Identifier
    medium: Medium
    quality: str = Field(pattern=r"^[A-E]$")
    citation: Text
    reaching_share: Shares
    treated_share: Shares
    loads: tuple[WastewaterLoad, ...] = Field(min_length=1)

    def factors(self, group: IncomeGroup, served: float) -> tuple[MunicipalFactor, ...]:
        """Release = generation · 365 d · (1 - s) · share reaching rivers · (1 - t' · share that treatment removes).

        s is the share of the people that listed plants serve. They are part of the share treated, t: of the wastewater
        of the others t' = max(0, (t - s) / (1 - s)) is treated. Without listed plants t' is t.
        """
        if served >= 1:
            return ()
        reaching, treated = self.reaching_share.of(group), self.treated_share.of(group)
        others_treated = max(0.0, (treated - served) / (1 - served))
        return tuple(
            MunicipalFactor(
                load.pollutant,
                self.sector,
                self.medium,
                load.generation_kg_yr(group) * (1 - served) * reaching * (1 - others_treated * load.removal_share),
                self.quality,
                f"{load.citation}; {self.citation}",
            )
            for load in self.loads
        )

    def plants(self, group: IncomeGroup) -> dict[str, dict[str, float]]:
        """What a plant releases in kg per person it serves and year, by level of treatment and pollutant."""
        return {
            level: {
                load.pollutant: load.generation_kg_yr(group) * (1 - getattr(load.removal_by_level, level))
                for load in self.loads
            }
            for level in ByLevel.model_fields
        }


class MunicipalTable(Settings):
    """The whole file."""

    releases: tuple[PerPerson, ...]
    waste: Waste
    wastewater: Wastewater


def read_plants(file: Path, group: IncomeGroup) -> dict[str, dict[str, float]]:
    """What wastewater plants release, as `Wastewater.plants`; ConfigError for every fault in the file."""
    return read_model(MunicipalTable, file).wastewater.plants(group)


def read(file: Path, group: IncomeGroup, served: float = 0.0) -> tuple[MunicipalFactor, ...]:
    """The factors of ``group`` in kg per person and year, where listed plants serve the share ``served`` of the people.

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
    return given + table.waste.factors(group) + table.wastewater.factors(group, served)
