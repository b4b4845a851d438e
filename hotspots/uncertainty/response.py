"""How the priority-weighted people of a zone respond to other pressures.

Priority is made of people-weighted percentiles, which are not linear in the releases. In a draw the pressure of a
dimension in every cell of a zone is taken to be multiplied by the ratio r by which the zone's exposure changes, and the
pressures of the whole region, against which the percentile is read, by the ratio R of the region's exposure. The
percentile of a cell with pressure x is then F(x · r / R), F being the region's own share of people at a pressure ≤ this
one; the de minimis value moves with the region. With r = R nothing changes: what is wrong by one factor everywhere
changes no percentile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.exposure import Coverage

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

STEP = np.log(10) / 25
"""Of the logarithm of the pressure: 25 classes a decade."""
REACH = 50
"""Steps to either side that a ratio may move a pressure: a factor of 100."""


@dataclass(frozen=True)
class Response:
    """People × percentile / 100 of every zone by dimension and ratio.

    Attributes
    ----------
    dimensions:
        The assessed dimensions.
    patterns:
        Which dimensions are assessed in the cells of each pattern, bool (patterns, dimensions).
    curves:
        (patterns, dimensions, zones, 2 REACH + 1): over the cells of a pattern, for the ratios exp(STEP · k),
        k = -REACH .. REACH.
    """

    dimensions: tuple[str, ...]
    patterns: npt.NDArray[np.bool_]
    curves: FloatArray

    def scores(self, ratios: Mapping[str, FloatArray], weights: Mapping[str, FloatArray]) -> FloatArray:
        """Priority-weighted people (zones, draws) up to rounding to classes.

        Parameters
        ----------
        ratios:
            r / R by dimension, (zones, draws).
        weights:
            Weight of each dimension in the burden, (draws,); a dimension that is not assessed in a cell leaves the
            mean there.
        """
        places = [_place(ratios[name]) for name in self.dimensions]
        given = [weights[name] for name in self.dimensions]
        total = np.zeros(places[0][0].shape)
        for pattern, assessed in enumerate(self.patterns):
            known = np.flatnonzero(assessed)
            weight_sum = sum(given[d] for d in known)
            for d in known:
                total += given[d] / weight_sum * _between(self.curves[pattern, d], *places[d])
        return total


def response(
    fields: Mapping[str, FloatArray],
    floors: Mapping[str, float],
    people: FloatArray,
    amounts: FloatArray,
    zones: Coverage,
    region: npt.NDArray[np.bool_],
) -> Response:
    """The response of ``zones``.

    Parameters
    ----------
    fields:
        Pressure (rows, cols) by dimension, NaN where it is not assessed.
    floors:
        De minimis of the percentile by dimension, see `hotspots.scoring.percentile`.
    people:
        (rows, cols), NaN outside the region; the percentile is a share of them.
    amounts:
        (rows, cols): what a percentile of 100 counts in a zone. The people, or people × what their vulnerability makes
        of it.
    zones:
        Their cells.
    region:
        Cells (rows, cols) over which the percentile is taken.
    """
    names = tuple(fields)
    at = (zones.row, zones.col)
    weight = zones.fraction * np.nan_to_num(amounts[at])
    assessed = np.stack([~np.isnan(fields[name][at]) for name in names], axis=1)
    patterns, pattern = np.unique(assessed, axis=0, return_inverse=True)
    pattern = pattern.reshape(-1)
    curves = np.zeros((len(patterns), len(names), zones.zones, 2 * REACH + 1))
    for d, name in enumerate(names):
        first, share = _distribution(fields[name][region], np.nan_to_num(people[region]), floors[name])
        counted = (weight > 0) & (np.nan_to_num(fields[name][at]) > 0)
        for p in range(len(patterns)):
            here = counted & (pattern == p)
            curves[p, d] = _curves(first, share, fields[name][at][here], weight[here], zones.zone[here], zones.zones)
    return Response(names, patterns, curves)


def _distribution(values: FloatArray, people: FloatArray, floor: float) -> tuple[int, FloatArray]:
    """F at the classes from ``first``, of the people at ``floor`` or above: 0 below these classes, 1 above."""
    ranked = (values >= floor) & (values > 0) & (people > 0)
    known, weight = values[ranked], people[ranked]
    if not known.size:
        return 0, np.zeros(1)
    order = np.argsort(known, kind="stable")
    known, reached = known[order], np.cumsum(weight[order])
    first = int(np.floor(np.log(known[0]) / STEP))
    last = int(np.ceil(np.log(known[-1]) / STEP))
    at_or_below = np.searchsorted(known, np.exp(STEP * np.arange(first, last + 1)), side="right")
    return first, np.append(0.0, reached)[at_or_below] / reached[-1]


def _curves(
    first: int, share: FloatArray, values: FloatArray, weight: FloatArray, zone: IntArray, zones: int
) -> FloatArray:
    """Σ weight × F(value × ratio) of each zone, (zones, 2 REACH + 1)."""
    # People are spread over the two classes next to their pressure; what even a ratio of 100 leaves below the first
    # class goes to the lowest one, and counts 0.
    lowest = first - REACH - 1
    classes = REACH + 1 + len(share)
    position = np.clip(np.log(values) / STEP - lowest, 0, classes - 1)
    below = np.minimum(position.astype(np.int64), classes - 2)
    upper = position - below
    cell = zone * classes + below
    people = np.bincount(cell, weight * (1 - upper), minlength=zones * classes)
    people += np.bincount(cell + 1, weight * upper, minlength=zones * classes)
    padded = np.concatenate([np.zeros(2 * REACH + 1), share, np.full(REACH, share[-1])])
    windows = np.lib.stride_tricks.sliding_window_view(padded, classes)
    curves: FloatArray = people.reshape(zones, classes) @ windows.T
    return curves


def _place(ratio: FloatArray) -> tuple[IntArray, FloatArray]:
    """The step below each ratio and the way from it to the next one, 0..1."""
    with np.errstate(divide="ignore"):
        position = np.clip(np.log(ratio) / STEP + REACH, 0, 2 * REACH)
    below = np.minimum(position.astype(np.int64), 2 * REACH - 1)
    return below, position - below


def _between(curve: FloatArray, below: IntArray, upper: FloatArray) -> FloatArray:
    """``curve`` (zones, steps) at ``below`` + ``upper`` (zones, draws)."""
    low = np.take_along_axis(curve, below, axis=1)
    high = np.take_along_axis(curve, below + 1, axis=1)
    return low + upper * (high - low)
