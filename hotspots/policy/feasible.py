"""What published sums leave open of each count behind them: the least and the most it can be, by linear programming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, diags_array, vstack
from scipy.sparse.csgraph import connected_components

from hotspots.errors import PolicyError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

ROUNDING = 1e-6
"""Published figures are known to this share of them and this many people: float32 rasters round more finely."""


@dataclass(frozen=True)
class Sums:
    """Published figures as sums of unknown counts.

    Attributes
    ----------
    weight:
        (figures, counts), none negative: what of each count is in each figure.
    published:
        (figures,).
    margin:
        (figures,): how far the sum of the counts may lie from what was published.
    """

    weight: csr_array
    published: FloatArray
    margin: FloatArray

    @classmethod
    def exact(cls, weight: csr_array, published: FloatArray) -> Sums:
        """Figures that are known but for rounding."""
        return cls(weight, published, rounding(published))

    def taken(self, figures: BoolArray | IntArray) -> Sums:
        """Some of the figures."""
        return Sums(self.weight[figures], self.published[figures], self.margin[figures])


def rounding(published: FloatArray) -> FloatArray:
    """How exactly published figures are known, (figures,)."""
    return np.asarray(ROUNDING * (1.0 + np.abs(published)))


@dataclass(frozen=True)
class Intervals:
    """The least and the most that each count can be, (counts,)."""

    least: FloatArray
    most: FloatArray

    @property
    def width(self) -> FloatArray:
        """(counts,)."""
        return self.most - self.least


def feasible_intervals(
    sums: Sums, upper: FloatArray, wanted: IntArray, true: FloatArray, enough: float = np.inf
) -> Intervals:
    """The interval of each of the ``wanted`` counts over all counts ≥ 0 that yield every published figure.

    Counts with the same weights everywhere stand for each other, so they enter as their sum. The program falls apart
    into components that share no count: one run has an objective in every component, which is as many optima at once.

    Parameters
    ----------
    upper:
        What each count is known not to exceed, (counts,); infinite where nothing is known.
    true:
        The counts as they are, (counts,).
    enough:
        An interval need not be known better than to be this wide. Counts that stand for each other can trade all of
        their true sum, whatever else is: where that is enough, and the true counts yield the figures, no program runs.

    Raises
    ------
    PolicyError
        If the figures contradict each other, or the program cannot be solved.
    """
    component = components(sums.weight)
    held = np.isin(component, component[wanted])
    old, new = np.flatnonzero(held), np.full(len(upper), -1)
    new[old] = np.arange(len(old))
    inside = csr_array(sums.weight[:, old])
    figures = np.flatnonzero(np.diff(inside.indptr) > 0)
    part = Sums(inside[figures], sums.published[figures], sums.margin[figures])
    alike, first = _alike(part.weight, upper[old])
    many = np.bincount(alike) > 1
    distinct = Sums(csr_array(part.weight[:, first]), part.published, part.margin)
    bounds = np.where(many, np.inf, upper[old][first])
    held_true = np.bincount(alike, true[old]).astype(np.float64)
    traded = np.where(many, held_true, 0.0)
    sure = (traded >= enough) & _true_yields(distinct, held_true)
    of_wanted = alike[new[wanted]]
    asked = np.unique(of_wanted)
    least, most = _optima(distinct, bounds, asked[~sure[asked]])
    most = np.where(sure, traded, most)
    return Intervals(
        np.where(many[of_wanted], 0.0, least[of_wanted]),
        np.minimum(most[of_wanted], upper[wanted]),
    )


def _true_yields(sums: Sums, true: FloatArray) -> BoolArray:
    """Whether the true counts yield every figure of a count's component, (counts,)."""
    off = np.abs(sums.weight @ true - sums.published) > sums.margin
    component = components(sums.weight)
    return ~np.isin(component, of_figures(component, sums.weight)[off])


def components(weight: csr_array) -> IntArray:
    """The component of each count: counts of one figure are of one component."""
    figures = weight.shape[0]
    row, col = weight.nonzero()
    size = figures + weight.shape[1]
    graph = csr_array((np.ones(len(row)), (row, col + figures)), (size, size))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[weight.shape[0] :], dtype=np.int64)


def of_figures(component: IntArray, weight: csr_array) -> IntArray:
    """The component of each figure, which is that of any of its counts; every figure has some."""
    return component[weight.indices[weight.indptr[:-1]]]


def _alike(weight: csr_array, upper: FloatArray) -> tuple[IntArray, IntArray]:
    """The number of each count's kind, and the first count of each kind: same weights, nothing known from above."""
    # Different columns of weights meet in two random projections with a chance of about 2^-100.
    seen = np.random.default_rng(0).random((2, weight.shape[0]))
    marks = np.column_stack([*(csc_array(weight).T @ line for line in seen), np.arange(len(upper)) + 1.0])
    marks[np.isinf(upper), 2] = 0.0
    _, first, kind = np.unique(marks, axis=0, return_index=True, return_inverse=True)
    return np.asarray(kind.ravel(), dtype=np.int64), np.asarray(first, dtype=np.int64)


def _optima(sums: Sums, upper: FloatArray, wanted: IntArray) -> tuple[FloatArray, FloatArray]:
    """Least and most of the ``wanted`` counts, (counts,); the others stay as the bounds have them."""
    least, most = np.zeros(len(upper)), upper.copy()
    component = components(sums.weight)
    order = np.argsort(component[wanted], kind="stable")
    ordered = wanted[order]
    starts = np.unique(component[ordered], return_index=True)[1]
    turn = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.append(starts, len(ordered))))
    program = vstack([sums.weight, -sums.weight]).tocsr()
    limit = np.concatenate([sums.published + sums.margin, sums.margin - sums.published])
    for number in range(int(turn.max(initial=-1)) + 1):
        asked = ordered[turn == number]
        cost = np.zeros(len(upper))
        cost[asked] = 1.0
        least[asked] = _solved(cost, program, limit, upper)[asked]
        most[asked] = _solved(-cost, program, limit, upper)[asked]
    return least, most


def _solved(cost: FloatArray, program: csr_array, limit: FloatArray, upper: FloatArray) -> FloatArray:
    """The counts at the least cost."""
    # Rows are scaled to their figures: the solver's tolerance is an absolute one.
    size = np.maximum(np.abs(limit), 1.0)
    bounds: Any = np.column_stack([np.zeros(len(upper)), upper])
    scaled: Any = diags_array(1 / size) @ program
    found: Any = linprog(cost, A_ub=scaled, b_ub=limit / size, bounds=bounds, method="highs")
    if found.status != 0:
        raise PolicyError(
            f"the audit of published figures cannot be solved: {found.message}",
            source="small counts",
            remedy="Report this with the region's configuration; nothing was published.",
        )
    return np.asarray(found.x, dtype=np.float64)
