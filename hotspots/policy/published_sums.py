"""The published figures that are sums of confidential counts, as an attacker would write them down.

Each is compared with what the merged counts give. One that is their sum tells no more than the sums of blocks, which
are all taken for known; one that is not was made from something else, and becomes an equation of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_array, vstack

from hotspots.assessment import unit_cells
from hotspots.exposure import Coverage
from hotspots.fields.shared_fields import PEOPLE_GROUPS
from hotspots.grid import AnalysisGrid
from hotspots.policy.feasible import ROUNDING, Sums
from hotspots.policy.protected_counts import Counted, ProtectedCounts
from hotspots.policy.publishable import Publishable
from hotspots.policy.small_counts import numbered

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
PEOPLE = "people"


@dataclass(frozen=True)
class EarlierEdition:
    """What the edition before published of the counts.

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
class Figures:
    """The figures of one form: those of this edition, of the one before, and how many are no sums of merged counts."""

    sums: Sums
    compared: int
    of_their_own: int


def people_by_cell(
    ready: Publishable, counts: ProtectedCounts, form: Counted, before: EarlierEdition | None
) -> Figures:
    """Figures of all people as sums over the cells of ``counts``."""
    merged = counts.inputs.people[counts.row, counts.col]
    own: list[tuple[csr_array, FloatArray]] = []
    compared = 0
    for weight, published in _people_figures(ready, counts):
        compared += len(published)
        odd = np.abs(weight @ merged - published) > ROUNDING * (1 + np.abs(published))
        own.append((weight[np.flatnonzero(odd)], published[odd]))
    blocks = _sums_of(form.merged, merged)
    return _together(blocks, own, _earlier_people(counts, before), compared)


def groups_by_cell(form: Counted) -> Figures:
    """Figures of a group as sums over cells: no layer has them by cell, but they are taken for known by block."""
    known = np.nan_to_num(form.values, nan=0.0)
    return _together(_sums_of(form.merged, known), [], None, 0)


def groups_by_unit(
    ready: Publishable, counts: ProtectedCounts, form: Counted, before: EarlierEdition | None
) -> Figures:
    """Figures of a group as sums over units: the pools', and the administrative table's where they are others."""
    true = np.nan_to_num(form.values, nan=0.0)
    pools = _sums_of(form.merged, true)
    kind = form.name.removeprefix("not ")
    column = next((field for group, field in PEOPLE_GROUPS.items() if group == kind), None)
    own: list[tuple[csr_array, FloatArray]] = []
    compared = 0
    if column is not None and column in ready.assessment.units:
        table = ready.assessment.units
        shown = table[column].to_numpy(dtype=np.float64)
        (item,) = (item for item in counts.inputs.characteristics if item.kind == kind)
        cells = unit_cells(counts.inputs)
        of_cell = np.append(item.values, np.nan)[cells.unit_of_cell]
        expected = cells.coverage.sum(counts.inputs.people * of_cell)
        if form.name != kind:
            everyone = table[PEOPLE].to_numpy(dtype=np.float64)
            shown, expected = everyone - shown, everyone - expected
        compared = int((~np.isnan(shown)).sum())
        odd = np.flatnonzero(np.abs(shown - expected) > ROUNDING * (1 + np.abs(shown)))
        own.append((_rows(np.arange(len(odd)), odd, np.ones(len(odd)), (len(odd), len(true))), shown[odd]))
    return _together(pools, own, _earlier_units(counts, form, kind, column, before), compared)


