"""Percentile, burden and priority, and the composite of indicators.

The structure is CalEnviroScreen's (OEHHA and CalEPA, 2017) with people in place of tracts: a percentile is a share
of people, so that empty cells rank nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit

from hotspots.composite import composite
from hotspots.distribution import Distribution
from hotspots.errors import MethodError
from hotspots.method import PriorityRule

__all__ = ["burden", "burden_parts", "composite", "percentile", "priority"]

FloatArray = npt.NDArray[np.float64]
Real = TypeVar("Real", np.float32, np.float64)


def percentile(values: npt.ArrayLike, people: npt.ArrayLike, floor: float) -> FloatArray:
    """People-weighted percentile, 0..100, in the shape of ``values``.

    Parameters
    ----------
    values:
        NaN = not assessed, stays NaN.
    people:
        In the shape of ``values``; NaN is nobody.
    floor:
        De minimis, in the unit of ``values``: what is below scores 0, and the people there leave the denominator.

    Returns
    -------
    numpy.ndarray
        0 below ``floor``, else 100 × share of the people at ``floor`` or above who live at a value ≤ this one; NaN
        where nobody lives at ``floor`` or above. Values that agree in 16 binary digits count as equal
        (`hotspots.distribution`).
    """
    field = np.asarray(values, dtype=np.float64)
    weight = np.asarray(people, dtype=np.float64)
    return Distribution.of(field, weight, floor).percentiles(field, floor).astype(np.float64, copy=False)


def burden(percentiles: Mapping[str, npt.NDArray[Real]], weights: Mapping[str, float]) -> npt.NDArray[Real]:
    """Burden, 0..10: the weighted mean of the assessed dimensions' percentiles / 10, not rescaled.

    It is the sum of `burden_parts`. NaN where no dimension is assessed.
    """
    checked = _weights(percentiles, weights)
    given = tuple(np.ascontiguousarray(percentiles[name]) for name in checked)
    mean: npt.NDArray[Real] = np.empty_like(given[0])
    _weighted_mean(tuple(values.reshape(-1) for values in given), np.array(list(checked.values())), mean.reshape(-1))
    return mean


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _weighted_mean(
    values: tuple[npt.NDArray[np.floating], ...], weights: FloatArray, mean: npt.NDArray[np.floating]
) -> None:
    """A tenth of the mean over the arrays of what is not NaN."""
    for cell in range(mean.size):
        total, weight = 0.0, 0.0
        for number in range(weights.size):
            value = values[number][cell]
            if not np.isnan(value):
                total += weights[number] * value
                weight += weights[number]
        mean[cell] = total / weight / 10 if weight > 0 else np.nan


def burden_parts(percentiles: Mapping[str, FloatArray], weights: Mapping[str, float]) -> dict[str, FloatArray]:
    """What each dimension adds to the burden, 0..10; NaN where it is not assessed.

    A dimension that is not assessed in a cell leaves the mean there. ``weights`` are by dimension, positive.

    Raises
    ------
    MethodError
        If there is no dimension, or one without a positive weight.
    """
    checked = _weights(percentiles, weights)
    total = np.sum([np.where(np.isnan(p), 0.0, checked[name]) for name, p in percentiles.items()], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: checked[name] / total * p / 10 for name, p in percentiles.items()}


def _weights(percentiles: Mapping[str, npt.NDArray[Real]], weights: Mapping[str, float]) -> dict[str, float]:
    """The weight of each dimension there is."""
    if not percentiles:
        raise MethodError("no dimension is assessed.", field="percentiles", remedy="Give the region a source of data.")
    for name in percentiles:
        if not weights.get(name, 0.0) > 0:
            raise MethodError(
                "the dimension has no positive weight.", field=name, remedy="Add it to scoring.dimension_weights."
            )
    return {name: weights[name] for name in percentiles}


def priority(
    burden: npt.NDArray[Real], vulnerability: npt.NDArray[Real] | None, rule: PriorityRule
) -> npt.NDArray[Real]:
    """Priority, 0..100, from burden and vulnerability (both 0..10).

    ``product`` B·V, ``sum`` 5 (B + V), ``geometric`` 10 √(B·V); without vulnerability it is 10·B whatever the rule.
    """
    if vulnerability is None:
        return burden * 10
    if rule == "product":
        return burden * vulnerability
    if rule == "sum":
        return 5 * (burden + vulnerability)
    return np.asarray(np.sqrt(burden * vulnerability) * 10)
