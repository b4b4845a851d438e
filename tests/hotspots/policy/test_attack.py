"""An attacker with everything that is public, who asks for areas as he likes and solves for every count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from hotspots.area_statistics import whole_blocks
from hotspots.exposure import Coverage, coverage
from hotspots.inputs import Inputs
from hotspots.policy.linear_figures import rows
from hotspots.policy.protected_counts import ProtectedCounts, protect
from tests import small_region
from tests.hotspots.policy.test_disclosure_audit import RULE, SMALL, generated

FloatArray = npt.NDArray[np.float64]
WEST, SOUTH, EAST, NORTH = small_region.CORE.bounds
ASKED_FOR = 6
"""Small counts that one attack solves for; more take longer and find no more, as the areas are drawn anew."""
ROUNDING = 1e-6


@dataclass(frozen=True)
class Service:
    """What answers: the true counts behind it, and which cells it counts for an area.

    That it sums true counts is more than the real one does, whose counts are merged: so it is the rule for areas, too,
    that must protect them.
    """

    people: FloatArray
    counts: ProtectedCounts
    snaps: bool = True

    @property
    def block(self) -> npt.NDArray[np.int64]:
        """As published: 1, 2 …, 0 nobody known."""
        found = np.zeros(self.people.shape, dtype=np.int64)
        assert self.counts.blocks is not None
        found[self.counts.row, self.counts.col] = self.counts.blocks + 1
        return found

    def cells(self, area: BaseGeometry) -> Coverage:
        """What of each cell the answer for ``area`` counts: anybody can compute it."""
        exact = coverage(self.counts.inputs.grid, gpd.GeoDataFrame(geometry=[area], crs="OGC:CRS84"))
        return whole_blocks(exact, self.block) if self.snaps else exact

    def answer(self, area: BaseGeometry) -> tuple[csr_array, float]:
        """The attacker's equation: weights of the true counts (1, cells), and the people he is told."""
        cover, size = self.cells(area), len(self.counts.row)
        at = np.full(self.people.shape, -1, dtype=np.int64)
        at[self.counts.row, self.counts.col] = np.arange(size)
        place = at[cover.row, cover.col]
        inside = place >= 0
        weight = rows(np.zeros(inside.sum(), dtype=np.int64), place[inside], cover.fraction[inside], 1, size)
        return weight, float((weight @ self.people[self.counts.row, self.counts.col])[0])


@cache
def service(complementary: bool = True, snaps: bool = True) -> Service:
    inputs = generated()
    return Service(inputs.people, protect(inputs, RULE, complementary), snaps)


def narrowest(asked: Service, areas: list[BaseGeometry]) -> float:
    """The narrowest interval, in people, of any small count that the areas and the published blocks leave open."""
    counts = asked.counts
    true = asked.people[counts.row, counts.col]
    assert counts.blocks is not None
    size = len(true)
    blocks = rows(counts.blocks, np.arange(size), np.ones(size), int(counts.blocks.max()) + 1, size)
    told = [asked.answer(area) for area in areas]
    small = np.flatnonzero((true > 0) & (true < RULE.threshold))
    touched = np.unique(np.concatenate([*(row.indices for row, _ in told), small[:ASKED_FOR] if not told else []]))
    # What shares no figure with these cells says nothing of them.
    held = np.flatnonzero(np.isin(counts.blocks, counts.blocks[touched.astype(np.int64)]))
    figures = np.concatenate([blocks @ true, [people for _, people in told]])
    weight = csr_array(vstack([blocks, *(row for row, _ in told)])[:, held])
    some = np.flatnonzero(np.diff(weight.indptr))
    targets = np.flatnonzero(np.isin(held, small))[:ASKED_FOR]
    intervals = [interval(csr_array(weight[some]), figures[some], cell) for cell in targets]
    return min((most - least for least, most in intervals), default=np.inf)


def interval(weight: csr_array, figures: FloatArray, cell: np.int64) -> tuple[float, float]:
    """The least and the most of one count, by two programs of the attacker's own."""
    margin = ROUNDING * (1 + np.abs(figures))
    program, limit = vstack([weight, -weight]), np.concatenate([figures + margin, margin - figures])
    cost = np.zeros(weight.shape[1])
    cost[cell] = 1.0
    least, most = (linprog(sign * cost, A_ub=program, b_ub=limit, method="highs").fun for sign in (1, -1))
    return least, -most