def _people_figures(ready: Publishable, counts: ProtectedCounts) -> Iterator[tuple[csr_array, FloatArray]]:
    """Weights by cell (figures, cells) and what was published (figures,)."""
    assessment, cells = ready.assessment, len(counts.row)
    at = _places(counts)
    window = window_of(counts.inputs.grid, assessment.grid)
    everywhere = np.zeros(counts.inputs.grid.shape)
    yield _cellwise(counts, _laid(everywhere, window, assessment.layers[PEOPLE].to_numpy()), np.ones(cells))
    zones = [(assessment.units, unit_cells(counts.inputs).coverage)]
    zones.append((assessment.hotspots, _cells_inside(counts, assessment.hotspots)))
    for table, cover in zones:
        yield _weights(cover, at, cells), table[PEOPLE].to_numpy(dtype=np.float64)
    for name in assessment.layers:
        dimension = str(name).removesuffix("_exposure")
        if dimension == name or f"{dimension}_pressure" not in assessment.layers:
            continue
        exposure = _laid(everywhere, window, assessment.layers[name].to_numpy())
        pressure = _laid(everywhere, window, assessment.layers[f"{dimension}_pressure"].to_numpy())
        yield _cellwise(counts, exposure, np.nan_to_num(pressure[counts.row, counts.col], nan=0.0))
        for table, cover in zones:
            shown = table[str(name)].to_numpy(dtype=np.float64)
            known = np.flatnonzero(~np.isnan(shown))
            yield _weights(cover, at, cells, pressure)[known], shown[known]
    totals = assessment.totals
    yield csr_array(np.ones((1, cells))), np.array([totals.people])
    inside = csr_array(_weights(zones[0][1], at, cells).sum(axis=0).reshape(1, cells))
    yield inside, np.array([totals.people_in_units])


def _places(counts: ProtectedCounts) -> IntArray:
    """The number of each cell (rows, cols), -1 where nobody is known."""
    at = np.full(counts.inputs.grid.shape, -1, dtype=np.int64)
    at[counts.row, counts.col] = np.arange(len(counts.row))
    return at


def window_of(grid: AnalysisGrid, part: AnalysisGrid) -> tuple[slice, slice]:
    """Where ``part`` lies in ``grid``."""
    row = round((grid.north - part.north) / grid.cell_height)
    col = round((part.west - grid.west) / grid.cell_width)
    return slice(row, row + part.rows), slice(col, col + part.cols)


def _laid(like: FloatArray, window: tuple[slice, slice], values: npt.NDArray[np.generic]) -> FloatArray:
    whole = np.full(like.shape, np.nan)
    whole[window] = values
    return whole


def _cellwise(counts: ProtectedCounts, layer: FloatArray, weight: FloatArray) -> tuple[csr_array, FloatArray]:
    """One figure a cell, where the layer has one."""
    shown = layer[counts.row, counts.col]
    known = np.flatnonzero(~np.isnan(shown))
    numbers = np.arange(len(known))
    return _rows(numbers, known, weight[known], (len(known), len(shown))), shown[known]


def _cells_inside(counts: ProtectedCounts, outlines: gpd.GeoDataFrame) -> Coverage:
    """The cells whose centre each outline holds; hotspots are made of whole cells."""
    lon, lat = counts.inputs.grid.lonlat(counts.row, counts.col)
    zones, cells = [], []
    for zone, outline in enumerate(outlines.geometry):
        west, south, east, north = outline.bounds
        near = np.flatnonzero((lon > west) & (lon < east) & (lat > south) & (lat < north))
        inside = near[shapely.contains_xy(outline, lon[near], lat[near])]
        zones.append(np.full(len(inside), zone))
        cells.append(inside)
    nothing = np.empty(0, dtype=np.int64)
    of, by = (np.concatenate([*parts, nothing]).astype(np.int64) for parts in (cells, zones))
    shape = counts.inputs.grid.shape
    return Coverage(by, counts.row[of], counts.col[of], np.ones(len(of)), len(outlines), shape)


def _weights(cover: Coverage, at: IntArray, cells: int, values: FloatArray | None = None) -> csr_array:
    """What of each cell's people is in each zone, (zones, cells); times ``values`` (rows, cols) where given."""
    place = at[cover.row, cover.col]
    weight = cover.fraction if values is None else cover.fraction * np.nan_to_num(values[cover.row, cover.col], nan=0.0)
    inside = place >= 0
    return _rows(cover.zone[inside], place[inside], weight[inside], (cover.zones, cells))


