"""Whether all that is published leaves every small count open by the configured width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hotspots.errors import DisclosureError
from hotspots.policy.disclosure import AuditedForm, Disclosure, DisclosureAudit
from hotspots.policy.earlier_figures import EarlierEdition
from hotspots.policy.feasible import feasible_intervals
from hotspots.policy.linear_figures import PublishedFigures, window_of
from hotspots.policy.not_compared import not_compared
from hotspots.policy.protected_counts import Counted, ProtectedCounts
from hotspots.policy.publishable import Publishable
from hotspots.policy.published_sums import Figures, figures
from hotspots.policy.small_counts import Forms
from hotspots.pressures import Pressures

TOLD = 1e-3
"""People by which an interval may fall short for rounding."""


def disclosed(
    ready: Publishable, counts: ProtectedCounts, pressures: Pressures, earlier: Sequence[EarlierEdition]
) -> Publishable:
    """``ready`` with its audit, if it passes.

    Raises
    ------
    DisclosureError
        If a small count would be told to less than the configured width, or a figure of people is in no rule.
    """
    found = audit(ready, counts, pressures, earlier)
    gate(found)
    return replace(ready, disclosure=Disclosure(found, _block_raster(ready, counts)))


def audit(
    ready: Publishable, counts: ProtectedCounts, pressures: Pressures, earlier: Sequence[EarlierEdition]
) -> DisclosureAudit:
    """Minimise and maximise every small count over all counts that would have yielded the published figures.

    What bounds a count from outside (people who are public, of a group that is not) is no secret: there the interval
    need not be wider than those people.
    """
    published = PublishedFigures(ready, counts, pressures)
    found = [figures(published, counts, form, earlier) for form in counts.counted]
    compared = {name for item in found for name in item.compared}
    return DisclosureAudit(
        threshold=counts.rule.threshold,
        interval_width=counts.rule.interval_width,
        earlier_editions=tuple(edition.id for edition in earlier),
        forms=tuple(_audited(counts, form, item) for form, item in zip(counts.counted, found, strict=True)),
        pools=_pools(counts),
        compared=tuple(sorted(compared)),
        not_compared=not_compared(ready, compared, counts.people_confidential),
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
    count = len(found.earlier_editions)
    since = f", together with {count} earlier edition{'s' if count > 1 else ''}," if count else ""
    raise DisclosureError(
        f"published figures{since} would tell {worst.too_narrow} of {worst.small_counts} small counts "
        f"({worst.form} by {worst.by}) to less than {found.interval_width:g} people.",
        source="small counts",
        remedy="Withdraw the earlier edition that shows counts by themselves or in other blocks; "
        "docs/method-disclosure.md.",
    )


def _audited(counts: ProtectedCounts, form: Counted, found: Figures) -> AuditedForm:
    everyone = counts.everyone[form.by]
    small = np.flatnonzero(Forms(everyone, form.values[None, :]).small(counts.rule.threshold))
    public = not (counts.people_confidential and form.by == "cell")
    upper = everyone.astype(np.float64) if public else np.full(len(everyone), np.inf)
    narrowest, narrow = None, 0
    if len(small):
        true = np.nan_to_num(form.values, nan=0.0)
        width = feasible_intervals(found.sums, upper, small, true, counts.rule.interval_width).width
        required = np.minimum(counts.rule.interval_width, upper[small])
        narrowest, narrow = round(float(width.min()), 1), int((width < required - TOLD).sum())
    return AuditedForm(
        form=form.name,
        by=form.by,
        small_counts=len(small),
        figures=found.blocks,
        compared=sum(found.compared.values()),
        of_their_own=found.of_their_own,
        earlier=found.earlier,
        changed=found.changed,
        narrowest_interval=narrowest,
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
