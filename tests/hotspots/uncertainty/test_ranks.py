from __future__ import annotations

import numpy as np
import pandas as pd

from hotspots.uncertainty.ranks import intervals, rank_draws, without_interval


def test_ranks_are_descending_and_ties_share_the_better_one() -> None:
    values = np.array([[3.0, 1.0], [3.0, 2.0], [1.0, 0.0]])
    np.testing.assert_array_equal(rank_draws(values), [[1, 2], [1, 1], [3, 3]])


def test_intervals_of_twenty_draws_by_hand() -> None:
    # The first thing is 1st in 18 draws and 2nd in 2; the second the other way round; the third has no rank.
    first = np.array([1] * 18 + [2] * 2)
    table = intervals(np.array([9.0, 5.0, 0.0, np.nan]), np.stack([first, 3 - first]))
    assert table["rank_low"].tolist()[:2] == [1, 1]
    assert table["rank_high"].tolist()[:2] == [2, 2]
    assert table["p_top10"].tolist()[:2] == [1.0, 1.0]
    assert table["p_top10pct"].tolist()[:2] == [0.9, 0.1]  # one of two is the first tenth, rounded up
    assert table.iloc[2:].isna().all().all()


def test_an_interval_leaves_at_most_5_percent_on_either_side() -> None:
    ranks = np.random.default_rng(2).integers(1, 40, (6, 1000))
    table = intervals(np.ones(6), ranks)
    below = (ranks < table["rank_low"].to_numpy(dtype=int)[:, None]).mean(axis=1)
    above = (ranks > table["rank_high"].to_numpy(dtype=int)[:, None]).mean(axis=1)
    assert (below <= 0.05).all()
    assert (above <= 0.05).all()
    assert (below + above > 0.03).all()


def test_what_is_not_drawn_has_no_interval() -> None:
    table = without_interval(3)
    assert len(table) == 3
    assert table.isna().all().all()
    assert table["rank_low"].dtype == pd.Int64Dtype()
