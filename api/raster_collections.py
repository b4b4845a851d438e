"""The rasters that the map shows as collections of OGC API: map tiles, legend and the COG, but no features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api import legend
from api.editions import Editions
from api.features.collections import HTML, JSON, Collection, OfEdition, find, link
from api.features.crs import CRS84
from api.map_tiles import has_tiles
from hotspots.editions import Edition
from hotspots.errors import NotFoundError

TILESETS_MAP = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
LEGEND = "http://www.opengis.net/def/rel/ogc/1.0/legend"


@dataclass(frozen=True)
class RasterCollection(OfEdition):
    """One raster of one edition; ``pinned`` where the id names the edition. ``about`` is its TileJSON."""

    edition: Edition
    raster: str
    about: dict[str, Any]
    pinned: bool

    @property
    def name(self) -> str:
        """The raster."""
        return self.raster

    @property
    def title(self) -> str:
        """For people."""
        return str(self.about["name"])

    def document(self, base: str) -> dict[str, Any]:
        """The collection as OGC API - Common describes it."""
        here = f"{base}collections/{self.id}"
        policy = self.edition.manifest.policy
        place = f"{self.edition.region}/{self.edition.id}"
        other, relation = (self.current_id, "latest-version") if self.pinned else (self.pinned_id, "canonical")
        raster = self.edition.file(f"rasters/{self.raster}.tif")
        return {
            "id": self.id,
            "title": self.title,
            "description": f"{self.about['description']} {policy.statement}",
            "attribution": self.about["attribution"],
            "license": policy.licence,
            "disclaimer": policy.disclaimer,
            "edition": self.edition.id,
            "dataType": "coverage",
            "extent": {"spatial": {"bbox": [self.about["bounds"]], "crs": CRS84}},
            "links": [
                link("self", here, JSON, self.title),
                link("alternate", f"{here}?f=html", HTML, self.title),
                link(relation, f"{base}collections/{other}", JSON, "The current edition" if self.pinned else "Pinned"),
                link(TILESETS_MAP, f"{here}/map/tiles", JSON, f"{self.title}: map tiles"),
                link(LEGEND, f"{base}tiles/{place}/{self.raster}/legend.svg", legend.MEDIA_TYPE, "Legend"),
                link("enclosure", f"{base}files/{place}/{raster.path}", raster.media_type, "The raster as a COG"),
                link(
                    "enclosure",
                    f"{base}files/{place}/packages/{self.raster}.zip",
                    "application/zip",
                    "The raster with its style, codebook, licences and quality report",
                ),
            ],
        }


def find_raster(editions: Editions, identifier: str) -> RasterCollection:
    """The raster collection of an identifier.

    Raises
    ------
    NotFoundError
        If there is none such.
    """
    region, _, rest = identifier.partition("-")
    raster, _, named = rest.partition("-")
    edition = editions.get(region, named or editions.current_id(region))
    if not has_tiles(editions, edition, raster):
        raise NotFoundError(f"there is no raster {identifier!r}.", remedy="/map/tiles lists them.")
    return RasterCollection(edition, raster, editions.tiles(edition, raster).tilejson(""), pinned=bool(named))


def find_any(editions: Editions, identifier: str) -> Collection | RasterCollection:
    """The collection of an identifier, raster or features; NotFoundError if there is none such."""
    try:
        return find_raster(editions, identifier)
    except NotFoundError:
        return find(editions, identifier)


def current_rasters(editions: Editions) -> list[RasterCollection]:
    """The rasters with map tiles of every region's current edition."""
    return [
        find_raster(editions, f"{state.id}-{entry.name}")
        for state in editions.store.regions()
        if state.current is not None
        for entry in editions.get(state.id, state.current).manifest.rasters
        if has_tiles(editions, editions.get(state.id, state.current), entry.name)
    ]
