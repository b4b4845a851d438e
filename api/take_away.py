"""What can be taken away from a selection of hotspots: its report, and its features by a query that says which."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from api.map_view import MapView


@dataclass(frozen=True)
class Links:
    """Addresses of one selection, relative to the service's own; ``name`` is what its files are called."""

    map: str
    report: str
    geojson: str
    csv: str
    name: str


def take_away(view: MapView, compare: str) -> dict[str, Links]:
    """The links of every dimension that the map page lists; ``compare`` is the edition compared with, or empty."""
    return {item.id: links(view, item.id, "", compare) for item in view.dimensions if item.assessed}


def links(view: MapView, dimension: str, hotspot: str, compare: str) -> Links:
    """The links of the hotspots of ``dimension`` that carry the view's tag.

    ``hotspot`` is the one chosen, ``compare`` the edition compared with, each empty where there is none.
    """
    items = f"collections/{view.region.id}-hotspots-{view.edition.id}/items"
    query = {"filter": filter_text(dimension, view.tag), "sortby": "rank", "limit": "10000"}
    fragment = f"#{urlencode({'hotspot': hotspot})}" if hotspot else ""
    return Links(
        map=f"{address('map', view, dimension, '', compare, view.asked)}{fragment}",
        report=address("report", view, dimension, hotspot, compare, view.asked),
        geojson=f"{items}?{urlencode(query | {'f': 'geojson'})}",
        csv=f"{items}?{urlencode(query | {'f': 'csv'})}",
        name=f"{view.region.id}-hotspots-{dimension}-{view.edition.id}",
    )


def address(page: str, view: MapView, dimension: str, hotspot: str, compare: str, lang: str) -> str:
    """The address of a page for one selection; ``lang`` is a language or empty."""
    query = {
        "region": view.region.id,
        "edition": view.edition.id,
        "dimension": dimension,
        "tag": view.tag,
        "compare": compare,
        "lang": lang,
        "hotspot": hotspot,
    }
    return f"{page}?{urlencode({name: value for name, value in query.items() if value})}"


def filter_text(dimension: str, tag: str) -> str:
    """The condition in CQL2 text that the hotspots of a dimension with a tag, and no others, meet."""
    conditions = [f"dimension = '{_quoted(dimension)}'"]
    if tag:
        exact = _quoted(tag)
        like = exact.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        patterns = (f"{like}, %", f"%, {like}", f"%, {like}, %")
        either = " OR ".join(f"tags LIKE '{text}'" for text in patterns)
        conditions.append(f"(tags = '{exact}' OR {either})")
    return " AND ".join(conditions)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
