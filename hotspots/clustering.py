"""Spatial concentration: Getis–Ord Gi* with Benjamini–Hochberg adjustment.

Sources: Ord and Getis (1995), Geographical Analysis 27(4), the statistic Gi* in closed form; Benjamini and Hochberg
(1995), Journal of the Royal Statistical Society B 57(1). A modelled field is smooth by construction, so a high z
says that something is concentrated here, not that pollution is proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.special import erfc, erfcinv

from hotspots.distribution import Distribution, lower_edges
from hotspots.errors import MethodError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
CellSize = float | tuple[npt.ArrayLike, npt.ArrayLike]

ROUNDING = 16 * np.finfo(np.float64).eps
SMALLEST_P = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class GiStar:
    """z, two-sided p and Benjamini–Hochberg adjusted p, each (rows, cols), NaN where not assessed."""

    z: FloatArray
    p: FloatArray
    p_adjusted: FloatArray


@dataclass(frozen=True)
class Moments:
    """What Gi* needs of a whole field; the moments of two blocks merge into those of both (Chan et al. 1979)."""

    count: int
    mean: float
    squares: float
    """Σ (x - mean)²."""
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: npt.NDArray[np.floating]) -> Moments:
        """Those of the values that are not NaN."""
        return cls(*_moments(np.ascontiguousarray(values).ravel()))

    @classmethod
    def merged(cls, parts: Iterable[Moments]) -> Moments:
        """Those of everything in ``parts``, in their order."""
        return reduce(cls._with, parts, cls(0, 0.0, 0.0, np.inf, -np.inf))

    def _with(self, other: Moments) -> Moments:
        count = self.count + other.count
        if count == 0:
            return self
        apart, share = other.mean - self.mean, other.count / count
        return Moments(
            count,
            self.mean + apart * share,
            self.squares + other.squares + apart**2 * self.count * share,
            min(self.lowest, other.lowest),
            max(self.highest, other.highest),
        )

    @property
    def deviation(self) -> float:
        """The population standard deviation S."""
        return float(np.sqrt(self.squares / self.count)) if self.count else 0.0

    @property
    def varies(self) -> bool:
        """Whether values differ by more than rounding: noise in the last digits has no pattern worth a z."""
        return bool(self.highest - self.lowest > ROUNDING * max(abs(self.highest), abs(self.lowest)))


@dataclass(frozen=True)
class Disc:
    """How many columns the disc around each row's cells reaches to either side in the rows around it.

    ``half_widths`` is (rows, 2 ``reach_rows`` + 1), from the row furthest north; -1 where it misses the row.
    """

    half_widths: IntArray
    reach_rows: int

    def rows(self, rows: slice) -> Disc:
        """The disc of some of the rows."""
        return Disc(self.half_widths[rows], self.reach_rows)


def gi_star(values: npt.ArrayLike, cell_size_m: CellSize, radius_m: float) -> GiStar:
    """Getis–Ord Gi* with binary weights, the cell itself included.

    z_i = (Σ_j w_ij x_j − X̄ W_i) / (S √[(n W_i − W_i²) / (n − 1)]), with W_i the number of assessed cells within
    ``radius_m`` of cell i, and n, X̄ and the population standard deviation S over all assessed cells.

    Parameters
    ----------
    values:
        (rows, cols); NaN = not assessed, out of every sum and of n.
    cell_size_m:
        A number, a pair (north–south, west–east), or a pair of arrays (rows,) with the sizes of each row's cells.
        The distance of two centres has the mean of their rows' widths, so that being neighbours is mutual.
    radius_m:
        Neighbours are cells whose centres are at this distance or nearer.

    Returns
    -------
    GiStar
        z = 0 and p = 1 where the statistic is undefined: all values equal, or every assessed cell a neighbour.

    Raises
    ------
    MethodError
        If ``values`` is not two-dimensional or holds an infinity, or a size is not positive.
    """
    field = np.asarray(values, dtype=np.float64)
    if field.ndim != 2 or np.isinf(field).any():
        raise MethodError(
            "Gi* takes a two-dimensional array of finite values and NaN.",
            field="values",
            remedy="Set cells that are not assessed to NaN.",
        )
    height_m, width_m = _row_sizes(cell_size_m, field.shape[0])
    if not radius_m > 0:
        raise MethodError(f"the radius must be positive, but is {radius_m}.", field="radius_m", remedy="Give metres.")
    assessed = ~np.isnan(field)
    # Squares of very large or small values would leave the range of a float64.
    scale = float(np.nanmax(np.abs(field), initial=0.0, where=assessed))
    scaled = field / scale if scale > 0 else field
    around = disc(height_m, width_m, float(radius_m))
    z = z_scores(scaled, slice(0, field.shape[0]), around, Moments.of(scaled), np.float64)
    p = np.where(assessed, np.maximum(erfc(np.abs(z) / np.sqrt(2)), SMALLEST_P), np.nan)
    return GiStar(z.astype(np.float64, copy=False), p, benjamini_hochberg(p))


def benjamini_hochberg(p: npt.ArrayLike) -> FloatArray:
    """p adjusted for the false discovery rate, in the shape of ``p``; NaN stays NaN and does not count.

    Raises
    ------
    MethodError
        If a value is outside 0..1.
    """
    given = np.asarray(p, dtype=np.float64)
    adjusted = np.full(given.shape, np.nan)
    known = ~np.isnan(given)
    ranked = given[known]
    if ranked.size == 0:
        return adjusted
    if ranked.min() < 0 or ranked.max() > 1:
        raise MethodError("a p outside 0..1.", field="p", remedy="Give probabilities, NaN where there is none.")
    order = np.argsort(ranked, kind="stable")
    scaled = ranked[order] * (ranked.size / np.arange(1, ranked.size + 1))
    result = np.empty_like(ranked)
    result[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    adjusted[known] = result
    return adjusted


def _row_sizes(cell_size_m: CellSize, rows: int) -> tuple[FloatArray, FloatArray]:
    """Heights and widths of the rows' cells in metres, (rows,) each."""
    height, width = cell_size_m if isinstance(cell_size_m, tuple | list) else (cell_size_m, cell_size_m)
    sizes = []
    for size in (height, width):
        array = np.asarray(size, dtype=np.float64)
        if array.ndim > 1 or array.size not in {1, rows} or not (np.isfinite(array) & (array > 0)).all():
            raise MethodError(
                f"cell sizes must be positive, one or one for each of the {rows} rows.",
                field="cell_size_m",
                remedy="Give a number, a pair, or a pair of arrays (rows,), in metres.",
            )
        sizes.append(np.ascontiguousarray(np.broadcast_to(array, (rows,))))
    return sizes[0], sizes[1]


