"""The web application: editions over HTTP, and the map page."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette_compress import CompressMiddleware

from api import problems
from api.editions import Editions
from api.headers import HeadersMiddleware
from api.routes import catalogues, features, files, health, jobs, landing, map_page, processes, regions, tiles, web
from api.settings import HOME_VARIABLE, Settings
from hotspots.editions.layout import default_home

DESCRIPTION = "Editions of pollution hotspot maps: ranked hotspots, rasters, tiles and downloads."


def create_app(home: str | Path | None = None) -> FastAPI:
    """The application over the edition store in ``home`` ($HOTSPOTS_HOME, else the user's data folder).

    It loads nothing from elsewhere; the interactive OpenAPI pages, which would, are off.
    """
    app = FastAPI(
        title="Pollution hotspots",
        description=DESCRIPTION,
        version=version("pollution-hotspots"),
        docs_url=None,
        redoc_url=None,
    )
    app.state.editions = Editions(Settings(Path(home) if home is not None else default_home()))
    problems.install(app)
    for part in (landing, map_page, regions, features, processes, jobs, catalogues, files, tiles, health):
        app.include_router(part.router)
    web.mount(app)
    app.add_middleware(CompressMiddleware, minimum_size=500)
    app.add_middleware(HeadersMiddleware)
    return app


def from_environment() -> FastAPI:
    """The application of a worker process, which learns its store from the environment."""
    return create_app(os.environ[HOME_VARIABLE])
