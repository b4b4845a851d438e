"""Errors as problem+json (RFC 9457), or as a page for browsers: the one place where they become HTTP."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.accept import prefers_html
from api.headers import complete
from api.observing import ID_HEADER
from api.ows import OwsError, report
from api.pages import page, to_root
from hotspots.errors import (
    BusyError,
    CorruptEditionError,
    EditionError,
    HotspotsError,
    NotFoundError,
    PolicyError,
    QueryError,
    WithdrawnError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_S = "5"
STATUS: tuple[tuple[type[HotspotsError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (WithdrawnError, HTTPStatus.GONE),
    (QueryError, HTTPStatus.BAD_REQUEST),
    (PolicyError, HTTPStatus.CONFLICT),
    (BusyError, HTTPStatus.SERVICE_UNAVAILABLE),
    (CorruptEditionError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (EditionError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (HotspotsError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"""The first class that fits counts."""

_log = logging.getLogger("hotspots.http")


def problem(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong, for whoever asks: a page where HTML is preferred, else a problem document.

    The problem has no type of its own, so its title is that of the status.
    """
    title = HTTPStatus(status).phrase
    kept = {"Cache-Control": "no-store", "Vary": "Accept", **(headers or {})}
    if prefers_html(request.headers.get("accept", "")):
        return page("error.html", status, kept, root=to_root(request), title=title, detail=detail)
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.url.path}
    body["request_id"] = request.state.request_id
    return JSONResponse(body, status, kept, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let ``app`` answer every error with a problem document, and faults of WMTS with an exception report."""
    app.add_exception_handler(HotspotsError, _of_ours)
    app.add_exception_handler(OwsError, report)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_request)
    app.add_exception_handler(Exception, _unexpected)


def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, HotspotsError)
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Paths of this machine are for its own log only.
        _log.error("%s %r: %s", request.method, request.url.path, error, extra=_about(request))
        detail = f"{type(error).__name__}: the server's log says more."
    else:
        detail = " ".join(filter(None, (f"{error.field}:" if error.field else None, error.message, error.remedy)))
    wait = {"Retry-After": RETRY_S} if isinstance(error, BusyError) else None
    return problem(request, status, detail, wait)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(request, error.status_code, str(error.detail), error.headers)


def _of_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = " ".join(str(part) for part in first["loc"])
    return problem(request, HTTPStatus.BAD_REQUEST, f"{where}: {first['msg']}.")


def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %r failed", request.method, request.url.path, exc_info=error, extra=_about(request))
    detail = "Something is wrong with the service; its log says what."
    response = problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    # This one is sent from outside all middleware.
    complete(response.headers)
    response.headers[ID_HEADER] = request.state.request_id
    return response


def _about(request: Request) -> dict[str, dict[str, str]]:
    return {"about": {"request_id": request.state.request_id}}
