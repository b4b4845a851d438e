"""Routes that are read: GET, and HEAD beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def read(router: APIRouter, path: str, operation_id: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
    """Register a function for GET and HEAD of ``path``; the OpenAPI description names the GET alone."""

    def register(endpoint: Endpoint) -> Endpoint:
        router.get(path, operation_id=operation_id, **options)(endpoint)
        router.head(path, include_in_schema=False, **options)(endpoint)
        return endpoint

    return register
