"""Rules that hotspots are ranked by: the published field each goes by, and the ranks that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hotspots.method import RankRule
from hotspots.pollutants import DIMENSIONS
from hotspots.tables.ranks import rank_descending

METHOD_RULES: Mapping[RankRule, str] = {
    "priority_people": "priority_people",
    "severity": "priority",
    "ecological": "ecological_exposure",
    "people_above_standard": "people_above_standard",
}
"""Rule that a method may publish ranks by -> field of a hotspot."""
RULES: dict[str, str] = dict(METHOD_RULES.items()) | {f"{name}_exposure": f"{name}_exposure" for name in DIMENSIONS}
"""Every rule that published hotspots can be ranked by: those of methods, and the exposure of one dimension."""


def ranks(hotspots: Sequence[Mapping[str, Any]], rule: str) -> list[int | None]:
    """The rank of each of ``hotspots``, all of one dimension, by ``rule``; 1 is first, ties share the better rank.

    What has no value or 0 has no rank. Ranks by the rule of an edition's method are those that it publishes.
    """
    values = np.array([hotspot.get(RULES[rule]) for hotspot in hotspots], dtype=np.float64)
    return [None if pd.isna(rank) else int(rank) for rank in rank_descending(values)]


def known(hotspots: Sequence[Mapping[str, Any]], rule: str) -> bool:
    """Whether ``rule`` was assessed for any of ``hotspots``."""
    return any(hotspot.get(RULES[rule]) is not None for hotspot in hotspots)
