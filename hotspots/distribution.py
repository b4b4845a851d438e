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
BoolArray = npt.NDArray[np.bool_]

SIGNIFICANT_BITS = 16
_SHIFT = 24 - SIGNIFICANT_BITS
_BINS = 1 << (31 - _SHIFT)
"""One for every float32 of 0 or more, infinity included; what is not touched takes no memory."""


@dataclass(frozen=True)
class Distribution:
    """Weight by value: ``weight[i]`` lies in bin ``first`` + i, whose values share their leading digits."""

    first: int
    weight: FloatArray

    @classmethod
    def of(
        cls, values: npt.NDArray[np.floating], weights: npt.NDArray[np.floating] | None, floor: float = 0.0
    ) -> Distribution:
        """The distribution of ``values`` at ``floor`` (0 or more) or above.

        Parameters
        ----------
        values:
            Of any shape; NaN and what is below ``floor`` is left out.
        weights:
            In the shape of ``values``, NaN is 0; None counts every value once.
        """
        flat = np.ascontiguousarray(values).ravel()
        weight = np.empty(0, dtype=np.float32) if weights is None else np.ascontiguousarray(weights).ravel()
        bins = np.zeros(_BINS)
        low, high = _tally(flat, weight, float(floor), bins)
        return cls(low, bins[low : high + 1].copy()) if high >= low else cls(0, np.empty(0))

    @classmethod
    def merged(cls, parts: Iterable[Distribution]) -> Distribution:
        """The distribution of everything in ``parts``, added in their order."""
        given = [part for part in parts if part.weight.size]
        if not given:
            return cls(0, np.empty(0))
        low = min(part.first for part in given)
        weight = np.zeros(max(part.first + part.weight.size for part in given) - low)
        for part in given:
            weight[part.first - low : part.first - low + part.weight.size] += part.weight
        return cls(low, weight)

    @property
    def total(self) -> float:
        """All the weight."""
        return float(self.weight.sum())

    def percentiles(self, values: npt.NDArray[np.floating], floor: float) -> npt.NDArray[np.floating]:
        """100 × share of the weight at a value ≤ this one, in the shape and precision of ``values``.

        0 below ``floor``; NaN stays NaN, and where there is no weight at all nothing at ``floor`` or above is known.
        """
        flat = np.ascontiguousarray(values).ravel()
        result = np.empty(flat.shape, dtype=flat.dtype)
        reached = np.cumsum(self.weight)
        share = 100 * reached / reached[-1] if reached.size and reached[-1] > 0 else np.empty(0)
        _look_up(flat, float(floor), share, self.first, result)
        return result.reshape(values.shape)

    def quantile(self, share: float) -> float:
        """The lowest value of the first bin in which ``share`` (0..1) of the weight is reached; NaN without weight."""
        reached = np.cumsum(self.weight)
        if not reached.size or reached[-1] <= 0:
            return float("nan")
        return float(lower_edges(self.first + int(np.argmax(reached >= share * reached[-1])))[()])

    @property
    def above_lowest(self) -> float:
        """The least value that counts as more than the lowest with any weight; NaN without weight."""
        held = np.flatnonzero(self.weight > 0)
        return float(lower_edges(self.first + int(held[0]) + 1)[()]) if held.size else float("nan")


def lower_edges(bins: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The lowest value of each bin."""
    return (np.asarray(bins, dtype=np.int64) << _SHIFT).astype(np.int32).view(np.float32)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _tally(
    values: npt.NDArray[np.floating], weights: npt.NDArray[np.floating], floor: float, bins: FloatArray
) -> tuple[int, int]:
    """Add the weight of each value to its bin; the first and last bin that were touched."""
    low, high = bins.size, -1
    single = np.empty(1, dtype=np.float32)
    bits = single.view(np.int32)
    for index in range(values.size):
        value = values[index]
        if not value >= floor:
            continue
        weight = 1.0
        if weights.size > 0:
            weight = weights[index]
            if np.isnan(weight):
                weight = 0.0
        single[0] = value
        number = (bits[0] & 0x7FFFFFFF) >> _SHIFT
        bins[number] += weight
        low = min(low, number)
        high = max(high, number)
    return low, high


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _look_up(
    values: npt.NDArray[np.floating],
    floor: float,
    share: FloatArray,
    first: int,
    result: npt.NDArray[np.floating],
) -> None:
    single = np.empty(1, dtype=np.float32)
    bits = single.view(np.int32)
    for index in range(values.size):
        value = values[index]
        if np.isnan(value):
            result[index] = np.nan
        elif value < floor:
            result[index] = 0.0
        elif share.size == 0:
            result[index] = np.nan
        else:
            single[0] = value
            number = ((bits[0] & 0x7FFFFFFF) >> _SHIFT) - first
            # A value that was not among those counted: what is below the first has nobody under it.
            result[index] = 0.0 if number < 0 else share[min(number, share.size - 1)]
