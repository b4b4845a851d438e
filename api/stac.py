"""The editions as a STAC 1.1 catalogue: a collection a region, an item an edition, an asset a data file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pystac
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import DataType, NoDataStrings, RasterBand, RasterExtension
from pystac.extensions.version import VersionExtension

from api.editions import Editions
from hotspots.editions import Edition
from hotspots.editions.manifest import EditionFile

CATALOGUE = "pollution-hotspots"
JSON, GEOJSON = "application/json", "application/geo+json"
CONFORMANCE = (
    *(f"https://api.stacspec.org/v1.0.0/{name}" for name in ("core", "collections", "ogcapi-features", "item-search")),
    *(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "oas30")),
)
SHA256_MULTIHASH = "1220"
"""What a multihash of SHA-256 begins with: the code of the function and the length of 32 bytes."""
SHOWN_ROLES = {"data": ["data"], "tiles": ["visual", "tiles"], "map": ["overview"]}


def catalogue(editions: Editions, base: str) -> dict[str, Any]:
    """The root catalogue; ``base`` is the service's address with a slash."""
    root = pystac.Catalog(
        CATALOGUE,
        "Ranked pollution hotspots with their evidence, by region and edition.",
        "Pollution hotspots",
        href=f"{base}stac",
    )
    document = root.to_dict(include_self_link=False, transform_hrefs=False)
    document["conformsTo"] = list(CONFORMANCE)
    document["links"] = [
        link("self", f"{base}stac", JSON),
        link("root", f"{base}stac", JSON),
        link("service-desc", f"{base}openapi.json", "application/vnd.oai.openapi+json;version=3.1"),
        link("data", f"{base}stac/collections", JSON),
        link("conformance", f"{base}stac/conformance", JSON),
        *({**link("search", f"{base}stac/search", GEOJSON), "method": method} for method in ("GET", "POST")),
        *(
            link("child", f"{base}stac/collections/{state.id}", JSON, state.title)
            for state in editions.store.regions()
            if state.current is not None
        ),
    ]
    return document


def collection(editions: Editions, region: str, base: str) -> dict[str, Any]:
    """The collection of a region with a link to every edition, the current one first."""
    edition = editions.get(region, editions.current_id(region))
    manifest = edition.manifest
    made = pystac.Collection(
        id=region,
        description=manifest.policy.statement,
        title=manifest.title,
        license=manifest.policy.licence,
        extent=pystac.Extent(pystac.SpatialExtent([list(manifest.bounds)]), pystac.TemporalExtent([span(edition)])),
        providers=[pystac.Provider(manifest.policy.publisher, roles=[pystac.ProviderRole.PROCESSOR])],
    )
    document = made.to_dict(include_self_link=False, transform_hrefs=False)
    here = f"{base}stac/collections/{region}"
    records = sorted(editions.store.editions(region), key=lambda record: record.id != edition.id)
    document["links"] = [
        link("self", here, JSON),
        link("root", f"{base}stac", JSON),
        link("parent", f"{base}stac", JSON),
        link("items", f"{here}/items", GEOJSON),
        *(link("item", f"{here}/items/{record.id}", GEOJSON, record.id) for record in records),
    ]
    return document


def item(edition: Edition, current: str, base: str) -> dict[str, Any]:
    """One edition: its extent, years, projection and files."""
    manifest = edition.manifest
    west, south, east, north = manifest.bounds
    first, last = span(edition)
    made = pystac.Item(
        id=edition.id,
        geometry={
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        bbox=list(manifest.bounds),
        datetime=None,
        start_datetime=first,
        end_datetime=last,
        properties={
            "title": f"{manifest.title}, edition {edition.id}",
            "description": f"{manifest.policy.statement} {manifest.policy.disclaimer}",
            "created": manifest.created.isoformat(),
            "license": manifest.policy.licence,
        },
        collection=edition.region,
    )
    VersionExtension.ext(made, add_if_missing=True).apply(version=edition.id)
    projection = ProjectionExtension.ext(made, add_if_missing=True)
    projection.apply(code=_code(edition), shape=list(edition.grid.shape), transform=list(edition.grid.transform)[:6])
    RasterExtension.add_to(made)
    FileExtension.add_to(made)
    for file in manifest.files:
        if file.role in SHOWN_ROLES:
            made.add_asset(file.path, _asset(edition, file, base))
    document = made.to_dict(include_self_link=False, transform_hrefs=False)
    parent = f"{base}stac/collections/{edition.region}"
    document["links"] = [
        link("self", f"{parent}/items/{edition.id}", GEOJSON),
        link("root", f"{base}stac", JSON),
        link("parent", parent, JSON),
        link("collection", parent, JSON),
        link("latest-version", f"{parent}/items/{current}", GEOJSON),
    ]
    return document


def _asset(edition: Edition, file: EditionFile, base: str) -> pystac.Asset:
    asset = pystac.Asset(
        f"{base}files/{edition.region}/{edition.id}/{file.path}",
        file.title,
        None,
        file.media_type,
        SHOWN_ROLES[file.role],
    )
    asset.extra_fields = {"file:size": file.size_bytes, "file:checksum": f"{SHA256_MULTIHASH}{file.sha256}"}
    raster = next((entry for entry in edition.manifest.rasters if file.path == f"rasters/{entry.name}.tif"), None)
    if raster is not None:
        band = RasterBand.create(nodata=NoDataStrings.NAN, data_type=DataType.FLOAT32, unit=raster.unit)
        asset.extra_fields["raster:bands"] = [band.to_dict()]
    return asset


def span(edition: Edition) -> list[datetime]:
    """From the first to the last year of the inputs; the day it was made where no input is dated."""
    years = [file.year for file in edition.manifest.inputs if file.year is not None]
    if not years:
        return [edition.manifest.created, edition.manifest.created]
    return [datetime(min(years), 1, 1, tzinfo=UTC), datetime(max(years), 12, 31, 23, 59, 59, tzinfo=UTC)]


def _code(edition: Edition) -> str | None:
    authority = edition.grid.crs.to_authority()
    return None if authority is None else ":".join(authority)


def link(relation: str, href: str, media_type: str, title: str | None = None) -> dict[str, str]:
    """A link of a STAC document."""
    return {"rel": relation, "href": href, "type": media_type} | ({} if title is None else {"title": title})
