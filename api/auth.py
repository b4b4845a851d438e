"""Who may do what: API keys as bearer tokens (RFC 6750)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.editions import Editions, editions_of
from hotspots.editions import Key
from hotspots.scopes import Scope

REALM = 'Bearer realm="hotspots"'
RESPONSES: dict[int | str, dict[str, str]] = {
    401: {"description": "No key, or one that is unknown, expired or revoked"},
    403: {"description": "The key lacks the scope"},
}
"""For the OpenAPI description of what needs a key."""

_bearer = HTTPBearer(auto_error=False, description="A key made by `hotspots keys create`.")
_log = logging.getLogger("hotspots.auth")


def bearer(
    request: Request,
    editions: Annotated[Editions, Depends(editions_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Key:
    """The valid key that came with the request.

    Raises
    ------
    HTTPException
        401, telling nothing of why a key is not valid.
    """
    if credentials is None:
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED, "An API key is needed: Authorization: Bearer KEY.", {"WWW-Authenticate": REALM}
        )
    key = editions.store.keys.find(credentials.credentials)
    if key is None:
        known = editions.store.keys.identify(credentials.credentials)
        why = "an unknown key" if known is None else f"{known.name} is {known.state(datetime.now(UTC))}"
        _log.warning("%s %s refused: %s", request.method, request.url.path, why)
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "This API key is not valid.",
            {"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
        )
    return key


def allowed(*scopes: Scope) -> Callable[[Request, Key], Key]:
    """A dependency: the request's key, if it has one of ``scopes``; else HTTPException 403."""

    def check(request: Request, key: Annotated[Key, Depends(bearer)]) -> Key:
        if key.scopes.isdisjoint(scopes):
            named = " ".join(scopes)
            _log.warning("%s %s refused: %s lacks %s", request.method, request.url.path, key.name, named)
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                f"This API key lacks the scope {named}.",
                {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{named}"'},
            )
        return key

    return check
