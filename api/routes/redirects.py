"""Redirects from "current" to the edition it names."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse

from api.caching import REVALIDATE
from api.editions import CURRENT, Editions


def to_edition(request: Request, editions: Editions, region: str) -> RedirectResponse:
    """The same address with the current edition's id in the place of ``current``.

    Only the path is given, so the redirect holds behind any host name and prefix.
    """
    identifier = editions.current_id(region)
    path = request.url.path.replace(f"/{region}/{CURRENT}", f"/{region}/{identifier}", 1)
    path = path.replace(f"/{region}/editions/{CURRENT}", f"/{region}/editions/{identifier}", 1)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{path}{query}", 307, {"Cache-Control": REVALIDATE})
