"""What the map page shows of one edition: everything the template and the scripts need, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.editions import Editions
from api.figure import Figure, figure
from api.i18n import N_, Language
from api.layer_cards import Card, contacts, layer_cards
from api.map_data import ground, page_data
from api.packages import data_files
from api.routes.files import download_name
from api.snapshot.naming import snapshot_name
from hotspots.editions import Edition, RegionState
from hotspots.fields import DIMENSION_TITLES, RASTER_GROUPS, raster_group
from hotspots.inventory import ranking_scope
from hotspots.result import Status
from hotspots.tags import SDG, order, split, title

COMBINED = "all"
LISTED = 50
"""Hotspots of a dimension that the page lists; the downloads hold all."""
STATE_TITLES = {"assessed": N_("assessed"), "partly": N_("partly assessed"), "not_assessed": N_("not assessed")}
FORMATS = (("geojson", "GeoJSON"), ("gpkg", "GeoPackage"), ("parquet", "GeoParquet"), ("csv", "CSV"))
OFFLINE_MAP = N_("Offline map (one file)")
DOCUMENTS = (
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
    figure: Figure | None
    vectors: tuple[tuple[str, tuple[Download, ...]], ...]
    grids: tuple[tuple[Download, tuple[Download, ...]], ...]
    documents: tuple[Download, ...]
    cards: tuple[Card, ...]
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
    rasters = rasters_of(editions, edition)
    files = f"files/{edition.region}/{edition.id}/"
    picture = editions.document(edition, f"pictures/{rasters[0].name}.json") if rasters else None
    return MapView(
        region=editions.store.region(edition.region),
        regions=tuple(state for state in editions.store.regions() if state.current is not None),
        edition=edition,
        files=files,
        scope=scope(edition),
        dimension=shown,
        dimensions=dimensions,
        tag=tag,
        tags=tuple((name, tag_title(name, language)) for name in tags),
        rasters=rasters,
        picture=picture,
        figure=figure(picture["coordinates"], ground(editions, edition), features) if picture else None,
        vectors=_vector_downloads(editions, edition, files),
        grids=tuple(
            (_download(edition, files, f"rasters/{entry.name}.tif", entry.title), _package(edition, files, entry.name))
            for entry in edition.manifest.rasters
            if editions.has(edition, f"rasters/{entry.name}.tif")
        ),
        documents=(
            _offline_map(edition, language),
            *(
                _download(edition, files, path, label)
                for path, label in DOCUMENTS
                if path == "manifest.json" or editions.has(edition, path)
            ),
        ),
        cards=layer_cards(edition),
        asked=asked,
        data={
            **page_data(editions, edition, files, [(item.name, item.title, item.unit) for item in rasters], language),
            "dimension": shown,
            "scope": language.text(scope(edition)),
            "contacts": contacts(edition),
            "tag": tag,
            "tags": {name: tag_title(name, language) for name in tags},
        },
    )


def tag_title(tag: str, language: Language) -> str:
    """The title of a tag in the page's language."""
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


def rasters_of(editions: Editions, edition: Edition) -> tuple[Raster, ...]:
    """The rasters that have a picture, in the order of RASTER_GROUPS; adjusted p and the like stay downloads."""
    found = []
    for entry in edition.manifest.rasters:
        group = raster_group(entry.name)
        if group is not None and editions.has(edition, f"pictures/{entry.name}.webp"):
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


def _offline_map(edition: Edition, language: Language) -> Download:
    query = urlencode({"region": edition.region, "edition": edition.id, "lang": language.code})
    return Download(f"snapshot?{query}", OFFLINE_MAP, snapshot_name(edition, language.code), None)


def _package(edition: Edition, files: str, layer: str) -> tuple[Download, ...]:
    if not data_files(edition, layer):
        return ()
    name = f"{edition.region}-{layer}-{edition.id}.zip"
    return (Download(f"{files}packages/{layer}.zip", N_("ZIP with codebook and licences"), name, None),)
