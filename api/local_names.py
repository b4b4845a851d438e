"""The name of a place in the page's language, where the data have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.editions import Editions
from api.i18n import Language
from data_pipelines.outputs.feature_store import FOLDER
from hotspots.editions import Edition
from hotspots.names import name_column


def in_language(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """The properties of a feature with ``name`` in the page's language; so is the group of a unit that is its own."""
    name = row.get(name_column(language.code)) or row["name"]
    alone = row.get("group") is not None and row["group"] == row["name"]
    return {**row, "name": name} | ({"group": name} if alone else {})


def searched_name(editions: Editions, edition: Edition, language: Language) -> str | None:
    """The field with the units' names in the page's language; None where the edition has none."""
    field = name_column(language.code)
    if not editions.has(edition, f"{FOLDER}/admin.sqlite"):
        return None
    known = {item["name"] for item in editions.features(edition, "admin").fields}
    return field if field in known else None
