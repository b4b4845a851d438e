"""Faults of WMTS by key and value, as the clients of OWS expect them: exception reports (OGC 06-121r3, clause 8)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import Request
from fastapi.responses import Response

from api.pages import document
from hotspots.errors import QueryError

XML = "application/xml"
Code = Literal["OperationNotSupported", "MissingParameterValue", "InvalidParameterValue", "TileOutOfRange"]


class OwsError(QueryError):
    """A fault with the ``code`` that WMTS 1.0.0 (OGC 07-057r7, clauses 7.1.3 and 7.2.3) has for it."""

    def __init__(self, code: Code, message: str, *, field: str, remedy: str) -> None:
        super().__init__(message, field=field, remedy=remedy)
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.code, self.message, self.field, self.remedy))


def _rebuild(code: Code, message: str, field: str, remedy: str) -> OwsError:
    return OwsError(code, message, field=field, remedy=remedy)


def report(_request: Request, error: Exception) -> Response:
    """The exception report of an OwsError: the handler that turns it into HTTP."""
    assert isinstance(error, OwsError)
    unsupported = error.code == "OperationNotSupported"
    text = document("ows_exception.xml", error=error)
    status = HTTPStatus.NOT_IMPLEMENTED if unsupported else HTTPStatus.BAD_REQUEST
    return Response(text, status, {"Cache-Control": "no-store"}, XML)
