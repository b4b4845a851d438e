"""A comparison in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hotspots.comparison.differences import Difference, Part
from hotspots.evidence import COMBINED

NAMED = 3
"""Possible causes that are named; the comparison lists all."""
NOT_RECORDED = "nothing that the editions record"
PART_NAMES: dict[Part, str] = {
    "outline": "where the outline differs",
    "people": "by people",
    "pressure": "by pressure",
}


def kind(part: Part, dimension: str, differences: Sequence[Difference]) -> str:
    """What changed ``part``: pollution, data or method; "not separable" where it may be several of them."""
    kinds = {item.kind for item in differences if item.bears_on(part, dimension)}
    if not kinds:
        return "not recorded"
    return kinds.pop() if len(kinds) == 1 else "not separable"


def cause(part: Part, dimension: str, differences: Sequence[Difference]) -> str:
    """Why ``part`` changed: the one difference that can be the cause, or that several cannot be told apart."""
    possible = [item for item in differences if item.bears_on(part, dimension)]
    if not possible:
        return NOT_RECORDED
    named = "; ".join(f"{item.what}, {item.detail}" for item in possible[:NAMED])
    if len(possible) > NAMED:
        named += f"; and {len(possible) - NAMED} more"
    kinds = {item.kind for item in possible}
    if len(kinds) == 1:
        return f"{possible[0].kind}: {named}"
    return f"not separable ({', '.join(sorted(kinds))}): {named}"


def sentence(row: Mapping[str, Any]) -> str:
    """One row of the comparison in words."""
    name = f"{row['name']} ({row['dimension']})"
    measure = "Priority-weighted people" if row["dimension"] == COMBINED else "Exposure"
    if row["change"] == "same":
        return f"{name}: no change, rank {_rank(row['rank_after'])}."
    text = f"{name}: {_headline(row)}"
    if pd.isna(row["exposure_change"]):
        return f"{text} Its exposure cannot be compared: a raster it takes is not published in both editions."
    where = "" if row["matched_by"] else " on its area"
    text += f" {measure}{where} {_number(row['exposure_before'])} → {_number(row['exposure_after'])}"
    text += _percent(row["exposure_before"], row["exposure_after"])
    said = [
        f"{_signed(row[f'{part}_part'])} {phrase} ({row[f'{part}_cause']})"
        for part, phrase in PART_NAMES.items()
        if row[f"{part}_cause"]
    ]
    return f"{text}: {'; '.join(said)}." if said else f"{text}."


def _headline(row: Mapping[str, Any]) -> str:
    if row["change"] == "new":
        return f"new, rank {_rank(row['rank_after'])}."
    if row["change"] == "gone":
        return f"gone, it had rank {_rank(row['rank_before'])}."
    moved = "moved, " if row["change"] == "moved" else ""
    if _rank(row["rank_before"]) == _rank(row["rank_after"]):
        return f"{moved}rank {_rank(row['rank_after'])} as before."
    within = " (within the intervals of both)" if row["rank_within_intervals"] is True else ""
    return f"{moved}rank {_rank(row['rank_before'])} → {_rank(row['rank_after'])}{within}."


def _rank(value: Any) -> str:
    return "none" if pd.isna(value) else str(value)


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "-") + _number(abs(value))


def _percent(before: float, after: float) -> str:
    return f" ({100 * (after / before - 1):+.1f} %)" if before > 0 else ""
