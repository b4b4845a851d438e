"""What the report of one edition says: the figures, names and texts of one selection of hotspots, ready to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.burden_view import BurdenPart, burden_parts
from api.editions import Editions
from api.i18n import LANGUAGES, N_, Language
from api.local_names import in_language
from api.map_data import ground
from api.map_view import Dimension, MapView
from api.report_figures import Breakdown, breakdown, by_unit
from api.report_map import Drawing, drawing
from api.take_away import Address, Links, links
from hotspots.editions.manifest import InputFile
from hotspots.evidence import COMBINED
from hotspots.tags import split

DETAILED = 3
"""Hotspots that the report tells of at length."""
SOURCES_NAMED = 5
PEOPLE_GROUPS = (
    ("people_under_5", N_("Children under 5")),
    ("people_under_15", N_("Children under 15")),
    ("people_65_and_older", N_("People of 65 and older")),
    ("people_female", N_("Women and girls")),
    ("people_in_poverty", N_("People in poverty")),
    ("people_above_standard", N_("People above a standard")),
)
METHOD = (
    N_("Releases are those that inventories measure or report; where none are, published factors estimate them."),
    N_(
        "Air: a long-term Gaussian plume over the local winds spreads releases; pollutants are summed over "
        "their WHO 2021 guidelines."
    ),
    N_("Freshwater: loads run down the river network, decay on the way and are diluted by the mean discharge."),
    N_("Land: the pressure of dumps, tailings and contaminated sites falls with the distance, up to 5 km."),
    N_(
        "Marine and coastal: plastic waste reaches the sea along rivers or straight from the coast and "
        "spreads over sea cells."
    ),
    N_(
        "Exposure is people × pressure on the grid of the population data, where people live; people are "
        "never resampled."
    ),
    N_(
        "Burden (0–10) is the mean percentile of the dimensions; priority (0–100) is burden × vulnerability "
        "where that is known, else 10 × burden."
    ),
    N_(
        "A hotspot is a connected area with at least one of three labels: above a standard, clustered (Gi*, "
        "false discoveries controlled), high priority."
    ),
    N_("Every source has its share of a hotspot’s exposure; the shares of a dimension add up to 100 %."),
    N_(
        "Rank intervals come from repeated draws of the uncertain releases. What is not assessed is never "
        "counted as zero."
    ),
)
"""The method in ten lines; docs/methods.md says more."""


@dataclass(frozen=True)
class Listed:
    """One line of the ranked list: the hotspot's properties, its printed people, and its first contributors."""

    row: Mapping[str, Any]
    people: int | None
    sources: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Met:
    """What people of a hotspot meet: ``share`` is that of the guideline, None where there is none."""

    title: str
    value: float
    unit: str
    standard: Mapping[str, str] | None
    share: float | None


