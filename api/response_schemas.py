"""What the service's JSON answers hold, for the OpenAPI description: one model an answer.

The models describe and are not run: routes write plain values. Members that are not named here may stand beside them.
"""

# ruff: noqa: N815  (names are those of the standards' documents)

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class Link(BaseModel):
    """A link to another resource."""

    rel: str
    href: str
    type: str | None = None
    title: str | None = None
    templated: bool | None = None


class Linked(BaseModel):
    """What has links."""

    links: list[Link]


class Landing(Linked):
    """The first page, for programs."""

    title: str


class Conformance(BaseModel):
    """Conformance classes by URI."""

    conformsTo: list[str]


class Stale(BaseModel):
    """Why a region is behind, and since when."""

    reason: str
    since: str | None


class Region(Linked):
    """A region and its current edition."""

    id: str
    title: str
    current: str | None
    stale: Stale | None


class Regions(BaseModel):
    """All regions."""

    regions: list[Region]


class Edition(BaseModel):
    """One edition in a list."""

    id: str
    published_at: datetime
    size_bytes: int
    current: bool


class Editions(BaseModel):
    """The editions of a region."""

    region: str
    editions: list[Edition]


class Change(BaseModel):
    """A comparison with an earlier edition."""

    before: str
    href: str


class Changes(BaseModel):
    """The comparisons of an edition, newest first."""

    region: str
    edition: str
    changes: list[Change]


class HotspotChange(BaseModel):
    """What became of a hotspot; ``parts`` by cause add up to the change of its exposure."""

    hotspot_id: str
    kind: str
    share: float | None
    rank_before: int | None
    exposure_before: float | None
    exposure_after: float | None
    parts: dict[str, float]
    causes: list[str]


class RegionPolicy(BaseModel):
    """What may be published of a region, and what was withdrawn."""

    region: str
    withdrawn: list[Any]


class RestrictedFile(BaseModel):
    """A file that the key opens."""

    path: str
    countries: list[str]
    dataset: str
    media_type: str
    size_bytes: int
    sha256: str


class RestrictedFiles(BaseModel):
    """What the key opens of an edition."""

    region: str
    edition: str
    files: list[RestrictedFile]


class RecordedConsent(BaseModel):
    """A consent as it was recorded, and the editions it withdrew."""

    number: int
    counts: Any
    withdrawn: list[Any]


class Statement(BaseModel):
    """What every figure goes with."""

    edition: str
    statement: str
    disclaimer: str


class Value(BaseModel):
    """A raster's value; null where it is not assessed."""

    name: str
    title: str
    unit: str
    value: float | None


class Point(Statement):
    """The values at a place."""

    lon: float
    lat: float
    values: list[Value]


class RasterStatistics(BaseModel):
    """One raster over an area; null where nothing is known or may be told."""

    name: str
    title: str
    unit: str
    total: float | None
    mean: float | None
    mean_of_people: float | None
    lowest: float | None
    highest: float | None
    people_assessed: float | None
    area_assessed_km2: float | None
    classes: list[dict[str, Any]]


class Met(BaseModel):
    """The features of a layer that meet an area."""

    count: int
    first: list[dict[str, Any]]
    covered_km2: float | None = None


class AreaStatistics(Statement):
    """An area: null for layers that the edition does not have."""

    area_km2: float
    people: float | None
    rasters: list[RasterStatistics]
    hotspots: Met | None
    sources: Met | None
    protected: Met | None


class Job(Linked):
    """The statusInfo of OGC API - Processes."""

    jobID: str
    processID: str
    type: Literal["process"]
    status: Literal["accepted", "running", "successful", "failed", "dismissed"]
    created: str
    progress: int | None = Field(None, ge=0, le=100)
    message: str | None = None


class Jobs(Linked):
    """Jobs, newest first."""

    jobs: list[Job]


class JobResult(BaseModel):
    """What a job has done."""

    region: str
    outcome: str


class Process(Linked):
    """What is said of a process in the list; its description has inputs and outputs beside it."""

    id: str
    version: str
    jobControlOptions: list[str]
    outputTransmission: list[str]
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] | None = None


