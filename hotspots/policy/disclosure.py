"""What an edition says of its confidential counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

COUNT_BLOCKS = "report/count_blocks.tif"
DISCLOSURE_AUDIT = "report/disclosure_audit.json"
"""Where an edition has them."""


@dataclass(frozen=True)
class AuditedForm:
    """What the audit found of one form: counts and widths, no value and no place.

    ``figures`` are the sums of merged counts taken for known, ``compared`` the published figures that were compared
    with them, ``of_their_own`` those that are no such sums, ``earlier`` figures of earlier editions, each once, and
    ``changed`` how many may be of other counts. ``narrowest_interval`` is in people, None where no count is small;
    ``too_narrow`` counts are known better than they may be.
    """

    form: str
    by: str
    small_counts: int
    figures: int
    compared: int
    of_their_own: int
    earlier: int
    changed: int
    narrowest_interval: float | None
    too_narrow: int


@dataclass(frozen=True)
class DisclosureAudit:
    """The audit of one edition and those before.

    ``pools`` are the ids of units whose shares of groups are one. ``compared`` names the published fields whose figures
    were compared with merged counts, ``not_compared`` the others that are made of people, and why they tell no more.
    """

    threshold: float
    interval_width: float
    earlier_editions: tuple[str, ...]
    forms: tuple[AuditedForm, ...]
    pools: tuple[tuple[str, ...], ...]
    compared: tuple[str, ...]
    not_compared: Mapping[str, str]

    @property
    def passed(self) -> bool:
        """Whether every small count is open enough."""
        return not any(form.too_narrow for form in self.forms)


@dataclass(frozen=True)
class Disclosure:
    """The audit of an edition, and the block of each of its cells.

    ``block`` (rows, cols) counts from 1, 0 where nobody is known; None where nothing is merged by cell.
    """

    audit: DisclosureAudit
    block: npt.NDArray[np.int32] | None
