"""What the map page shows of one edition: everything the template and the scripts need, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.editions import Editions
from api.packages import data_files
from api.routes.files import download_name
from hotspots.editions import Edition, RegionState
from hotspots.fields import DIMENSION_TITLES, PRESSURE_NOTES, PRESSURE_UNITS, RASTER_GROUPS, raster_group
from hotspots.inventory import ranking_scope
from hotspots.result import Status
from hotspots.tags import order, split, title

COMBINED = "all"
LISTED = 100
"""Hotspots of a dimension that the page lists; the downloads hold all."""
SUBJECT_TITLES = {
    "air": "Air",
    "freshwater": "Freshwater",
    "land": "Land and soil",
    "marine": "Marine and coastal",
    "protected_areas": "Protected areas",
    "vulnerability": "Vulnerability",
    "standards": "Standards",
    "monitors": "Monitors",
    "inventory": "Share of all releases",
}
STATE_TITLES = {"assessed": "assessed", "partly": "partly assessed", "not_assessed": "not assessed"}
RULE_TITLES = {
    "priority_people": "priority-weighted people",
    "severity": "mean priority",
    "ecological": "ecological exposure",
    "people_above_standard": "people above a standard",
}
FORMATS = (("geojson", "GeoJSON"), ("gpkg", "GeoPackage"), ("parquet", "GeoParquet"), ("csv", "CSV"))
DOCUMENTS = (
    ("map.html", "Offline map (one file)"),
    ("report/quality.csv", "Data quality report"),
    ("report/contributions.csv", "Source contributions"),
    ("report/attribution.parquet", "Attribution matrix"),
    ("report/sensitivity.csv", "Sensitivity of the first hotspots"),
    ("report/standards.csv", "People above standards"),
    ("report/coverage.csv", "Inventory coverage"),
    ("report/evaluation.csv", "Model and monitors"),
    ("report/codebook.csv", "Codebook"),
    ("report/CITATION.cff", "Citation file"),
    ("report/ATTRIBUTION.md", "Attribution"),
    ("manifest.json", "Manifest"),
)
VECTOR_TILES = ("hotspots", "sources", "admin", "protected", "observations")
GROUPS = ("Scores", "Pressure", "Concentration increments", "Rivers", "Sea", "People", "Clustering")
_GROUP_OF = {
    "priority": "Scores",
    "burden": "Scores",
    "vulnerability": "Scores",
    "ecological_exposure": "Pressure",
    "sea_plastic_kg_km2_yr": "Sea",
    "people": "People",
}
_GROUP_OF_END = (
    ("_pressure", "Pressure"),
    ("_increment_ug_m3", "Concentration increments"),
    ("_freshwater_mg_l", "Rivers"),
    ("_exposure", "People"),
    ("_gi_z", "Clustering"),
)


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
    ``tag`` is the one that hotspots are filtered by, or empty; ``tags`` are those they carry, each with its title, and
    that one.
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
    data: dict[str, Any]


def scope(edition: Edition) -> str:
    """What the title of a ranking adds."""
    known = edition.manifest.status.get("inventory")
    return ranking_scope(Status(known.state, known.reason) if known else None)


def map_view(editions: Editions, edition: Edition, dimension: str, tag: str = "") -> MapView:
    """The view of ``edition`` with the filter at ``dimension`` (the combined one where that was not assessed).

    With a ``tag`` only hotspots that carry it are listed.
    """
    features = editions.document(edition, "vectors/hotspots.geojson")["features"]
    hotspots = [feature["properties"] for feature in features]
    carried = {name for row in hotspots for name in split(row["tags"])}
    tags = sorted(carried | ({tag} if tag else set()), key=order)
    dimensions = _dimensions(edition, [row for row in hotspots if not tag or tag in split(row["tags"])])
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
        tags=tuple((name, title(name)) for name in tags),
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
        data=_page_data(editions, edition, files, shown, rasters)
        | {"tag": tag, "tags": {name: title(name) for name in tags}},
    )


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
                "All dimensions" if name == COMBINED else heading,
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
    return (Download(f"{files}packages/{layer}.zip", "ZIP with codebook and licences", name, None),)


def _page_data(
    editions: Editions, edition: Edition, files: str, dimension: str, rasters: tuple[Raster, ...]
) -> dict[str, Any]:
    """What the scripts read; every address is relative to the page."""
    manifest = edition.manifest
    tiles = {}
    for layer in VECTOR_TILES:
        if editions.has(edition, f"tiles/{layer}.pmtiles"):
            header = editions.tiles(edition, layer).header
            template = f"tiles/{edition.region}/{edition.id}/{layer}/{{z}}/{{x}}/{{y}}.mvt"
            tiles[layer] = {"url": template, "minzoom": header["min_zoom"], "maxzoom": header["max_zoom"]}
    return {
        "region": edition.region,
        "edition": edition.id,
        "files": files,
        "bounds": list(manifest.bounds),
        "dimension": dimension,
        "dimensions": DIMENSION_TITLES,
        "rules": RULE_TITLES,
        "scope": scope(edition),
        "rasters": [raster.name for raster in rasters],
        "tiles": tiles,
        "increments": _increments(editions, edition),
        "pressures": [
            {
                "field": f"{name}_pressure",
                "title": DIMENSION_TITLES[name],
                "unit": unit,
                "note": PRESSURE_NOTES.get(name),
            }
            for name, unit in PRESSURE_UNITS.items()
        ],
        "status": {
            name: {"title": SUBJECT_TITLES.get(name, name), "state": status.state, "reason": status.reason}
            for name, status in manifest.status.items()
        },
        "years": sorted({file.year for file in manifest.inputs if file.year is not None}),
    }


def _increments(editions: Editions, edition: Edition) -> list[dict[str, Any]]:
    found = []
    for entry in edition.manifest.rasters:
        if entry.name.endswith("_increment_ug_m3") and editions.has(edition, f"pictures/{entry.name}.json"):
            about = editions.document(edition, f"pictures/{entry.name}.json")
            pollutant = edition.manifest.pollutants.get(entry.name.removesuffix("_increment_ug_m3"))
            note = pollutant.get("note") if isinstance(pollutant, dict) else None
            found.append(
                {
                    "field": entry.name,
                    "title": entry.title.partition(":")[0],
                    "unit": entry.unit,
                    "standard": about["standard"],
                    "note": note,
                }
            )
    return sorted(found, key=lambda item: item["standard"] is None)
