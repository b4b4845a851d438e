"""What the service's own JSON answers hold, for the OpenAPI description: one model an answer.

The models describe and are not run: routes write plain values. Members that are not named here may stand beside them.
Answers that follow a standard are in `standard_schemas`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from api.standard_schemas import Feature, Linked


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
    numberReturned: int  # noqa: N815  (as a FeatureCollection of OGC API - Features)


class Health(BaseModel):
    """Whether the process lives and can answer."""

    live: bool
    ready: bool | None = None
    regions: int | None = None