@dataclass(frozen=True)
class Detail:
    """The half page of one hotspot; ``sources`` by title of the dimension, ``tags`` are titles."""

    row: Mapping[str, Any]
    burden: tuple[BurdenPart, ...]
    met: tuple[Met, ...]
    sources: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    groups: tuple[tuple[str, float | None], ...]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The report of one selection. ``view`` is the map page of the same selection."""

    view: MapView
    dimension: Dimension
    listed: tuple[Listed, ...]
    people: Breakdown
    by_dimension: tuple[tuple[Dimension, Breakdown], ...]
    units: Breakdown | None
    details: tuple[Detail, ...]
    picture: Mapping[str, Any] | None
    drawing: Drawing | None
    inputs: tuple[InputFile, ...]
    links: Links
    languages: Mapping[str, str]


def report(editions: Editions, view: MapView, hotspot: str, compare: str, language: Language) -> Report:
    """The report of what ``view`` lists; the half pages begin with ``hotspot`` where it is listed.

    ``compare`` is the edition that the view is compared with, or empty.
    """
    dimension, shown = view.dimension, view.first
    totals = view.edition.manifest.totals
    features = _features(editions, view, "hotspots")
    matching = {row["hotspot_id"] for row in shown}
    others = [row for row in _of(features, dimension.id) if row["hotspot_id"] not in matching]
    people = breakdown(shown, others, totals)
    drawn = {feature["properties"]["hotspot_id"]: feature for feature in features}
    units = _features(editions, view, "admin")
    picture = _picture(editions, view)
    first = sorted(shown, key=lambda row: row["hotspot_id"] != hotspot)[:DETAILED]
    return Report(
        view=view,
        dimension=dimension,
        listed=tuple(
            Listed(row, part.people, _first_sources(row)) for row, part in zip(shown, people.parts, strict=True)
        ),
        people=people,
        by_dimension=tuple(
            (item, breakdown((), _of(features, item.id), totals)) for item in view.dimensions if item.assessed
        ),
        units=by_unit([in_language(unit["properties"], language) for unit in units], totals) if units else None,
        details=tuple(_detail(row, view, language) for row in first),
        picture=picture,
        drawing=None
        if picture is None
        else drawing(
            f"{view.files}pictures/{picture['name']}.webp",
            picture["coordinates"],
            ground(editions, view.edition),
            [{**drawn[row["hotspot_id"]], "properties": row} for row in shown],
        ),
        inputs=tuple({item.dataset: item for item in reversed(view.edition.manifest.inputs)}.values())[::-1],
        links=links(view, hotspot, compare),
        languages={
            code: Address(view.region.id, view.edition.id, compare, code).of("report", view.selection, hotspot)
            for code in LANGUAGES
        },
    )


def _features(editions: Editions, view: MapView, layer: str) -> list[dict[str, Any]]:
    """The features of a layer; none where the edition does not publish it."""
    path = f"vectors/{layer}.geojson"
    if not editions.has(view.edition, path):
        return []
    found: list[dict[str, Any]] = editions.document(view.edition, path)["features"]
    return found


def _of(features: list[dict[str, Any]], dimension: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in features if feature["properties"]["dimension"] == dimension]


def _picture(editions: Editions, view: MapView) -> Mapping[str, Any] | None:
    """The legend and corners of the picture that fits the dimension; of the map's first one where none does."""
    shown = view.selection.dimension
    wanted = "priority" if shown == COMBINED else f"{shown}_pressure"
    names = sorted((raster.name for raster in view.rasters), key=lambda name: name != wanted)
    if not names:
        return None
    about: Mapping[str, Any] = editions.document(view.edition, f"pictures/{names[0]}.json")
    return about


def _first_sources(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The main contributor of each dimension."""
    first: dict[str, Mapping[str, Any]] = {}
    for entry in row["top_sources"]:
        if entry["kind"] != "others":
            first.setdefault(entry["dimension"], entry)
    return tuple(first.values())


def _detail(row: Mapping[str, Any], view: MapView, language: Language) -> Detail:
    titles = view.data["dimensions"]
    by_dimension: dict[str, list[Mapping[str, Any]]] = {}
    for entry in row["top_sources"]:
        by_dimension.setdefault(entry["dimension"], []).append(entry)
    return Detail(
        row,
        burden_parts(row, view.data),
        tuple(_met(row, view)),
        tuple((titles[name], _leading(found, language)) for name, found in by_dimension.items()),
        tuple((language.text(title), row.get(name)) for name, title in PEOPLE_GROUPS),
        tuple(view.data["tags"][tag] for tag in split(row.get("tags", "")) if tag in view.data["tags"]),
    )


def _leading(entries: list[Mapping[str, Any]], language: Language) -> tuple[Mapping[str, Any], ...]:
    """The first contributors of one dimension, and all others together so that shares still add up."""
    named = [entry for entry in entries if entry["kind"] != "others"][:SOURCES_NAMED]
    rest = sum(entry["share"] for entry in entries) - sum(entry["share"] for entry in named)
    if rest < 1e-6:
        return tuple(named)
    return (*named, {"name": language.text(N_("Other sources")), "kind": "others", "share": rest})


def _met(row: Mapping[str, Any], view: MapView) -> list[Met]:
    pollutants = view.edition.manifest.pollutants
    found = []
    for entry in (*view.data["pressures"], *view.data["increments"]):
        value = row.get(entry["field"])
        if value is None:
            continue
        about = pollutants.get(entry["field"].removesuffix("_increment_ug_m3"))
        guideline = about.get("guideline") if isinstance(about, dict) else None
        level = guideline.get("value") if isinstance(guideline, dict) else None
        share = value / level if isinstance(level, int | float) and level > 0 else None
        found.append(Met(entry["title"], value, entry["unit"], entry.get("standard"), share))
    return found
