"""pollutants.toml: one table a pollutant."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, RootModel, field_validator, model_validator

from config.reading import Settings, did_you_mean, read_model
from config.region_file import Identifier, Text
from config.tag_settings import TagSettings
from config.units import convert
from hotspots.errors import ConfigError
from hotspots.pollutants import Decay, Level, Medium, Pollutant

CONCENTRATION_UNIT = "µg/m³"
WATER_UNIT = "mg/L"
SOIL_UNIT = "mg/kg"
SAMPLE = "single sample"


class LevelTable(Settings):
    """A guideline, interim target, critical or reference level of a concentration in air or water."""

    value: float = Field(gt=0)
    unit: Text
    statistic: Text
    citation: Text

    @model_validator(mode="after")
    def _unit_is_a_concentration(self) -> Self:
        convert(self.value, self.unit, CONCENTRATION_UNIT)
        return self

    def level(self, unit: str = CONCENTRATION_UNIT) -> Level:
        """The level in ``unit``."""
        return Level(convert(self.value, self.unit, unit), unit, self.statistic, self.citation)


class SoilLevelTable(Settings):
    """What measured soil is compared with, per dry matter."""

    value: float = Field(gt=0)
    unit: Text
    citation: Text

    @model_validator(mode="after")
    def _unit_is_a_mass_share(self) -> Self:
        convert(self.value, self.unit, SOIL_UNIT)
        return self

    def level(self) -> Level:
        """The level in mg/kg."""
        return Level(convert(self.value, self.unit, SOIL_UNIT), SOIL_UNIT, SAMPLE, self.citation)


class TargetsTable(Settings):
    """Interim targets on the way to a guideline, from the first, the highest, downwards."""

    values: tuple[float, ...] = Field(min_length=1)
    unit: Text
    statistic: Text
    citation: Text

    @model_validator(mode="after")
    def _from_the_highest_downwards(self) -> Self:
        convert(1.0, self.unit, CONCENTRATION_UNIT)
        steps = (*self.values, 0.0)
        if any(lower >= higher for higher, lower in pairwise(steps)):
            raise ValueError("values should be positive and fall from target to target, e.g. [35, 25, 15, 10]")
        return self

    def levels(self) -> tuple[Level, ...]:
        """The targets in µg/m³, in order; each citation names its number."""
        return tuple(
            Level(
                convert(value, self.unit, CONCENTRATION_UNIT),
                CONCENTRATION_UNIT,
                self.statistic,
                f"{self.citation}, interim target {number}",
            )
            for number, value in enumerate(self.values, 1)
        )


class DecayTable(Settings):
    """First-order loss in rivers."""

    k20_per_day: float = Field(gt=0)
    theta: float = Field(ge=1, le=1.2)
    citation: Text


class HalfLifeTable(Settings):
    """How fast a pollutant is lost from the air."""

    value: float = Field(gt=0)
    unit: Text
    citation: Text

    @model_validator(mode="after")
    def _unit_is_a_time(self) -> Self:
        convert(self.value, self.unit, "s")
        return self


class PollutantTable(TagSettings):
    """``[<pollutant id>]``."""

    name: Text
    cas: str | None = None
    media: tuple[Medium, ...] = Field(min_length=1)
    emitted_as: Identifier | None = None
    concentration_factor: float = Field(default=1.0, gt=0)
    half_life: HalfLifeTable | None = None
    guideline: LevelTable | None = None
    interim_targets: TargetsTable | None = None
    vegetation_level: LevelTable | None = None
    freshwater_level: LevelTable | None = None
    freshwater_decay: DecayTable | None = None
    soil_level: SoilLevelTable | None = None
    note: Text | None = None
    contains: Identifier | None = None

    @field_validator("cas")
    @classmethod
    def _check_digit(cls, cas: str | None) -> str | None:
        if cas is not None and not valid_cas(cas):
            raise ValueError("cas should be a CAS number with the right check digit, such as '7439-97-6'")
        return cas


class PollutantsTable(RootModel[dict[Identifier, PollutantTable]]):
    """The whole file."""

    root: Annotated[dict[Identifier, PollutantTable], Field(min_length=1)]


def valid_cas(cas: str) -> bool:
    """Whether the last digit is the sum of the others, each times its place from the right, modulo 10."""
    parts = cas.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[1]) != 2:
        return False
    digits = [int(digit) for digit in reversed(parts[0] + parts[1])]
    return len(parts[2]) == 1 and sum(place * digit for place, digit in enumerate(digits, 1)) % 10 == int(parts[2])


def read(file: Path) -> dict[str, Pollutant]:
    """The pollutants of a file by id; levels in µg/m³, those of freshwater in mg/L, half-lives in s.

    Raises
    ------
    ConfigError
        For every fault, also where ``emitted_as`` or ``contains`` names no pollutant.
    """
    tables = read_model(PollutantsTable, file).root
    for key, table in tables.items():
        for field, named in (("emitted_as", table.emitted_as), ("contains", table.contains)):
            if named is not None and named not in tables:
                raise ConfigError(
                    f"unknown pollutant {named!r}.",
                    source=file,
                    field=f"{key}.{field}",
                    remedy=did_you_mean(named, list(tables), "pollutants"),
                )
    return {key: _pollutant(key, table) for key, table in tables.items()}


def _pollutant(key: str, table: PollutantTable) -> Pollutant:
    half_life = table.half_life
    return Pollutant(
        id=key,
        name=table.name,
        cas=table.cas,
        media=table.media,
        emitted_as=table.emitted_as or key,
        concentration_factor=table.concentration_factor,
        half_life_s=convert(half_life.value, half_life.unit, "s") if half_life else None,
        guideline=_level(table.guideline),
        interim_targets=table.interim_targets.levels() if table.interim_targets else (),
        vegetation_level=_level(table.vegetation_level),
        note=table.note,
        soil_level=table.soil_level.level() if table.soil_level else None,
        tags=table.tags(),
        freshwater_level=table.freshwater_level.level(WATER_UNIT) if table.freshwater_level else None,
        freshwater_decay=Decay(**table.freshwater_decay.model_dump()) if table.freshwater_decay else None,
        contains=table.contains,
    )


def _level(table: LevelTable | None) -> Level | None:
    return table.level() if table else None