lon, lat = st.floats(WEST, EAST), st.floats(SOUTH, NORTH)
size = st.floats(0.01, 0.2)
BOXES = st.builds(lambda x, y, w, h: box(x, y, x + w, y + h), lon, lat, size, size)
CIRCLES = st.builds(lambda x, y, r: Point(x, y).buffer(r), lon, lat, size)
TRIANGLES = st.builds(
    lambda x, y, w, h: Polygon([(x, y), (x + w, y + h / 3), (x + w / 3, y + h)]), lon, lat, size, size
)
NUDGED = st.builds(
    lambda x, y, w, step: box(x, y, x + w + step / 120, y + w), lon, lat, size, st.sampled_from([0.0, 0.6, 1.0])
)
"""Boxes that differ by a column of cells, to be subtracted from each other."""


@settings(max_examples=20)
@given(st.lists(st.one_of(BOXES, CIRCLES, TRIANGLES, NUDGED), min_size=1, max_size=6))
def test_no_areas_tell_a_small_count(areas: list[BaseGeometry]) -> None:
    assert narrowest(service(), areas) >= RULE.interval_width - 1e-3


def test_no_areas_tell_a_small_count_of_jamaica(jamaica: Inputs) -> None:
    asked = Service(jamaica.people, protect(jamaica, RULE))
    counts = asked.counts
    true = jamaica.people[counts.row, counts.col]
    small = np.flatnonzero((true > 0) & (true < RULE.threshold))
    lon, lat = jamaica.grid.lonlat(counts.row[small], counts.col[small])
    rng = np.random.default_rng(5)
    for cell in rng.choice(len(small), 8, replace=False):
        x, y = float(lon[cell]), float(lat[cell])
        step = jamaica.grid.cell_width * rng.uniform(0.4, 1.1)
        areas = [box(x - 3 * step, y - step, x + k * step, y + step) for k in (-1, 0, 1, 2)]
        assert narrowest(asked, [*areas, Point(x, y).buffer(2 * step)]) >= RULE.interval_width - 1e-3


def beside(cell: int) -> list[BaseGeometry]:
    """Two boxes around a small count that differ by its cell alone."""
    counts = service().counts
    grid = counts.inputs.grid
    x, y = (float(part[0]) for part in grid.lonlat(counts.row[cell : cell + 1], counts.col[cell : cell + 1]))
    half = grid.cell_width / 2
    return [box(x - 5 * half, y - half, x + half, y + half), box(x - 5 * half, y - half, x - half, y + half)]


def first_small() -> int:
    counts = service().counts
    true = generated().people[counts.row, counts.col]
    assert (true < RULE.threshold).sum() == SMALL
    return int(np.flatnonzero(true < RULE.threshold)[0])


def test_two_boxes_that_differ_by_one_cell_tell_nothing_where_areas_snap_to_blocks() -> None:
    areas = beside(first_small())
    assert narrowest(service(), areas) >= RULE.interval_width
    assert narrowest(service(snaps=False), areas) < 1e-2


def test_without_complementary_protection_no_area_is_needed() -> None:
    assert narrowest(service(complementary=False), []) < RULE.interval_width
    assert narrowest(service(), []) >= RULE.interval_width


def test_an_answer_is_of_nobody_or_of_the_minimum_and_so_is_the_difference_of_two() -> None:
    """So a minimum of people binds nowhere while blocks are whole; it holds if they ever were not."""
    rng = np.random.default_rng(3)
    asked = service()
    told = []
    for _ in range(40):
        x, y, w = rng.uniform(WEST, EAST), rng.uniform(SOUTH, NORTH), rng.uniform(0.005, 0.1)
        told.append(asked.answer(box(x, y, x + w, y + w)))
    people = np.array([value for _, value in told])
    assert ((people == 0) | (people >= RULE.threshold - 1e-6)).all()
    for one, first in told:
        for other, second in told:
            if (one - other).min() >= 0:
                assert first - second < 1e-6 or first - second >= RULE.threshold - 1e-6
