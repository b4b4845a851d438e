"""The river network of a D8 raster: where water flows next, how far, and from how large an area.

The coding is ESRI's, which HydroSHEDS and MERIT Hydro use: 1 east, 2 south-east, 4 south, … 128 north-east; 0 is an
outlet, 255 an inland sink, 247 no data. Distances and areas are geodesic.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numba import njit

from hotspots.errors import InputError
from hotspots.grid import GEOD, AnalysisGrid

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

STEPS: dict[int, tuple[int, int]] = {
    1: (0, 1),
    2: (1, 1),
    4: (1, 0),
    8: (1, -1),
    16: (0, -1),
    32: (-1, -1),
    64: (-1, 0),
    128: (-1, 1),
}
"""Rows down and columns right of the cell that the water of a cell flows to, by code."""
OUTLET, SINK, NO_DATA = 0, 255, 247
CODES = (*STEPS, OUTLET, SINK, NO_DATA)
NOWHERE = -1


@dataclass(frozen=True)
class Channels:
    """A network traced; cells are numbered row by row.

    Attributes
    ----------
    downstream:
        (cells,) the cell that the water flows to, NOWHERE where it leaves the network or there is no data.
    order:
        The cells with data, each after all that flow to it.
    length_m:
        (cells,) geodesic distance to the cell downstream, 0 where there is none.
    mouth:
        (cells,) True where water leaves the network: into the sea or over its edge.
    dead_ends:
        Cells amid land that flow nowhere, though they are no end of an endorheic basin.
    circles:
        Cells on circles; their water goes nowhere here.
    """

    downstream: IntArray
    order: IntArray
    length_m: FloatArray
    mouth: BoolArray
    dead_ends: IntArray
    circles: IntArray

    @property
    def land(self) -> BoolArray:
        """(cells,) True where there is data."""
        known = np.zeros(self.downstream.size, dtype=np.bool_)
        known[self.order] = True
        return known

    @cached_property
    def astray(self) -> BoolArray:
        """(cells,) True where water comes to a dead end or circle, so that its way to a mouth is not known."""
        ends = np.zeros(self.downstream.size)
        ends[self.dead_ends] = 1.0
        ends[self.circles] = 1.0
        return seen_from_upstream(self, ends, np.ones(ends.size)) > 0

    def accumulated(self, values: FloatArray) -> FloatArray:
        """(cells,) the sum of ``values`` (cells,) over each cell and all upstream of it, undiminished."""
        return route(self, values, np.ones(values.size))


def trace(grid: AnalysisGrid, direction: npt.NDArray[np.uint8], endorheic: bool = False) -> Channels:
    """The channels of a raster of flow directions (rows, cols).

    A cell whose direction leads out of the raster or to a cell without data is a mouth. A cell that flows nowhere is
    one if it lies at the edge of the data, else it is a dead end. Circles are cut: their cells flow nowhere.

    Parameters
    ----------
    endorheic:
        Cells amid land of the code 255 are the ends of endorheic basins, not faults.

    Raises
    ------
    InputError
        If a code is unknown.
    """
    unknown = np.setdiff1d(np.unique(direction), CODES)
    if unknown.size:
        raise InputError(
            f"{', '.join(map(str, unknown))} is no flow direction of the ESRI D8 coding.",
            field="direction",
            remedy=f"Use the codes {', '.join(map(str, sorted(CODES)))}.",
        )
    land = direction != NO_DATA
    downstream = np.full(direction.shape, NOWHERE, dtype=np.int64)
    length_m = np.zeros(direction.shape)
    for code, (down, right) in STEPS.items():
        rows, cols = np.nonzero(direction == code)
        to_rows, to_cols = rows + down, cols + right
        inside = (to_rows >= 0) & (to_rows < grid.rows) & (to_cols >= 0) & (to_cols < grid.cols)
        rows, cols, to_rows, to_cols = rows[inside], cols[inside], to_rows[inside], to_cols[inside]
        reached = land[to_rows, to_cols]
        rows, cols = rows[reached], cols[reached]
        downstream[rows, cols] = to_rows[reached] * grid.cols + to_cols[reached]
        length_m[rows, cols] = _step_m(grid, down, right)[rows]
    ends = land & (downstream == NOWHERE)
    inland = ends & np.isin(direction, (OUTLET, SINK)) & ~_at_edge(land)
    faulty = inland & ~(endorheic & (direction == SINK))
    circles = np.setdiff1d(np.flatnonzero(land), _upstream_first(downstream.ravel(), land.ravel()))
    downstream.flat[circles] = NOWHERE
    length_m.flat[circles] = 0.0
    order = _upstream_first(downstream.ravel(), land.ravel())
    mouth = (ends & ~inland).ravel()
    return Channels(downstream.ravel(), order, length_m.ravel(), mouth, np.flatnonzero(faulty), circles)


def route(channels: Channels, release: FloatArray, kept: FloatArray) -> FloatArray:
    """L_j = W_j + Σ L_u · kept_u over the cells u immediately upstream, (cells,).

    Parameters
    ----------
    release:
        (cells,) W, which enters undiminished.
    kept:
        (cells,) share of a cell's load that arrives at the cell downstream.
    """
    load: FloatArray = _route(channels.order, channels.downstream, kept, release)
    return load


def seen_from_upstream(channels: Channels, weight: FloatArray, kept: FloatArray) -> FloatArray:
    """Σ weight · load per unit released in each cell, (cells,): the adjoint of `route`.

    ``sum(seen_from_upstream(weight) * release) == sum(weight * route(release))``.
    """
    seen: FloatArray = _seen(channels.order, channels.downstream, kept, weight)
    return seen


def path(channels: Channels, cell: int, kept: FloatArray) -> tuple[IntArray, FloatArray]:
    """The cells from ``cell`` down to the end, and the share of what is released in ``cell`` that reaches each."""
    found: tuple[IntArray, FloatArray] = _path(channels.downstream, kept, cell)
    return found


def labelled_from_below(channels: Channels, labels: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """(cells,) ``labels`` where they are not 0, else the label of the first cell below that has one."""
    found: npt.NDArray[np.int32] = _labelled(channels.order, channels.downstream, labels)
    return found


def cell_areas_km2(grid: AnalysisGrid) -> FloatArray:
    """(cells,) geodesic areas."""
    return np.repeat(grid.row_area_km2, grid.cols)


def _step_m(grid: AnalysisGrid, down: int, right: int) -> FloatArray:
    """(rows,) geodesic distance of one step between cell centres, taken at the middle column."""
    rows, middle = np.arange(grid.rows), np.full(grid.rows, grid.cols // 2)
    start, end = grid.lonlat(rows, middle), grid.lonlat(rows + down, middle + right)
    _, _, distance_m = GEOD.inv(*start, *end)
    return np.asarray(distance_m)


def _at_edge(land: BoolArray) -> BoolArray:
    """Cells that touch the edge of the raster or a cell without data, diagonals included."""
    around = np.pad(land, 1, constant_values=False)
    rows, cols = land.shape
    whole = np.ones_like(land)
    for down, right in STEPS.values():
        whole &= around[1 + down : 1 + down + rows, 1 + right : 1 + right + cols]
    return ~whole


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _upstream_first(downstream: IntArray, land: BoolArray) -> IntArray:  # pragma: no cover
    """Cells in the order of Kahn (1962): each after all that flow to it; cells on a circle are left out."""
    waiting = np.zeros(downstream.size, dtype=np.int8)
    count = 0
    for cell in range(downstream.size):
        if land[cell]:
            count += 1
            if downstream[cell] >= 0:
                waiting[downstream[cell]] += 1
    order = np.empty(count, dtype=np.int64)
    found = 0
    for cell in range(downstream.size):
        if land[cell] and waiting[cell] == 0:
            order[found] = cell
            found += 1
    done = 0
    while done < found:
        following = downstream[order[done]]
        done += 1
        if following >= 0:
            waiting[following] -= 1
            if waiting[following] == 0:
                order[found] = following
                found += 1
    return order[:found]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _route(
    order: IntArray, downstream: IntArray, kept: FloatArray, release: FloatArray
) -> FloatArray:  # pragma: no cover
    load = release.copy()
    for cell in order:
        if downstream[cell] >= 0:
            load[downstream[cell]] += load[cell] * kept[cell]
    return load


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _seen(
    order: IntArray, downstream: IntArray, kept: FloatArray, weight: FloatArray
) -> FloatArray:  # pragma: no cover
    seen = weight.copy()
    for index in range(order.size - 1, -1, -1):
        cell = order[index]
        if downstream[cell] >= 0:
            seen[cell] += kept[cell] * seen[downstream[cell]]
    return seen


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _labelled(
    order: IntArray, downstream: IntArray, labels: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:  # pragma: no cover
    found = labels.copy()
    for index in range(order.size - 1, -1, -1):
        cell = order[index]
        if found[cell] == 0 and downstream[cell] >= 0:
            found[cell] = found[downstream[cell]]
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _path(downstream: IntArray, kept: FloatArray, cell: int) -> tuple[IntArray, FloatArray]:  # pragma: no cover
    length = 1
    at = cell
    while downstream[at] >= 0:
        at = downstream[at]
        length += 1
    cells, shares = np.empty(length, dtype=np.int64), np.empty(length)
    at, share = cell, 1.0
    for index in range(length):
        cells[index], shares[index] = at, share
        share *= kept[at]
        at = downstream[at]
    return cells, shares
