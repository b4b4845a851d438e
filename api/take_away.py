"""What can be taken away from a selection of hotspots: its report, and its features as files."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from api.map_view import MapView
from api.selection import Selection


@dataclass(frozen=True)
class Address:
    """What the addresses of a page's selections share: an edition (empty: the current one), the one compared with and
    a language, each empty where the address names none."""

    region: str
    edition: str
    compare: str
    lang: str

    def of(self, page: str, selection: Selection, hotspot: str = "") -> str:
        """The address of ``page`` for one selection, relative to the service's own."""
        query = {
            "region": self.region,
            "edition": self.edition,
            **selection.parameters,
            "compare": self.compare,
            "lang": self.lang,
            "hotspot": hotspot,
        }
        return f"{page}?{urlencode({name: value for name, value in query.items() if value})}"


@dataclass(frozen=True)
class Links:
    """Addresses of one selection, relative to the service's own; ``name`` is what its files are called."""

    map: str
    report: str
    geojson: str
    csv: str
    name: str


def links(view: MapView, hotspot: str, compare: str) -> Links:
    """The links of what ``view`` lists.

    ``hotspot`` is the one chosen, ``compare`` the edition compared with, each empty where there is none.
    """
    files = f"regions/{view.region.id}/editions/{view.edition.id}/hotspots"
    fragment = f"#{urlencode({'hotspot': hotspot})}" if hotspot else ""
    chosen = view.selection.parameters
    pinned = Address(view.region.id, view.edition.id, compare, view.asked)
    return Links(
        map=f"{pinned.of('map', view.selection)}{fragment}",
        report=pinned.of("report", view.selection, hotspot),
        geojson=f"{files}?{urlencode(chosen | {'f': 'geojson'})}",
        csv=f"{files}?{urlencode(chosen | {'f': 'csv'})}",
        name=f"{view.region.id}-hotspots-{view.selection.dimension}-{view.edition.id}",
    )
