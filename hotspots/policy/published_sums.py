"""All published figures of one form of counts, as an attacker would write them down.

Each is compared with what the merged counts give. One that is their sum tells no more than the sums of blocks, which
are all taken for known; one that is not was made from something else, and becomes an equation of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from hotspots.policy.earlier_figures import EarlierEdition, earlier_figures
from hotspots.policy.feasible import Sums, rounding
from hotspots.policy.linear_figures import PEOPLE, PublishedFigures, rows
from hotspots.policy.protected_counts import Counted, ProtectedCounts

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """The figures of one form.

    ``blocks`` are the sums of merged counts, ``compared`` the published figures by field, of which ``of_their_own``
    are no such sums; ``earlier`` are those of earlier editions, of which ``changed`` may be of other counts.
    """

    sums: Sums
    blocks: int
    compared: Mapping[str, int]
    of_their_own: int
    earlier: int
    changed: int


def figures(
    published: PublishedFigures, counts: ProtectedCounts, form: Counted, editions: Sequence[EarlierEdition]
) -> Figures:
    """The figures of ``form``: merged counts, what is published beside them, and what earlier ``editions`` told."""
    merged = _merged(counts, form)
    blocks = Sums.exact(*_sums_of(form.merged, merged))
    parts, compared = [blocks], dict[str, int]()
    for linear in published.of_people() if form.name == PEOPLE else published.of_group(form):
        compared[linear.field] = compared.get(linear.field, 0) + len(linear.published)
        odd = np.abs(linear.weight @ merged - linear.published) > rounding(linear.published)
        parts.append(Sums.exact(linear.weight, linear.published).taken(odd))
    now = _together(parts)
    told = earlier_figures(now.weight, counts, form, editions, counts.rule.interval_width)
    return Figures(
        _together([now, told.sums]),
        blocks=len(blocks.published),
        compared=compared,
        of_their_own=len(now.published) - len(blocks.published),
        earlier=len(told.sums.published),
        changed=told.changed,
    )


def _merged(counts: ProtectedCounts, form: Counted) -> FloatArray:
    """The counts of ``form`` at its places as they are computed with."""
    people = counts.inputs.people[counts.row, counts.col]
    if form.name == PEOPLE:
        return people
    everyone = people if form.by == "cell" else counts.everyone["unit"]

    def members(kind: str) -> FloatArray:
        (item,) = (item for item in counts.inputs.characteristics if item.kind == kind and item.by == form.by)
        share = item.values if form.by == "unit" else item.values[counts.row, counts.col]
        return np.nan_to_num(share * everyone, nan=0.0)

    first, _, second = form.name.partition("not ")
    if not second:
        return members(first)
    whole = members(first.strip()) if first else np.where(np.isnan(form.values), 0.0, everyone)
    return whole - members(second)


def _sums_of(label: npt.NDArray[np.int64], values: FloatArray) -> tuple[csr_array, FloatArray]:
    """One figure a label: the sum of its places."""
    sums = np.bincount(label, values).astype(np.float64)
    return rows(label, np.arange(len(label)), np.ones(len(label)), len(sums), len(label)), sums


def _together(parts: Sequence[Sums]) -> Sums:
    return Sums(
        csr_array(vstack([part.weight for part in parts])),
        np.concatenate([part.published for part in parts]),
        np.concatenate([part.margin for part in parts]),
    )