class Processes(Linked):
    """The processes."""

    processes: list[Process]


class SpatialExtent(BaseModel):
    """Boxes in longitude and latitude."""

    bbox: list[list[float]]


class Extent(BaseModel):
    """Where and when."""

    spatial: SpatialExtent
    temporal: dict[str, Any] | None = None


class Collection(Linked):
    """A layer of features (``itemType``), or a raster."""

    id: str
    title: str
    description: str
    license: str
    edition: str
    extent: Extent
    itemType: Literal["feature"] | None = None
    crs: list[str] | None = None


class Collections(Linked):
    """The layers of features."""

    collections: list[Collection]


class Geometry(BaseModel):
    """A GeoJSON geometry."""

    type: Literal["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Feature(BaseModel):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str | int
    geometry: Geometry | None
    properties: dict[str, Any] | None
    links: list[Link] = []


class Features(Linked):
    """A page of features; ``numberMatched`` is exact."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    numberMatched: int
    numberReturned: int


class HotspotList(BaseModel):
    """The hotspots of a selection, ranked by ``rank_rule``; ``selection`` are the parameters that it was asked by."""

    type: Literal["FeatureCollection"]
    title: str
    edition: str
    selection: dict[str, str]
    rank_rule: str
    statement: str
    disclaimer: str
    licence: str
    features: list[Feature]
    numberReturned: int


class JsonSchema(BaseModel):
    """A JSON schema of the properties of a layer."""

    schema_: str = Field(alias="$schema")
    id: str = Field(alias="$id")
    type: Literal["object"]
    title: str
    properties: dict[str, dict[str, Any]]


class TileJson(BaseModel):
    """TileJSON 3.0.0."""

    tilejson: Literal["3.0.0"]
    tiles: list[str]
    name: str
    attribution: str
    minzoom: int
    maxzoom: int
    bounds: list[float] = Field(min_length=4, max_length=4)
    vector_layers: list[dict[str, Any]] | None = None


class TileSet(Linked):
    """The tiles of a layer."""

    title: str
    dataType: Literal["vector", "map"]
    crs: str
    tileMatrixSetURI: str
    tileMatrixSetLimits: list[dict[str, Any]] | None = None


class TileSets(Linked):
    """Tilesets."""

    tilesets: list[TileSet]


class TileMatrixSet(BaseModel):
    """How tiles are cut."""

    id: str
    crs: Any
    tileMatrices: list[dict[str, Any]]


class TileMatrixSets(Linked):
    """The tile matrix sets."""

    tileMatrixSets: list[dict[str, Any]]


class StacObject(Linked):
    """What all of STAC's documents say."""

    stac_version: Literal["1.1.0"]
    id: str


class StacCatalog(StacObject, Conformance):
    """The root of the catalogue."""

    type: Literal["Catalog"]
    description: str


class StacCollection(StacObject):
    """A region."""

    type: Literal["Collection"]
    description: str
    license: str
    extent: Extent


class StacCollections(Linked):
    """The regions."""

    collections: list[StacCollection]


class StacItem(StacObject, Feature):
    """An edition."""

    id: str
    links: list[Link]
    collection: str
    bbox: list[float] = Field(min_length=4, max_length=4)
    stac_extensions: list[str]
    assets: dict[str, dict[str, Any]]


class StacItems(Linked):
    """A page of editions."""

    type: Literal["FeatureCollection"]
    features: list[StacItem]
    numberMatched: int
    numberReturned: int


class Dcat(BaseModel):
    """A DCAT-AP dataset in JSON-LD."""

    context: dict[str, str] = Field(alias="@context")
    id: str = Field(alias="@id")
    type: Literal["dcat:Dataset"] = Field(alias="@type")
    distribution: list[dict[str, Any]] = Field(alias="dcat:distribution")


class Health(BaseModel):
    """Whether the process lives and can answer."""

    live: bool
    ready: bool | None = None
    regions: int | None = None
