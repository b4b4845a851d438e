"""Spatial concentration: Getis–Ord Gi* with Benjamini–Hochberg adjustment.

Sources: Ord and Getis (1995), Geographical Analysis 27(4), the statistic Gi* in closed form; Benjamini and Hochberg
(1995), Journal of the Royal Statistical Society B 57(1). A modelled field is smooth by construction, so a high z
says that something is concentrated here, not that pollution is proved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.special import erfc

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
    z = np.where(assessed, 0.0, np.nan)
    known = field[assessed]
    # Equal up to rounding is equal: noise in the last digits has no pattern worth a z.
    if known.size and np.ptp(known) > ROUNDING * np.abs(known).max():
        z[assessed] = _z(field, assessed, known, *_half_widths(height_m, width_m, float(radius_m)))
    p = np.where(assessed, np.maximum(erfc(np.abs(z) / np.sqrt(2)), SMALLEST_P), np.nan)
    return GiStar(z, p, benjamini_hochberg(p))


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


def _half_widths(height_m: FloatArray, width_m: FloatArray, radius_m: float) -> tuple[IntArray, IntArray]:
    """For each row and row offset, how many columns the disc reaches to either side; -1 where it misses the row.

    Returns
    -------
    tuple
        Half-widths (rows, offsets) and the offsets (offsets,), symmetric about 0.
    """
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
    return np.where(inside & (left_m2 >= 0), reached, -1).astype(np.int64), offsets


def _z(
    field: FloatArray,
    assessed: npt.NDArray[np.bool_],
    known: FloatArray,
    half_widths: IntArray,
    offsets: IntArray,
) -> FloatArray:
    """z of the assessed cells, in row order."""
    n = known.size
    # Scaled and centred first: prefix sums of large equal values would cancel, their squares could overflow.
    scale = np.abs(known).max()
    centred = np.where(assessed, field / scale, 0.0)
    centred[assessed] -= centred[assessed].mean()
    deviation = np.sqrt(np.mean(centred[assessed] ** 2))
    local_sum, local_count = _disc_sums(_prefix(centred), _prefix(assessed.astype(np.float64)), half_widths, offsets)
    sums, counts = local_sum[assessed], local_count[assessed]
    spread = counts * (n - counts) / (n - 1)
    z = np.zeros(n)
    np.divide(sums, deviation * np.sqrt(spread), out=z, where=spread > 0)
    return z


def _prefix(values: FloatArray) -> FloatArray:
    """Running sums along each row, (rows, cols + 1), beginning with 0."""
    sums = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _disc_sums(
    value_prefix: FloatArray, count_prefix: FloatArray, half_widths: IntArray, offsets: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Sum and count over the disc around each cell: two reads for each row of the disc."""
    rows, cols = value_prefix.shape[0], value_prefix.shape[1] - 1
    sums = np.zeros((rows, cols))
    counts = np.zeros((rows, cols))
    for row in range(rows):
        for index in range(offsets.size):
            half = half_widths[row, index]
            if half < 0:
                continue
            other = row + offsets[index]
            for col in range(cols):
                first = max(col - half, 0)
                last = min(col + half + 1, cols)
                sums[row, col] += value_prefix[other, last] - value_prefix[other, first]
                counts[row, col] += count_prefix[other, last] - count_prefix[other, first]
    return sums, counts
