"""Refresh and rollback as jobs of OGC API - Processes: asked for here, run by `hotspots schedule run`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.auth import RESPONSES, allowed
from api.caching import REVALIDATE
from api.editions import Editions, editions_of
from api.features.collections import link
from api.process_description import Process, limited
from api.routes.reading import only, read
from config import load
from hotspots.editions import PREVIOUS, Job, Key
from hotspots.errors import ConfigError, NotFoundError
from hotspots.scopes import Scope

router = APIRouter(tags=["jobs"])
Known = Annotated[Editions, Depends(editions_of)]
Body = Annotated[bytes, Depends(limited)]
STATUS = {"queued": "accepted", "running": "running", "succeeded": "successful", "failed": "failed"}
RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"
CREATED: dict[int | str, dict[str, str]] = {201: {"description": "The job waits; Location is its address"}}
MayRead = Annotated[Key, Depends(allowed(Scope.REFRESH, Scope.ROLLBACK))]


class RefreshInputs(BaseModel):
    """What a refresh takes."""

    model_config = ConfigDict(extra="forbid")
    region: str = Field(max_length=100, description="A configured region's id.")


class RollbackInputs(BaseModel):
    """What a rollback takes."""

    model_config = ConfigDict(extra="forbid")
    region: str = Field(max_length=100, description="The id of a region in the store.")
    edition: str = Field(PREVIOUS, max_length=100, description="An edition's id, or previous.")


REFRESH = Process(
    "refresh",
    "Refresh a region",
    "Queue the recomputation of a region. Needs a key with the scope refresh.",
    "async-execute",
    RefreshInputs,
    "edition",
)
ROLLBACK = Process(
    "rollback",
    "Roll a region back",
    "Queue making an earlier edition current again. Needs a key with the scope rollback.",
    "async-execute",
    RollbackInputs,
    "edition",
)


@read(router, f"/processes/{REFRESH.id}", "describeRefresh")
def describe_refresh(request: Request) -> JSONResponse:
    """What a refresh takes and gives."""
    only(request)
    return JSONResponse(REFRESH.full(str(request.base_url)), headers={"Cache-Control": REVALIDATE})


@read(router, f"/processes/{ROLLBACK.id}", "describeRollback")
def describe_rollback(request: Request) -> JSONResponse:
    """What a rollback takes and gives."""
    only(request)
    return JSONResponse(ROLLBACK.full(str(request.base_url)), headers={"Cache-Control": REVALIDATE})


@router.post(
    f"/processes/{REFRESH.id}/execution",
    status_code=HTTPStatus.CREATED,
    operation_id="executeRefresh",
    openapi_extra=REFRESH.body_schema,
    responses={**RESPONSES, **CREATED},
)
def execute_refresh(
    request: Request, editions: Known, body: Body, key: Annotated[Key, Depends(allowed(Scope.REFRESH))]
) -> JSONResponse:
    """Queue a refresh."""
    only(request)
    region = REFRESH.read(body).region
    try:
        load.require(region)
    except ConfigError as error:
        raise NotFoundError(error.message, field="inputs.region", remedy=error.remedy) from error
    return _created(request, editions.store.jobs.ask("refresh", region, {}, key.name))


@router.post(
    f"/processes/{ROLLBACK.id}/execution",
    status_code=HTTPStatus.CREATED,
    operation_id="executeRollback",
    openapi_extra=ROLLBACK.body_schema,
    responses={**RESPONSES, **CREATED},
)
def execute_rollback(
    request: Request, editions: Known, body: Body, key: Annotated[Key, Depends(allowed(Scope.ROLLBACK))]
) -> JSONResponse:
    """Queue a rollback."""
    only(request)
    asked = ROLLBACK.read(body)
    if asked.edition == PREVIOUS:
        editions.store.region(asked.region)
    else:
        editions.get(asked.region, asked.edition)
    return _created(request, editions.store.jobs.ask("rollback", asked.region, {"edition": asked.edition}, key.name))


@read(router, "/jobs", "listJobs", responses=RESPONSES)
def jobs(
    request: Request,
    editions: Known,
    _key: MayRead,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> JSONResponse:
    """Jobs, newest first."""
    only(request)
    base = str(request.base_url)
    found = editions.store.jobs.newest(limit + 1, offset)
    links = [link("self", str(request.url), "application/json", "Jobs")]
    if len(found) > limit:
        after = f"{base}jobs?limit={limit}&offset={offset + limit}"
        links.append(link("next", after, "application/json", "Older jobs"))
    return _fresh({"jobs": [_status(base, job) for job in found[:limit]], "links": links})


@read(router, "/jobs/{job}", "getJob", responses=RESPONSES)
def job_status(request: Request, job: Annotated[str, Path()], editions: Known, _key: MayRead) -> JSONResponse:
    """How far a job is, or how it ended, with its log."""
    only(request)
    found = editions.store.jobs.get(job)
    return _fresh({**_status(str(request.base_url), found), "log": found.log.splitlines()})


@read(router, "/jobs/{job}/results", "getResults", responses=RESPONSES)
def results(request: Request, job: Annotated[str, Path()], editions: Known, _key: MayRead) -> JSONResponse:
    """What a job that succeeded has done."""
    only(request)
    found = editions.store.jobs.get(job)
    if found.state == "failed":
        raise HTTPException(HTTPStatus.CONFLICT, f"The job failed: {found.outcome}")
    if found.state != "succeeded":
        raise NotFoundError("the job has no result yet.", remedy=f"Ask /jobs/{job} how far it is.")
    return _fresh({"region": found.region, "outcome": found.outcome})


def _created(request: Request, job: Job) -> JSONResponse:
    base = str(request.base_url)
    return JSONResponse(
        _status(base, job),
        HTTPStatus.CREATED,
        headers={"Location": f"{base}jobs/{job.id}", "Cache-Control": "no-store"},
    )


def _fresh(body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _status(base: str, job: Job) -> dict[str, Any]:
    """The job as a statusInfo; what it does not know yet is absent."""
    at = f"{base}jobs/{job.id}"
    links = [link("self", at, "application/json", "Status")]
    if job.state == "succeeded":
        links.append(link(RESULTS, f"{at}/results", "application/json", "Results"))
    body = {
        "processID": job.kind,
        "type": "process",
        "jobID": job.id,
        "status": STATUS[job.state],
        "message": job.outcome,
        "created": job.requested_at,
        "started": job.started_at,
        "finished": job.finished_at,
        "updated": job.updated_at,
        "progress": 100 if job.state == "succeeded" else job.progress,
        "region": job.region,
        "requestedBy": job.requested_by,
        "stage": job.stage,
        "durationS": job.duration_s,
        "links": links,
    }
    return {name: value for name, value in body.items() if value is not None}
