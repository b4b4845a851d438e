"""Pollutants and the numbers that turn a concentration into a pressure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hotspots.tags import UNTAGGED, Tags

Dimension = Literal["air", "freshwater", "land", "marine"]
Medium = Literal["air", "water", "land", "sea"]

DIMENSIONS: tuple[Dimension, ...] = ("air", "freshwater", "land", "marine")
DIMENSIONS_OF: dict[Medium, tuple[Dimension, ...]] = {
    "air": ("air",),
    "water": ("freshwater",),
    "land": ("land", "marine"),
    "sea": ("marine",),
}
"""The dimensions that a release to a medium may count in: plastic released to land is followed to the sea."""
ANNUAL = "annual mean"
"""The statistic of every modelled and ambient concentration: a level for another one says nothing about them."""


@dataclass(frozen=True)
class Level:
    """A concentration with what it is for: a guideline, interim target, limit or critical level."""

    value: float
    unit: str
    statistic: str
    """What the value applies to, e.g. ``annual mean``."""
    citation: str

    @property
    def annual(self) -> bool:
        """Whether annual means may be compared with it."""
        return self.statistic == ANNUAL


@dataclass(frozen=True)
class Decay:
    """First-order loss in rivers: k(T) = k_20 · θ^(T - 20), T in °C."""

    k20_per_day: float
    theta: float
    citation: str


@dataclass(frozen=True)
class Pollutant:
    """One pollutant.

    ``emitted_as`` names the pollutant whose releases this one is made from (NO2 from NOx);
    ``concentration_factor`` is the ratio of its concentration to that of the emitted one.
    ``half_life_s`` is None where the substance does not decay on the scale of the model.
    A pollutant without a guideline is published, not scored. ``interim_targets`` are those of WHO from the first, the
    highest, downwards.
    ``freshwater_level`` (mg/L) is to rivers what ``guideline`` is to air, and ``freshwater_decay`` what the half-life
    is; without one the substance is conserved along the river.
    """

    id: str
    name: str
    cas: str | None
    media: tuple[Medium, ...]
    emitted_as: str
    concentration_factor: float
    half_life_s: float | None
    guideline: Level | None
    interim_targets: tuple[Level, ...]
    vegetation_level: Level | None
    note: str | None
    """Printed beside every figure of this pollutant, e.g. that PM2.5 is primary only."""
    freshwater_level: Level | None = None
    freshwater_decay: Decay | None = None
    soil_level: Level | None = None
    """In mg/kg of dry matter: what measured soil is compared with."""
    tags: Tags = UNTAGGED
    contains: str | None = None
    """A pollutant whose mass is part of this one's: scoring both would count that part twice."""

    @property
    def score_weight(self) -> float:
        """What a µg/m³ adds to the dimension's pressure: 1 / annual guideline; 0 for what is published, not scored."""
        scored = self.guideline is not None and self.guideline.annual and self.contains is None
        return 1.0 / self.guideline.value if scored and self.guideline else 0.0

    @property
    def freshwater_weight(self) -> float:
        """What a mg/L in a stream adds to the dimension's pressure: 1 / annual reference level, 0 without one."""
        scored = self.freshwater_level is not None and self.freshwater_level.annual and self.contains is None
        return 1.0 / self.freshwater_level.value if scored and self.freshwater_level else 0.0


def released(pollutants: Mapping[str, Pollutant]) -> list[str]:
    """The ids that a release may name: a pollutant made from another one (NO2 from NOx) is released as that other."""
    return sorted({pollutant.emitted_as for pollutant in pollutants.values()})