def disc(height_m: FloatArray, width_m: FloatArray, radius_m: float) -> Disc:
    """The cells within ``radius_m`` of each row's cells, whose sizes are ``height_m`` and ``width_m`` (rows,)."""
    rows = len(height_m)
    centre_m = np.cumsum(height_m) - height_m / 2
    # Inclusive: a centre exactly at the radius stays in whatever rounding does to its distance.
    reach_m = radius_m * (1 + 1e-9)
    limit = min(rows - 1, int(reach_m / height_m.min()))
    offsets = np.arange(-limit, limit + 1)
    other = np.arange(rows)[:, None] + offsets
    inside = (other >= 0) & (other < rows)
    other = np.clip(other, 0, rows - 1)
    left_m2 = reach_m**2 - (centre_m[other] - centre_m[:, None]) ** 2
    width = (width_m[other] + width_m[:, None]) / 2
    reached = np.floor(np.sqrt(np.maximum(left_m2, 0)) / width)
    return Disc(np.where(inside & (left_m2 >= 0), reached, -1).astype(np.int64), limit)


def z_scores(
    values: npt.NDArray[np.floating], rows: slice, around: Disc, moments: Moments, dtype: npt.DTypeLike = np.float32
) -> npt.NDArray[np.floating]:
    """z of ``rows`` of a block, (rows, cols); the whole grid is one block, or as many as one likes.

    Parameters
    ----------
    values:
        (block rows, cols): ``rows`` and up to ``around.reach_rows`` more on either side, as far as the grid goes.
    around:
        The disc of ``rows`` alone.
    moments:
        Of the whole grid.
    """
    z = np.full((rows.stop - rows.start, values.shape[1]), np.nan, dtype=dtype)
    half_widths = np.minimum(around.half_widths, values.shape[1])
    deviation = moments.deviation if moments.varies else 0.0
    _window_z(values, rows.start, half_widths, float(moments.count), moments.mean, deviation, z)
    return z


def least_significant(significance: float) -> float:
    """The |z| whose own p is ``significance``, less a little: an adjusted p is never below p, so none is discovered."""
    return float(np.sqrt(2) * erfcinv(significance) * (1 - 1e-4))


