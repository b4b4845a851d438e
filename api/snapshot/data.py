"""What the map to e-mail knows of an edition: its published features, cut down to what a popup tells."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from api.filter_form import tag_title
from api.i18n import Language
from api.local_names import contributors
from api.map_data import GROUP_OF
from api.report_view import PEOPLE_GROUPS
from api.snapshot.shapes import Shapes
from config.load import sectors
from data_pipelines.outputs.features import MANY_UNITS, groups
from hotspots.editions import Edition
from hotspots.names import name_column
from hotspots.tags import split

DIGITS = 4
"""Significant digits of a figure below a thousand, one more than is printed; others are whole."""
CONTRIBUTORS = 5
"""Named contributors of a hotspot in each dimension; the others are told together."""
MOST_SOURCES = 4000
"""Sources on the map: those of the first ranks where there are more."""
_HOTSPOT = (
    *("hotspot_id", "name", "dimension", "rank", "rank_low", "rank_high", "rank_rule", "people", "area_km2", "units"),
    *("priority", "burden", "exceeds_standard", "clustered", "high_priority", "protected_km2", "protected_names"),
    *("location_uncertain", "quality"),
)
_SOURCE = (
    "name",
    "kind",
    "country",
    "transboundary",
    "year",
    "rank",
    "releases_assessed",
    "position_policy",
    "quality",
)
_PROTECTED = ("name", "designation", "iucn_category", "area_km2", "air_pressure", "marine_plastic_kg_yr", "from_point")
_UNIT = ("name", "people", "priority", "rank", "hotspot_count", "status", "claimants")


def features(edition: Edition, met: Iterable[str], language: Language) -> dict[str, list[dict[str, Any]]]:
    """The features of each layer that the edition publishes; what is not assessed is left out of a feature.

    ``met`` are the fields of a hotspot that say what people meet there. Names are in ``language`` where there are any.
    """
    shapes = Shapes(edition.manifest.bounds)
    published = {entry.name for entry in edition.manifest.vectors}
    return {
        "hotspots": _hotspots(_named(edition, "hotspots", language), shapes, tuple(met), language)
        if "hotspots" in published
        else [],
        "sources": _sources(edition, shapes) if "sources" in published else [],
        "protected": _polygons(edition.layer("protected"), _PROTECTED, shapes) if "protected" in published else [],
        "units": _units(_named(edition, "admin", language), shapes) if "admin" in published else [],
    }


def _named(edition: Edition, layer: str, language: Language) -> gpd.GeoDataFrame:
    table, column = edition.layer(layer), name_column(language.code)
    if column not in table:
        return table
    return table.assign(name=table[column].where(table[column] != "", table["name"]))


def tags_of(found: Iterable[Mapping[str, Any]], language: Language) -> dict[str, str]:
    """The titles of the tags that features carry."""
    return {tag: tag_title(tag, language) for row in found for tag in row.get("tags", ())}


def _hotspots(
    table: gpd.GeoDataFrame, shapes: Shapes, met: tuple[str, ...], language: Language
) -> list[dict[str, Any]]:
    table = table.sort_values(["dimension", "rank", "hotspot_id"], ignore_index=True)
    found = _polygons(table, (*_HOTSPOT, *met, *(name for name, _ in PEOPLE_GROUPS)), shapes)
    for row, (_, published) in zip(found, table.iterrows(), strict=True):
        row["from"] = _leading(contributors(published, language))
        row["tags"] = split(_text(published.get("tags")))
        row["missing"] = split(_text(published.get("not_assessed")))
    return found


def _leading(entries: Sequence[Mapping[str, Any]]) -> list[tuple[str, str | None, float]]:
    """Dimension, name and share of the first contributors of each dimension; the others have no name."""
    told: list[tuple[str, str | None, float]] = []
    for dimension in dict.fromkeys(str(entry["dimension"]) for entry in entries):
        of_it = [entry for entry in entries if entry["dimension"] == dimension]
        named = [entry for entry in of_it if entry["kind"] != "others"][:CONTRIBUTORS]
        told += [(dimension, str(entry["name"]), _short(entry["share"])) for entry in named]
        rest = sum(entry["share"] for entry in of_it) - sum(entry["share"] for entry in named)
        if rest > 1e-6:
            told.append((dimension, None, _short(rest)))
    return told


def _sources(edition: Edition, shapes: Shapes) -> list[dict[str, Any]]:
    table = edition.layer("sources").sort_values(["rank", "source_id"], na_position="last", ignore_index=True)
    table = table.head(MOST_SOURCES)
    known = sectors()
    datasets = {file.dataset: position for position, file in enumerate(edition.manifest.inputs)}
    releases = [name for name in table.columns if name.startswith("release_")]
    rows = _rows(table, _SOURCE)
    for row, at, (_, published) in zip(rows, shapes.points(table.geometry.array), table.iterrows(), strict=True):
        sector = known.get(_text(published.get("sector")))
        row["at"] = at
        row["group"] = GROUP_OF.get((sector.inventory_group if sector else None) or "", "other")
        row["released"] = {name: _short(published[name]) for name in releases if pd.notna(published[name])}
        row["by"] = [datasets[name] for name in split(_text(published.get("datasets"))) if name in datasets]
        row["tags"] = split(_text(published.get("tags")))
    return rows


def _units(table: gpd.GeoDataFrame, shapes: Shapes) -> list[dict[str, Any]]:
    """Administrative units, or the outlines of the groups they form where they are many."""
    if len(table) > MANY_UNITS:
        larger = groups(table)
        return _polygons(larger.rename(columns={"group": "name"}), ("name",), shapes)
    return _polygons(table.sort_values("unit_id"), _UNIT, shapes)


def _polygons(table: gpd.GeoDataFrame, names: Iterable[str], shapes: Shapes) -> list[dict[str, Any]]:
    outlines = shapes.outlines(table.geometry.array)
    return [row | {"rings": rings} for row, rings in zip(_rows(table, names), outlines, strict=True)]


def _rows(table: gpd.GeoDataFrame, names: Iterable[str]) -> list[dict[str, Any]]:
    """What is known of each feature under its own name."""
    there = [name for name in names if name in table]
    columns = [table[name].tolist() for name in there]
    return [
        {name: _short(value) for name, value in zip(there, values, strict=True) if _known(value)}
        for values in (zip(*columns, strict=True) if columns else ())
    ]


def _known(value: Any) -> bool:
    return not (value is None or value is pd.NA or value == "" or (isinstance(value, float) and math.isnan(value)))


def _text(value: Any) -> str:
    return str(value) if _known(value) else ""


def _short(value: Any) -> Any:
    """``value`` with a few digits."""
    if isinstance(value, float) and value:
        short = round(value) if abs(value) >= 1000 else float(f"{value:.{DIGITS}g}")
        return int(short) if float(short).is_integer() else short
    return value


def compact(value: Any) -> str:
    """``value`` as JSON without spaces that may stand in a ``script`` element: no character of it is markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
