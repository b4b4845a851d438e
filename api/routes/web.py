"""Style sheets, scripts and front-end libraries of the pages."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).resolve().parent.parent / "web"
LIFETIMES = {"css": "no-cache", "js": "no-cache", "vendor": "public, max-age=86400"}
"""Folder under api/web -> Cache-Control. Our own modules import each other by fixed names: ask each time."""


class _Folder(StaticFiles):
    """A folder of static files with one cache lifetime."""

    def __init__(self, directory: Path, cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._cache_control = cache_control

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._cache_control
        return response


def mount(app: FastAPI) -> None:
    """Serve api/web/{css,js,vendor} under /web."""
    mimetypes.add_type("text/javascript", ".mjs")
    for folder, cache_control in LIFETIMES.items():
        app.mount(f"/web/{folder}", _Folder(WEB / folder, cache_control), name=folder)
