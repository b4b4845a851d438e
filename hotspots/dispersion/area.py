"""Gridded releases at one height: one kernel per node of a lattice, by convolution.

Every cell's release is split with hat weights over the four nodes around it, and each node's share is convolved with
the plume computed with that node's wind and cell size. Cells disperse with urban or rural coefficients according to
where the release is. The same kernels, transposed, give the footprint of a group of people.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import fft

from hotspots.blocks import Executor, run
from hotspots.dispersion.geometry import grid_north_deg
from hotspots.dispersion.kernels import RadialTable, Release, cell_centres, near_averages, radial_table
from hotspots.dispersion.wind import WindClimate
from hotspots.grid import AnalysisGrid
from hotspots.method import AirMethod

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Node = tuple[int, int]
Window = tuple[slice, slice]

_DEGREE_M: Final = 111_195.0
# Where in its cell a gridded release is put for the cells next to it: fractions of the cell from its centre.
_PLACES: Final = np.array([-0.375, -0.125, 0.125, 0.375])


class AreaKernels:
    """The kernels of gridded releases for one climate and half-life, built when first used and then kept.

    Parameters
    ----------
    half_life_s:
        None for a substance that does not decay on the scale of the model.
    """

    def __init__(self, grid: AnalysisGrid, climate: WindClimate, half_life_s: float | None, method: AirMethod) -> None:
        self.grid, self.climate, self.half_life_s, self.method = grid, climate, half_life_s, method
        self._kernels: dict[tuple[Node, bool], FloatArray] = {}

    def __reduce__(self) -> tuple[object, ...]:
        # A worker builds the kernels it needs: that takes less than receiving them, and they are being added to here.
        return (area_kernels, (self.grid, self.climate, self.half_life_s, self.method))

    def disperse(self, release_kg_yr: FloatArray, urban: BoolArray, executor: Executor) -> FloatArray:
        """µg/m³ (rows, cols) from ``release_kg_yr`` (rows, cols)."""
        rows = [row for row in range(len(self._steps[0])) if np.any(release_kg_yr[self._support((row, 0))[0]])]
        field = np.zeros(self.grid.shape)
        for reached, values in run(executor, _spread, (self, release_kg_yr, urban), rows):
            field[reached] += values
        return np.maximum(field, 0.0)  # the transform leaves noise of either sign where nothing arrives

    def footprint(self, people: FloatArray, urban: BoolArray) -> tuple[Window, FloatArray]:
        """Exposure of ``people`` (rows, cols) per kg/yr released in each cell, in the window where it is not zero.

        Returns
        -------
        window, values:
            Rows and columns, and person · µg/m³ per kg/yr there.
        """
        populated = np.nonzero(people.any(axis=1))[0], np.nonzero(people.any(axis=0))[0]
        if not len(populated[0]):
            empty = slice(0, 0)
            return (empty, empty), np.zeros((0, 0))
        inner = slice(populated[0][0], populated[0][-1] + 1), slice(populated[1][0], populated[1][-1] + 1)
        window = self._grown(inner)
        values = np.zeros((window[0].stop - window[0].start, window[1].stop - window[1].start))
        for node in self._nodes:
            part = _common(window, self._support(node))
            near = None if part is None else _common(inner, self._grown(part, node))
            if part is None or near is None:
                continue
            weights = self._hat(node, part)
            local = tuple(slice(p.start - w.start, p.stop - w.start) for p, w in zip(part, window, strict=True))
            for is_urban in (False, True):
                releases = urban[part] == is_urban
                if releases.any():
                    seen = _correlate(people[near], near, self._kernel(node, is_urban), part)
                    values[local] += np.where(releases, weights * seen, 0.0)
        return window, np.maximum(values, 0.0)

    @cached_property
    def _steps(self) -> tuple[FloatArray, FloatArray]:
        """Rows and columns of the lattice in cells: evenly spaced, at most ``node_spacing_deg`` apart."""
        rows, cols = np.arange(self.grid.rows), np.full(self.grid.rows, self.grid.cols // 2)
        _, lat = self.grid.lonlat(rows, cols)
        height_deg = float(self.grid.row_height_m.max()) / _DEGREE_M
        width_deg = float((self.grid.row_width_m / np.cos(np.radians(lat))).max()) / _DEGREE_M
        return self._line(self.grid.rows, height_deg), self._line(self.grid.cols, width_deg)

    def _line(self, cells: int, cell_deg: float) -> FloatArray:
        intervals = int(np.ceil((cells - 1) * cell_deg / self.method.node_spacing_deg))
        return np.linspace(0.0, cells - 1.0, intervals + 1)

    @cached_property
    def _nodes(self) -> list[Node]:
        rows, cols = self._steps
        return list(np.ndindex(len(rows), len(cols)))

    def _support(self, node: Node) -> Window:
        """The cells with a hat weight above zero."""
        return _reach(self._steps[0], node[0], self.grid.rows), _reach(self._steps[1], node[1], self.grid.cols)

    def _hat(self, node: Node, window: Window) -> FloatArray:
        rows = _hat(self._steps[0], node[0], window[0])
        return np.multiply.outer(rows, _hat(self._steps[1], node[1], window[1]))

    def spread(self, row: int, release_kg_yr: FloatArray, urban: BoolArray) -> tuple[slice, FloatArray]:
        """The share of one row of nodes in the releases (rows, cols), convolved with their kernels.

        Returns
        -------
        rows, values:
            The rows of the grid that it reaches and µg/m³ there, over all columns.
        """
        reached = self._grown(self._support((row, 0)), (row, 0))[0]
        field = np.zeros((reached.stop - reached.start, self.grid.cols))
        for node in ((row, col) for col in range(len(self._steps[1]))):
            window = self._support(node)
            share = release_kg_yr[window] * self._hat(node, window)
            parts = [
                (part, self._kernel(node, is_urban))
                for is_urban, part in (
                    (False, np.where(urban[window], 0.0, share)),
                    (True, np.where(urban[window], share, 0.0)),
                )
                if part.any()
            ]
            if parts:
                grown = self._grown(window, node)
                field[:, grown[1]] += self._convolved(node, window, grown, parts)
        return reached, field

    def _convolved(
        self, node: Node, window: Window, grown: Window, parts: list[tuple[FloatArray, FloatArray]]
    ) -> FloatArray:
        """Sum of the convolutions of (values in ``window``, kernel) pairs, over ``grown``."""
        half_rows, half_cols = self._half(node)
        first = window[0].start - half_rows, window[1].start - half_cols
        rows, cols = (span.stop - span.start for span in window)
        full = _convolve(parts, (rows + 2 * half_rows, cols + 2 * half_cols))
        return full[tuple(slice(g.start - f, g.stop - f) for g, f in zip(grown, first, strict=True))]

    def _grown(self, window: Window, node: Node | None = None) -> Window:
        """``window`` grown by the reach of one node's kernel, or of the widest."""
        half_rows, half_cols = self._widest if node is None else self._half(node)
        return (
            slice(max(window[0].start - half_rows, 0), min(window[0].stop + half_rows, self.grid.rows)),
            slice(max(window[1].start - half_cols, 0), min(window[1].stop + half_cols, self.grid.cols)),
        )

    @cached_property
    def _widest(self) -> tuple[int, int]:
        halves = [self._half((row, 0)) for row in range(len(self._steps[0]))]
        return max(half[0] for half in halves), max(half[1] for half in halves)

    def _half(self, node: Node) -> tuple[int, int]:
        """Rows and columns of the kernel on each side of its middle."""
        return kernel_half(self.grid, self._steps[0][node[0]], self.method.radius_m)

    def _kernel(self, node: Node, urban: bool) -> FloatArray:
        """µg/m³ per kg/yr around the middle cell, (2 half_rows + 1, 2 half_cols + 1)."""
        kernel = self._kernels.get((node, urban))
        if kernel is None:
            kernel = self._build(node, urban)
            self._kernels[node, urban] = kernel
        return kernel

    def _build(self, node: Node, urban: bool) -> FloatArray:
        row, col = self._steps[0][node[0]], self._steps[1][node[1]]
        lon, lat = (float(value) for value in self.grid.lonlat(row, col))
        release = Release(
            self.climate.at(lon, lat),
            self.climate.speed_m_s,
            self.method.municipal_height_m,
            self.half_life_s,
            "urban" if urban else "rural",
        )
        return cell_kernel(self.grid, radial_table(release, self.method), row, col)


