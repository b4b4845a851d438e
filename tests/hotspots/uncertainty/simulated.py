"""Simulated regions: sources of three fuels with smooth footprints over people, and zones of neighbouring cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from hotspots import scoring
from hotspots.exposure import Coverage
from hotspots.uncertainty.multipliers import Multipliers
from hotspots.uncertainty.response import response
from hotspots.uncertainty.simulation import Caused, Drawn, Zones

FLOOR = 1e-6
SIDE, BLOCK = 24, 6
SHAPE = (SIDE, SIDE)
FUELS = ("coal", "oil", "gas")


@dataclass(frozen=True)
class Simulated:
    """A region of SHAPE with one field (rows, cols) a source, per unit of its release."""

    people: np.ndarray
    fields: np.ndarray
    fuels: tuple[str, ...]
    zones: Coverage

    def pressure(self, releases: np.ndarray) -> np.ndarray:
        return np.tensordot(releases, self.fields, axes=1)

    def exposure(self, releases: np.ndarray) -> np.ndarray:
        return self.zones.sum(self.people * self.pressure(releases))

    def priority_people(self, releases: np.ndarray) -> np.ndarray:
        """By the method itself, with nothing held."""
        percentile = scoring.percentile(self.pressure(releases), self.people, FLOOR)
        priority = scoring.priority(scoring.burden({"air": percentile}, {"air": 1.0}), None, "product")
        return self.zones.sum(self.people * priority / 100)

    def problem(self, releases: np.ndarray, sd: float, source_share: float) -> tuple[Drawn, Zones, Caused]:
        """What the Monte Carlo acts on where ``releases`` are the stated ones."""
        by_zone = np.stack([self.zones.sum(self.people * field) for field in self.fields], axis=1) * releases
        by_source = (self.people * self.fields).sum(axis=(1, 2)) * releases
        own = tuple(f"source {number}" for number in range(len(releases)))
        multipliers = Multipliers(
            self.fuels,
            own,
            np.full(len(releases), sd * np.sqrt(1 - source_share)),
            np.full(len(releases), sd * np.sqrt(source_share)),
        )
        drawn = Drawn(multipliers, {"air": 1.0}, {"air": sparse.csr_array(by_source[None])})
        everywhere = np.ones(SHAPE, dtype=bool)
        curves = response(
            {"air": self.pressure(releases)}, {"air": FLOOR}, self.people, self.people, self.zones, everywhere
        )
        zones = Zones(self.priority_people(releases), {"air": sparse.csr_array(by_zone)}, curves)
        return drawn, zones, {"air": sparse.csr_array(np.diag(by_source))}


def simulated(seed: int, sources: int = 20) -> Simulated:
    """A region of 16 square zones with skewed people and sources at random places."""
    random = np.random.default_rng(seed)
    row, col = np.indices(SHAPE)
    label = (row // BLOCK) * (SIDE // BLOCK) + col // BLOCK + 1
    at = random.uniform(0, SIDE, (sources, 2))
    distance = np.hypot(row - at[:, 0, None, None], col - at[:, 1, None, None])
    return Simulated(
        people=random.lognormal(3, 1, SHAPE) * (1 + (row > SIDE / 2)),
        fields=1 / (1 + distance) ** 2,
        fuels=tuple(random.choice(FUELS, sources)),
        zones=Coverage.of_labels(label),
    )


def errors(region: Simulated, sd: float, source_share: float, random: np.random.Generator) -> np.ndarray:
    """True over stated releases as the method states them: mean 1, shared by fuel, by numbers of its own."""
    by_fuel = dict(zip(FUELS, random.standard_normal(len(FUELS)), strict=True))
    shared = np.array([by_fuel[fuel] for fuel in region.fuels])
    own = random.standard_normal(len(region.fuels))
    z = np.sqrt(1 - source_share) * shared + np.sqrt(source_share) * own
    return np.exp(sd * z - sd**2 / 2)
