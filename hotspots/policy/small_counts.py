"""Blocks of cells in one quadtree, so that no figure of a confidential count is small, and none can be subtracted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CountRule:
    """When a count is small, and how sure nobody may be of one.

    Attributes
    ----------
    threshold:
        Fewer people than this, of anybody or of a group, are a small count.
    interval_width:
        What all published figures together must leave open of each small count, in people.
    """

    threshold: float
    interval_width: float


@dataclass(frozen=True)
class SmallCounts:
    """The rule of a policy, and those of single countries (ISO 3166-1 alpha-3)."""

    general: CountRule
    by_country: Mapping[str, CountRule] = field(default_factory=dict)

    def rule(self, countries: Sequence[str]) -> CountRule:
        """The strictest of the countries' rules, each its own or the general one."""
        rules = [self.by_country.get(country, self.general) for country in countries]
        return CountRule(max(rule.threshold for rule in rules), max(rule.interval_width for rule in rules))


DEFAULT = SmallCounts(CountRule(10.0, 10.0))
"""Where a policy says nothing (the project's choice)."""


@dataclass(frozen=True)
class Forms:
    """Counts that must not be small, at places (cells or units).

    Attributes
    ----------
    everyone:
        People of each place, (places,). Where there is nobody, nothing is small.
    counts:
        (forms, places): people, groups, those who are not in a group; NaN where a form is not known, which counts
        nothing. A place is small where one of its known forms is below the threshold; a group of nobody is small too,
        as it tells something of everybody there.
    """

    everyone: FloatArray
    counts: FloatArray

    def summed(self, into: IntArray, places: int) -> Forms:
        """The sums by the number ``into`` of each place, (``places``,)."""
        everyone = np.bincount(into, self.everyone, minlength=places).astype(np.float64)
        counts = np.full((len(self.counts), places), np.nan)
        for form, values in enumerate(self.counts):
            known = ~np.isnan(values)
            some = np.bincount(into, known, minlength=places) > 0
            sums = np.bincount(into, np.where(known, values, 0.0), minlength=places)
            counts[form] = np.where(some, sums, np.nan)
        return Forms(everyone, counts)

    def small(self, threshold: float) -> BoolArray:
        """Which places have a small count, (places,)."""
        # Sums of counts are whole but for rounding.
        return (self.everyone > 0) & (self.counts < threshold - 1e-6).any(axis=0)


def quadtree_blocks(
    forms: Forms, row: IntArray, col: IntArray, pool: IntArray, threshold: float, complementary: bool = True
) -> IntArray:
    """The block of every cell, (cells,): blocks are numbered by their first cell in the order given.

    A node of the quadtree is cut into its four quarters only if none of them that holds people has a small count. So
    the quarters beside a small one are merged with it (complementary protection): otherwise it would be what they leave
    of a sum. A node holds the cells of one pool only, so that the sums of a pool are those of whole blocks.

    Parameters
    ----------
    row, col:
        Of each cell, counted from a place that stays the same in all editions: there the quadtree is anchored.
    pool:
        Of each cell; no pool as a whole has a small count.
    complementary:
        False merges a small quarter with other small quarters only: what an audit must find out.
    """
    cells = np.arange(len(row))
    node, at_row, at_col, of_pool = cells, row, col, pool
    block, depth = cells.copy(), 0
    totals, pools = forms, len(np.unique(pool))
    while len(at_row) > pools:
        depth += 1
        small = totals.small(threshold)
        at_row, at_col = at_row // 2, at_col // 2
        down, right = at_row - at_row.min(), at_col - at_col.min()
        key = (of_pool * (down.max() + 1) + down) * (right.max() + 1) + right
        _, first, parent = np.unique(key, return_index=True, return_inverse=True)
        has_small = np.bincount(parent, small, minlength=len(first)) > 0
        merged = has_small[parent] if complementary else small
        # Numbers of one depth lie apart from those of another.
        block = np.where(merged[node], depth * len(cells) + parent[node], block)
        node = parent[node]
        totals = totals.summed(parent, len(first))
        at_row, at_col, of_pool = at_row[first], at_col[first], of_pool[first]
    return numbered(block)


def numbered(labels: IntArray) -> IntArray:
    """``labels`` replaced by 0, 1, 2 … in the order of their first appearance."""
    _, first, label = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[label]


def pools_of_units(forms: Forms, x: FloatArray, y: FloatArray, threshold: float) -> IntArray:
    """The pool of every unit, (units,): a pool with a small count takes in the pool whose middle is nearest.

    ``x``, ``y`` (units,) are the units' middles in any one CRS. One pool of all units may still have a small count.
    """
    pool = np.arange(len(x))
    while True:
        count = int(pool.max(initial=-1)) + 1
        small = np.flatnonzero(forms.summed(pool, count).small(threshold))
        if not len(small) or count == 1:
            return pool
        size = np.bincount(pool)
        mid_x, mid_y = np.bincount(pool, x) / size, np.bincount(pool, y) / size
        distance = np.hypot(mid_x - mid_x[small[0]], mid_y - mid_y[small[0]])
        distance[small[0]] = np.inf
        pool = numbered(np.where(pool == small[0], np.argmin(distance), pool))
