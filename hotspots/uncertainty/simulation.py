"""Monte Carlo of the releases, carried to the ranks.

Exposure is linear in the releases, so a draw is a product of what every contributor causes with what its releases are
multiplied by: nothing is dispersed again. Outlines, people, winds and dispersion stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.method import UncertaintyMethod
from hotspots.uncertainty.multipliers import Multipliers, ln_sd, mean_one, normal
from hotspots.uncertainty.ranks import intervals, rank_draws
from hotspots.uncertainty.response import Response

FloatArray = npt.NDArray[np.float64]
Caused = Mapping[str, sparse.csr_array]
"""Exposure by dimension, (things, contributions)."""

CHUNK = 100
"""Draws at a time: what bounds the memory."""


@dataclass(frozen=True)
class Zones:
    """Zones ranked among each other by ``published`` (zones,): priority-weighted people, or their mean priority.

    In a draw the published value changes as the priority-weighted people of ``response`` do: the people are not drawn.
    """

    published: FloatArray
    caused: Caused
    response: Response
    constant: FloatArray | float = 0.0
    """(zones,): the priority-weighted people that no draw changes."""


@dataclass(frozen=True)
class Drawn:
    """What is drawn and the region it acts on."""

    multipliers: Multipliers
    weights: Mapping[str, float]
    """Of the dimensions in the burden."""
    region: Caused
    """Exposure of all the region's people, (1, contributions)."""


def simulate(
    drawn: Drawn, zones: Sequence[Zones], sources: Caused, method: UncertaintyMethod
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Rank intervals of each of ``zones``, and of the sources; see `hotspots.uncertainty.ranks.intervals`.

    Parameters
    ----------
    sources:
        What each source causes at everyone. Sources are ranked by the share of the region's exposure that would end
        if they stopped, summed over dimensions.
    """
    zone_ranks: list[list[npt.NDArray[np.int32]]] = [[] for _ in zones]
    source_ranks: list[npt.NDArray[np.int32]] = []
    shares = _removed_shares(sources, drawn, _unchanged(drawn)[0])[:, 0]
    unchanged = [_scores(item, drawn, *_unchanged(drawn)) for item in zones]
    for chunk, first in enumerate(range(0, method.draws, CHUNK)):
        draws = min(CHUNK, method.draws - first)
        factors = drawn.multipliers.draw(method.seed, chunk, draws)
        weights = {
            name: weight * mean_one(normal(method.seed, f"weight:{name}", chunk, draws), ln_sd(method.weight_factor))
            for name, weight in drawn.weights.items()
        }
        for item, base, ranks in zip(zones, unchanged, zone_ranks, strict=True):
            ratio = _ratio(_scores(item, drawn, factors, weights), base)
            ranks.append(rank_draws((item.published[:, None] * ratio)[item.published > 0]))
        source_ranks.append(rank_draws(_removed_shares(sources, drawn, factors)[shares > 0]))
    return (
        [intervals(item.published, np.hstack(ranks)) for item, ranks in zip(zones, zone_ranks, strict=True)],
        intervals(shares, np.hstack(source_ranks)),
    )


def _unchanged(drawn: Drawn) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Multipliers (contributions, 1) and weights (1,) as published."""
    ones = np.ones((len(drawn.multipliers.own), 1))
    return ones, {name: np.array([weight]) for name, weight in drawn.weights.items()}


def _scores(zones: Zones, drawn: Drawn, factors: FloatArray, weights: Mapping[str, FloatArray]) -> FloatArray:
    """Priority-weighted people (zones, draws) under ``factors`` (contributions, draws), up to rounding to classes."""
    ratios = {
        name: exposure_ratio(zones.caused[name], factors) / exposure_ratio(drawn.region[name], factors)
        for name in zones.response.dimensions
    }
    changing = zones.response.scores(ratios, weights)
    total: FloatArray = changing + np.reshape(zones.constant, (-1, 1))
    return total


def exposure_ratio(caused: sparse.csr_array, factors: FloatArray) -> FloatArray:
    """Exposure (things, draws) under ``factors`` over the published one; 1 where nothing is caused."""
    return _ratio(caused @ factors, caused @ np.ones((len(factors), 1)))


def _removed_shares(sources: Caused, drawn: Drawn, factors: FloatArray) -> FloatArray:
    """Sum over dimensions of the share of the region's exposure that each source causes, (sources, draws)."""
    shares = [_share(caused @ factors, drawn.region[name] @ factors) for name, caused in sources.items()]
    total: FloatArray = np.sum(shares, axis=0)
    return total


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    share = np.zeros(part.shape)
    return np.divide(part, whole, out=share, where=whole > 0)


def _ratio(value: FloatArray, base: FloatArray) -> FloatArray:
    ratio = np.ones(value.shape)
    return np.divide(value, base, out=ratio, where=base > 0)