def possible_threshold(spread: Distribution, count: float, significance: float) -> tuple[float, float]:
    """Between which |z| the least significant discovery lies.

    Parameters
    ----------
    spread:
        How many cells have which |z|, at `least_significant` and above at the least.
    count:
        How many cells there are.

    Returns
    -------
    low, high:
        A cell with |z| ≥ ``high`` has an adjusted p below ``significance``, one with |z| < ``low`` has not; |z| as a
        float32. Infinite where there is no such cell.
    """
    held = np.flatnonzero(spread.weight)
    bins = spread.bins[held]
    rank = np.cumsum(spread.weight.ravel()[held][::-1])[::-1]
    if not held.size:
        return np.inf, np.inf
    edges = lower_edges(bins), lower_edges(bins + 1)
    most, least = (erfc(edge.astype(np.float64) / np.sqrt(2)) * (count / rank) for edge in edges)
    sure, possible = np.flatnonzero(most < significance), np.flatnonzero(least < significance)
    low = float(edges[0][possible[0]]) if possible.size else np.inf
    return low, float(edges[0][sure[0]]) if sure.size else np.inf


def threshold(between: npt.NDArray[np.floating], high: float, above: float, count: float, significance: float) -> float:
    """The |z| from which on the adjusted p is below ``significance``; infinite where it never is.

    Parameters
    ----------
    between:
        Every |z| from ``low`` to below ``high`` of `possible_threshold`.
    above, count:
        How many cells have |z| ≥ ``high``, and how many there are.
    """
    ordered = np.sort(np.asarray(between, dtype=np.float64))[::-1]
    rank = above + np.arange(1, ordered.size + 1)
    found = np.flatnonzero(erfc(ordered / np.sqrt(2)) * (count / rank) < significance)
    return float(ordered[found[-1]]) if found.size else high


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})  # type: ignore[untyped-decorator]
def _moments(values: npt.NDArray[np.floating]) -> tuple[int, float, float, float, float]:
    """Count, mean, Σ (x - mean)², lowest and highest of a flat array; NaN is left out."""
    count, total, low, high = 0, 0.0, np.inf, -np.inf
    for value in values:
        known = not np.isnan(value)
        count += known
        total += value if known else 0.0
        low = min(low, value if known else np.inf)
        high = max(high, value if known else -np.inf)
    mean = total / count if count else 0.0
    squares = 0.0
    for value in values:
        apart = 0.0 if np.isnan(value) else value - mean
        squares += apart * apart
    return count, mean, squares, low, high


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _window_z(
    values: npt.NDArray[np.floating],
    first: int,
    half_widths: IntArray,
    count: float,
    mean: float,
    deviation: float,
    z: npt.NDArray[np.floating],
) -> None:
    """Running sums along each row, kept for as many rows as the disc has: two reads for each of its rows.

    They begin and end with as many constant entries as the disc is wide, so that no window leaves them.
    """
    cols, offsets = values.shape[1], half_widths.shape[1]
    reach_rows, reach = offsets // 2, max(half_widths.max(), 0)
    value_sums = np.zeros((offsets, cols + 2 * reach + 1))
    number_sums = np.zeros((offsets, cols + 2 * reach + 1), dtype=np.int32)
    scale = 1.0 / deviation if deviation > 0 else 0.0
    sums, numbers = np.empty(cols), np.empty(cols, dtype=np.int32)
    following = max(first - reach_rows, 0)
    for row in range(z.shape[0]):
        while following <= min(first + row + reach_rows, values.shape[0] - 1):
            slot = following % offsets
            running, known = 0.0, 0
            for col in range(cols):
                value = values[following, col]
                if not np.isnan(value):
                    running += (value - mean) * scale
                    known += 1
                value_sums[slot, reach + 1 + col] = running
                number_sums[slot, reach + 1 + col] = known
            value_sums[slot, reach + 1 + cols :] = running
            number_sums[slot, reach + 1 + cols :] = known
            following += 1
        sums[:] = 0.0
        numbers[:] = 0
        for index in range(offsets):
            half = half_widths[row, index]
            if half < 0:
                continue
            slot = (first + row + index - reach_rows) % offsets
            value_ends, value_starts = value_sums[slot, reach + half + 1 :], value_sums[slot, reach - half :]
            number_ends, number_starts = number_sums[slot, reach + half + 1 :], number_sums[slot, reach - half :]
            for col in range(cols):
                sums[col] += value_ends[col] - value_starts[col]
                numbers[col] += number_ends[col] - number_starts[col]
        for col in range(cols):
            if not np.isnan(values[first + row, col]):
                near = float(numbers[col])
                spread = near * (count - near) / (count - 1) if count > 1 else 0.0
                z[row, col] = sums[col] / np.sqrt(spread) if spread > 0 else 0.0