@lru_cache(maxsize=16)
def area_kernels(grid: AnalysisGrid, climate: WindClimate, half_life_s: float | None, method: AirMethod) -> AreaKernels:
    """The kernels of these parameters: the last few sets are kept, so that field and footprints share them."""
    return AreaKernels(grid, climate, half_life_s, method)


def _spread(context: tuple[AreaKernels, FloatArray, BoolArray], row: int) -> tuple[slice, FloatArray]:
    kernels, release_kg_yr, urban = context
    return kernels.spread(row, release_kg_yr, urban)


def cell_kernel(grid: AnalysisGrid, table: RadialTable, row: float, col: float) -> FloatArray:
    """µg/m³ per kg/yr around a cell, its release spread over it: (2 half_rows + 1, 2 half_cols + 1)."""
    width_m, height_m = _cell_size_m(grid, row)
    half_rows, half_cols = kernel_half(grid, row, table.radius_m)
    east, north = np.meshgrid(
        np.arange(-half_cols, half_cols + 1) * width_m, np.arange(half_rows, -half_rows - 1, -1) * height_m
    )
    north_deg = grid_north_deg(grid, row, col)
    kernel = cell_centres(table, east, north, north_deg)
    offset_east, offset_north = np.meshgrid(_PLACES * width_m, _PLACES * height_m)
    kernel[half_rows - 1 : half_rows + 2, half_cols - 1 : half_cols + 2] = near_averages(
        table, offset_east.ravel(), offset_north.ravel(), width_m, height_m, north_deg
    )
    return kernel


