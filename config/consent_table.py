"""One consent as a file, a command or a request states it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import StringConstraints, field_validator, model_validator

from config.countries import time_zones
from config.reading import Settings
from hotspots.consent import ALL_LAYERS, CELLS_DEG, Consent, Precision, Reason

Words = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
]
Identifier = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z0-9_]+$")]


class ConsentTable(Settings):
    """One of ``[[consents]]``, and the body of a request; the meaning is that of `hotspots.consent.Consent`."""

    region: Identifier
    dataset: Identifier
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    authority: Words
    purpose: Words
    precision: Precision
    evidence: Words
    valid_from: date
    layer: Identifier = ALL_LAYERS
    cell_deg: float | None = None
    reason: Reason | None = None
    valid_until: date | None = None
    time_zone: Annotated[str, StringConstraints(max_length=1000)] | None = None
    restricted_reading: bool = False

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, names: str | None) -> str | None:
        for name in (names or "UTC").split(","):
            try:
                ZoneInfo(name.strip())
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise ValueError("is no time zone of the IANA list, e.g. America/Jamaica") from error
        return names

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.precision is Precision.GENERALISED) != (self.cell_deg is not None):
            raise ValueError("cell_deg goes with generalised, and with nothing else")
        if self.cell_deg is not None and self.cell_deg not in CELLS_DEG:
            raise ValueError(f"cell_deg is one of {', '.join(map(str, CELLS_DEG))}")
        if self.precision is not Precision.OPEN and self.reason is None:
            raise ValueError(f"what is not open has a reason: {', '.join(Reason)}")
        if self.layer != ALL_LAYERS and self.precision not in (Precision.OPEN, Precision.WITHHELD):
            raise ValueError("a layer is open or withheld; other precisions are the whole dataset's")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        if self.restricted_reading and (self.precision is Precision.OPEN or self.layer != ALL_LAYERS):
            raise ValueError("restricted_reading goes with a whole dataset that is not open")
        if self.time_zone is None and not time_zones(self.country):
            raise ValueError(f"time_zone is needed: no time zone of {self.country} is known")
        return self

    def consent(self) -> Consent:
        """The value; where no time zone is given, with those of the country."""
        zones = self.time_zone or ", ".join(time_zones(self.country))
        return Consent(**{**self.model_dump(), "time_zone": zones})
