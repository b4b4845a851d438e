"""Whether all that is published leaves every small count open by the configured width."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hotspots.errors import DisclosureError
from hotspots.policy.disclosure import AuditedForm, Disclosure, DisclosureAudit
from hotspots.policy.feasible import feasible_intervals
from hotspots.policy.protected_counts import Counted, ProtectedCounts
from hotspots.policy.publishable import Publishable
from hotspots.policy.published_sums import (
    PEOPLE,
    EarlierEdition,
    Figures,
    groups_by_cell,
    groups_by_unit,
    people_by_cell,
    window_of,
)
from hotspots.policy.small_counts import Forms

TOLD = 1e-3
"""People by which an interval may fall short for rounding."""


def disclosed(ready: Publishable, counts: ProtectedCounts, before: EarlierEdition | None) -> Publishable:
    """``ready`` with its audit, if it passes.

    Raises
    ------
    DisclosureError
        If a small count would be told to less than the configured width.
    """
    found = audit(ready, counts, before)
    gate(found)
    return replace(ready, disclosure=Disclosure(found, _block_raster(ready, counts)))


def audit(ready: Publishable, counts: ProtectedCounts, before: EarlierEdition | None) -> DisclosureAudit:
    """Minimise and maximise every small count over all counts that would have yielded the published figures.

    What bounds a count from outside (people who are public, of a group that is not) is no secret: there the interval
    need not be wider than those people.
    """
    return DisclosureAudit(
        threshold=counts.rule.threshold,
        interval_width=counts.rule.interval_width,
        edition_before=None if before is None else before.id,
        forms=tuple(_audited(ready, counts, form, before) for form in counts.counted),
        pools=_pools(counts),
    )


def gate(found: DisclosureAudit) -> None:
    """Let an edition pass whose small counts are open enough.

    Raises
    ------
    DisclosureError
        If they are not.
    """
    if found.passed:
        return
    worst = max(found.forms, key=lambda form: form.too_narrow)
    since = "" if found.edition_before is None else f", together with edition {found.edition_before},"
    raise DisclosureError(
        f"published figures{since} would tell {worst.too_narrow} of {worst.small_counts} small counts "
        f"({worst.form} by {worst.by}) to less than {found.interval_width:g} people.",
        source="small counts",
        remedy="Withdraw the edition before if it shows counts by themselves or in other blocks; "
        "docs/method-disclosure.md.",
    )


def _audited(ready: Publishable, counts: ProtectedCounts, form: Counted, before: EarlierEdition | None) -> AuditedForm:
    found = _figures(ready, counts, form, before)
    everyone = counts.everyone[form.by]
    small = np.flatnonzero(Forms(everyone, form.values[None, :]).small(counts.rule.threshold))
    public = not (counts.people_confidential and form.by == "cell")
    upper = everyone.astype(np.float64) if public else np.full(len(everyone), np.inf)
    if not len(small):
        return _about(form, found, 0, 0, None, 0)
    true = np.nan_to_num(form.values, nan=0.0)
    intervals = feasible_intervals(found.sums, upper, small, true, counts.rule.interval_width)
    required = np.minimum(counts.rule.interval_width, upper[small])
    narrow = int((intervals.width < required - TOLD).sum())
    return _about(form, found, len(small), intervals.contradicted, float(intervals.width.min()), narrow)


def _figures(ready: Publishable, counts: ProtectedCounts, form: Counted, before: EarlierEdition | None) -> Figures:
    if form.by == "unit":
        return groups_by_unit(ready, counts, form, before)
    return people_by_cell(ready, counts, form, before) if form.name == PEOPLE else groups_by_cell(form)


def _about(
    form: Counted, found: Figures, small: int, contradicted: int, narrowest: float | None, narrow: int
) -> AuditedForm:
    earlier = int(found.sums.earlier.sum())
    return AuditedForm(
        form=form.name,
        by=form.by,
        small_counts=small,
        figures=len(found.sums.published) - found.of_their_own - earlier,
        compared=found.compared,
        of_their_own=found.of_their_own,
        earlier=earlier,
        contradicted=contradicted,
        narrowest_interval=None if narrowest is None else round(narrowest, 1),
        too_narrow=narrow,
    )


def _block_raster(ready: Publishable, counts: ProtectedCounts) -> npt.NDArray[np.int32] | None:
    """The block of each cell of the published grid from 1 on, 0 none."""
    if counts.blocks is None:
        return None
    block = np.zeros(counts.inputs.grid.shape, dtype=np.int32)
    block[counts.row, counts.col] = counts.blocks + 1
    return block[window_of(counts.inputs.grid, ready.grid)]


def _pools(counts: ProtectedCounts) -> tuple[tuple[str, ...], ...]:
    ids = counts.inputs.units["unit_id"].astype(str).to_numpy()
    members = [tuple(ids[counts.pools == pool]) for pool in np.unique(counts.pools)]
    return tuple(pool for pool in members if len(pool) > 1)
