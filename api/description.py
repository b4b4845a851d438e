"""The OpenAPI description: what every operation may answer, errors and caching included."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api import response_schemas as answers
from api import standard_schemas as standards
from api.problems import MEDIA_TYPE
from hotspots.editions.manifest import Manifest

GEOJSON, HTML, JSON = "application/geo+json", "text/html", "application/json"
TABLES = ("text/csv", "application/geopackage+sqlite3", "application/vnd.apache.parquet")
SCHEMA = "application/schema+json"
MVT, PNG, XML = "application/vnd.mapbox-vector-tile", "image/png", "application/xml"
ANYTHING = "*/*"
BODIES = {
    "getLanding": (JSON, HTML),
    "getConformance": (JSON, HTML),
    "getPolicy": (JSON, HTML),
    "listCollections": (JSON, HTML),
    "getCollection": (JSON, HTML),
    "getQueryables": (SCHEMA,),
    "getSortables": (SCHEMA,),
    "getSchema": (SCHEMA,),
    "getItems": (GEOJSON, HTML, *TABLES),
    "getItem": (GEOJSON, HTML),
    "getHotspotList": (GEOJSON, "text/csv"),
    "getStacItem": (GEOJSON,),
    "listStacItems": (GEOJSON,),
    "searchStac": (GEOJSON,),
    "searchStacByBody": (GEOJSON,),
    "getDcat": ("application/ld+json",),
    "getFile": (ANYTHING,),
    "getRestrictedFile": (ANYTHING,),
    "getChange": (ANYTHING,),
    "getPackage": ("application/zip",),
    "getMetrics": ("text/plain",),
    "getVectorTile": (MVT,),
    "getCollectionTile": (MVT,),
    "getMapTile": (PNG,),
    "getCollectionMapTile": (PNG,),
    "getLegend": ("image/svg+xml",),
    "getWmtsCapabilities": (XML,),
    "getWmts": (XML, PNG),
}
"""Operation -> media types of its 200, where they are not those that its route declares."""
REPORTING = {"getWmts", "getWmtsCapabilities"}
"""Operations whose own faults are exception reports of OWS."""
SCHEMAS: dict[str, type[BaseModel]] = {
    "getLanding": standards.Landing,
    "getConformance": standards.Conformance,
    "listRegions": answers.Regions,
    "getRegion": answers.Region,
    "listEditions": answers.Editions,
    "getEdition": Manifest,
    "listChanges": answers.Changes,
    "getHotspotChange": answers.HotspotChange,
    "makeChange": answers.Change,
    "getPolicy": answers.RegionPolicy,
    "recordConsent": answers.RecordedConsent,
    "approveConsent": answers.RecordedConsent,
    "getRestrictedFiles": answers.RestrictedFiles,
    "getPoint": answers.Point,
    "executeAreaStatistics": answers.AreaStatistics,
    "listProcesses": standards.Processes,
    "describeAreaStatistics": standards.Process,
    "describeRefresh": standards.Process,
    "describeRollback": standards.Process,
    "executeRefresh": standards.Job,
    "executeRollback": standards.Job,
    "listJobs": standards.Jobs,
    "getJob": standards.Job,
    "getResults": standards.JobResult,
    "listCollections": standards.Collections,
    "getCollection": standards.Collection,
    "getQueryables": standards.JsonSchema,
    "getSortables": standards.JsonSchema,
    "getSchema": standards.JsonSchema,
    "getItems": standards.Features,
    "getItem": standards.Feature,
    "getHotspotList": answers.HotspotList,
    "getTileJson": standards.TileJson,
    "getTileMatrixSets": standards.TileMatrixSets,
    "getTileMatrixSet": standards.TileMatrixSet,
    "getTilesets": standards.TileSets,
    "getTileset": standards.TileSet,
    "getMapTilesets": standards.TileSets,
    "getCollectionMapTilesets": standards.TileSets,
    "getMapTileset": standards.TileSet,
    "getStacCatalogue": standards.StacCatalog,
    "getStacConformance": standards.Conformance,
    "listStacCollections": standards.StacCollections,
    "getStacCollection": standards.StacCollection,
    "getStacItem": standards.StacItem,
    "listStacItems": standards.StacItems,
    "searchStac": standards.StacItems,
    "searchStacByBody": standards.StacItems,
    "getDcat": standards.Dcat,
    "isLive": answers.Health,
    "isReady": answers.Health,
    "getHealth": answers.Health,
}
"""Operation -> what its JSON answers hold."""
REFERENCE = "#/components/schemas/{model}"
RANGED = {"getFile", "getPackage"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
    },
}
"""RFC 9457."""
PROBLEMS = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}, HTML: {"schema": {"type": "string"}}}
"""A problem, or its page where HTML is preferred."""
REPORTS: dict[str, Any] = {XML: {"schema": {}}}
_ALWAYS = (HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
_WORDS = {
    HTTPStatus.BAD_REQUEST: "The request is malformed; the detail names the parameter.",
    HTTPStatus.NOT_FOUND: "There is none such.",
    HTTPStatus.GONE: "The edition was withdrawn; the detail says when and why.",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "The range begins behind the end.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something is wrong with the service.",
    HTTPStatus.NOT_IMPLEMENTED: "There is no such operation here.",
    HTTPStatus.SERVICE_UNAVAILABLE: "It cannot be answered now; Retry-After says when to ask again.",
}


class DescribedAPI(FastAPI):
    """An application whose description tells the answers that all its routes share."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            description = super().openapi()
            schemas = description.setdefault("components", {}).setdefault("schemas", {})
            # FastAPI describes its own validation errors, which problems.py turns into problems.
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            schemas["Problem"] = PROBLEM
            schemas |= _models()
            for path, operations in description["paths"].items():
                for method, operation in operations.items():
                    _complete(path, method, operation)
        return self.openapi_schema or {}


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    name, responses = operation["operationId"], operation["responses"]
    responses.pop("422", None)
    if name in BODIES:
        responses["200"]["content"] = {media_type: {"schema": {}} for media_type in BODIES[name]}
    if name in SCHEMAS:
        _tell(responses, SCHEMAS[name])
    statuses = set(_ALWAYS)
    if method == "get":
        responses.setdefault("304", {"description": "What If-None-Match names is still so."})
    if "{" in path or operation.get("parameters") or method == "post":
        statuses.update((HTTPStatus.NOT_FOUND, HTTPStatus.GONE))
    if "{edition}" in path:
        responses.setdefault("307", {"description": "`current` leads to the id of the current edition."})
    if name in RANGED:
        statuses.add(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        responses.setdefault("206", {**responses["200"], "description": "The range asked for."})
    if {MVT, PNG} & set(BODIES.get(name, ())):
        responses.setdefault("204", {"description": "There is nothing in this tile."})
    if name in REPORTING:
        statuses.add(HTTPStatus.NOT_IMPLEMENTED)
    for status in sorted(statuses):
        responses.setdefault(str(status.value), {"description": _WORDS[status]})
    for status_text, response in responses.items():
        if int(status_text) >= HTTPStatus.BAD_REQUEST:
            response.setdefault("content", PROBLEMS | REPORTS if name in REPORTING else PROBLEMS)


def _models() -> dict[str, Any]:
    """The schemas of all answers by name, as they stand under ``components``."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "serialization") for model in dict.fromkeys(SCHEMAS.values())
    ]
    _, schema = models_json_schema(wanted, ref_template=REFERENCE)
    found: dict[str, Any] = schema["$defs"]
    return found


def _tell(responses: dict[str, Any], model: type[BaseModel]) -> None:
    """Say of every JSON answer that went well that it is a ``model``."""
    for status in {"200", "201"} & set(responses):
        for media_type, content in responses[status].get("content", {}).items():
            if "json" in media_type:
                content["schema"] = {"$ref": REFERENCE.format(model=model.__name__)}
