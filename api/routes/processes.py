"""Figures of a place or an area, the latter as OGC API - Processes."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from shapely.errors import GEOSException

from api.caching import REVALIDATE, lifetime
from api.editions import CURRENT, Editions, editions_of
from api.features.collections import link
from api.process_description import Process, limited
from api.routes.jobs import REFRESH, ROLLBACK
from api.routes.reading import only, read
from api.routes.redirects import to_edition
from api.slots import AREAS
from api.statistics import area_statistics, point_values
from data_pipelines.outputs.features import cut_at_antimeridian
from hotspots.errors import QueryError

router = APIRouter(tags=["processes"])
Known = Annotated[Editions, Depends(editions_of)]
MAX_VERTICES = 5_000


class AreaInputs(BaseModel):
    """What the process takes."""

    model_config = ConfigDict(extra="forbid")
    region: str
    edition: str = Field(CURRENT, description="An edition's id, or current.")
    area: dict[str, Any] = Field(description="A GeoJSON Polygon or MultiPolygon, or a Feature of one; CRS84.")


PROCESS = Process(
    "area-statistics",
    "Statistics of an area",
    "People, area, rasters, hotspots, sources and protected areas of a polygon.",
    "sync-execute",
    AreaInputs,
    "statistics",
)


@read(router, "/regions/{region}/editions/{edition}/point", "getPoint")
def point(
    request: Request,
    region: str,
    edition: str,
    editions: Known,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
) -> Response:
    """The value of every raster at a place."""
    only(request)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise QueryError("is no place.", field="lon, lat", remedy="Give degrees.")
    found = editions.get(region, edition)
    return JSONResponse(point_values(editions, found, lon, lat), headers={"Cache-Control": lifetime(found)})


@read(router, "/processes", "listProcesses")
def processes(request: Request) -> JSONResponse:
    """The processes."""
    only(request)
    base = str(request.base_url)
    links = [link("self", f"{base}processes", "application/json", "Processes")]
    listed = [process.summary(base) for process in (PROCESS, REFRESH, ROLLBACK)]
    return JSONResponse({"processes": listed, "links": links}, headers={"Cache-Control": REVALIDATE})


@read(router, f"/processes/{PROCESS.id}", "describeAreaStatistics")
def description(request: Request) -> JSONResponse:
    """What the process takes and gives."""
    only(request)
    return JSONResponse(PROCESS.full(str(request.base_url)), headers={"Cache-Control": REVALIDATE})


@router.post(
    f"/processes/{PROCESS.id}/execution",
    operation_id="executeAreaStatistics",
    openapi_extra=PROCESS.body_schema,
)
def execute(request: Request, editions: Known, body: Annotated[bytes, Depends(limited)]) -> JSONResponse:
    """People, area, means and classes of every raster, hotspots, sources and protected areas of a polygon."""
    only(request)
    asked = PROCESS.read(body)
    area = _area(asked.area)
    edition = editions.current_id(asked.region) if asked.edition == CURRENT else asked.edition
    with AREAS.taken():
        found = area_statistics(editions, editions.get(asked.region, edition), area)
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


def _area(geojson: dict[str, Any]) -> Any:
    geometry = geojson.get("geometry") if geojson.get("type") == "Feature" else geojson
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except GEOSException as error:
        raise _fault("cannot be read") from error
    if shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise _fault("is no polygon")
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise _fault(f"has more than {MAX_VERTICES} vertices")
    west, south, east, north = shape.bounds
    # A map drawn across the antimeridian counts longitudes on, to -181 or 181.
    if not (-360 <= west <= east <= 360 and east - west <= 360 and -90 <= south <= north <= 90):
        raise _fault("is not in longitude and latitude")
    if not shape.is_valid:
        raise _fault(f"is not valid: {shapely.is_valid_reason(shape)}")
    return shape if -180 <= west <= east <= 180 else cut_at_antimeridian(shape)


def _fault(text: str) -> QueryError:
    return QueryError(f"{text}.", field="inputs.area", remedy="Give a GeoJSON polygon in CRS84.")
