"""What the map page shows of one edition: everything the template and the scripts need, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.editions import Editions
from api.i18n import ENGLISH, N_, Language
from api.packages import data_files
from api.routes.files import download_name
from hotspots.editions import Edition, RegionState
from hotspots.fields import DIMENSION_TITLES, PRESSURE_NOTES, PRESSURE_UNITS, RASTER_GROUPS, raster_group
from hotspots.inventory import ranking_scope
from hotspots.result import Status
from hotspots.tags import SDG, order, split, title

COMBINED = "all"
LISTED = 100
"""Hotspots of a dimension that the page lists; the downloads hold all."""
SUBJECT_TITLES = {
    "air": N_("Air"),
    "freshwater": N_("Freshwater"),
    "land": N_("Land and soil"),
    "marine": N_("Marine and coastal"),
    "protected_areas": N_("Protected areas"),
    "vulnerability": N_("Vulnerability"),
    "standards": N_("Standards"),
    "monitors": N_("Monitors"),
    "inventory": N_("Share of all releases"),
}
STATE_TITLES = {"assessed": N_("assessed"), "partly": N_("partly assessed"), "not_assessed": N_("not assessed")}
RULE_TITLES = {
    "priority_people": N_("priority-weighted people"),
    "severity": N_("mean priority"),
    "ecological": N_("ecological exposure"),
    "people_above_standard": N_("people above a standard"),
}
FORMATS = (("geojson", "GeoJSON"), ("gpkg", "GeoPackage"), ("parquet", "GeoParquet"), ("csv", "CSV"))
DOCUMENTS = (
    ("map.html", N_("Offline map (one file)")),
    ("report/quality.csv", N_("Data quality report")),
    ("report/contributions.csv", N_("Source contributions")),
    ("report/attribution.parquet", N_("Attribution matrix")),
    ("report/sensitivity.csv", N_("Sensitivity of the first hotspots")),
    ("report/standards.csv", N_("People above standards")),
    ("report/coverage.csv", N_("Inventory coverage")),
    ("report/evaluation.csv", N_("Model and monitors")),
    ("report/codebook.csv", N_("Codebook")),
    ("report/CITATION.cff", N_("Citation file")),
    ("report/ATTRIBUTION.md", N_("Attribution")),
    ("manifest.json", N_("Manifest")),
)
SDG_TITLE = N_("SDG target %(number)s")
VECTOR_TILES = ("hotspots", "sources", "admin", "protected", "observations")


@dataclass(frozen=True)
class Dimension:
    """One choice of the dimension filter, with its hotspots by rank; ``reason`` says why it was not assessed."""

    id: str
    title: str
    assessed: bool
    state: str
    reason: str
    hotspots: tuple[dict[str, Any], ...]
    count: int


@dataclass(frozen=True)
class Raster:
    """One picture layer of the layer switch."""

    name: str
    title: str
    unit: str
    group: str


@dataclass(frozen=True)
class Download:
    """A file to take away."""

    href: str
    label: str
    name: str
    size_bytes: int | None


@dataclass(frozen=True)
class MapView:
    """The page of one edition. ``files`` and all hrefs are relative to the page.

    ``scope`` is what the title of a ranking adds: whether it is among listed sources only.
    ``asked`` is the language that the address names, or empty; ``tag`` is the one that hotspots are filtered by, or
    empty; ``tags`` are those they carry, each with its title, and that one.
    """

    region: RegionState
    regions: tuple[RegionState, ...]
    edition: Edition
    files: str
    scope: str
    dimension: str
    dimensions: tuple[Dimension, ...]
    tag: str
    tags: tuple[tuple[str, str], ...]
    rasters: tuple[Raster, ...]
    picture: dict[str, Any] | None
    vectors: tuple[tuple[str, tuple[Download, ...]], ...]
    grids: tuple[tuple[Download, tuple[Download, ...]], ...]
    documents: tuple[Download, ...]
    asked: str
    data: dict[str, Any]


def scope(edition: Edition) -> str:
    """What the title of a ranking adds."""
    known = edition.manifest.status.get("inventory")
    return ranking_scope(Status(known.state, known.reason) if known else None)


def map_view(editions: Editions, edition: Edition, dimension: str, tag: str, language: Language, asked: str) -> MapView:
    """The view of ``edition`` with the filter at ``dimension`` (the combined one where that was not assessed).

    With a ``tag`` only hotspots that carry it are listed.
    """
    features = editions.document(edition, "vectors/hotspots.geojson")["features"]
    hotspots = [feature["properties"] for feature in features]
    carried = {name for row in hotspots for name in split(row.get("tags", ""))}
    tags = sorted(carried | ({tag} if tag else set()), key=order)
    dimensions = _dimensions(edition, [row for row in hotspots if not tag or tag in split(row.get("tags", ""))])
    shown = dimension if any(item.id == dimension and item.assessed for item in dimensions) else COMBINED
    rasters = _rasters(editions, edition)
    files = f"files/{edition.region}/{edition.id}/"
    return MapView(
        region=editions.store.region(edition.region),
        regions=tuple(state for state in editions.store.regions() if state.current is not None),
        edition=edition,
        files=files,
        scope=scope(edition),
        dimension=shown,
        dimensions=dimensions,
        tag=tag,
        tags=tuple((name, _tag_title(name, language)) for name in tags),
        rasters=rasters,
        picture=editions.document(edition, f"pictures/{rasters[0].name}.json") if rasters else None,
        vectors=_vector_downloads(editions, edition, files),
        grids=tuple(
            (_download(edition, files, f"rasters/{entry.name}.tif", entry.title), _package(edition, files, entry.name))
            for entry in edition.manifest.rasters
            if editions.has(edition, f"rasters/{entry.name}.tif")
        ),
        documents=tuple(
            _download(edition, files, path, label)
            for path, label in DOCUMENTS
            if path == "manifest.json" or editions.has(edition, path)
        ),
        asked=asked,
        data=_page_data(editions, edition, files, shown, rasters, language)
        | {"tag": tag, "tags": {name: _tag_title(name, language) for name in tags}},
    )


def _tag_title(tag: str, language: Language) -> str:
    if tag.startswith(SDG):
        return language.text(SDG_TITLE) % {"number": tag.removeprefix(SDG)}
    return language.text(title(tag))


def _dimensions(edition: Edition, hotspots: list[dict[str, Any]]) -> tuple[Dimension, ...]:
    items = []
    for name, heading in sorted(DIMENSION_TITLES.items(), key=lambda item: item[0] != COMBINED):
        found = sorted((row for row in hotspots if row["dimension"] == name), key=_rank)
        status = edition.manifest.status.get(name)
        state = "assessed" if status is None else status.state
        reason = "" if status is None else status.reason
        items.append(
            Dimension(
                name,
                N_("All dimensions") if name == COMBINED else heading,
                state != "not_assessed",
                STATE_TITLES[state],
                reason,
                tuple(found[:LISTED]),
                len(found),
            )
        )
    return tuple(items)


def _rank(row: dict[str, Any]) -> tuple[bool, int, str]:
    return (row["rank"] is None, row["rank"] or 0, row["hotspot_id"])


def _rasters(editions: Editions, edition: Edition) -> tuple[Raster, ...]:
    """The rasters that have a picture, in the order of RASTER_GROUPS; adjusted p and the like stay downloads."""
    found = []
    for entry in edition.manifest.rasters:
        group = raster_group(entry.name)
        if group is not None and editions.has(edition, f"pictures/{entry.name}.png"):
            found.append(Raster(entry.name, entry.title, entry.unit, group))
    first = ("priority", "burden", "vulnerability")
    order = {name: position for position, name in enumerate(first)}
    return tuple(
        sorted(found, key=lambda raster: (RASTER_GROUPS.index(raster.group), order.get(raster.name, len(order))))
    )


def _vector_downloads(editions: Editions, edition: Edition, files: str) -> tuple[tuple[str, tuple[Download, ...]], ...]:
    rows = []
    for entry in edition.manifest.vectors:
        paths = [(f"vectors/{entry.name}.{suffix}", label) for suffix, label in FORMATS]
        found = tuple(_download(edition, files, path, label) for path, label in paths if editions.has(edition, path))
        rows.append((entry.title, (*found, *_package(edition, files, entry.name))))
    return tuple(rows)


def _download(edition: Edition, files: str, path: str, label: str) -> Download:
    size = None if path == "manifest.json" else edition.file(path).size_bytes
    return Download(f"{files}{path}", label, download_name(edition, path), size)


def _package(edition: Edition, files: str, layer: str) -> tuple[Download, ...]:
    if not data_files(edition, layer):
        return ()
    name = f"{edition.region}-{layer}-{edition.id}.zip"
    return (Download(f"{files}packages/{layer}.zip", N_("ZIP with codebook and licences"), name, None),)


def _page_data(
    editions: Editions, edition: Edition, files: str, dimension: str, rasters: tuple[Raster, ...], language: Language
) -> dict[str, Any]:
    """What the scripts read, in the page's language; every address is relative to the page."""
    manifest = edition.manifest
    tiles = {}
    for layer in VECTOR_TILES:
        if editions.has(edition, f"tiles/{layer}.pmtiles"):
            header = editions.tiles(edition, layer).header
            template = f"tiles/{edition.region}/{edition.id}/{layer}/{{z}}/{{x}}/{{y}}.mvt"
            tiles[layer] = {"url": template, "minzoom": header["min_zoom"], "maxzoom": header["max_zoom"]}
    return {
        "messages": language.script_messages,
        "plurals": language.plural_categories,
        "region": edition.region,
        "edition": edition.id,
        "files": files,
        "bounds": list(manifest.bounds),
        "dimension": dimension,
        "dimensions": {name: language.text(heading) for name, heading in DIMENSION_TITLES.items()},
        "rules": {name: language.text(heading) for name, heading in RULE_TITLES.items()},
        "scope": language.text(scope(edition)),
        "rasters": [_raster_data(editions, edition, raster, language) for raster in rasters],
        "tiles": tiles,
        "increments": _increments(editions, edition, language),
        "pressures": [
            {
                "field": f"{name}_pressure",
                "title": language.text(DIMENSION_TITLES[name]),
                "unit": language.unit(unit),
                "note": _free(PRESSURE_NOTES.get(name), language),
            }
            for name, unit in PRESSURE_UNITS.items()
        ],
        "status": {
            name: {
                "title": language.text(SUBJECT_TITLES.get(name, name)),
                "state": status.state,
                "reason": _free(status.reason, language),
            }
            for name, status in manifest.status.items()
        },
        "years": sorted({file.year for file in manifest.inputs if file.year is not None}),
    }


