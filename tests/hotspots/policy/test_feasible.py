"""Feasible intervals of counts behind published sums, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from hotspots.errors import PolicyError
from hotspots.policy import feasible
from hotspots.policy.feasible import Intervals, Sums, feasible_intervals


def intervals(
    figures: list[tuple[list[int], float]],
    counts: int,
    upper: list[float] | None = None,
    loose: float = 0.0,
) -> Intervals:
    """Of all counts; a figure is the counts it sums and what was published, the last one known to ``loose`` people."""
    weight = np.zeros((len(figures), counts))
    for number, (members, _) in enumerate(figures):
        weight[number, members] = 1
    sums = Sums.exact(csr_array(weight), np.array([published for _, published in figures], dtype=float))
    sums.margin[-1] += loose
    return feasible_intervals(
        sums, np.full(counts, np.inf) if upper is None else np.array(upper), np.arange(counts), np.zeros(counts)
    )


def near(found: Intervals, least: list[float], most: list[float]) -> bool:
    return np.allclose(found.least, least, atol=1e-3) and np.allclose(found.most, most, atol=1e-3)


def test_two_by_two_with_one_cell_suppressed_is_recovered_from_the_margin() -> None:
    # x0 is suppressed, x1 = 20, x2 = 30, x3 = 40 and the sum 93 are published: x0 = 3.
    found = intervals([([1], 20), ([2], 30), ([3], 40), ([0, 1, 2, 3], 93)], 4)
    assert near(found, [3, 20, 30, 40], [3, 20, 30, 40])


def test_two_by_two_merged_leaves_every_cell_from_none_to_all() -> None:
    assert near(intervals([([0, 1, 2, 3], 93)], 4), [0] * 4, [93] * 4)


def test_two_by_two_with_both_margins() -> None:
    # Rows 23 and 70, columns 33 and 60: x0 ≤ min(23, 33), and x0 ≥ 23 - 60 < 0.
    rows = [([0, 1], 23), ([2, 3], 70), ([0, 2], 33), ([1, 3], 60)]
    # x0 = t, x1 = 23 - t, x2 = 33 - t, x3 = 37 + t with 0 ≤ t ≤ 23.
    assert near(intervals(rows, 4), [0, 0, 10, 37], [23, 23, 33, 60])


def test_three_by_three_with_a_square_of_suppressed_cells() -> None:
    # Suppressed corners 0, 2, 6, 8; the other five cells and all margins are published:
    # 0 + 2 = 12, 6 + 8 = 13, 0 + 6 = 9, 2 + 8 = 16. With x0 = t: x2 = 12 - t, x6 = 9 - t, x8 = 4 + t, 0 ≤ t ≤ 9.
    rows = [([0, 2], 12), ([6, 8], 13), ([0, 6], 9), ([2, 8], 16)]
    known = [([cell], 50) for cell in (1, 3, 4, 5, 7)]
    found = intervals([*rows, *known], 9)
    assert near(found, [0, 50, 3, 50, 50, 50, 0, 50, 4], [9, 50, 12, 50, 50, 50, 9, 50, 13])


def test_what_is_known_from_above_narrows() -> None:
    # Two counts of 12 together, one of them at most 5: the other is at least 7.
    assert near(intervals([([0, 1], 12)], 2, upper=[5, np.inf]), [0, 7], [5, 12])


def test_a_count_in_no_figure_is_open() -> None:
    found = intervals([([0, 1], 12)], 3, upper=[np.inf, np.inf, 40])
    assert found.most[2] == 40


def test_another_grouping_can_reveal_a_cell() -> None:
    # One block of 3 cells with 33, and two of them a block of 30: the third is 3.
    assert near(intervals([([0, 1, 2], 33), ([0, 1], 30)], 3), [0, 0, 3], [30, 30, 3])


def test_a_figure_known_less_exactly_reveals_less() -> None:
    # The two have 30 ± 4: the third has 33 - 34 < 0 to 33 - 26.
    assert near(intervals([([0, 1, 2], 33), ([0, 1], 30)], 3, loose=4), [0, 0, 0], [33, 33, 7])


def test_figures_that_contradict_each_other_are_an_error() -> None:
    with pytest.raises(PolicyError, match="cannot be solved"):
        intervals([([0, 1], 12), ([0], 20)], 2)


def test_the_order_of_counts_and_figures_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    weight = (rng.random((12, 30)) < 0.2).astype(float)
    counts = rng.integers(0, 30, 30).astype(float)
    sums = Sums.exact(csr_array(weight), weight @ counts)
    upper = np.full(30, 1000.0)
    found = feasible_intervals(sums, upper, np.arange(30), counts)
    by_count, by_figure = rng.permutation(30), rng.permutation(12)
    other = Sums.exact(csr_array(weight[by_figure][:, by_count]), sums.published[by_figure])
    again = feasible_intervals(other, upper, np.arange(30), counts[by_count])
    assert np.allclose(found.least[by_count], again.least, atol=1e-2)
    assert np.allclose(found.most[by_count], again.most, atol=1e-2)
    assert (found.least <= counts + 1e-3).all()
    assert (found.most >= counts - 1e-3).all()


def test_counts_that_trade_enough_need_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    # 3 + 20 + 30 = 53 in one block: the first can be all of it. A figure of the second and third parts the first.
    block, parted = [[1, 1, 1]], [[1, 1, 1], [0, 1, 1]]
    true, upper, wanted = np.array([3.0, 20, 30]), np.full(3, np.inf), np.array([0])
    with monkeypatch.context() as patch:
        patch.setattr(feasible, "linprog", None)
        sums = Sums.exact(csr_array(np.array(block, dtype=float)), np.array([53.0]))
        found = feasible_intervals(sums, upper, wanted, true, 10)
    assert (found.least[0], found.most[0]) == (0, 53)
    sums = Sums.exact(csr_array(np.array(parted, dtype=float)), np.array([53.0, 50]))
    assert feasible_intervals(sums, upper, wanted, true, 10).width[0] == pytest.approx(0, abs=1e-3)
    # Where the true counts do not yield the figures, trading proves nothing, and the program decides.
    sums = Sums.exact(csr_array(np.array(block, dtype=float)), np.array([12.0]))
    assert feasible_intervals(sums, upper, wanted, true, 10).most[0] == pytest.approx(12, abs=1e-3)
