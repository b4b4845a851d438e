"""What becomes of the first hotspots where one choice of the method is another one.

Pressures stay as they were dispersed; scores, clustering, delineation and ranks of the combined priority are computed
anew. Outlines are not drawn, and hotspots are compared cell by cell, so that no case costs much more than one Gi*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots import scoring
from hotspots.clustering import gi_star
from hotspots.delineation import label_hotspots
from hotspots.evidence import COMBINED, Evidence, de_minimis, top_share
from hotspots.fields.report_tables import SENSITIVITY
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs
from hotspots.method import Method, PriorityRule, RankRule
from hotspots.pressures import Pressures

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
Value = TypeVar("Value", bound=np.generic)

TOP = 10
SMALLEST = float(np.finfo(np.float64).tiny)
HELD = 0.5
"""A first hotspot is kept where at least this share of its people lives in a first hotspot of the case."""


@dataclass(frozen=True)
class Board:
    """What the combined hotspots follow from, on one grid: (rows, cols), NaN where not assessed.

    ``percentiles`` are by dimension. ``exceeds`` are the cells above a standard; it, ``vulnerability`` (0..10) and
    ``ecological`` (per km²) are None where not assessed.
    """

    grid: AnalysisGrid
    people: FloatArray
    percentiles: Mapping[str, FloatArray]
    exceeds: npt.NDArray[np.bool_] | None
    vulnerability: FloatArray | None
    ecological: FloatArray | None


@dataclass(frozen=True)
class Ranking:
    """Hotspots of one case: labels (rows, cols), 0 = none, and the rank of each label from 1; 0 has no rank."""

    labels: IntArray
    rank: npt.NDArray[np.int64]


def sensitivity(
    inputs: Inputs, method: Method, pressures: Pressures, evidence: Evidence, ecological: FloatArray | None
) -> pd.DataFrame:
    """One row a case, in the columns of hotspots.fields.report_tables.SENSITIVITY.

    Parameters
    ----------
    ecological:
        Ecological exposure per km² (rows, cols); None where not assessed.
    """
    board = board_of(inputs, evidence, ecological)
    window = _window(evidence.assessed)
    fields = {
        name: np.where(evidence.assessed, pressures.by_dimension[name], np.nan)[window] for name in board.percentiles
    }
    published = ranking(board, method)
    rows = [
        {"case": case, "published": before, "changed": after} | _compared(board, published, other)
        for case, before, after, other in _cases(board, method, fields)
    ]
    return pd.DataFrame(rows, columns=[field.name for field in SENSITIVITY.fields])


def board_of(inputs: Inputs, evidence: Evidence, ecological: FloatArray | None) -> Board:
    """What the published hotspots follow from, on the window of the assessed cells."""
    window = _window(evidence.assessed)
    exceeds, vulnerability = evidence.exceeds.get(COMBINED), evidence.vulnerability.score
    return Board(
        inputs.grid.window(*window),
        np.where(evidence.assessed, inputs.people, np.nan)[window],
        {name: values[window] for name, values in evidence.percentiles.items()},
        None if exceeds is None else exceeds[window],
        None if vulnerability is None else vulnerability[window],
        None if ecological is None else ecological[window],
    )


def sentence(table: pd.DataFrame) -> str:
    """The table in a sentence; empty without hotspots or cases."""
    if table.empty or not table["top"].iloc[0]:
        return ""
    worst = table.sort_values(["kept", "overlap_people"], kind="stable").iloc[0]
    if worst["kept"] == worst["top"]:
        return (
            f"All of the first {worst['top']} hotspots stay among the first under every other choice of the method "
            "that report/sensitivity.csv lists."
        )
    most = table["kept"].max()
    span = f"{worst['kept']}" if worst["kept"] == most else f"{worst['kept']} to {most}"
    return (
        f"Of the first {worst['top']} hotspots {span} stay among the first where one choice of the method is another "
        f"one, fewest with {worst['case']}: {worst['changed']} (published: {worst['published']}); see "
        "report/sensitivity.csv."
    )


def ranking(board: Board, method: Method) -> Ranking:
    """The combined hotspots of ``board`` by rank."""
    weights: dict[str, float] = {
        name: weight for name, weight in method.scoring.dimension_weights if name in board.percentiles
    }
    burden = scoring.burden(board.percentiles, weights)
    priority = scoring.priority(burden, board.vulnerability, method.scoring.priority_rule)
    populated = np.nan_to_num(board.people) > 0
    gi = gi_star(
        np.where(populated, board.people * burden, np.nan),
        (board.grid.row_height_m, board.grid.row_width_m),
        method.hotspots.gi_radius_m,
    )
    significant = np.nan_to_num(gi.p_adjusted, nan=1) < method.hotspots.significance
    labelled = populated & (np.nan_to_num(gi.z) > 0) & significant
    labelled |= populated & top_share(priority, board.people, method.hotspots.high_priority_percentile)
    labels = label_hotspots(
        labelled if board.exceeds is None else labelled | board.exceeds,
        board.people,
        method.hotspots.min_people,
        concentration=gi.z,
        saddle_share=method.hotspots.saddle_share,
    )
    value = ranked_by(board, priority, labels, method.hotspots.rank_rule)
    ranked = pd.Series(value).where(value > 0).rank(ascending=False, method="min").fillna(0).to_numpy(dtype=np.int64)
    return Ranking(labels, np.append(0, ranked))


def coarser(board: Board, fields: Mapping[str, FloatArray], de_minimis_share: float) -> Board:
    """``board`` on cells of double size: people are summed, all else is the mean of the assessed cells.

    Percentiles are taken anew of ``fields``, the pressures by dimension. Blocks begin in the north-western corner.
    """
    grid = board.grid
    rows, cols = -(-grid.rows // 2), -(-grid.cols // 2)
    whole = replace(grid, cell_width=2 * grid.cell_width, cell_height=2 * grid.cell_height, rows=rows, cols=cols)
    people = _blocks(board.people)
    summed = np.where(np.isnan(people).all(axis=0), np.nan, np.nansum(people, axis=0))
    means = {name: _mean(_blocks(field)) for name, field in fields.items()}
    return Board(
        whole,
        summed,
        {name: scoring.percentile(field, summed, de_minimis(name, de_minimis_share)) for name, field in means.items()},
        None if board.exceeds is None else np.nanmax(_blocks(board.exceeds), axis=0) > 0,
        None if board.vulnerability is None else _mean(_blocks(board.vulnerability)),
        None if board.ecological is None else _mean(_blocks(board.ecological)),
    )


def finer(board: Board) -> Board:
    """``board`` on cells of half the size: a quarter of the people in each, all else as in the whole cell.

    The same people at the same pressures have the same percentiles.
    """
    grid = board.grid
    size = {"cell_width": grid.cell_width / 2, "cell_height": grid.cell_height / 2}
    return Board(
        replace(grid, **size, rows=2 * grid.rows, cols=2 * grid.cols),  # type: ignore[arg-type]
        _doubled(board.people) / 4,
        {name: _doubled(values) for name, values in board.percentiles.items()},
        None if board.exceeds is None else _doubled(board.exceeds),
        None if board.vulnerability is None else _doubled(board.vulnerability),
        None if board.ecological is None else _doubled(board.ecological),
    )


def overlap(
    published: Ranking, other: Ranking, people: FloatArray, area_km2: FloatArray
) -> dict[str, float | int | None]:
    """hotspots, top, kept, overlap_people, overlap_area and rank_correlation; all on one grid (rows, cols)."""
    before, after = published.rank[published.labels], other.rank[other.labels]
    first, others_first = ((ranks > 0) & (ranks <= TOP) for ranks in (before, after))
    count = np.nan_to_num(people)
    in_top = published.labels[first]
    total = np.bincount(in_top, count[first], minlength=len(published.rank))
    held = np.bincount(in_top, (count * others_first)[first], minlength=len(published.rank))
    tops = np.flatnonzero((published.rank > 0) & (published.rank <= TOP))
    return {
        "hotspots": int((other.rank > 0).sum()),
        "top": len(tops),
        "kept": int((held[tops] >= HELD * total[tops]).sum()),
        "overlap_people": _share(count, first, others_first),
        "overlap_area": _share(np.broadcast_to(area_km2, count.shape), first, others_first),
        "rank_correlation": _correlation(published, other, count),
    }


def _cases(board: Board, method: Method, fields: Mapping[str, FloatArray]) -> Iterator[tuple[str, str, str, Ranking]]:
    """Case, published choice, other choice, and the ranking on the grid of ``board`` or one of half its cells."""
    size = f"{board.grid.row_height_m.mean():.0f} m"
    # Half and double change the side of a cell, so the comparison is on whichever grid is finer.
    half = ranking(finer(board), method)
    yield "cell size", size, "half", half
    double = ranking(coarser(board, fields, method.scoring.de_minimis_share), method)
    rows, cols = board.people.shape
    yield "cell size", size, "double", replace(double, labels=_doubled(double.labels)[:rows, :cols])
    radius_m = method.hotspots.gi_radius_m
    for factor in (0.5, 2.0):
        changed = replace(method, hotspots=replace(method.hotspots, gi_radius_m=factor * radius_m))
        yield "Gi* radius", f"{radius_m:g} m", f"{factor * radius_m:g} m", ranking(board, changed)
    rule = method.hotspots.rank_rule
    known = {"ecological": board.ecological, "people_above_standard": board.exceeds}
    for other in _other(RankRule, rule):
        if known.get(other, board.people) is not None:
            changed = replace(method, hotspots=replace(method.hotspots, rank_rule=other))  # type: ignore[arg-type]
            yield "ranking rule", rule, other, ranking(board, changed)
    for name in board.percentiles if len(board.percentiles) > 1 else ():
        others = {key: values for key, values in board.percentiles.items() if key != name}
        left = replace(board, percentiles=others)
        yield "dimensions", ", ".join(board.percentiles), f"without {name}", ranking(left, method)
    # Without vulnerability priority is ten times the burden by any rule.
    for other in _other(PriorityRule, method.scoring.priority_rule) if board.vulnerability is not None else ():
        changed = replace(method, scoring=replace(method.scoring, priority_rule=other))  # type: ignore[arg-type]
        yield "priority rule", method.scoring.priority_rule, other, ranking(board, changed)


def _other(rules: object, published: str) -> list[str]:
    return [rule for rule in get_args(rules) if rule != published]


def _compared(board: Board, published: Ranking, other: Ranking) -> dict[str, float | int | None]:
    """`overlap` on the finer of the two grids."""
    area_km2 = board.grid.row_area_km2[:, None]
    if other.labels.shape == published.labels.shape:
        return overlap(published, other, board.people, area_km2)
    finer_published = replace(published, labels=_doubled(published.labels))
    return overlap(finer_published, other, _doubled(board.people) / 4, np.repeat(area_km2 / 4, 2, axis=0))


def ranked_by(board: Board, priority: FloatArray, labels: IntArray, rule: RankRule) -> FloatArray:
    """The value of each hotspot by ``rule``, (hotspots,)."""

    def summed(values: FloatArray) -> FloatArray:
        inside = labels > 0
        sums = np.bincount(labels[inside], np.nan_to_num(values)[inside], minlength=int(labels.max(initial=0)) + 1)
        return sums[1:].astype(np.float64)

    if rule == "ecological" and board.ecological is not None:
        return summed(board.grid.row_area_km2[:, None] * board.ecological)
    if rule == "people_above_standard" and board.exceeds is not None:
        return summed(board.people * board.exceeds)
    weighted = summed(board.people * priority / 100)
    return 100 * weighted / np.maximum(summed(board.people), SMALLEST) if rule == "severity" else weighted


def _share(weight: FloatArray, first: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float | None:
    either = float(weight[first | other].sum())
    return float(weight[first & other].sum()) / either if either > 0 else None


def _correlation(published: Ranking, other: Ranking, people: FloatArray) -> float | None:
    """Spearman's, as Pearson's of the ranks among those that are held."""
    both = (published.labels > 0) & (other.labels > 0)
    pairs = pd.DataFrame({"old": published.labels[both], "new": other.labels[both], "people": people[both]})
    held = pairs.groupby(["old", "new"], as_index=False)[["people"]].sum()
    held = held.sort_values(["old", "people", "new"], ascending=[True, False, True]).drop_duplicates("old")
    old, new = published.rank[held["old"]], other.rank[held["new"]]
    ranked = (old > 0) & (new > 0)
    ranks = pd.DataFrame({"old": old[ranked], "new": new[ranked]}).rank()
    if len(ranks) < 3 or ranks["old"].nunique() == 1 or ranks["new"].nunique() == 1:
        return None
    return float(ranks["old"].corr(ranks["new"]))


def _window(assessed: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, cols = np.flatnonzero(assessed.any(axis=1)), np.flatnonzero(assessed.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def _blocks(values: npt.NDArray[np.generic]) -> FloatArray:
    """(4, rows / 2, cols / 2): the four cells of each block, NaN beyond the last row and column."""
    rows, cols = values.shape
    even = np.pad(values.astype(np.float64), ((0, rows % 2), (0, cols % 2)), constant_values=np.nan)
    return np.stack([even[row::2, col::2] for row in (0, 1) for col in (0, 1)])


def _mean(blocks: FloatArray) -> FloatArray:
    known = ~np.isnan(blocks)
    mean = np.full(blocks.shape[1:], np.nan)
    np.divide(np.nansum(blocks, axis=0), known.sum(axis=0), out=mean, where=known.any(axis=0))
    return mean


def _doubled(values: npt.NDArray[Value]) -> npt.NDArray[Value]:
    return values.repeat(2, axis=0).repeat(2, axis=1)
