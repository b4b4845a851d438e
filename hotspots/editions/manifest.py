"""What an edition says about itself: manifest.json, format version 1."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationError

from hotspots.errors import CorruptEditionError
from hotspots.fields.report_tables import REPORT_TABLES
from hotspots.freshness import InputAge

MANIFEST = "manifest.json"

Role = Literal["data", "document", "picture", "style", "tiles", "map", "index"]

_MEDIA_TYPES = {
    ".tif": "image/tiff; application=geotiff; profile=cloud-optimized",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".sqlite": "application/vnd.sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".pmtiles": "application/vnd.pmtiles",
    ".qml": "application/xml",
    ".json": "application/json",
    ".md": "text/markdown",
    ".cff": "application/yaml",
    ".webp": "image/webp",
    ".html": "text/html",
}
_FOLDER_ROLES: dict[str, Role] = {
    "rasters": "data",
    "vectors": "data",
    "pictures": "picture",
    "styles": "style",
    "tiles": "tiles",
    "features": "index",
    "report": "document",
}
_DATA_REPORTS = {
    "report/quality.json",
    "report/quality.csv",
    "report/contributions.csv",
    *(f"report/{table.file}" for table in REPORT_TABLES),
}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class InputFile(_Value):
    """One file an edition was computed from, and the dataset it belongs to.

    Of a dataset that is not open, ``file`` is empty and ``sha256`` that of the rows that the policy let in.
    """

    dataset: str
    title: str
    publisher: str
    file: str
    sha256: str
    size_bytes: int | None
    licence: str
    citation: str
    url: str | None
    version: str | None
    year: int | None
    redistribution: Literal["raw", "derived", "none"]
    provides: str | None = None
    """What is read from it: units, population, facilities, …"""
    contact: str | None = None
    """Whom to tell of an error in it: an e-mail address, or that of a page."""


class SubjectStatus(_Value):
    """Whether a subject was assessed, and why not where it was not."""

    state: Literal["assessed", "partly", "not_assessed"]
    reason: str


class PeopleTotals(_Value):
    """People of the region."""

    people: float
    people_in_units: float
    people_outside_units: float


class PolicyStatement(_Value):
    """What every view of the edition must say."""

    disclaimer: str
    statement: str
    licence: str
    publisher: str
    contact: str = ""


class ConsentStatement(_Value):
    """How much of one dataset may be published where one country is concerned, who says so, and why no more.

    ``cell_deg`` is the cell that coordinates are generalised to; ``reason`` a class of `hotspots.consent.Reason`;
    ``access_right`` a code of the EU Vocabularies, ``conf_status`` one of SDMX; ``ends_at`` when it must be decided
    anew.
    """

    dataset: str
    title: str
    country: str
    layer: str
    precision: Literal["open", "generalised", "aggregated", "withheld"]
    cell_deg: float | None
    basis: str
    authority: str
    purpose: str
    reason: str | None
    access_right: str
    conf_status: str
    valid_until: date | None
    ends_at: AwareDatetime | None
    effect: str
    restricted_reading: bool = False
    """Whether holders of a key for the country may read it in full."""


class WithheldLayer(_Value):
    """Something the policy keeps back, and why."""

    layer: str
    dataset: str
    reason: str


class RasterEntry(_Value):
    """One raster layer."""

    name: str
    title: str
    unit: str


class VectorEntry(_Value):
    """One feature layer."""

    name: str
    title: str
    features: int


class IssueCount(_Value):
    """How many rows of a dataset were flagged or quarantined for one reason."""

    reason: str
    outcome: Literal["flagged", "quarantined"]
    rows: int


class DatasetSummary(_Value):
    """The quality of one dataset: rows_in = rows_used + rows_quarantined."""

    dataset: str
    file: str
    rows_in: int
    rows_used: int
    rows_quarantined: int
    issues: tuple[IssueCount, ...]


class EditionFile(_Value):
    """One file of the edition."""

    path: str
    sha256: str
    size_bytes: int
    media_type: str
    layer: str | None
    role: Role
    title: str


class Content(_Value):
    """What an edition says apart from its files, its id and the moment it was made."""

    region: str
    title: str
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees (WGS 84)."""
    inputs: tuple[InputFile, ...]
    method: dict[str, JsonValue]
    region_settings: dict[str, JsonValue]
    pollutants: dict[str, JsonValue]
    status: dict[str, SubjectStatus]
    totals: PeopleTotals
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    policy: PolicyStatement
    withheld: tuple[WithheldLayer, ...]
    consents: tuple[ConsentStatement, ...] = ()
    rasters: tuple[RasterEntry, ...]
    vectors: tuple[VectorEntry, ...]
    quality: tuple[DatasetSummary, ...]


class Manifest(Content):
    """manifest.json of an edition."""

    format_version: Literal[1] = 1
    edition: str
    content_sha256: str
    created: AwareDatetime
    software_version: str
    cite: str
    files: tuple[EditionFile, ...]
    freshness: tuple[InputAge, ...] = ()
    """How old each input was when the edition was published."""

    @property
    def size_bytes(self) -> int:
        """Size of all files together, the manifest itself apart."""
        return sum(file.size_bytes for file in self.files)


def canonical_json(value: Any) -> bytes:
    """``value`` as JSON in one spelling only: sorted keys, UTF-8, no NaN."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def content_sha256(content: Content, files: tuple[EditionFile, ...]) -> str:
    """Hash of everything that makes two editions the same: statements, inputs, method and data files.

    Time, software version, the age of inputs, the machine's paths, and the files that only present the data (map,
    pictures, tiles, styles, feature index) stand outside.
    """
    data = sorted((file.path, file.sha256) for file in files if file.role == "data")
    return hashlib.sha256(canonical_json({"content": content.model_dump(mode="json"), "data": data})).hexdigest()


def describe_file(path: str, sha256: str, size_bytes: int, titles: dict[str, str]) -> EditionFile:
    """The manifest's entry of the file at ``path``; ``titles`` gives layer names and what they are called."""
    pure = PurePosixPath(path)
    folder = pure.parts[0] if len(pure.parts) > 1 else ""
    role: Role = (
        "data" if path in _DATA_REPORTS else "map" if path == "map.html" else _FOLDER_ROLES.get(folder, "document")
    )
    layer = pure.stem if pure.stem in titles and role not in {"document", "map"} else None
    media_type = _MEDIA_TYPES.get(pure.suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return EditionFile(
        path=path,
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=media_type,
        layer=layer,
        role=role,
        title=titles[layer] if layer else pure.name,
    )


def encode(manifest: Manifest) -> bytes:
    """The bytes of manifest.json, the same for equal manifests."""
    text = json.dumps(manifest.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode()


def decode(data: bytes, source: str) -> Manifest:
    """The manifest in ``data``, the bytes of manifest.json.

    Raises
    ------
    CorruptEditionError
        If it is not a manifest of a format this version reads.
    """
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise CorruptEditionError(
            f"is no manifest this version can read: {first['msg']}.",
            source=source,
            field=".".join(str(part) for part in first["loc"]),
            remedy="Upgrade pollution-hotspots if a newer version wrote it, else restore it from a backup.",
        ) from error