def _free(text: str | None, language: Language) -> dict[str, str] | None:
    """Free text of an edition and the language it is in, which the script marks."""
    if text is None:
        return None
    return {"text": language.text(text), "lang": language.code if language.knows(text) else ENGLISH.code}


def _raster_data(editions: Editions, edition: Edition, raster: Raster, language: Language) -> dict[str, Any]:
    about = editions.document(edition, f"pictures/{raster.name}.json")
    return {
        "name": raster.name,
        "title": language.titled(raster.title),
        "unit": language.unit(raster.unit),
        "meaning": _free(about["meaning"], language),
        "basis": _free(about["basis"], language),
        "labels": [language.text(item["label"]) for item in about["classes"]],
    }


def _increments(editions: Editions, edition: Edition, language: Language) -> list[dict[str, Any]]:
    found = []
    for entry in edition.manifest.rasters:
        if entry.name.endswith("_increment_ug_m3") and editions.has(edition, f"pictures/{entry.name}.json"):
            about = editions.document(edition, f"pictures/{entry.name}.json")
            pollutant = edition.manifest.pollutants.get(entry.name.removesuffix("_increment_ug_m3"))
            note = str(pollutant["note"]) if isinstance(pollutant, dict) and pollutant.get("note") else None
            found.append(
                {
                    "field": entry.name,
                    "title": language.text(entry.title.partition(":")[0]),
                    "unit": entry.unit,
                    "standard": _free(about["standard"], language),
                    "note": _free(note, language),
                }
            )
    return sorted(found, key=lambda item: item["standard"] is None)
