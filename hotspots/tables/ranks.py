"""Ranks: 1 is first; ties share the better rank; what has no value has no rank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def rank_descending(values: npt.NDArray[np.float64]) -> pd.Series:
    """The rank of each value among the positive ones, largest first."""
    series = pd.Series(values, dtype=float)
    return series.where(series > 0).rank(ascending=False, method="min").astype("Int64")
