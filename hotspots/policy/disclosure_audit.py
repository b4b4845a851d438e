"""Whether all that is published leaves every small count open by the configured width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hotspots.errors import DisclosureError
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
)
from hotspots.policy.small_counts import Forms

TOLD = 1e-3
"""People by which an interval may fall short for rounding."""


@dataclass(frozen=True)
class AuditedForm:
    """What the audit found of one form: counts and widths, no value and no place.

    ``figures`` are the sums of merged counts taken for known, ``compared`` the published figures that were compared
    with them, ``of_their_own`` those that are no such sums, ``earlier`` figures of the edition before, of which
    ``contradicted`` are of other counts. ``narrowest_interval`` is in people, None where no count is small;
    ``too_narrow`` counts are known better than they may be.
    """

    form: str
    by: str
    small_counts: int
    figures: int
    compared: int
    of_their_own: int
    earlier: int
    contradicted: int
    narrowest_interval: float | None
    too_narrow: int


@dataclass(frozen=True)
class DisclosureAudit:
    """The audit of one edition and the one before."""

    threshold: float
    interval_width: float
    edition_before: str | None
    forms: tuple[AuditedForm, ...]
    pools: tuple[tuple[str, ...], ...]
    """The ids of units whose shares of groups are one."""

    @property
    def passed(self) -> bool:
        """Whether every small count is open enough."""
        return not any(form.too_narrow for form in self.forms)


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
    intervals = feasible_intervals(found.sums, upper, small)
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


def _pools(counts: ProtectedCounts) -> tuple[tuple[str, ...], ...]:
    ids = counts.inputs.units["unit_id"].astype(str).to_numpy()
    members = [tuple(ids[counts.pools == pool]) for pool in np.unique(counts.pools)]
    return tuple(pool for pool in members if len(pool) > 1)
