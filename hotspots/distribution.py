"""How a quantity is distributed over people or cells, without sorting: merges over blocks, looked up cell by cell.

Values are told apart by their 16 leading binary digits (relative 3e-5), read from the bits of a float32: far finer than
what any modelled field is known to, and coarse enough that rounding in the last digits orders nothing. The distribution
of two blocks is the sum of theirs, so that the result does not depend on how a grid was cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SIGNIFICANT_BITS = 16
_SHIFT = 24 - SIGNIFICANT_BITS
_PAGE = 4096
_PAGES = (1 << (31 - _SHIFT)) // _PAGE
"""Bins for every float32 of 0 or more, infinity included; what is not touched takes no memory."""


@dataclass(frozen=True)
class Distribution:
    """Weight by value: ``weight[i, j]`` lies in bin j of page ``pages[i]``; values of a bin share their leading digits.

    Pages without any value are left out, so that what is empty between 0 and the least value takes no room.
    """

    pages: IntArray
    weight: FloatArray

    @classmethod
    def of(
        cls,
        values: npt.NDArray[np.floating],
        weights: npt.NDArray[np.floating] | None,
        floor: float = 0.0,
    ) -> Distribution:
        """The distribution of ``values`` at ``floor`` (0 or more) or above.

        Parameters
        ----------
        values:
            Of any shape; NaN and what is below ``floor`` is left out.
        weights:
            In the shape of ``values``, NaN is 0; None counts every value once.
        """
        flat = np.ascontiguousarray(values, dtype=np.float32).ravel()
        weight = np.empty(0, dtype=np.float32) if weights is None else np.ascontiguousarray(weights).ravel()
        bins, held = np.zeros((_PAGES, _PAGE)), np.zeros(_PAGES, dtype=np.bool_)
        _tally(flat, flat.view(np.int32), weight, _single(floor), bins, held)
        return cls(np.flatnonzero(held), bins[held])

    @classmethod
    def merged(cls, parts: Iterable[Distribution]) -> Distribution:
        """The distribution of everything in ``parts``, added in their order."""
        bins, held = np.zeros((_PAGES, _PAGE)), np.zeros(_PAGES, dtype=np.bool_)
        for part in parts:
            bins[part.pages] += part.weight
            held[part.pages] = True
        return cls(np.flatnonzero(held), bins[held])

    @property
    def bins(self) -> IntArray:
        """The number of each bin, in the order of the flattened ``weight``."""
        return (self.pages[:, None] * _PAGE + np.arange(_PAGE)).ravel()

    @property
    def total(self) -> float:
        """All the weight."""
        return float(self.weight.sum())

    def at_or_above(self, value: float) -> float:
        """The weight at the lower edge of a bin or above it."""
        return float(self.weight.ravel()[lower_edges(self.bins) >= value].sum())

    def percentiles(self, values: npt.NDArray[np.floating], floor: float) -> npt.NDArray[np.floating]:
        """100 × share of the weight at a value ≤ this one, in the shape and precision of ``values``.

        0 below ``floor``; NaN stays NaN, and where there is no weight at all nothing at ``floor`` or above is known.
        """
        flat = np.ascontiguousarray(values, dtype=np.float32).ravel()
        reached = np.cumsum(self.weight)
        share = np.full((1, _PAGE), np.nan)
        if reached.size and reached[-1] > 0:
            share = np.concatenate([np.zeros((1, _PAGE)), 100 * (reached / reached[-1]).reshape(self.weight.shape)])
        # A value on a page without any comes after all of the page before: nobody, where there is none.
        place = np.searchsorted(self.pages, np.arange(_PAGES), side="right")
        own = np.zeros(_PAGES, dtype=np.bool_)
        own[self.pages] = True
        result = np.empty(flat.shape, dtype=values.dtype)
        _look_up(flat, flat.view(np.int32), _single(floor), share, np.minimum(place, len(share) - 1), own, result)
        return result.reshape(values.shape)

    def quantile(self, share: float) -> float:
        """The lowest value of the first bin in which ``share`` (0..1) of the weight is reached; NaN without weight."""
        reached = np.cumsum(self.weight)
        if not reached.size or reached[-1] <= 0:
            return float("nan")
        return float(lower_edges(self.bins[np.argmax(reached >= share * reached[-1])])[()])

    @property
    def above_lowest(self) -> float:
        """The least value that counts as more than the lowest with any weight; NaN without weight."""
        held = np.flatnonzero(self.weight > 0)
        return float(lower_edges(self.bins[held[0]] + 1)[()]) if held.size else float("nan")


def lower_edges(bins: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The lowest value of each bin."""
    return (np.asarray(bins, dtype=np.int64) << _SHIFT).astype(np.int32).view(np.float32)


def _single(floor: float) -> np.float32:
    """``floor`` as a float32 that is above 0 if it is."""
    return max(np.float32(floor), np.nextafter(np.float32(0), np.float32(1))) if floor > 0 else np.float32(0)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _tally(
    values: npt.NDArray[np.float32],
    bits: npt.NDArray[np.int32],
    weights: npt.NDArray[np.floating],
    floor: np.float32,
    bins: FloatArray,
    held: BoolArray,
) -> None:
    """Add the weight of each value to its bin, and note which pages hold any value."""
    for index in range(values.size):
        if not values[index] >= floor:
            continue
        number = (bits[index] & 0x7FFFFFFF) >> _SHIFT
        page = number // _PAGE
        held[page] = True
        weight = weights[index] if weights.size > 0 else 1.0
        if not np.isnan(weight):
            bins[page, number % _PAGE] += weight


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _look_up(
    values: npt.NDArray[np.float32],
    bits: npt.NDArray[np.int32],
    floor: np.float32,
    share: FloatArray,
    place: IntArray,
    own: BoolArray,
    result: npt.NDArray[np.floating],
) -> None:
    """``share[place]`` is a value's page; where none is its ``own``, the one before, whose last bin counts."""
    for index in range(values.size):
        value = values[index]
        if np.isnan(value):
            result[index] = np.nan
        elif value < floor:
            result[index] = 0.0
        else:
            number = (bits[index] & 0x7FFFFFFF) >> _SHIFT
            page = number // _PAGE
            result[index] = share[place[page], number % _PAGE if own[page] else _PAGE - 1]
