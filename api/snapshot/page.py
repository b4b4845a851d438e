"""The page of the map to e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import folium
from markupsafe import escape

from api.editions import Editions
from api.filter_form import RULE_TITLES
from api.i18n import Language
from api.layer_cards import layer_cards
from api.map_data import SECTOR_GROUPS, SUBJECT_TITLES, page_data
from api.map_view import Raster, rasters_of, scope
from api.pages import document
from api.report_view import METHOD, PEOPLE_GROUPS
from api.snapshot.data import MOST_SOURCES, compact, features, tags_of
from api.snapshot.inline import libraries, readable_by_all, script, stable_ids, styles, verbatim
from config.reading import did_you_mean
from hotspots.editions import Edition
from hotspots.errors import NotFoundError
from hotspots.evidence import COMBINED
from hotspots.fields import DIMENSION_TITLES
from hotspots.statuses import TITLES

TITLE = "Pollution hotspots"
SHOWN = ("Scores", "Pressure", "People", "Clustering")
"""The groups of rasters that are on the map unless others are asked for."""
LISTED = 25
"""Hotspots of a dimension in the ranked list; all of them are on the map."""
ZOOM_STEP = 0.25
"""Whole zoom levels would leave a region as small as half the window."""
KEPT = ("messages", "plurals", "edition", "dimensions", "pressures", "increments")
"""What the script takes of the data of the map page."""


def page(editions: Editions, edition: Edition, language: Language, layers: Sequence[str] = ()) -> str:
    """The whole page; the same edition, language and layers give the same text.

    ``layers`` are the rasters that can be chosen, those of SHOWN unless any are named.

    Raises
    ------
    NotFoundError
        If the edition has no picture of a layer.
    ConfigError
        If set-up has not installed Leaflet.
    """
    rasters = _chosen(rasters_of(editions, edition), edition, layers)
    said = page_data(editions, edition, "", [(item.name, item.title, item.unit) for item in rasters], language)
    met = [entry["field"] for entry in (*said["pressures"], *said["increments"])]
    found = features(edition, met, language)
    shown = folium.Map(
        tiles=None, control_scale=True, attribution_control=False, zoom_control=False, zoom_snap=ZOOM_STEP
    )
    shown.default_js, shown.default_css = [], []
    overlays = {item.name: _picture(editions, edition, item).add_to(shown) for item in rasters}
    code = script()
    data = {name: said[name] for name in KEPT} | {
        "messages": {message: text for message, text in said["messages"].items() if f'"{message}"' in code},
        "rules": {name: language.text(title) for name, title in RULE_TITLES.items()},
        "groups": {name: language.text(title) for name, title in PEOPLE_GROUPS},
        "sectors": {name: language.text(title) for name, title in SECTOR_GROUPS.items()},
        "missing": {TITLES[name]: language.text(title) for name, title in SUBJECT_TITLES.items() if name in TITLES},
        "tags": tags_of((*found["hotspots"], *found["sources"]), language),
        "releases": _releases(edition, language),
        "datasets": [item.title for item in edition.manifest.inputs],
        "bounds": _corners(edition),
        "map": shown.get_name(),
        "overlays": {name: overlay.get_name() for name, overlay in overlays.items()},
        "features": found,
    }
    figure = shown.get_root()
    figure.title = escape(f"{language.text(TITLE)}: {edition.manifest.title}")
    figure.header.add_child(verbatim(f"{libraries()}<style>{styles()}</style>"), name="libraries")
    panel = document("snapshot.html", language, **_said(edition, language, rasters, said["rasters"], found))
    embedded = f'<script type="application/json" id="page-data">{compact(data)}</script>'
    figure.html.add_child(verbatim(f'{panel}{embedded}<script type="module">{code}</script>'), name="panel")
    return readable_by_all(stable_ids(shown, figure.render()), language.code, language.direction)


def _chosen(known: Sequence[Raster], edition: Edition, asked: Sequence[str]) -> tuple[Raster, ...]:
    by_name = {raster.name: raster for raster in known}
    for name in asked:
        if name not in by_name:
            raise NotFoundError(
                f"there is no picture of a layer {name!r}.",
                source=f"{edition.region} {edition.id}",
                field="layer",
                remedy=did_you_mean(name, sorted(by_name), "layers"),
            )
    if asked:
        return tuple(by_name[name] for name in dict.fromkeys(asked))
    return tuple(raster for raster in known if raster.group in SHOWN)


def _picture(editions: Editions, edition: Edition, raster: Raster) -> folium.raster_layers.ImageOverlay:
    """The published picture of a raster, below everything that is drawn."""
    (west, north), _, (east, south), _ = editions.document(edition, f"pictures/{raster.name}.json")["coordinates"]
    return folium.raster_layers.ImageOverlay(
        str(edition.path(f"pictures/{raster.name}.webp")),
        [[south, west], [north, east]],
        show=False,
        pane="tilePane",
    )


def _corners(edition: Edition) -> list[list[float]]:
    """South-west and north-east as Leaflet takes them: latitude first; past 180 across the antimeridian."""
    west, south, east, north = edition.manifest.bounds
    return [[south, west], [north, east if east > west else east + 360]]


def _releases(edition: Edition, language: Language) -> dict[str, str]:
    """What a source releases: the name of the pollutant by its field."""
    names = {name: str(about["name"]) for name, about in edition.manifest.pollutants.items() if isinstance(about, dict)}
    return {f"release_{name}_kg_yr": language.text(title) for name, title in names.items()}


def _said(
    edition: Edition,
    language: Language,
    rasters: Sequence[Raster],
    legends: Sequence[Mapping[str, Any]],
    found: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, Any]:
    """What the template prints."""
    hotspots = found["hotspots"]
    by_dimension = {name: [row for row in hotspots if row["dimension"] == name] for name in DIMENSION_TITLES}
    first = sorted(by_dimension, key=lambda name: name != COMBINED)
    status = edition.manifest.status
    return {
        "manifest": edition.manifest,
        "scope": scope(edition),
        "lists": [
            (name, DIMENSION_TITLES[name], by_dimension[name][:LISTED], len(by_dimension[name]))
            for name in first
            if name not in status or status[name].state != "not_assessed"
        ],
        "rules": RULE_TITLES,
        "rasters": [(raster, legend) for raster, legend in zip(rasters, legends, strict=True)],
        "found": found,
        "most_sources": MOST_SOURCES,
        "sector_groups": SECTOR_GROUPS,
        "subjects": SUBJECT_TITLES,
        "cards": layer_cards(edition),
        "method": METHOD,
        "years": sorted({file.year for file in edition.manifest.inputs if file.year is not None}),
    }
