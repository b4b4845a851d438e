"""The collections: ``region-layer`` follows the current edition, ``region-layer-edition`` never changes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from api.editions import Editions
from api.features.crs import CRS84, OFFERED
from api.features.store import FeatureStore
from hotspots.editions import Edition
from hotspots.errors import NotFoundError

JSON, SCHEMA, HTML = "application/json", "application/schema+json", "text/html"
TILESETS_VECTOR = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
_JSON_TYPES = {"number": "number", "integer": "integer", "boolean": "boolean", "text": "string"}


class OfEdition(ABC):
    """How a collection of an edition is named; ``pinned`` where the id names the edition."""

    edition: Edition
    pinned: bool

    @property
    @abstractmethod
    def name(self) -> str:
        """The layer or raster."""

    @property
    def id(self) -> str:
        """The identifier it was asked for by."""
        return self.pinned_id if self.pinned else self.current_id

    @property
    def current_id(self) -> str:
        """The identifier that follows the current edition."""
        return f"{self.edition.region}-{self.name}"

    @property
    def pinned_id(self) -> str:
        """The identifier that never changes."""
        return f"{self.current_id}-{self.edition.id}"


@dataclass(frozen=True)
class Collection(OfEdition):
    """One layer of one edition; ``pinned`` where the id names the edition."""

    edition: Edition
    layer: str
    store: FeatureStore
    pinned: bool

    @property
    def name(self) -> str:
        """The layer."""
        return self.layer

    @property
    def title(self) -> str:
        """For people."""
        return str(self.store.about["title"])

    @property
    def _tiled(self) -> bool:
        """Whether there are vector tiles of it: not of a layer without features."""
        return any(file.path == f"tiles/{self.layer}.pmtiles" for file in self.edition.manifest.files)

    def document(self, base: str) -> dict[str, Any]:
        """The collection as OGC API - Features describes it."""
        here = f"{base}collections/{self.id}"
        about = self.store.about
        manifest = self.edition.manifest
        box = about["bbox"] or manifest.bounds
        years = sorted({file.year for file in manifest.inputs if file.year is not None})
        interval = [f"{years[0]}-01-01T00:00:00Z", f"{years[-1]}-12-31T23:59:59Z"] if years else [None, None]
        edition_files = f"{base}files/{self.edition.region}/{self.edition.id}"
        files = f"{edition_files}/vectors/{self.layer}"
        other, relation = (self.current_id, "latest-version") if self.pinned else (self.pinned_id, "canonical")
        return {
            "id": self.id,
            "title": self.title,
            "description": f"{about['description']} {about['statement']}",
            "attribution": about["attribution"],
            "license": about["licence"],
            "disclaimer": about["disclaimer"],
            "edition": self.edition.id,
            "itemType": "feature",
            "extent": {
                "spatial": {"bbox": [list(box)], "crs": CRS84},
                "temporal": {"interval": [interval]},
            },
            "crs": list(OFFERED),
            "storageCrs": CRS84,
            "links": [
                link("self", here, JSON, self.title),
                link("alternate", f"{here}?f=html", HTML, self.title),
                link(relation, f"{base}collections/{other}", JSON, "The current edition" if self.pinned else "Pinned"),
                link("items", f"{here}/items", "application/geo+json", f"{self.title}: features"),
                link("items", f"{here}/items?f=html", HTML, f"{self.title}: features"),
                link("http://www.opengis.net/def/rel/ogc/1.0/queryables", f"{here}/queryables", SCHEMA, "Queryables"),
                link("http://www.opengis.net/def/rel/ogc/1.0/sortables", f"{here}/sortables", SCHEMA, "Sortables"),
                link("http://www.opengis.net/def/rel/ogc/1.0/schema", f"{here}/schema", SCHEMA, "Schema"),
                link("enclosure", f"{files}.geojson", "application/geo+json", "The whole layer as GeoJSON"),
                link("enclosure", f"{files}.gpkg", "application/geopackage+sqlite3", "The whole layer as GeoPackage"),
                link(
                    "enclosure", f"{files}.parquet", "application/vnd.apache.parquet", "The whole layer as GeoParquet"
                ),
                link("enclosure", f"{files}.csv", "text/csv", "The whole layer as CSV"),
                *([link(TILESETS_VECTOR, f"{here}/tiles", JSON, f"{self.title}: vector tiles")] if self._tiled else []),
                link(
                    "enclosure",
                    f"{edition_files}/packages/{self.layer}.zip",
                    "application/zip",
                    "The whole layer with its codebook, licences and quality report",
                ),
            ],
        }

    def queryables(self, address: str) -> dict[str, Any]:
        """JSON Schema of what can be asked for."""
        return self._schema(address, {name: _type(name, self.store) for name in self.store.columns}, closed=True)

    def sortables(self, address: str) -> dict[str, Any]:
        """JSON Schema of what can be sorted by."""
        schema = self.queryables(address)
        del schema["properties"]["geometry"]
        return schema

    def schema(self, address: str) -> dict[str, Any]:
        """JSON Schema of a feature's properties."""
        properties = {field["name"]: _type(field["name"], self.store) for field in self.store.fields}
        properties[self.store.about["id_field"]]["x-ogc-role"] = "id"
        return self._schema(address, properties, closed=False)

    def _schema(self, address: str, properties: dict[str, Any], closed: bool) -> dict[str, Any]:
        shape = "geometry-point" if self.store.about["geometry"] == "point" else "geometry-multipolygon"
        geometry = {"title": "Geometry", "format": shape, "x-ogc-role": "primary-geometry"}
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": address,
            "title": self.title,
            "type": "object",
            "properties": {"geometry": geometry, **properties},
        }
        return {**schema, "additionalProperties": False} if closed else schema


def _type(name: str, store: FeatureStore) -> dict[str, Any]:
    field = next(field for field in store.fields if field["name"] == name)
    described = {"title": field["title"], "description": field["meaning"]}
    if field["kind"] in _JSON_TYPES:
        described["type"] = _JSON_TYPES[field["kind"]]
    if field["unit"]:
        described["x-ogc-unit"] = field["unit"]
    return described


def link(relation: str, href: str, media_type: str, title: str) -> dict[str, str]:
    """A link as OGC API has them."""
    return {"rel": relation, "href": href, "type": media_type, "title": title}


def find(editions: Editions, identifier: str) -> Collection:
    """The collection of an identifier.

    Raises
    ------
    NotFoundError
        If there is none such.
    """
    region, _, rest = identifier.partition("-")
    layer, _, named = rest.partition("-")
    if not layer:
        raise NotFoundError(f"there is no collection {identifier!r}.", remedy="/collections lists them.")
    edition = editions.get(region, named or editions.current_id(region))
    return Collection(edition, layer, editions.features(edition, layer), pinned=bool(named))


def current(editions: Editions) -> list[Collection]:
    """The collections of every region's current edition."""
    found = []
    for state in editions.store.regions():
        if state.current is not None:
            edition = editions.get(state.id, state.current)
            found += [
                Collection(edition, entry.name, editions.features(edition, entry.name), pinned=False)
                for entry in edition.manifest.vectors
                if editions.has(edition, f"features/{entry.name}.sqlite")
            ]
    return found
