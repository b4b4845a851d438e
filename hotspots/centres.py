"""Split connected areas of concentration at their saddles.

In a continuous belt of settlement, such as a river delta, clustered cells join into one area that spans several
provinces, about which nobody can decide. Its centres stay apart where the concentration between them falls well below
that of the lesser one: the merge tree of the field, cut by relative prominence (the persistence-based clustering of
Chazal et al. 2013, doi:10.1145/2535927, with the prominence measured relative to the peak).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]


def split(
    components: IntArray, field: FloatArray, people: FloatArray, saddle_share: float, min_people: float
) -> IntArray:
    """Labels of the centres within each component.

    Parameters
    ----------
    components:
        (rows, cols): cells of a component share a positive number, 0 is none.
    field:
        (rows, cols) concentration; NaN and negative values count as 0.
    saddle_share:
        Two centres are one if the saddle between them is at least this share of the lower peak; 0 splits nothing.
    min_people:
        A centre stands apart only with at least this many people above the saddle.

    Returns
    -------
    numpy.ndarray
        (rows, cols) int32, numbered from 1 by the first cell from the north, then from the west. Every centre is
        8-connected and lies in one component.
    """
    height = np.maximum(np.nan_to_num(field, nan=0.0), 0.0)
    cells = np.flatnonzero(components)
    # Highest first; the position decides between equals, so that the result depends on nothing else.
    order = cells[np.lexsort((cells, -height.ravel()[cells]))]
    roots = _merge(
        order, components.ravel(), height.ravel(), people.ravel(), components.shape[1], saddle_share, min_people
    )
    labels = np.zeros(components.size, dtype=np.int32)
    _, first, inverse = np.unique(roots[cells], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int32)
    rank[np.argsort(first)] = np.arange(1, len(first) + 1)
    labels[cells] = rank[inverse]
    return labels.reshape(components.shape)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _root(parent: npt.NDArray[np.int64], cell: int) -> int:
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@njit(cache=True)  # type: ignore[untyped-decorator]
def _merge(
    order: npt.NDArray[np.int64],
    components: IntArray,
    height: FloatArray,
    people: FloatArray,
    cols: int,
    saddle_share: float,
    min_people: float,
) -> npt.NDArray[np.int64]:
    """The root cell (its peak) of each cell's centre, by union-find from the highest cell down; -1 for no cell."""
    size = components.size
    parent = np.full(size, -1, dtype=np.int64)
    crowd = np.zeros(size)
    neighbours = np.empty(8, dtype=np.int64)
    for cell in order:
        parent[cell] = cell
        crowd[cell] = people[cell]
        col = cell % cols
        count = 0
        highest = -1
        for d_row in range(-1, 2):
            for d_col in range(-1, 2):
                other = cell + d_row * cols + d_col
                inside = 0 <= col + d_col < cols and 0 <= other < size
                if inside and other != cell and components[other] == components[cell] and parent[other] >= 0:
                    neighbours[count] = other
                    count += 1
                    if highest < 0 or height[other] > height[highest]:
                        highest = other
        if highest < 0:
            continue
        home = _root(parent, highest)
        parent[cell] = home
        crowd[home] += people[cell]
        for index in range(count):
            other = _root(parent, neighbours[index])
            home = _root(parent, cell)
            if other == home:
                continue
            # A root is its centre's peak; the lower of the two is the one that may vanish.
            lower, upper = (other, home) if height[other] <= height[home] else (home, other)
            few = crowd[lower] < min_people or crowd[upper] < min_people
            if few or height[cell] >= saddle_share * height[lower]:
                parent[lower] = upper
                crowd[upper] += crowd[lower]
    for cell in order:
        parent[cell] = _root(parent, cell)
    return parent
