"""What published sums leave open of each count behind them: the least and the most it can be, by linear programming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import block_array, csc_array, csr_array, diags_array, vstack
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
    earlier:
        (figures,): True for those of the edition before, whose counts may have been others.
    """

    weight: csr_array
    published: FloatArray
    earlier: BoolArray

    def taken(self, figures: BoolArray | IntArray) -> Sums:
        """Some of the figures."""
        return Sums(self.weight[figures], self.published[figures], self.earlier[figures])

    def margin(self) -> FloatArray:
        """How exactly each figure is known, (figures,)."""
        return ROUNDING * (1.0 + np.abs(self.published))


@dataclass(frozen=True)
class Intervals:
    """The least and the most that each count can be, (counts,), and how many earlier figures contradict new ones."""

    least: FloatArray
    most: FloatArray
    contradicted: int

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
        If the figures contradict each other or the program cannot be solved.
    """
    component = _components(sums.weight)
    held = np.isin(component, component[wanted])
    old, new = np.flatnonzero(held), np.full(len(upper), -1)
    new[old] = np.arange(len(old))
    inside = csr_array(sums.weight[:, old])
    figures = np.flatnonzero(np.diff(inside.indptr) > 0)
    part = Sums(inside[figures], sums.published[figures], sums.earlier[figures])
    alike, first = _alike(part.weight, upper[old])
    many = np.bincount(alike) > 1
    distinct = Sums(csr_array(part.weight[:, first]), part.published, part.earlier)
    bounds = np.where(many, np.inf, upper[old][first])
    kept = _not_contradicted(distinct, bounds)
    agreed = distinct.taken(kept)
    held_true = np.bincount(alike, true[old]).astype(np.float64)
    traded = np.where(many, held_true, 0.0)
    sure = (traded >= enough) & _true_yields(agreed, held_true)
    of_wanted = alike[new[wanted]]
    asked = np.unique(of_wanted)
    least, most = _optima(agreed, bounds, asked[~sure[asked]])
    most = np.where(sure, traded, most)
    return Intervals(
        np.where(many[of_wanted], 0.0, least[of_wanted]),
        np.minimum(most[of_wanted], upper[wanted]),
        int((~kept).sum()),
    )


def _true_yields(sums: Sums, true: FloatArray) -> BoolArray:
    """Whether the true counts yield every figure of a count's component, (counts,)."""
    off = np.abs(sums.weight @ true - sums.published) > sums.margin()
    component = _components(sums.weight)
    of_figure = component[sums.weight.indices[sums.weight.indptr[:-1]]]
    return ~np.isin(component, of_figure[off])


def _components(weight: csr_array) -> IntArray:
    """The component of each count: counts of one figure are of one component."""
    figures = weight.shape[0]
    row, col = weight.nonzero()
    size = figures + weight.shape[1]
    graph = csr_array((np.ones(len(row)), (row, col + figures)), (size, size))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[weight.shape[0] :], dtype=np.int64)


def _alike(weight: csr_array, upper: FloatArray) -> tuple[IntArray, IntArray]:
    """The number of each count's kind, and the first count of each kind: same weights, nothing known from above."""
    # Different columns of weights meet in two random projections with a chance of about 2^-100.
    seen = np.random.default_rng(0).random((2, weight.shape[0]))
    marks = np.column_stack([*(csc_array(weight).T @ line for line in seen), np.arange(len(upper)) + 1.0])
    marks[np.isinf(upper), 2] = 0.0
    _, first, kind = np.unique(marks, axis=0, return_index=True, return_inverse=True)
    return np.asarray(kind.ravel(), dtype=np.int64), np.asarray(first, dtype=np.int64)


def _not_contradicted(sums: Sums, upper: FloatArray) -> BoolArray:
    """Which figures hold together, (figures,): all new ones, and earlier ones of components that agree with them.

    Found by one program that bends earlier figures as little as it must.
    """
    kept = np.ones(len(sums.published), dtype=bool)
    bendable = np.flatnonzero(sums.earlier)
    if not len(bendable):
        return kept
    count = sums.weight.shape[1]
    bend = csr_array((np.ones(len(bendable)), (bendable, np.arange(len(bendable)))), (len(kept), len(bendable)))
    program = block_array([[sums.weight, bend, -bend], [-sums.weight, -bend, bend]]).tocsr()
    limit = np.concatenate([sums.published + sums.margin(), sums.margin() - sums.published])
    cost = np.concatenate([np.zeros(count), np.ones(2 * len(bendable))])
    top = np.concatenate([upper, np.full(2 * len(bendable), np.inf)])
    found = _solved(cost, program, limit, top)[count:].reshape(2, -1).sum(axis=0)
    bent = np.zeros(len(kept))
    bent[bendable] = found
    # Components by figure: any of its counts tells.
    of_count = _components(sums.weight)
    of_figure = of_count[sums.weight.indices[sums.weight.indptr[:-1]]]
    broken = np.bincount(of_figure, bent > sums.margin()) > 0
    return ~(sums.earlier & broken[of_figure])


def _optima(sums: Sums, upper: FloatArray, wanted: IntArray) -> tuple[FloatArray, FloatArray]:
    """Least and most of the ``wanted`` counts, (counts,); the others stay as the bounds have them."""
    least, most = np.zeros(len(upper)), upper.copy()
    component = _components(sums.weight)
    order = np.argsort(component[wanted], kind="stable")
    ordered = wanted[order]
    starts = np.unique(component[ordered], return_index=True)[1]
    turn = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.append(starts, len(ordered))))
    program = vstack([sums.weight, -sums.weight]).tocsr()
    limit = np.concatenate([sums.published + sums.margin(), sums.margin() - sums.published])
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
