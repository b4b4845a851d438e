"""Outlines of labelled cells: along the sides of cells, with holes, corners only where the outline turns."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from numba import njit

IntArray = npt.NDArray[np.int64]
Labels = npt.NDArray[np.int32]
Geometries = npt.NDArray[np.object_]


def outlines(labels: Labels, transform: Affine) -> tuple[IntArray, Geometries]:
    """The parts of each label, joined by sides of cells: a part that meets another at a corner alone is a part apart.

    Parameters
    ----------
    labels:
        (rows, cols); 0 is none.
    transform:
        From (column, row) of a cell's corner to coordinates.

    Returns
    -------
    number, polygon:
        One entry a part, in the order of its first cell from the north, then from the west. Polygons are valid: an
        outline does not touch itself, holes may touch it in points.
    """
    part = np.zeros(labels.shape, dtype=np.int32)
    number = _parts(labels, part)
    corners, ring_of_corner, part_of_ring = _rings(part)
    if not number.size:
        return number, np.empty(0, dtype=object)
    # A part's outer ring is the one that begins first, at its first cell.
    order = np.argsort(part_of_ring, kind="stable")
    x, y = transform @ (corners[:, 1], corners[:, 0])
    rings = shapely.linearrings(np.column_stack([x, y]), indices=ring_of_corner)
    return number, np.asarray(shapely.polygons(rings[order], indices=part_of_ring[order] - 1))


def collected(number: IntArray, parts: Geometries, count: int) -> Geometries:
    """The geometry of each number 1 .. ``count`` from its parts, which are disjoint: a multipolygon where several."""
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(1, count + 2))
    whole = np.empty(count, dtype=object)
    for index, (start, stop) in enumerate(pairwise(starts)):
        mine = parts[order[start:stop]]
        whole[index] = mine[0] if mine.size == 1 else shapely.multipolygons(mine)
    return whole


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _root(parent: list[int], part: int) -> int:
    while parent[part] != part:
        parent[part] = parent[parent[part]]
        part = parent[part]
    return part


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _parts(labels: Labels, part: Labels) -> IntArray:
    """Number the parts 1, 2, … in ``part``; the label of each."""
    rows, cols = labels.shape
    parent = [0]
    label_of = [0]
    for row in range(rows):
        for col in range(cols):
            label = labels[row, col]
            if label == 0:
                continue
            above = part[row - 1, col] if row > 0 and labels[row - 1, col] == label else 0
            left = part[row, col - 1] if col > 0 and labels[row, col - 1] == label else 0
            if above == 0 and left == 0:
                part[row, col] = len(parent)
                parent.append(len(parent))
                label_of.append(label)
            elif above == 0 or left == 0:
                part[row, col] = max(above, left)
            else:
                one, other = _root(parent, above), _root(parent, left)
                parent[max(one, other)] = min(one, other)
                part[row, col] = min(one, other)
    final = np.zeros(len(parent), dtype=np.int64)
    count = 0
    for number in range(1, len(parent)):
        if parent[number] == number:
            count += 1
            final[number] = count
    found = np.empty(count, dtype=np.int64)
    for number in range(1, len(parent)):
        final[number] = final[_root(parent, number)]
        found[final[number] - 1] = label_of[number]
    for row in range(rows):
        for col in range(cols):
            if part[row, col] > 0:
                part[row, col] = final[part[row, col]]
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _is(part: Labels, row: int, col: int, own: int) -> bool:
    inside = 0 <= row < part.shape[0] and 0 <= col < part.shape[1]
    return bool(inside and part[row, col] == own)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _rings(part: Labels) -> tuple[npt.NDArray[np.float64], IntArray, IntArray]:
    """Corners (row, column) of all rings, the ring of each corner, and the part of each ring.

    Rings are walked with the part to the right. Headings are east, south, west, north = 0, 1, 2, 3: the top, right,
    bottom and left side of a cell. Every ring has a top side, from which it is found.
    """
    d_row, d_col = np.array([0, 1, 0, -1]), np.array([1, 0, -1, 0])
    # Of the corner at the end of a side, from its cell: row and column.
    end_row, end_col = np.array([0, 1, 1, 0]), np.array([1, 1, 0, 0])
    seen = np.zeros(part.shape, dtype=np.bool_)
    corners, ring_of_corner, part_of_ring = [(0.0, 0.0)], [0], [0]
    ring = -1
    for first_row in range(part.shape[0]):
        for first_col in range(part.shape[1]):
            own = part[first_row, first_col]
            if own == 0 or seen[first_row, first_col] or _is(part, first_row - 1, first_col, own):
                continue
            ring += 1
            part_of_ring.append(own)
            row, col, heading = first_row, first_col, 0
            while True:
                if heading == 0:
                    if seen[row, col]:
                        break
                    seen[row, col] = True
                left = (heading + 3) % 4
                ahead_row, ahead_col = row + d_row[heading], col + d_col[heading]
                if _is(part, ahead_row + d_row[left], ahead_col + d_col[left], own):
                    turn, next_row, next_col = left, ahead_row + d_row[left], ahead_col + d_col[left]
                elif _is(part, ahead_row, ahead_col, own):
                    turn, next_row, next_col = heading, ahead_row, ahead_col
                else:
                    turn, next_row, next_col = (heading + 1) % 4, row, col
                if turn != heading:
                    corners.append((float(row + end_row[heading]), float(col + end_col[heading])))
                    ring_of_corner.append(ring)
                row, col, heading = next_row, next_col, turn
    places = np.empty((len(corners) - 1, 2))
    for index in range(1, len(corners)):
        places[index - 1, 0], places[index - 1, 1] = corners[index]
    return places, np.array(ring_of_corner[1:]), np.array(part_of_ring[1:])
