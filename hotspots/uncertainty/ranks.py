"""From the values of many draws to rank intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

FloatArray = npt.NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
TOP = 10
TOP_SHARE = 0.1
COLUMNS = ["rank_low", "rank_high", "p_top10", "p_top10pct"]


def rank_draws(values: FloatArray) -> npt.NDArray[np.int32]:
    """The rank of each row in each column of ``values`` (things, draws): largest first, ties share the better rank."""
    return rankdata(-values, method="min", axis=0).astype(np.int32)


def intervals(published: FloatArray, ranks: npt.NDArray[np.int32]) -> pd.DataFrame:
    """COLUMNS of things ranked by ``published`` (things,), from the ranks of their positive ones in every draw.

    Parameters
    ----------
    published:
        The value that makes the published rank; what is 0 or NaN has no rank and no interval.
    ranks:
        (things with a rank, draws).

    Returns
    -------
    pandas.DataFrame
        rank_low and rank_high, the 5 % and 95 % quantiles of the ranks (whole numbers that enclose at least 90 % of
        the draws), and the probabilities of being among the first 10 and among the first tenth, rounded up.
    """
    ranked = published > 0
    table = pd.DataFrame(index=pd.RangeIndex(len(published)), columns=COLUMNS, dtype=float)
    if ranked.any():
        table.loc[ranked, "rank_low"] = np.quantile(ranks, LOW, axis=1, method="inverted_cdf")
        table.loc[ranked, "rank_high"] = np.quantile(ranks, HIGH, axis=1, method="inverted_cdf")
        table.loc[ranked, "p_top10"] = (ranks <= TOP).mean(axis=1)
        table.loc[ranked, "p_top10pct"] = (ranks <= np.ceil(TOP_SHARE * ranked.sum())).mean(axis=1)
    return table.astype({"rank_low": "Int64", "rank_high": "Int64"})


def without_interval(count: int) -> pd.DataFrame:
    """COLUMNS of ``count`` things whose ranks were not drawn."""
    return intervals(np.full(count, np.nan), np.empty((0, 0), dtype=np.int32))
