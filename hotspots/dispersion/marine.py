"""Marine: macroplastic from land to the sea, and its spreading over sea cells only.

The share of a year's mismanaged plastic that reaches the sea has the form of Meijer et al. (2021, *Science Advances*
7, eaaz5803): P(mobilisation) · P(reaching a river) · P(reaching the ocean). Every step of the way keeps
exp(-length / λ), over land and drains with one λ, in a river with one that grows with the river; the constants are the
project's own (docs/method-marine.md). In the sea a load is spread by *water distance* d, the shortest path over sea
cells: exp(-d / λ) within a radius, normalised over the sea cells there, so that the load is kept and never crosses
land. Everything is linear in the releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import ndimage, sparse
from scipy.spatial import KDTree

from hotspots.dispersion.freshwater import Rivers
from hotspots.dispersion.network import NOWHERE, labelled_from_below, seen_from_upstream
from hotspots.geocentric import geocentric_m
from hotspots.grid import AnalysisGrid
from hotspots.method import MarineMethod

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sea:
    """The sea cells of a grid, numbered row by row: ``is_sea`` (rows, cols)."""

    grid: AnalysisGrid
    is_sea: BoolArray

    @cached_property
    def cells(self) -> IntArray:
        """(sea cells,) their places in the grid, row by row."""
        return np.flatnonzero(self.is_sea)

    @cached_property
    def number(self) -> IntArray:
        """(rows, cols) the number of each sea cell, NOWHERE on land."""
        number = np.full(self.is_sea.size, NOWHERE, dtype=np.int64)
        number[self.cells] = np.arange(self.cells.size)
        return number.reshape(self.is_sea.shape)

    @cached_property
    def area_km2(self) -> FloatArray:
        """(sea cells,) geodesic areas."""
        return self.grid.row_area_km2[self.cells // self.grid.cols]

    def nearest(self, lon: npt.ArrayLike, lat: npt.ArrayLike, within_m: float) -> tuple[IntArray, FloatArray]:
        """The sea cell nearest to each point, and how far its centre is in m; 0 for a point in a sea cell.

        NOWHERE and infinity where none is within ``within_m``.
        """
        lon, lat = (np.asarray(values, dtype=np.float64).ravel() for values in (lon, lat))
        if not self.cells.size:
            return np.full(lon.size, NOWHERE), np.full(lon.size, np.inf)
        distance_m, index = self._shore[1].query(
            geocentric_m(lon, lat), distance_upper_bound=np.nextafter(within_m, np.inf)
        )
        found = np.isfinite(distance_m)
        number = np.where(found, self._shore[0][np.where(found, index, 0)], NOWHERE)
        rows, cols = self.grid.cell_of(lon, lat)
        own = np.where(rows >= 0, self.number[rows, cols], NOWHERE)
        return np.where(own == NOWHERE, number, own), np.where(own == NOWHERE, distance_m, 0.0)

    @cached_property
    def _shore(self) -> tuple[IntArray, KDTree]:
        """The sea cells beside another than a sea cell: from land, one of them is the nearest."""
        beside = ndimage.binary_dilation(~self.is_sea, np.ones((3, 3), dtype=bool)) & self.is_sea
        # Without land in the grid every cell may be the nearest one to a point outside it.
        rows, cols = np.nonzero(beside if beside.any() else self.is_sea)
        return self.number[rows, cols], KDTree(geocentric_m(*self.grid.lonlat(rows, cols)))


def spreading(sea: Sea, entries: IntArray, method: MarineMethod) -> sparse.csr_array:
    """Where one kg/yr that enters the sea in each of ``entries`` (numbers of sea cells) lies, in 1/km².

    Returns
    -------
    scipy.sparse.csr_array
        (entries, sea cells): kg/km²/yr in each sea cell per kg/yr, exp(-d / λ) / Σ exp(-d / λ) · area over the sea
        cells within ``radius_m`` of water distance d. A row times the areas sums to 1. Steps lead to the eight
        neighbours, never diagonally between two cells of land, and have geodesic lengths; such a path is up to 8 %
        longer than the straight line.
    """
    grid = sea.grid
    cells, first, distance_m = _within(
        sea.is_sea, sea.cells[entries], grid.row_width_m, grid.row_height_m, method.radius_m
    )
    weight = np.exp(-distance_m / method.spread_m)
    number = sea.number.ravel()[cells]
    entry = np.repeat(np.arange(entries.size), np.diff(first))
    total_km2 = np.bincount(entry, weight * sea.area_km2[number], minlength=entries.size)
    return sparse.csr_array((weight / total_km2[entry], number, first), shape=(entries.size, sea.cells.size))


def held_in(sea: Sea, entries: IntArray, radius_m: float) -> BoolArray:
    """Whether each entry lies so near the edge of the grid that sea beyond it would take a part of its load."""
    grid = sea.grid
    rows, cols = np.divmod(sea.cells[entries], grid.cols)
    depth_rows = np.ceil(radius_m / grid.row_height_m.min())
    depth_cols = np.ceil(radius_m / grid.row_width_m[rows])
    near_rows = np.minimum(rows, grid.rows - 1 - rows) < depth_rows
    near_cols = np.minimum(cols, grid.cols - 1 - cols) < depth_cols
    return np.asarray(near_rows | near_cols)


def kept_by_rivers(rivers: Rivers, method: MarineMethod) -> FloatArray:
    """(cells,) the share of the plastic in a cell of the network that goes on to the cell downstream.

    exp(-length / λ), where λ is ``overland_m`` in a cell that is no stream and ``river_m`` · √(drained area / 1 000
    km²) in one that is. The drained area stands for Strahler order and discharge, which Meijer et al. use.
    """
    reach_m = np.full(rivers.channels.length_m.size, method.overland_m)
    reach_m[rivers.streams] = method.river_m * np.sqrt(rivers.upstream_km2[rivers.streams] / REFERENCE_KM2)
    return np.asarray(np.exp(-rivers.channels.length_m / reach_m))


REFERENCE_KM2 = 1_000.0
"""The drained area of a river in which the length ``river_m`` holds."""


def to_mouths(rivers: Rivers, kept: FloatArray) -> tuple[IntArray, FloatArray]:
    """The mouth below each cell of the network, NOWHERE for an inland sink, and the share that reaches it, (cells,)."""
    channels = rivers.channels
    share = seen_from_upstream(channels, channels.mouth.astype(np.float64), kept)
    mouths = np.flatnonzero(channels.mouth)
    labels = np.zeros(channels.mouth.size, dtype=np.int32)
    labels[mouths] = np.arange(1, mouths.size + 1)
    below = labelled_from_below(channels, labels)
    return np.where(below > 0, np.append(NOWHERE, mouths)[below], NOWHERE), share


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _within(
    is_sea: BoolArray, starts: IntArray, width_m: FloatArray, height_m: FloatArray, radius_m: float
) -> tuple[IntArray, IntArray, FloatArray]:  # pragma: no cover
    """The sea cells within ``radius_m`` of each start by water, with their distances; those of start k at first[k:k+1].

    Every cell whose distance has shrunk is queued to be looked at again, until none shrinks. Path lengths are exact,
    and on a grid, where steps are nearly alike, few cells are queued twice.
    """
    rows, cols = is_sea.shape
    best = np.full(is_sea.size, np.inf)
    waiting = np.zeros(is_sea.size, dtype=np.bool_)
    first = np.zeros(starts.size + 1, dtype=np.int64)
    cells, distance_m = np.empty(1024, dtype=np.int64), np.empty(1024)
    reached = np.empty(is_sea.size, dtype=np.int64)
    queue = np.empty(is_sea.size + 1, dtype=np.int64)
    for k in range(starts.size):
        best[starts[k]] = 0.0
        reached[0] = starts[k]
        count = 1
        queue[0] = starts[k]
        head, tail = 0, 1
        while head != tail:
            cell = queue[head]
            head = (head + 1) % queue.size
            waiting[cell] = False
            row, col = cell // cols, cell % cols
            for down in range(-1, 2):
                for right in range(-1, 2):
                    r, c = row + down, col + right
                    if r < 0 or r >= rows or c < 0 or c >= cols or not is_sea[r, c]:
                        continue
                    if down != 0 and right != 0 and not is_sea[row, c] and not is_sea[r, col]:
                        continue
                    across = right * (width_m[row] + width_m[r]) / 2
                    along = down * (height_m[row] + height_m[r]) / 2
                    to = best[cell] + np.sqrt(across * across + along * along)
                    other = r * cols + c
                    if to > radius_m or to >= best[other]:
                        continue
                    if best[other] == np.inf:
                        reached[count] = other
                        count += 1
                    best[other] = to
                    if not waiting[other]:
                        waiting[other] = True
                        queue[tail] = other
                        tail = (tail + 1) % queue.size
        found = first[k] + count
        first[k + 1] = found
        if found > cells.size:
            more = max(found, 2 * cells.size) - cells.size
            cells = np.concatenate((cells, np.empty(more, dtype=np.int64)))
            distance_m = np.concatenate((distance_m, np.empty(more)))
        for n in range(count):
            cells[first[k] + n] = reached[n]
            distance_m[first[k] + n] = best[reached[n]]
            best[reached[n]] = np.inf
    return cells[: first[-1]], first, distance_m[: first[-1]]
