"""Many sources that share a few kernels: a convolution by bands of latitude, or source by source where that costs less.

Sources of one class (height, terrain and decay alike) under one sky have the same plume in metres; in cells it widens
towards the poles. The kernel is built at lattice rows, and the field of a row is interpolated between the fields of the
two kernels around it. A source is spread over its cell, as a gridded release is (`hotspots.dispersion.area`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import fft

from hotspots.dispersion.area import cell_kernel, kernel_half
from hotspots.dispersion.kernels import RadialTable
from hotspots.grid import AnalysisGrid

FloatArray = npt.NDArray[np.float64]
Field = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

TILE_COLS = 2048
FFT_COST = 2.5
"""Of a transform per N log₂ N, in multiplications of a source's kernel, as measured: sources have to be some five times
as dense as 300 000 in 117 million cells of 30″ before transforms win."""


@dataclass(frozen=True)
class GriddedSources:
    """Sources by cell and class in the order of their rows: arrays of equal length.

    ``row`` and ``col`` are on the grid; ``release_kg_yr`` is 0 or more; ``kind`` is the position of the class.
    """

    row: IntArray
    col: IntArray
    release_kg_yr: FloatArray
    kind: IntArray

    @classmethod
    def of(
        cls, grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, release_kg_yr: FloatArray, kind: IntArray
    ) -> GriddedSources:
        """Sources in degrees (WGS 84); those outside the grid are left out."""
        row, col = grid.cell_of(lon, lat)
        inside = np.flatnonzero((row >= 0) & (release_kg_yr > 0))
        order = inside[np.lexsort((kind[inside], col[inside], row[inside]))]
        return cls(row[order], col[order], release_kg_yr[order], kind[order].astype(np.int64))

    def between(self, first: int, last: int) -> GriddedSources:
        """Those in rows ``first`` to before ``last``."""
        span = slice(*np.searchsorted(self.row, [first, last]))
        return GriddedSources(self.row[span], self.col[span], self.release_kg_yr[span], self.kind[span])


@dataclass(frozen=True)
class SharedKernels:
    """The plumes of the classes of sources on a grid: one radial table each, kernels every ``spacing`` rows."""

    grid: AnalysisGrid
    tables: Sequence[RadialTable]
    spacing: int = 512

    def field(self, sources: GriddedSources, rows: slice) -> Field:
        """µg/m³ of all sources in some rows of the grid, (rows, cols)."""
        nodes, weights = self._nodes(rows)
        halves = [kernel_half(self.grid, self._steps[node], table.radius_m) for node in nodes for table in self.tables]
        half_rows, half_cols = max(half[0] for half in halves), max(half[1] for half in halves)
        near = sources.between(rows.start - half_rows, rows.stop + half_rows)
        shape = (rows.stop - rows.start, self.grid.cols)
        if not near.row.size:
            return np.zeros(shape, dtype=np.float32)
        kinds = np.unique(near.kind)
        kernels = self._kernels(nodes, kinds, half_rows, half_cols)
        tile = (
            fft.next_fast_len(shape[0] + 2 * half_rows, real=True),
            fft.next_fast_len(min(TILE_COLS, shape[1] + 2 * half_cols), real=True),
        )
        tiles = -(-shape[1] // (tile[1] - 2 * half_cols))
        each = FFT_COST * tile[0] * tile[1] * np.log2(tile[0] * tile[1])
        by_transform = tiles * (len(kinds) + len(nodes)) * each
        by_source = near.row.size * kernels[0, 0].size
        arguments = near, kinds, kernels, weights, rows.start, shape
        field = _convolved(*arguments, tile) if by_transform < by_source else _scattered(*arguments)
        return np.maximum(field, 0.0)  # the transform leaves noise of either sign where nothing arrives

    @cached_property
    def _steps(self) -> IntArray:
        last = self.grid.rows - 1
        return np.append(np.arange(0, last, self.spacing), last)

    def _nodes(self, rows: slice) -> tuple[IntArray, Field]:
        """Lattice rows whose kernels matter, and the weight of each in each row: (nodes,) and (nodes, rows)."""
        index = np.arange(rows.start, rows.stop)
        hats = np.array([np.interp(index, self._steps, unit) for unit in np.eye(len(self._steps))])
        nodes = np.flatnonzero(hats.any(axis=1))
        return nodes, hats[nodes].astype(np.float32)

    def _kernels(self, nodes: IntArray, kinds: IntArray, half_rows: int, half_cols: int) -> Field:
        """Kernels around the middle of arrays of one size, (nodes, kinds, 2 half_rows + 1, 2 half_cols + 1)."""
        kernels = np.zeros((len(nodes), len(kinds), 2 * half_rows + 1, 2 * half_cols + 1), dtype=np.float32)
        for number, node in enumerate(nodes):
            for index, kind in enumerate(kinds):
                kernel = cell_kernel(self.grid, self.tables[kind], self._steps[node], self.grid.cols // 2)
                top, left = half_rows - kernel.shape[0] // 2, half_cols - kernel.shape[1] // 2
                kernels[number, index, top : top + kernel.shape[0], left : left + kernel.shape[1]] = kernel
        return kernels


def _convolved(
    sources: GriddedSources,
    kinds: IntArray,
    kernels: Field,
    weights: Field,
    first_row: int,
    shape: tuple[int, int],
    tile: tuple[int, int],
) -> Field:
    """The field of a band by tiles that overlap by the kernel's reach (overlap-save)."""
    half_rows, half_cols = kernels.shape[2] // 2, kernels.shape[3] // 2
    spectra = np.array([[_spectrum(kernel, tile) for kernel in of_node] for of_node in kernels])
    field = np.empty(shape, dtype=np.float32)
    step = tile[1] - 2 * half_cols
    for first_col in range(0, shape[1], step):
        last_col = min(first_col + step, shape[1])
        total = np.zeros((len(kernels), *spectra.shape[2:]), dtype=np.complex64)
        here = (sources.col >= first_col - half_cols) & (sources.col < last_col + half_cols)
        for index, kind in enumerate(kinds):
            chosen = np.flatnonzero(here & (sources.kind == kind))
            if chosen.size:
                release = np.zeros(tile, dtype=np.float32)
                row, col = sources.row[chosen] - first_row + half_rows, sources.col[chosen] - first_col + half_cols
                np.add.at(release, (row, col), sources.release_kg_yr[chosen])
                total += fft.rfft2(release) * spectra[:, index]
        part = field[:, first_col:last_col]
        part[:] = 0.0
        for number, spectrum in enumerate(total):
            whole = fft.irfft2(spectrum, tile, overwrite_x=True)
            inner = whole[half_rows : half_rows + shape[0], half_cols : half_cols + last_col - first_col]
            part += weights[number][:, None] * inner
    return field


