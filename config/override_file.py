"""``[[overrides]]`` of a region file: corrections of single records, with author and reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from config.reading import Settings, did_you_mean
from hotspots.errors import ConfigError
from hotspots.overrides import EXCLUDE, FIELDS, NUMBERS, RELEASE, TEXTS
from hotspots.region import Override
from hotspots.schemas import MEDIA, STATUSES

Text = Annotated[str, StringConstraints(min_length=1)]
RANGES = {
    "longitude": (-180.0, 180.0),
    "latitude": (-90.0, 90.0),
    "position_accuracy_m": (0.0, float("inf")),
    RELEASE: (0.0, float("inf")),
}


class OverrideTable(Settings):
    """One of ``[[overrides]]``."""

    source_id: Text
    field: Text
    value: str | float | bool = True
    pollutant: str = ""
    medium: str = ""
    author: Text
    reason: Text
    date: datetime.date

    @model_validator(mode="after")
    def _value_fits_the_field(self) -> Self:
        if self.field not in FIELDS:
            raise ValueError(f"field should be one of {', '.join(FIELDS)}")
        if self.field == EXCLUDE and self.value is not True:
            raise ValueError("value should be true, or be left out, where a record is excluded")
        if self.field in TEXTS and not (isinstance(self.value, str) and self.value):
            raise ValueError(f"value should be text for {self.field}")
        if self.field in (*NUMBERS, RELEASE):
            self._check_number()
        if (self.field == RELEASE) != bool(self.pollutant and self.medium):
            raise ValueError(f"pollutant and medium belong to {RELEASE}, and to no other field")
        if self.field == RELEASE and self.medium not in MEDIA:
            raise ValueError(f"medium should be one of {', '.join(MEDIA)}")
        if self.field == "status" and self.value not in STATUSES:
            raise ValueError(f"value should be one of {', '.join(STATUSES)}")
        return self

    def _check_number(self) -> None:
        low, high = RANGES.get(self.field, (0.0, float("inf")))
        number = self.value
        if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
            raise ValueError(f"value should be a number from {low:g} to {high:g} for {self.field}")
        if number == float("inf") or (number == 0 and self.field.startswith(("stack_d", "exit_"))):
            raise ValueError(f"value cannot be {number:g} for {self.field}")

    def override(self) -> Override:
        """The override."""
        return Override(**self.model_dump())


def check_overrides(overrides: Iterable[Override], pollutants: list[str], sectors: list[str], file: Path) -> None:
    """Raise ConfigError where an override names an unknown sector, or a pollutant that is not released."""
    for number, item in enumerate(overrides):
        field = f"overrides[{number}]"
        if item.field == RELEASE and item.pollutant not in pollutants:
            raise ConfigError(
                f"nothing is released as {item.pollutant!r}.",
                source=file,
                field=f"{field}.pollutant",
                remedy=did_you_mean(item.pollutant, pollutants, "pollutants"),
            )
        if item.field == "sector" and item.value not in sectors:
            raise ConfigError(
                f"unknown sector {item.value!r}.",
                source=file,
                field=f"{field}.value",
                remedy=did_you_mean(str(item.value), sectors, "sectors"),
            )
