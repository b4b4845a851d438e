"""The choices of the filter and ranking form, each with what it is called and whether it can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.i18n import N_, Language
from api.selection import CONFIDENCE_TITLES, LABEL_TITLES, Row, Selection, own_rule, units_of
from hotspots.ranking import RULES, known
from hotspots.tags import SDG, order, split, title

RULE_TITLES = {
    "priority_people": N_("priority-weighted people"),
    "severity": N_("mean priority"),
    "people_above_standard": N_("people above a standard"),
    "ecological": N_("ecological exposure"),
    "air_exposure": N_("exposure to air pollution"),
    "freshwater_exposure": N_("exposure to freshwater pollution"),
    "land_exposure": N_("exposure to land pollution"),
    "marine_exposure": N_("exposure to marine pollution"),
}
SDG_TITLE = N_("SDG target %(number)s")
NOT_ASSESSED = N_("not assessed")
NOT_COMPUTED = N_("not computed")
NOT_FOR_RULE = N_("not computed for this rule")


@dataclass(frozen=True)
class Choice:
    """One option: its value in the address, its title to show, and why it cannot be chosen (empty where it can)."""

    id: str
    title: str
    barred: str = ""


@dataclass(frozen=True)
class FilterForm:
    """The options of every control; ``told`` are the filters chosen, each as heading and value."""

    rules: tuple[Choice, ...]
    labels: tuple[Choice, ...]
    confidences: tuple[Choice, ...]
    units: tuple[str, ...]
    tags: tuple[Choice, ...]
    told: tuple[tuple[str, str], ...]


def filter_form(rows: Sequence[Row], selection: Selection, language: Language) -> FilterForm:
    """The form over the hotspots ``rows`` of an edition, in a language; the edition's own rule is the empty one."""
    text = language.text
    own = own_rule(rows)
    drawn = any(row.get("p_top10pct") is not None for row in rows)
    no_interval = text(NOT_FOR_RULE) if selection.rule else "" if drawn else text(NOT_COMPUTED)
    carried = {name for row in rows for name in split(row.get("tags") or "")} | ({selection.tag} - {""})
    others = [rule for rule in RULES if rule != own]
    first = [Choice("", text(RULE_TITLES.get(own, own)))] if own else []
    rules = [Choice(name, text(RULE_TITLES[name]), "" if known(rows, name) else text(NOT_ASSESSED)) for name in others]
    labels = tuple(
        Choice(name, text(heading), "" if any(row.get(name) is not None for row in rows) else text(NOT_ASSESSED))
        for name, heading in LABEL_TITLES.items()
    )
    confidences = tuple(Choice(name, text(words), no_interval) for name, words in CONFIDENCE_TITLES.items())
    tags = tuple(Choice(name, tag_title(name, language)) for name in sorted(carried, key=order))
    chosen = (
        (N_("Evidence"), labels, selection.label),
        (N_("Confidence"), confidences, selection.confidence),
        (N_("Bearing on"), tags, selection.tag),
    )
    told = [(text(heading), item.title) for heading, items, name in chosen for item in items if item.id == name]
    return FilterForm(
        rules=(*first, *rules),
        labels=labels,
        confidences=confidences,
        units=tuple(sorted({unit for row in rows for unit in units_of(row)}, key=str.casefold)),
        tags=tags,
        told=(*told, *([(text(N_("Unit")), selection.unit)] if selection.unit else [])),
    )


def tag_title(tag: str, language: Language) -> str:
    """What a reader calls a tag."""
    if tag.startswith(SDG):
        return language.text(SDG_TITLE) % {"number": tag.removeprefix(SDG)}
    return language.text(title(tag))
