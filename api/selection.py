"""Which hotspots of an edition are listed, and in which order: one reading of an address for page, report and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.i18n import N_
from hotspots.evidence import COMBINED
from hotspots.ranking import RULES, known, ranks
from hotspots.tags import CONVENTIONS, SEPARATOR, split

Row = Mapping[str, Any]
LABEL_TITLES = {
    "exceeds_standard": N_("Above a standard"),
    "clustered": N_("Clustered"),
    "high_priority": N_("High priority"),
}
CONFIDENCE: dict[str, float] = {"very_likely": 0.9, "likely": 0.66}
"""Least share of the draws in which a hotspot is among the first tenth (``p_top10pct``), in the words that the IPCC's
guidance note on uncertainties (Mastrandrea et al., 2010) gives these shares."""
CONFIDENCE_TITLES = {
    "very_likely": N_("very likely among the first tenth (9 of 10 draws)"),
    "likely": N_("likely among the first tenth (2 of 3 draws)"),
}
INTERVAL_FIELDS = ("rank_low", "rank_high", "p_top10", "p_top10pct")
NO_DIMENSION = N_("The address names a dimension that was not assessed. All dimensions are shown.")
NO_FILTER = N_("The address names a filter that this edition does not have. It was left out.")
NO_RULE = N_("The address names a ranking rule that cannot be used here. Ranks are those of the edition.")
NO_INTERVAL = N_("How sure a rank is was not computed for this ranking rule, so it is not filtered by.")


@dataclass(frozen=True)
class Selection:
    """One selection; every attribute is a parameter of the address, and empty text is no condition.

    Attributes
    ----------
    dimension:
        The dimension of pollution whose hotspots are listed, or all.
    tag, label, confidence, unit:
        What hotspots must carry: a tag, an evidence label (LABEL_TITLES), a probability to be among the first tenth
        (CONFIDENCE), the name of an administrative unit that they touch.
    rule:
        What they are ranked by (hotspots.ranking.RULES); empty is the rule of the edition's method.
    """

    dimension: str = COMBINED
    tag: str = ""
    label: str = ""
    confidence: str = ""
    unit: str = ""
    rule: str = ""

    @property
    def filtered(self) -> bool:
        """Whether it leaves out hotspots of its dimension."""
        return any((self.tag, self.label, self.confidence, self.unit))

    @property
    def cleared(self) -> Selection:
        """The same without filters."""
        return Selection(self.dimension, rule=self.rule)

    @property
    def parameters(self) -> dict[str, str]:
        """As parameters of an address, those that differ from none."""
        told = {"dimension": "" if self.dimension == COMBINED else self.dimension}
        told |= {name: getattr(self, name) for name in ("tag", "label", "confidence", "unit", "rule")}
        return {name: value for name, value in told.items() if value}

    def meets(self, row: Row) -> bool:
        """Whether a published hotspot carries what is asked for, whatever its dimension."""
        return (
            (not self.tag or self.tag in split(row.get("tags") or ""))
            and (not self.label or row.get(self.label) is True)
            and (not self.confidence or (row.get("p_top10pct") or 0.0) >= CONFIDENCE[self.confidence])
            and (not self.unit or self.unit in units_of(row))
        )


def units_of(row: Row) -> list[str]:
    """Names of the administrative units that a hotspot touches."""
    named = row.get("units") or ""
    return named.split(SEPARATOR) if named else []


def own_rule(rows: Sequence[Row]) -> str:
    """The rule that an edition ranks its hotspots by; empty where it has none."""
    return str(rows[0]["rank_rule"]) if rows else ""


def listed(rows: Sequence[Row], selection: Selection) -> list[Row]:
    """The hotspots that a selection lists, in its order, ranked among all of their dimension.

    By another rule than the edition's own they have its rank and name, and no rank interval: none was drawn for it.
    What has no rank is last.
    """
    of_dimension = [row for row in rows if row["dimension"] == selection.dimension]
    if selection.rule:
        other = dict.fromkeys(INTERVAL_FIELDS) | {"rank_rule": selection.rule}
        found = ranks(of_dimension, selection.rule)
        of_dimension = [{**row, **other, "rank": rank} for row, rank in zip(of_dimension, found, strict=True)]
    return sorted(filter(selection.meets, of_dimension), key=_order)


def _order(row: Row) -> tuple[bool, int, str]:
    return (row["rank"] is None, row["rank"] or 0, row["hotspot_id"])


def followed(asked: Selection, rows: Sequence[Row], assessed: Sequence[str]) -> tuple[Selection, tuple[str, ...]]:
    """What of an address can be followed in an edition with the hotspots ``rows``, and messages about the rest.

    Parameters
    ----------
    assessed:
        The dimensions that can be listed.
    """
    kept, notices = asked, list[str]()
    if asked.dimension not in assessed:
        kept = replace(kept, dimension=COMBINED)
        notices.append(NO_DIMENSION)
    if asked.rule == own_rule(rows):
        kept = replace(kept, rule="")
    elif asked.rule and (asked.rule not in RULES or not known(rows, asked.rule)):
        kept = replace(kept, rule="")
        notices.append(NO_RULE)
    there: dict[str, Callable[[str], bool]] = {
        "tag": lambda tag: tag in CONVENTIONS or any(tag in split(row.get("tags") or "") for row in rows),
        "label": LABEL_TITLES.__contains__,
        "confidence": CONFIDENCE.__contains__,
        "unit": lambda unit: any(unit in units_of(row) for row in rows),
    }
    unknown = {name: "" for name, holds in there.items() if getattr(asked, name) and not holds(getattr(asked, name))}
    if unknown:
        kept = replace(kept, **unknown)
        notices.append(NO_FILTER)
    if kept.rule and kept.confidence:
        kept = replace(kept, confidence="")
        notices.append(NO_INTERVAL)
    return kept, tuple(notices)
