"""Conditional requests and cache lifetimes."""

from __future__ import annotations

import hashlib

from fastapi import Request
from fastapi.responses import Response

from hotspots.editions import Edition

IMMUTABLE = "public, max-age=31536000, immutable"
"""For what lies under an edition's id: it never changes."""
SHORT = "public, max-age=300"
"""For what lies under an edition's id and may be withdrawn: caches forget it within minutes."""
REVALIDATE = "no-cache"
"""For what moves with the current edition: may be kept, must be asked about."""


def lifetime(edition: Edition) -> str:
    """How long what lies under the id of ``edition`` may be kept: not for long where it rests on a consent."""
    return SHORT if edition.rests_on_consent else IMMUTABLE


def etag_of(data: bytes) -> str:
    """A strong entity tag of ``data``."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def not_modified(request: Request, etag: str, headers: dict[str, str]) -> Response | None:
    """The 304 that answers ``request``, or None if the client does not hold ``etag`` (RFC 9110, 13.1.2)."""
    asked = request.headers.get("if-none-match")
    if asked is None:
        return None
    held = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    if "*" not in held and etag.removeprefix("W/") not in held:
        return None
    kept = {name: value for name, value in headers.items() if name.lower() not in {"content-length", "content-type"}}
    return Response(status_code=304, headers={**kept, "ETag": etag})
