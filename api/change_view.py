"""What the pages say of the change from another edition: of each hotspot, why, and the layers that draw it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.edition_choice import EditionChoice
from api.editions import Editions
from api.i18n import N_, Language
from data_pipelines.comparing import WHOLE
from hotspots.errors import NotFoundError

NO_COMPARISON = N_("The edition to compare with is not there or has not been compared with this one.")
NOT_YET = N_("These two editions have not been compared yet.")
WORDS = {
    "new": N_("new"),
    "gone": N_("gone"),
    "more": N_("more exposure"),
    "less": N_("less exposure"),
    "same": N_("no change"),
    "changed": N_("changed, exposure not comparable"),
}
SIGNS = {"new": "+", "gone": "−", "more": "▲", "less": "▼", "same": "=", "changed": "≠"}
REASONS = {
    "pollution": N_("because pollution changed"),
    "data": N_("because data changed"),
    "method": N_("because the method changed"),
    "not separable": N_("causes cannot be told apart"),
    "not recorded": N_("nothing that is recorded explains it"),
}


PARTS = ("outline", "people", "pressure")
KINDS = {
    "pollution": N_("pollution changed"),
    "data": N_("data changed"),
    "method": N_("the method changed"),
    "not separable": N_("causes cannot be told apart"),
    "not recorded": N_("nothing that is recorded explains it"),
}
"""What a part of a change is caused by; the first three are always told."""


@dataclass(frozen=True)
class Changed:
    """What became of one hotspot: ``kind`` is one of WORDS, ``share`` the change of its exposure, None if unknown.

    ``parts`` are the shares of that change by cause (KINDS): they add up to it.
    """

    name: str
    kind: str
    share: float | None
    reason: str
    rank_before: int | None
    parts: Mapping[str, float]

    @property
    def told_parts(self) -> tuple[tuple[str, float], ...]:
        """Each cause in words, to translate, with its share."""
        return tuple((KINDS[kind], share) for kind, share in self.parts.items())

    @property
    def word(self) -> str:
        """``kind`` in words, to translate."""
        return WORDS[self.kind]

    @property
    def sign(self) -> str:
        """``kind`` as a sign."""
        return SIGNS[self.kind]

    @property
    def why(self) -> str:
        """The reason in words, to translate; empty where nothing changed."""
        return REASONS.get(self.reason, "")


@dataclass(frozen=True)
class Change:
    """The change from edition ``before``: hotspots of this edition by id, those that are gone by dimension.

    ``counts`` are hotspots by dimension and kind. ``files`` leads to the comparison's files.
    """

    before: str
    hotspots: Mapping[str, Changed]
    gone: Mapping[str, tuple[Changed, ...]]
    counts: Mapping[str, Mapping[str, int]]
    layers: tuple[Mapping[str, Any], ...]
    files: str


@dataclass(frozen=True)
class Comparable:
    """An edition that this one may be compared with, and whether it has been."""

    id: str
    compared: bool


def comparables(editions: Editions, choice: EditionChoice) -> tuple[Comparable, ...]:
    """The editions published before the one that is shown, newest first."""
    shown = choice.edition
    compared = editions.store.comparisons.of(shown.region, shown.id)
    ids = [record.id for record in choice.records]
    return tuple(Comparable(name, name in compared) for name in ids[ids.index(shown.id) + 1 :])


def change_view(editions: Editions, choice: EditionChoice, before: str, language: Language) -> Change | None:
    """The change from edition ``before`` to the one shown; None if they have not been compared."""
    shown = choice.edition
    try:
        folder = editions.store.comparisons.folder(shown.region, shown.id, before)
    except NotFoundError:
        return None
    rows = [(row, changed(row)) for row in json.loads((folder / WHOLE).read_text(encoding="utf-8"))["hotspots"]]
    gone: dict[str, list[Changed]] = {}
    counts: dict[str, dict[str, int]] = {}
    for row, item in rows:
        kinds = counts.setdefault(row["dimension"], dict.fromkeys(WORDS, 0))
        kinds[item.kind] += 1
        if item.kind == "gone":
            gone.setdefault(row["dimension"], []).append(item)
    files = f"regions/{shown.region}/editions/{shown.id}/changes/{before}/"
    return Change(
        before,
        {row["hotspot_id"]: item for row, item in rows if item.kind != "gone"},
        {name: tuple(items) for name, items in gone.items()},
        counts,
        tuple(_layer(path, files, language) for path in sorted(folder.glob("difference_*.json"), key=_scores_first)),
        files,
    )


def changed(row: Mapping[str, Any]) -> Changed:
    """One row of a comparison as the page tells it."""
    before, change = row["exposure_before"], row["exposure_change"]
    kind = row["change"]
    if kind in {"changed", "moved"}:
        kind = "changed" if not change else "more" if change > 0 else "less"
    known = kind in {"more", "less"} and before
    shares = {kind: part / before for kind, part in parts_of(row).items()} if known else {}
    return Changed(row["name"], kind, change / before if known else None, row["main_kind"], row["rank_before"], shares)


def parts_of(row: Mapping[str, Any]) -> dict[str, float]:
    """The change of exposure by cause, exposure; empty where it cannot be compared. What only rounding is, is 0."""
    if row["exposure_change"] is None:
        return {}
    found = dict.fromkeys(("pollution", "data", "method"), 0.0)
    for part in PARTS:
        cause = row[f"{part}_cause"]
        if cause:
            told = next((kind for kind in KINDS if cause.startswith(kind)), "not recorded")
            found[told] = found.get(told, 0.0) + row[f"{part}_part"]
    return found


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of a comparison as the service answers it; ``causes`` are those named, in English."""
    item = changed(row)
    return {
        "hotspot_id": row["hotspot_id"],
        "kind": item.kind,
        "share": item.share,
        "rank_before": item.rank_before,
        "exposure_before": row["exposure_before"],
        "exposure_after": row["exposure_after"],
        "parts": parts_of(row),
        "causes": list(dict.fromkeys(row[f"{part}_cause"] for part in PARTS if row[f"{part}_cause"])),
    }


def _scores_first(path: Path) -> tuple[bool, bool, str]:
    return (not path.stem.endswith("_priority"), not path.stem.endswith("_burden"), path.stem)


def _layer(path: Path, files: str, language: Language) -> dict[str, Any]:
    """A layer of the change as the page's scripts know rasters; ``picture`` is where its picture is."""
    about = json.loads(path.read_text(encoding="utf-8"))
    return {
        "name": about["name"],
        "title": language.text(N_("Change of %(layer)s")) % {"layer": language.titled(about["title"])},
        "unit": language.unit(about["unit"]),
        "picture": f"{files}{about['name']}.webp",
        "meaning": {"text": language.text(about["meaning"]), "lang": language.code},
        "basis": {"text": language.text(about["basis"]), "lang": language.code},
        "classes": [{"colour": item["colour"], "label": item["label"]} for item in about["classes"]],
    }
