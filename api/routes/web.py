"""Style sheets, scripts and front-end libraries of the pages."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.accept import takes
from api.caching import REVALIDATE
from api.vendor import PACKED
from hotspots.errors import NotFoundError

WEB = Path(__file__).resolve().parent.parent / "web"
LIFETIMES = {"css": REVALIDATE, "js": REVALIDATE, "vendor": "public, max-age=86400"}
"""Folder under api/web -> Cache-Control. Our own modules import each other by fixed names: ask each time."""
SHEETS = {"map": ("tokens", "page", "panels", "map")}
"""A page's style sheet -> the files of api/web/css that it is put together from: one request, not four."""

router = APIRouter(include_in_schema=False)


@router.get("/web/sheets/{name}.css")
def sheet(name: str) -> Response:
    """The style sheet of a page, whole."""
    if name not in SHEETS:
        raise NotFoundError("there is no such style sheet.", remedy=f"Use one of {', '.join(SHEETS)}.")
    text = "".join((WEB / "css" / f"{part}.css").read_text(encoding="utf-8") for part in SHEETS[name])
    return Response(text, media_type="text/css", headers={"Cache-Control": REVALIDATE})


class _Folder(StaticFiles):
    """A folder of static files with one cache lifetime; what set-up packed is sent packed."""

    def __init__(self, directory: Path, cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._cache_control = cache_control

    async def get_response(self, path: str, scope: Scope) -> Response:
        accepted = Headers(scope=scope).get("accept-encoding", "")
        codings = (name for name, end in PACKED.items() if takes(accepted, name) and self._has(path + end))
        coding = next(codings, None)
        response = await super().get_response(path if coding is None else path + PACKED[coding], scope)
        if coding is not None:
            response.headers["Content-Encoding"] = coding
            response.headers["Content-Type"] = f"{mimetypes.guess_type(path)[0]}; charset=utf-8"
            response.headers.add_vary_header("Accept-Encoding")
        response.headers["Cache-Control"] = self._cache_control
        return response

    def _has(self, path: str) -> bool:
        return Path(self.lookup_path(path)[0]).is_file()


def mount(app: FastAPI) -> None:
    """Serve the style sheets, and api/web/{js,vendor} under /web."""
    mimetypes.add_type("text/javascript", ".mjs")
    app.include_router(router)
    for folder, cache_control in LIFETIMES.items():
        app.mount(f"/web/{folder}", _Folder(WEB / folder, cache_control), name=folder)
