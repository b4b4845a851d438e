"""Errors as problem+json (RFC 9457): the one place where they become HTTP."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hotspots.errors import BusyError, CorruptEditionError, EditionError, HotspotsError, NotFoundError

MEDIA_TYPE = "application/problem+json"
STATUS: tuple[tuple[type[HotspotsError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (CorruptEditionError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (EditionError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (HotspotsError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""The first class that fits counts."""

_log = logging.getLogger("hotspots.http")


def problem(status: int, detail: str, *, instance: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem document without a type of its own, so its title is that of the status."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let ``app`` answer every error with a problem document."""
    app.add_exception_handler(HotspotsError, _of_ours)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(Exception, _unexpected)


def _of_ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HotspotsError)
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Paths of this machine are for its own log only.
        _log.error("%s %s: %s", request.method, request.url.path, error)
        detail = f"{type(error).__name__}: the server's log says more."
    else:
        detail = error.message
    return problem(status, detail, instance=request.url.path)


def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    return problem(error.status_code, str(error.detail), instance=request.url.path, headers=headers)


def _of_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = " ".join(str(part) for part in first["loc"])
    return problem(HTTPStatus.BAD_REQUEST, f"{where}: {first['msg']}.", instance=request.url.path)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = "Something is wrong with the service; its log says what."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, instance=request.url.path)
