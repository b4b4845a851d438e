"""Routes that are read: GET, and HEAD beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute

from hotspots.errors import QueryError

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def read(router: APIRouter, path: str, operation_id: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
    """Register a function for GET and HEAD of ``path``; the OpenAPI description names the GET alone."""

    def register(endpoint: Endpoint) -> Endpoint:
        router.get(path, operation_id=operation_id, **options)(endpoint)
        router.head(path, include_in_schema=False, **options)(endpoint)
        return endpoint

    return register


def only(request: Request) -> None:
    """Refuse query parameters that the route does not document.

    Raises
    ------
    QueryError
        Naming the first of them.
    """
    route = request.scope["route"]
    known = set()
    if isinstance(route, APIRoute):
        parts = (route.dependant, *route.dependant.dependencies)
        known = {parameter.alias for part in parts for parameter in part.query_params}
    for name in request.query_params:
        if name not in known:
            there = f"Use {', '.join(sorted(known))}." if known else "It takes none."
            raise QueryError(f"the parameter {name!r} is not known.", field=name, remedy=there)