def _rows(row: IntArray, col: IntArray, weight: FloatArray, shape: tuple[int, int]) -> csr_array:
    return csr_array((weight, (row, col)), shape)


def _sums_of(label: IntArray, values: FloatArray) -> tuple[csr_array, FloatArray]:
    """One figure a label: the sum of its places."""
    places = np.arange(len(label))
    return _rows_of_labels(label, places, values, len(label))


def _together(
    blocks: tuple[csr_array, FloatArray],
    own: list[tuple[csr_array, FloatArray]],
    earlier: tuple[csr_array, FloatArray] | None,
    compared: int,
) -> Figures:
    parts = [blocks, *own, *([] if earlier is None else [earlier])]
    published = np.concatenate([part[1] for part in parts])
    is_earlier = np.zeros(len(published), dtype=bool)
    if earlier is not None:
        is_earlier[len(published) - len(earlier[1]) :] = True
    weight = csr_array(vstack([part[0] for part in parts]))
    return Figures(Sums(weight, published, is_earlier), compared, sum(len(part[1]) for part in own))


def _earlier_people(counts: ProtectedCounts, before: EarlierEdition | None) -> tuple[csr_array, FloatArray] | None:
    """The sums of the blocks of the edition before that lie in the cells of now."""
    if before is None or not _same_cells(counts.inputs.grid, before.grid):
        return None
    row, col = (index.ravel() for index in np.indices(before.grid.shape))
    lon, lat = before.grid.lonlat(row, col)
    at_row, at_col = counts.inputs.grid.cell_of(lon, lat)
    place = np.where(at_row >= 0, _places(counts)[at_row, at_col], -1)
    people = before.people.ravel()
    known = ~np.isnan(people)
    label = np.arange(people.size) if before.block is None else before.block.ravel().astype(np.int64)
    # A block of which a cell is not among those of now says nothing sure of the others.
    outside = np.unique(label[known & (place < 0)])
    kept = known & ~np.isin(label, outside)
    return _rows_of_labels(numbered(label[kept]), place[kept], people[kept], len(counts.row))


def _same_cells(grid: AnalysisGrid, other: AnalysisGrid) -> bool:
    """Whether the cells of both are the same where they meet."""
    if grid.crs != other.crs or not np.isclose(grid.cell_width, other.cell_width, rtol=1e-9):
        return False
    shift = (other.west - grid.west) / grid.cell_width, (other.north - grid.north) / grid.cell_height
    return all(abs(step - round(step)) < 1e-3 for step in shift)


def _rows_of_labels(label: IntArray, place: IntArray, values: FloatArray, places: int) -> tuple[csr_array, FloatArray]:
    count = int(label.max(initial=-1)) + 1
    return _rows(label, place, np.ones(len(label)), (count, places)), np.bincount(
        label, values, minlength=count
    ).astype(np.float64)


def _earlier_units(
    counts: ProtectedCounts, form: Counted, kind: str, column: str | None, before: EarlierEdition | None
) -> tuple[csr_array, FloatArray] | None:
    """The sums of the pools of the edition before whose units are all among those of now."""
    if before is None or column is None or column not in before.units:
        return None
    table = before.units.set_index("unit_id")
    members = table[column].astype(np.float64)
    shown = table[PEOPLE] - members if form.name != kind else members
    place = {str(unit): number for number, unit in enumerate(counts.inputs.units["unit_id"])}
    pooled = {unit for pool in before.pools for unit in pool}
    pools = [*before.pools, *((str(unit),) for unit in table.index if str(unit) not in pooled)]
    usable = [
        pool for pool in pools if all(unit in place and unit in shown.index and pd.notna(shown[unit]) for unit in pool)
    ]
    label = np.repeat(np.arange(len(usable)), [len(pool) for pool in usable])
    units = [unit for pool in usable for unit in pool]
    places = np.array([place[unit] for unit in units], dtype=np.int64)
    values = np.asarray(shown.loc[units], dtype=np.float64)
    return _rows_of_labels(label, places, values, len(place))
