"""Whether the process lives and can answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from api.editions import Editions, editions_of
from api.routes.reading import read

router = APIRouter(tags=["health"])
Known = Annotated[Editions, Depends(editions_of)]
FRESH = {"Cache-Control": "no-store"}


@read(router, "/metrics", "getMetrics")
def metrics(request: Request) -> Response:
    """Requests, durations and bytes of this process, by route, for Prometheus."""
    return Response(generate_latest(request.app.state.metrics.registry), headers=FRESH, media_type=CONTENT_TYPE_LATEST)


@read(router, "/health/live", "isLive")
def live() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"live": True}, headers=FRESH)


@read(router, "/health", "getHealth")
@read(router, "/health/ready", "isReady")
def ready(editions: Known) -> JSONResponse:
    """The catalogue can be read: 200, else 503. ``regions`` counts those with a current edition."""
    try:
        states = editions.store.regions()
    except (OSError, SQLAlchemyError):
        return JSONResponse({"live": True, "ready": False}, HTTPStatus.SERVICE_UNAVAILABLE, headers=FRESH)
    count = sum(state.current is not None for state in states)
    return JSONResponse({"live": True, "ready": True, "regions": count}, headers=FRESH)