def kernel_half(grid: AnalysisGrid, row: float, radius_m: float) -> tuple[int, int]:
    """Rows and columns of the kernel of a cell of this row on each side of its middle."""
    width_m, height_m = _cell_size_m(grid, row)
    return 1 + int(radius_m / height_m), 1 + int(radius_m / width_m)


def _cell_size_m(grid: AnalysisGrid, row: float) -> tuple[float, float]:
    """Width and height of a cell of a row, which may lie between two."""
    index = np.arange(grid.rows)
    return float(np.interp(row, index, grid.row_width_m)), float(np.interp(row, index, grid.row_height_m))


def _reach(line: FloatArray, index: int, cells: int) -> slice:
    low = line[index - 1] if index > 0 else -1.0
    high = line[index + 1] if index + 1 < len(line) else float(cells)
    return slice(int(np.floor(low)) + 1, int(np.ceil(high)))


def _hat(line: FloatArray, index: int, span: slice) -> FloatArray:
    """Weights of the node for the cells of ``span``: 1 at the node, 0 at its neighbours."""
    return np.asarray(np.interp(np.arange(span.start, span.stop), line, np.eye(len(line))[index]))


def _common(a: Window, b: Window) -> Window | None:
    rows = slice(max(a[0].start, b[0].start), min(a[0].stop, b[0].stop))
    cols = slice(max(a[1].start, b[1].start), min(a[1].stop, b[1].stop))
    return (rows, cols) if rows.start < rows.stop and cols.start < cols.stop else None


def _convolve(parts: list[tuple[FloatArray, FloatArray]], shape: tuple[int, int]) -> FloatArray:
    """Sum of the full convolutions of (values, kernel) pairs of equal shapes."""
    size = [fft.next_fast_len(length, real=True) for length in shape]
    spectrum = np.sum([fft.rfft2(values, size) * fft.rfft2(kernel, size) for values, kernel in parts], axis=0)
    return np.asarray(fft.irfft2(spectrum, size))[: shape[0], : shape[1]]


def _correlate(people: FloatArray, inner: Window, kernel: FloatArray, part: Window) -> FloatArray:
    """Σ kernel(receptor - source) · people(receptor) for each source cell of ``part``.

    A correlation is a convolution with the kernel turned by 180°.
    """
    half = kernel.shape[0] // 2, kernel.shape[1] // 2
    shape = (people.shape[0] + 2 * half[0], people.shape[1] + 2 * half[1])
    full = _convolve([(people, kernel[::-1, ::-1])], shape)
    seen = np.zeros((part[0].stop - part[0].start, part[1].stop - part[1].start))
    reached = inner[0].start - half[0], inner[1].start - half[1]
    covered = _common(part, (slice(reached[0], reached[0] + shape[0]), slice(reached[1], reached[1] + shape[1])))
    if covered is not None:
        here = tuple(slice(c.start - p.start, c.stop - p.start) for c, p in zip(covered, part, strict=True))
        there = tuple(slice(c.start - r, c.stop - r) for c, r in zip(covered, reached, strict=True))
        seen[here] = full[there]
    return seen
