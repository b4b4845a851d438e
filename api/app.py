"""The web application: editions over HTTP, and the map page."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from starlette_compress import CompressMiddleware, add_compress_type

from api import problems
from api.description import DescribedAPI
from api.editions import Editions
from api.headers import HeadersMiddleware
from api.host import HostMiddleware
from api.observing import Metrics, ObserveMiddleware, log_to_stderr
from api.routes import (
    catalogues,
    changes,
    features,
    files,
    health,
    hotspot_list,
    jobs,
    landing,
    map_page,
    ogc_tiles,
    policy,
    processes,
    regions,
    report,
    restricted,
    snapshot,
    tiles,
    web,
    wmts,
)
from api.settings import Settings, from_environment
from api.tagging import TagMiddleware

DESCRIPTION = "Editions of pollution hotspot maps: ranked hotspots, rasters, tiles and downloads."

TEXT_TYPES = ("text/csv", "application/problem+json", "application/schema+json", "application/yaml")
"""What is compressed on the way beside the types that the middleware knows."""


def create_app(settings: Settings) -> FastAPI:
    """The application over one edition store.

    It loads nothing from elsewhere; the interactive OpenAPI pages, which would, are off.
    """
    app = DescribedAPI(
        title="Pollution hotspots",
        description=DESCRIPTION,
        version=version("pollution-hotspots"),
        docs_url=None,
        redoc_url=None,
    )
    app.state.editions = Editions(settings)
    app.state.metrics = Metrics()
    problems.install(app)
    for part in (
        # Routes are tried in turn: those asked for most stand first.
        tiles,
        landing,
        map_page,
        report,
        snapshot,
        regions,
        policy,
        restricted,
        changes,
        hotspot_list,
        features,
        processes,
        jobs,
        catalogues,
        files,
        ogc_tiles,
        wmts,
        health,
    ):
        app.include_router(part.router)
    web.mount(app)
    app.add_middleware(TagMiddleware)
    for media_type in TEXT_TYPES:
        add_compress_type(media_type)
    # Gzip is what libraries ask for, of large pages: the quickest level is a tenth larger and takes half the time.
    app.add_middleware(CompressMiddleware, minimum_size=500, gzip_level=1)
    app.add_middleware(HostMiddleware, settings=settings)
    app.add_middleware(HeadersMiddleware)
    app.add_middleware(ObserveMiddleware, metrics=app.state.metrics)
    return app


def of_worker() -> FastAPI:
    """The application of a worker process, which learns its settings from the environment."""
    log_to_stderr()
    return create_app(from_environment())
