"""Blocks by hand: 2×2, 3×3, groups, pools, and what complementary protection adds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotspots.policy.small_counts import Forms, pools_of_units, quadtree_blocks


def forms(people: list[float], *groups: list[float]) -> Forms:
    everyone = np.array(people, dtype=float)
    return Forms(everyone, np.array([everyone, *groups], dtype=float))


def blocks(people: list[list[float]], complementary: bool = True, pool: list[list[int]] | None = None) -> list:
    """The blocks (rows, cols) of a table of people."""
    values = np.array(people, dtype=float)
    row, col = (index.ravel() for index in np.indices(values.shape))
    pools = np.zeros(values.size, dtype=int) if pool is None else np.array(pool).ravel()
    found = quadtree_blocks(forms(list(values.ravel())), row, col, pools, 10, complementary)
    return found.reshape(values.shape).tolist()


def test_two_by_two_with_one_small_cell_is_one_block() -> None:
    # 3 is small. Beside 20, 30, 40 and their sum 93 it would be 93 - 90.
    assert blocks([[3, 20], [30, 40]]) == [[0, 0], [0, 0]]


def test_without_complementary_protection_the_small_cell_stays_alone() -> None:
    assert blocks([[3, 20], [30, 40]], complementary=False) == [[0, 1], [2, 3]]


def test_cells_that_are_not_small_stay_and_so_do_empty_ones() -> None:
    assert blocks([[10, 20], [0, 40]]) == [[0, 1], [2, 3]]


def test_three_by_three_merges_only_around_the_small_cell() -> None:
    # Quarters: rows 0-1 × cols 0-1 (4 + 20 + 30 + 40 = 94), the column 2, the row 2, the corner.
    assert blocks([[4, 20, 50], [30, 40, 50], [50, 50, 50]]) == [[0, 0, 1], [0, 0, 2], [3, 4, 5]]


def test_a_quarter_that_is_still_small_merges_with_its_neighbours() -> None:
    # The quarter at the upper left holds 2 + 1 + 1 + 0 = 4 people, so all 16 cells are one block.
    sparse = [[2, 1, 50, 50], [1, 0, 50, 50], [50, 50, 50, 50], [50, 50, 50, 50]]
    assert blocks(sparse) == [[0] * 4] * 4


def test_blocks_do_not_cross_pools() -> None:
    # Column 0 is one pool, column 1 another: 3 merges with 30 below it, and 20 and 40 stay.
    assert blocks([[3, 20], [30, 40]], pool=[[0, 1], [0, 1]]) == [[0, 1], [0, 2]]


def test_a_group_and_those_outside_it_count_too() -> None:
    row, col = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    people = [100.0, 100.0, 100.0, 100.0]
    pool = np.zeros(4, dtype=int)
    for group in ([50.0, 50.0, 50.0, 9.0], [50.0, 50.0, 50.0, 0.0]):
        outside = [all_ - some for all_, some in zip(people, group, strict=True)]
        assert quadtree_blocks(forms(people, group, outside), row, col, pool, 10).tolist() == [0, 0, 0, 0]
    everybody, nobody = [50.0, 50.0, 50.0, 100.0], [50.0, 50.0, 50.0, 0.0]
    assert quadtree_blocks(forms(people, everybody, nobody), row, col, pool, 10).tolist() == [0, 0, 0, 0]
    unknown = [50.0, 50.0, 50.0, np.nan]
    assert quadtree_blocks(forms(people, unknown), row, col, pool, 10).tolist() == [0, 1, 2, 3]


def test_a_small_unit_joins_the_nearest_until_no_pool_is_small() -> None:
    x, y = np.array([0.0, 10.0, 11.0, 30.0]), np.zeros(4)
    assert pools_of_units(forms([50, 4, 60, 70]), x, y, 10).tolist() == [0, 1, 1, 2]
    # 4 + 5 = 9 is small still: the pool at 10.5 takes in the unit at 0, 10.5 away.
    assert pools_of_units(forms([50, 4, 5, 70]), x, y, 10).tolist() == [0, 0, 0, 1]
    assert pools_of_units(forms([1, 1, 1, 1]), x, y, 10).tolist() == [0, 0, 0, 0]


@given(
    people=st.lists(st.integers(0, 40), min_size=64, max_size=64),
    pool=st.lists(st.integers(0, 1), min_size=64, max_size=64),
)
def test_no_block_is_small_unless_its_whole_pool_is(people: list[int], pool: list[int]) -> None:
    row, col = (index.ravel() for index in np.indices((8, 8)))
    everyone, pools = np.array(people, dtype=float), np.array(pool)
    found = quadtree_blocks(forms(list(everyone)), row, col, pools, 10)
    for block in np.unique(found):
        members = found == block
        (own,) = set(pools[members])
        total, whole = everyone[members].sum(), everyone[pools == own].sum()
        assert total == 0 or total >= 10 or total == whole
    assert np.bincount(found, everyone).sum() == pytest.approx(everyone.sum())
