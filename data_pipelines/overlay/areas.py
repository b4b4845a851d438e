"""Labelled cells to hotspots: connected across bands, counted, kept and outlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage, sparse

from data_pipelines.overlay.job import Cells, Job
from hotspots.delineation import EIGHT_NEIGHBOURS
from hotspots.outlines import Geometries, collected, outlines

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SUMS = ("people", "burden_people", "area_km2", "clustered", "high_priority")


def between(context: tuple[Job, tuple[float, float]], band: int) -> npt.NDArray[np.float32]:
    """Every |z| of a band from ``low`` to below ``high``."""
    job, (low, high) = context
    strength = np.abs(_cells(job, band)["z"])
    return np.asarray(strength[(strength >= low) & (strength < high)])


@dataclass(frozen=True)
class BandAreas:
    """Connected areas 1 .. k of a band: their numbers in its first and last row, and SUMS of each, (k, sums)."""

    first_row: npt.NDArray[np.int32]
    last_row: npt.NDArray[np.int32]
    sums: FloatArray


def connect(context: tuple[Job, float], band: int) -> BandAreas:
    """The 8-connected areas of a band's labelled cells: z of at least ``least``, or high priority."""
    job, least = context
    cells = _cells(job, band)
    clustered = cells["z"] >= least
    cells = cells[clustered | cells["high"]]
    clustered = cells["z"] >= least
    labels = np.zeros(_shape(job, band), dtype=np.int32)
    labels.ravel()[cells["index"]] = 1
    count = ndimage.label(labels, EIGHT_NEIGHBOURS, output=labels)
    number = labels.ravel()[cells["index"]]
    np.save(job.folder / f"areas_{band}.npy", np.stack([cells["index"], number]))
    area_km2 = job.grid.row_area_km2[job.rows(band)][cells["index"] // job.grid.cols]
    exposed = cells["people"].astype(np.float64) * cells["burden"]
    columns = cells["people"], exposed, area_km2, clustered, cells["high"]
    sums = np.column_stack([np.bincount(number, column, minlength=count + 1)[1:] for column in columns])
    return BandAreas(labels[0].copy(), labels[-1].copy(), sums.astype(np.float64))


@dataclass(frozen=True)
class Areas:
    """Hotspots 1 .. k in the order of their first cell from the north, then from the west.

    ``number`` is the hotspot (0 = none) of each band's areas, ``sums`` (k, SUMS).
    """

    number: Sequence[npt.NDArray[np.int32]]
    sums: FloatArray


def joined(parts: Sequence[BandAreas], min_people: float) -> Areas:
    """The areas of all bands, joined where they touch; those with fewer people are dropped."""
    starts = np.cumsum([0, *(len(part.sums) for part in parts)])
    pairs = [
        _touching(above.last_row, below.first_row, start, start + len(above.sums))
        for above, below, start in zip(parts, parts[1:], starts, strict=False)
    ]
    one, other = np.concatenate([np.empty((2, 0), dtype=np.int64), *pairs], axis=1)
    links = sparse.coo_array((np.ones(one.size), (one, other)), shape=(starts[-1], starts[-1]))
    _, found = sparse.csgraph.connected_components(links, directed=False)
    # In the order of their first part: areas of a band are numbered by their first cell.
    _, first, component = np.unique(found, return_index=True, return_inverse=True)
    place = np.argsort(np.argsort(first))[component]
    whole = np.zeros((first.size, len(SUMS)))
    np.add.at(whole, place, np.concatenate([part.sums for part in parts]))
    kept = whole[:, 0] >= min_people
    number = np.where(kept, np.cumsum(kept), 0).astype(np.int32)[place]
    return Areas([number[start:stop] for start, stop in pairwise(starts)], whole[kept])


def _touching(above: npt.NDArray[np.int32], below: npt.NDArray[np.int32], start: int, following: int) -> IntArray:
    """Areas that touch across the line between two bands, by their position among all: (2, pairs)."""
    cols = len(above)
    pairs = []
    for shift in (-1, 0, 1):
        up = above[max(shift, 0) : cols + min(shift, 0)]
        down = below[max(-shift, 0) : cols + min(-shift, 0)]
        both = np.flatnonzero((up > 0) & (down > 0))
        pairs.append(np.stack([start + up[both] - 1, following + down[both] - 1]))
    return np.unique(np.concatenate(pairs, axis=1), axis=1).astype(np.int64)


def outline(context: tuple[Job, Areas], band: int) -> tuple[IntArray, Geometries]:
    """The parts of the hotspots in a band: number of the hotspot, and polygon in the grid's CRS."""
    job, areas = context
    index, area = np.load(job.folder / f"areas_{band}.npy")
    labels = np.zeros(_shape(job, band), dtype=np.int32)
    labels.ravel()[index] = areas.number[band][area - 1]
    rows = job.rows(band)
    transform = job.grid.window(rows, slice(0, job.grid.cols)).transform
    return outlines(labels, transform)


def assembled(parts: Sequence[tuple[IntArray, Geometries]], count: int) -> Geometries:
    """One geometry for each hotspot; parts on both sides of a line between bands become one."""
    number = np.concatenate([part[0] for part in parts])
    polygon = np.concatenate([part[1] for part in parts])
    band = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    whole = collected(number, polygon, count)
    first, last = np.full(count, len(parts)), np.full(count, -1)
    np.minimum.at(first, number - 1, band)
    np.maximum.at(last, number - 1, band)
    for hotspot in np.flatnonzero(first < last):
        whole[hotspot] = shapely.simplify(shapely.union_all(shapely.get_parts(whole[hotspot])), 0)
    return whole


def _shape(job: Job, band: int) -> tuple[int, int]:
    rows = job.rows(band)
    return rows.stop - rows.start, job.grid.cols


def _cells(job: Job, band: int) -> Cells:
    return np.asarray(np.load(job.folder / f"cells_{band}.npy"))
