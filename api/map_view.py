"""What the map page shows of one edition: everything the template and the scripts need, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.editions import Editions
from api.figure import Figure, figure
from api.filter_form import FilterForm, filter_form, tag_title
from api.i18n import N_, Language
from api.layer_cards import Card, contacts, layer_cards
from api.local_names import in_language, with_contributors
from api.map_data import ground, page_data
from api.packages import data_files
from api.routes.files import download_name
from api.selection import Row, Selection, followed, listed, own_rule
from api.snapshot.naming import snapshot_name
from hotspots.editions import Edition, RegionState
from hotspots.evidence import COMBINED
from hotspots.fields import DIMENSION_TITLES, RASTER_GROUPS, raster_group
from hotspots.inventory import ranking_scope
from hotspots.ranking import RULES
from hotspots.result import Status
from hotspots.tags import split

LISTED = 50
"""Hotspots that the page lists; the downloads hold all."""
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


@dataclass(frozen=True)
class Dimension:
    """One choice of the dimension filter; ``reason`` says why it was not assessed.

    ``count`` are its hotspots that the other filters let through, ``total`` all of them.
    """

    id: str
    title: str
    assessed: bool
    state: str
    reason: str
    count: int
    total: int


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
    ``asked`` is the language that the address names, or empty. ``listed`` are all hotspots of the selection, in its
    order, ``first`` those that a page lists; ``rule`` is what they are ranked by, empty where the edition has none.
    ``notices`` say what of the selection could not be followed.
    """

    region: RegionState
    regions: tuple[RegionState, ...]
    edition: Edition
    files: str
    scope: str
    selection: Selection
    notices: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    listed: tuple[Row, ...]
    first: tuple[Row, ...]
    rule: str
    form: FilterForm
    rasters: tuple[Raster, ...]
    picture: dict[str, Any] | None
    figure: Figure | None
    vectors: tuple[tuple[str, tuple[Download, ...]], ...]
    grids: tuple[tuple[Download, tuple[Download, ...]], ...]
    documents: tuple[Download, ...]
    cards: tuple[Card, ...]
    asked: str
    data: dict[str, Any]

    @property
    def rank_field(self) -> str:
        """The field of a hotspot that it is ranked by."""
        return RULES.get(self.rule, "rank")

    @property
    def dimension(self) -> Dimension:
        """The dimension that is shown."""
        return next(item for item in self.dimensions if item.id == self.selection.dimension)


def scope(edition: Edition) -> str:
    """What the title of a ranking adds."""
    known = edition.manifest.status.get("inventory")
    return ranking_scope(Status(known.state, known.reason) if known else None)


def map_view(editions: Editions, edition: Edition, wanted: Selection, language: Language, asked: str) -> MapView:
    """The view of what of ``wanted`` can be followed in ``edition``."""
    features = editions.document(edition, "vectors/hotspots.geojson")["features"]
    rows = [in_language(feature["properties"], language) for feature in features]
    selection, notices = followed(wanted, rows, assessed(edition))
    shown = tuple(listed(rows, selection))
    rasters = rasters_of(editions, edition)
    files = f"files/{edition.region}/{edition.id}/"
    picture = editions.document(edition, f"pictures/{rasters[0].name}.json") if rasters else None
    return MapView(
        region=editions.store.region(edition.region),
        regions=tuple(state for state in editions.store.regions() if state.current is not None),
        edition=edition,
        files=files,
        scope=scope(edition),
        selection=selection,
        notices=notices,
        dimensions=_dimensions(edition, rows, selection),
        listed=shown,
        first=tuple(with_contributors(row, language) for row in shown[:LISTED]),
        rule=selection.rule or own_rule(rows),
        form=filter_form(rows, selection, language),
        rasters=rasters,
        picture=picture,
        figure=figure(picture["coordinates"], ground(editions, edition), features, shown) if picture else None,
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
            "found": found(selection, shown, selection.rule or own_rule(rows)),
            "scope": language.text(scope(edition)),
            "contacts": contacts(edition),
            "compared": next(iter(editions.store.comparisons.of(edition.region, edition.id)), ""),
            "tags": {name: tag_title(name, language) for row in rows for name in split(row.get("tags") or "")},
        },
    )


def assessed(edition: Edition) -> tuple[str, ...]:
    """The dimensions whose hotspots can be listed, all of them together first."""
    status = edition.manifest.status
    names = sorted(DIMENSION_TITLES, key=lambda name: name != COMBINED)
    return tuple(name for name in names if name not in status or status[name].state != "not_assessed")


def found(selection: Selection, shown: Sequence[Row], rule: str) -> dict[str, Any]:
    """What the scripts know of a selection: ``ranks`` by id where the map's own filter and ranks do not serve."""
    plain = not selection.filtered and not selection.rule
    return {
        "query": selection.parameters,
        "dimension": selection.dimension,
        "tag": selection.tag,
        "rule": rule,
        "own": not selection.rule,
        "ranks": None if plain else {row["hotspot_id"]: row["rank"] for row in shown},
    }


def _dimensions(edition: Edition, rows: Sequence[Row], selection: Selection) -> tuple[Dimension, ...]:
    items = []
    can_be_listed = assessed(edition)
    for name, heading in sorted(DIMENSION_TITLES.items(), key=lambda item: item[0] != COMBINED):
        of_dimension = [row for row in rows if row["dimension"] == name]
        status = edition.manifest.status.get(name)
        items.append(
            Dimension(
                name,
                N_("All dimensions") if name == COMBINED else heading,
                name in can_be_listed,
                STATE_TITLES["assessed" if status is None else status.state],
                "" if status is None else status.reason,
                sum(map(selection.meets, of_dimension)),
                len(of_dimension),
            )
        )
    return tuple(items)


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