def _spectrum(kernel: Field, tile: tuple[int, int]) -> npt.NDArray[np.complex64]:
    """The transform of a kernel with its middle at the origin."""
    placed = np.zeros(tile, dtype=np.float32)
    placed[: kernel.shape[0], : kernel.shape[1]] = kernel
    return np.asarray(fft.rfft2(np.roll(placed, (-(kernel.shape[0] // 2), -(kernel.shape[1] // 2)), (0, 1))))


def _scattered(
    sources: GriddedSources, kinds: IntArray, kernels: Field, weights: Field, first_row: int, shape: tuple[int, int]
) -> Field:
    """The field of a band, source by source."""
    field = np.zeros(shape, dtype=np.float32)
    which = np.searchsorted(kinds, sources.kind)
    release = sources.release_kg_yr.astype(np.float32)
    _scatter(sources.row - first_row, sources.col, release, which, kernels, weights, field)
    return field


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def _scatter(
    row: IntArray, col: IntArray, release: Field, which: IntArray, kernels: Field, weights: Field, field: Field
) -> None:
    kinds, lines, width = kernels.shape[1], kernels.shape[2], kernels.shape[3]
    half_rows, half_cols = lines // 2, width // 2
    blend = np.empty((kinds, lines, width), dtype=np.float32)
    first = last = 0
    # Row by row: the two kernels are blended once a row, and what is written stays in the processor's cache.
    for target in range(field.shape[0]):
        while first < row.size and row[first] < target - half_rows:
            first += 1
        while last < row.size and row[last] <= target + half_rows:
            last += 1
        if first == last:
            continue
        blend[:] = 0.0
        for node in range(kernels.shape[0]):
            weight = weights[node, target]
            if weight > 0:
                for kind in range(kinds):
                    for line in range(lines):
                        for cell in range(width):
                            blend[kind, line, cell] += weight * kernels[node, kind, line, cell]
        for source in range(first, last):
            left, right = max(col[source] - half_cols, 0), min(col[source] + half_cols + 1, field.shape[1])
            begin = left - col[source] + half_cols
            into = field[target, left:right]
            part = blend[which[source], target - row[source] + half_rows, begin : begin + right - left]
            factor = release[source]
            for cell in range(into.size):
                into[cell] += factor * part[cell]
