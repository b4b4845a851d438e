"""Places and contributors as the page's language calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api.editions import Editions
from api.i18n import Language
from data_pipelines.outputs.feature_store import FOLDER
from hotspots.contributor_names import WITHHELD_NAME
from hotspots.editions import Edition
from hotspots.names import name_column


def in_language(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The properties of a feature with ``name`` in the page's language; so is the group of a unit that is its own."""
    name = row.get(name_column(language.code)) or row["name"]
    alone = row.get("group") is not None and row["group"] == row["name"]
    return {**row, "name": name} | ({"group": name} if alone else {})


def contributors(row: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """The main contributors of a hotspot, by dimension and then by share, called as the page's language calls them."""
    return [{**entry, "name": language.contributor(entry)} for entry in _listed(row)]


def with_contributors(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The properties of a hotspot, the leading and the main contributors called as the page's language calls them."""
    called = {WITHHELD_NAME: language.text(WITHHELD_NAME)}
    called |= {entry["name"]: language.contributor(entry) for entry in _listed(row)}
    lead = row["top_source"]
    return {**row, "top_source": called.get(lead, lead), "top_sources": contributors(row, language)}


def _listed(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = row["top_sources"] or []
    listed: list[Mapping[str, Any]] = json.loads(found) if isinstance(found, str) else found
    return listed


def searched_name(editions: Editions, edition: Edition, language: Language) -> str | None:
    """The field with the units' names in the page's language; None where the edition has none."""
    field = name_column(language.code)
    if not editions.has(edition, f"{FOLDER}/admin.sqlite"):
        return None
    known = {item["name"] for item in editions.features(edition, "admin").fields}
    return field if field in known else None
