"""Inputs whose confidential counts are merged before anything is computed from them.

Pressures are linear in people (municipal releases), and so are exposures and every sum: whatever is computed from the
counts themselves could be solved for them. What is computed from merged counts holds no more than those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from hotspots.assessment import unit_cells
from hotspots.errors import PolicyError
from hotspots.grid import AnalysisGrid
from hotspots.inputs import GROUPS, Characteristic, CharacteristicKind, Inputs, MergedCounts
from hotspots.policy.small_counts import CountRule, Forms, numbered, pools_of_units, quadtree_blocks
from hotspots.quality import QualityReport

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
COUNTING = ("population", "characteristics")
NESTED: tuple[CharacteristicKind, CharacteristicKind] = ("under_5", "under_15")
"""The first is part of the second, so what is published of both tells of the people between."""


@dataclass(frozen=True)
class Counted:
    """The counts of one form at its places: what must not be told, and by which figures it is published.

    Attributes
    ----------
    name:
        E.g. ``people`` or ``not under_5``.
    by:
        Whether places are cells or units.
    values:
        The true counts (places,), NaN unknown.
    merged:
        The block or pool of each place, (places,).
    """

    name: str
    by: str
    values: FloatArray
    merged: IntArray


@dataclass(frozen=True)
class ProtectedCounts:
    """What may be computed with, and what it protects.

    Attributes
    ----------
    inputs:
        With merged counts in place of the confidential ones.
    rule:
        By which they were merged.
    row, col:
        The cells with people known, (cells,), on the grid of ``inputs``.
    everyone:
        The true people of the cells (cells,) and of the units (units,), by ``cell`` and ``unit``.
    counted:
        All forms of the confidential counts.
    blocks:
        The block of each cell, (cells,), from 0; None where nothing is merged by cell.
    pools:
        The pool of each unit, (units,), from 0, over which shares by unit are one.
    people_confidential:
        Whether people themselves are, or only groups of them.
    """

    inputs: Inputs
    rule: CountRule
    row: IntArray
    col: IntArray
    everyone: Mapping[str, FloatArray]
    counted: tuple[Counted, ...]
    blocks: IntArray | None
    pools: IntArray
    people_confidential: bool


def protect(inputs: Inputs, rule: CountRule, complementary: bool = True) -> ProtectedCounts:
    """``inputs`` with the confidential counts of people and groups merged.

    People of a block are spread evenly over its cells; shares of a group by cell are those of the block, and shares by
    unit those of the pool. Where people are confidential, shares by cell that others give are merged too, as their
    denominators are those people.

    Parameters
    ----------
    complementary:
        False leaves what is beside a small count as it is: what an audit must find out.

    Raises
    ------
    PolicyError
        If the region as a whole has a small count, or a dataset that counts nobody is marked.
    """
    _check_kinds(inputs)
    closed = any(item.confidential_counts and item.provides == "population" for item in inputs.datasets)
    row, col = np.nonzero(~np.isnan(inputs.people))
    people = inputs.people[row, col]
    units = unit_cells(inputs).coverage.sum(inputs.people)
    by_cell = {k: v[row, col] * people for k, v in _confidential(inputs, "cell").items()}
    by_unit = {k: v * units for k, v in _confidential(inputs, "unit").items()}
    cell_names, cell_forms = _forms(people, by_cell, closed)
    unit_names, unit_forms = _forms(units, by_unit, closed=False)
    middle_x, middle_y = _middles(inputs)
    pools = pools_of_units(unit_forms, middle_x, middle_y, rule.threshold)
    if not complementary:
        pools = np.arange(len(units))
    _check_whole(unit_forms, pools, rule)
    blocks = None
    if cell_names:
        pool = _pool_of_cell(inputs, row, col, cell_forms, rule, (middle_x, middle_y))
        _check_whole(cell_forms, pool, rule)
        blocks = quadtree_blocks(cell_forms, *_anchored(inputs.grid, row, col), pool, rule.threshold, complementary)
    changed = _merged_inputs(inputs, row, col, blocks, pools, units, closed)
    return ProtectedCounts(
        inputs=replace(changed, merged=_summary(rule, people, blocks, pools)),
        rule=rule,
        row=row,
        col=col,
        everyone={"cell": people, "unit": units},
        counted=(
            *(
                Counted(n, "cell", v, blocks)
                for n, v in zip(cell_names, cell_forms.counts, strict=True)
                if blocks is not None
            ),
            *(Counted(n, "unit", v, pools) for n, v in zip(unit_names, unit_forms.counts, strict=True)),
        ),
        blocks=blocks,
        pools=pools,
        people_confidential=closed,
    )


def _check_kinds(inputs: Inputs) -> None:
    for item in inputs.datasets:
        if item.confidential_counts and item.provides not in COUNTING:
            raise PolicyError(
                f"it provides {item.provides}, which counts no people.",
                source=f"dataset {item.id}",
                field="confidential_counts",
                remedy=f"Mark only datasets that provide {' or '.join(COUNTING)}; withhold others by consent.",
            )


def _confidential(inputs: Inputs, by: str) -> dict[CharacteristicKind, FloatArray]:
    """The shares of confidential groups."""
    return {
        item.kind: item.values
        for item in inputs.characteristics
        if item.confidential and item.by == by and item.kind in GROUPS
    }


def _forms(
    everyone: FloatArray, groups: Mapping[CharacteristicKind, FloatArray], closed: bool
) -> tuple[list[str], Forms]:
    """What must not be small: people if they are confidential, each group, its complement, and between nested ones."""
    found: dict[str, FloatArray] = {"people": everyone} if closed else {}
    for kind, members in groups.items():
        found |= {kind: members, f"not {kind}": everyone - members}
    part, whole = NESTED
    if part in groups and whole in groups:
        found[f"{whole} not {part}"] = groups[whole] - groups[part]
    return list(found), Forms(everyone, np.array(list(found.values())).reshape(len(found), len(everyone)))


def _middles(inputs: Inputs) -> tuple[FloatArray, FloatArray]:
    points = inputs.units.to_crs(inputs.grid.crs).geometry.representative_point()
    return points.x.to_numpy(), points.y.to_numpy()


def _pool_of_cell(
    inputs: Inputs,
    row: IntArray,
    col: IntArray,
    forms: Forms,
    rule: CountRule,
    middles: tuple[FloatArray, FloatArray],
) -> IntArray:
    """Which cells blocks may join: those of one unit where people were made per unit, else all."""
    if inputs.unit_of_cell is None:
        return np.zeros(len(row), dtype=np.int64)
    unit = inputs.unit_of_cell[row, col].astype(np.int64)
    return pools_of_units(forms.summed(unit, len(inputs.units)), *middles, rule.threshold)[unit]


def _check_whole(forms: Forms, pool: IntArray, rule: CountRule) -> None:
    whole = forms.summed(np.zeros(len(pool), dtype=np.int64), 1)
    if whole.small(rule.threshold).any():
        raise PolicyError(
            f"the whole region has fewer than {rule.threshold:g} people of a group, or outside it.",
            source="small counts",
            remedy="Leave the confidential dataset out of the region.",
        )


def _anchored(grid: AnalysisGrid, row: IntArray, col: IntArray) -> tuple[IntArray, IntArray]:
    """Rows and columns counted from the origin of the CRS, whatever the margin of the grid."""
    return row + round(-grid.north / grid.cell_height), col + round(grid.west / grid.cell_width)


def _merged_inputs(
    inputs: Inputs,
    row: IntArray,
    col: IntArray,
    blocks: IntArray | None,
    pools: IntArray,
    units: FloatArray,
    closed: bool,
) -> Inputs:
    people = inputs.people
    if closed and blocks is not None:
        true = people[row, col]
        people = people.copy()
        people[row, col] = (np.bincount(blocks, true) / np.bincount(blocks))[blocks]

    def merged(item: Characteristic) -> Characteristic:
        if item.kind not in GROUPS:
            return item
        if item.by == "unit":
            return replace(item, values=_mean(item.values, units, pools)) if item.confidential else item
        if blocks is None or not (item.confidential or closed):
            return item
        values = item.values.copy()
        values[row, col] = _mean(item.values[row, col], inputs.people[row, col], blocks)
        return replace(item, values=values)

    characteristics = tuple(merged(item) for item in inputs.characteristics)
    confidential = sorted(item.id for item in inputs.datasets if item.confidential_counts)
    digest = _digest(people, characteristics)
    return replace(
        inputs,
        people=people,
        characteristics=characteristics,
        quality=_without_details(inputs.quality, set(confidential)),
        applied=replace(inputs.applied, digests={**inputs.applied.digests, **dict.fromkeys(confidential, digest)}),
    )


def _digest(people: FloatArray, characteristics: tuple[Characteristic, ...]) -> str:
    """SHA-256 of the merged counts, which stands for the hash of confidential files.

    Theirs would confirm a guess at the one count that somebody does not know.
    """
    found = sha256(people.tobytes())
    for item in characteristics:
        found.update(f"{item.kind} {item.year}".encode())
        found.update(item.values.tobytes())
    return found.hexdigest()


def _mean(values: FloatArray, weights: FloatArray, label: IntArray) -> FloatArray:
    """The weighted mean over each label where ``values`` are known; NaN where they are not, or nobody is."""
    known = ~np.isnan(values)
    total = np.bincount(label, np.where(known, weights, 0.0))
    sums = np.bincount(label, np.where(known, values * weights, 0.0))
    mean = np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0)
    return np.where(known, mean[label], np.nan)


def _without_details(quality: QualityReport, datasets: set[str]) -> QualityReport:
    """The quality report without what stood in the rows of ``datasets``, and without these in numbers."""
    return replace(
        quality,
        datasets=tuple(
            replace(part, issues=tuple(replace(issue, detail="") for issue in part.issues))
            if part.dataset in datasets
            else part
            for part in quality.datasets
        ),
        profiles=tuple(part for part in quality.profiles if part.dataset not in datasets),
    )


def _summary(rule: CountRule, people: FloatArray, blocks: IntArray | None, pools: IntArray) -> MergedCounts:
    sizes = np.bincount(numbered(pools))
    pooled = int(sizes[sizes > 1].sum())
    if blocks is None:
        return MergedCounts(rule.threshold, len(people), 0, 0.0, 1, pooled)
    cells = np.bincount(blocks)[blocks]
    merged = cells > 1
    total = people.sum()
    share = float(people[merged].sum() / total) if total > 0 else 0.0
    return MergedCounts(rule.threshold, len(people), int(merged.sum()), share, int(cells.max(initial=1)), pooled)
