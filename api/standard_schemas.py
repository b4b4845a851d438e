"""What answers that follow OGC API, TileJSON, STAC or DCAT hold, for the OpenAPI description: one model an answer.

The models describe and are not run, as those of `response_schemas`.
"""

# ruff: noqa: N815  (names are those of the standards' documents)

from __future__ import annotations

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
