"""What earlier editions told of the counts, as far as it is told of the counts of now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, vstack

from hotspots.grid import AnalysisGrid
from hotspots.policy.feasible import Sums, components, of_figures, rounding
from hotspots.policy.linear_figures import PEOPLE, members_of, places, rows
from hotspots.policy.protected_counts import Counted, ProtectedCounts
from hotspots.policy.small_counts import numbered

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class EarlierEdition:
    """What an earlier edition published of the counts.

    Attributes
    ----------
    id:
        Its id.
    grid:
        Of ``people`` and ``block``.
    people:
        (rows, cols), NaN not assessed.
    block:
        (rows, cols), the block of each cell; 0 none. None where each cell was published by itself.
    units:
        Its administrative table.
    pools:
        The ids of units that had one share together.
    """

    id: str
    grid: AnalysisGrid
    people: FloatArray
    block: npt.NDArray[np.int64] | None
    units: pd.DataFrame
    pools: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Earlier:
    """Figures of earlier editions; ``changed`` of them are of counts that were others."""

    sums: Sums
    changed: int


def earlier_figures(
    now: csr_array, counts: ProtectedCounts, form: Counted, editions: Sequence[EarlierEdition], movers: float
) -> Earlier:
    """What the ``editions`` told of ``form``.

    Where the true counts yield all that an edition told, they are what they were, and its figures are as sure as those
    of ``now`` (figures, counts). A figure that shares counts with one that they do not yield may be of other counts: it
    tells them to within what has truly changed and ``movers`` people for each of them.
    """
    true = np.nan_to_num(form.values, nan=0.0)
    parts, changed = [], 0
    for weight, published in _told(counts, form, editions):
        margin, moved = _margin(now, weight, published, true, movers)
        parts.append(Sums(weight, published, margin))
        changed += int(moved.sum())
    nothing = Sums(csr_array((0, len(true))), np.empty(0), np.empty(0))
    return Earlier(_distinct([nothing, *parts]), changed)


def _margin(
    now: csr_array, weight: csr_array, published: FloatArray, true: FloatArray, movers: float
) -> tuple[FloatArray, BoolArray]:
    """How closely figures tell the counts of now, and which of them may be of others, (figures,)."""
    sure = rounding(published)
    off = np.abs(weight @ true - published)
    of_figure = of_figures(components(csr_array(vstack([now, weight]))), weight)
    changed = np.isin(of_figure, of_figure[off > sure])
    moved = off + movers * np.asarray(weight.sum(axis=1)).ravel()
    return np.where(changed, sure + moved, sure), changed


def _distinct(parts: Sequence[Sums]) -> Sums:
    """All figures, each once: most editions tell again what the one before told."""
    weight = csr_array(vstack([part.weight for part in parts]))
    published = np.concatenate([part.published for part in parts])
    margin = np.concatenate([part.margin for part in parts])
    # Different weights meet in two random projections with a chance of about 2^-100.
    marks = weight @ np.random.default_rng(0).random((weight.shape[1], 2))
    _, first = np.unique(np.column_stack([marks, published, margin]), axis=0, return_index=True)
    return Sums(weight, published, margin).taken(np.sort(first))


def _told(
    counts: ProtectedCounts, form: Counted, editions: Sequence[EarlierEdition]
) -> Iterator[tuple[csr_array, FloatArray]]:
    for edition in editions:
        if form.by == "unit":
            found = _by_unit(counts, form, edition)
        else:
            found = _by_cell(counts, edition) if form.name == PEOPLE else None
        if found is not None:
            weight, published = found
            some = np.flatnonzero(np.diff(weight.indptr) > 0)
            yield csr_array(weight[some]), published[some]


def _by_cell(counts: ProtectedCounts, edition: EarlierEdition) -> tuple[csr_array, FloatArray] | None:
    """The sums of the blocks of an edition that lie in the cells of now."""
    if not _same_cells(counts.inputs.grid, edition.grid):
        return None
    row, col = (index.ravel() for index in np.indices(edition.grid.shape))
    lon, lat = edition.grid.lonlat(row, col)
    at_row, at_col = counts.inputs.grid.cell_of(lon, lat)
    place = np.where(at_row >= 0, places(counts)[at_row, at_col], -1)
    people = edition.people.ravel()
    known = ~np.isnan(people)
    label = np.arange(people.size) if edition.block is None else edition.block.ravel().astype(np.int64)
    # A block of which a cell is not among those of now says nothing sure of the others.
    outside = np.unique(label[known & (place < 0)])
    kept = known & ~np.isin(label, outside)
    return _sums_of_labels(numbered(label[kept]), place[kept], people[kept], len(counts.row))


def _same_cells(grid: AnalysisGrid, other: AnalysisGrid) -> bool:
    """Whether the cells of both are the same where they meet."""
    if grid.crs != other.crs or not np.isclose(grid.cell_width, other.cell_width, rtol=1e-9):
        return False
    shift = (other.west - grid.west) / grid.cell_width, (other.north - grid.north) / grid.cell_height
    return all(abs(step - round(step)) < 1e-3 for step in shift)


def _by_unit(counts: ProtectedCounts, form: Counted, edition: EarlierEdition) -> tuple[csr_array, FloatArray] | None:
    """The sums of the pools of an edition whose units are all among those of now."""
    table = edition.units.set_index("unit_id")
    shown = members_of(table, form.name)
    if shown is None:
        return None
    place = {str(unit): number for number, unit in enumerate(counts.inputs.units["unit_id"])}
    pooled = {unit for pool in edition.pools for unit in pool}
    pools = [*edition.pools, *((str(unit),) for unit in table.index if str(unit) not in pooled)]
    usable = [
        pool for pool in pools if all(unit in place and unit in shown.index and pd.notna(shown[unit]) for unit in pool)
    ]
    label = np.repeat(np.arange(len(usable)), [len(pool) for pool in usable])
    units = [unit for pool in usable for unit in pool]
    at = np.array([place[unit] for unit in units], dtype=np.int64)
    return _sums_of_labels(label, at, np.asarray(shown.loc[units], dtype=np.float64), len(place))


def _sums_of_labels(label: IntArray, place: IntArray, values: FloatArray, counts: int) -> tuple[csr_array, FloatArray]:
    """One figure a label: the sum of its places."""
    figures = int(label.max(initial=-1)) + 1
    sums = np.bincount(label, values, minlength=figures).astype(np.float64)
    return rows(label, place, np.ones(len(label)), figures, counts), sums
