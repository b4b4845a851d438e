"""Editions for catalogues: STAC for tools, DCAT-AP for open-data portals."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api import dcat, stac
from api.caching import REVALIDATE
from api.editions import CURRENT, Editions, editions_of
from api.features.crs import LONLAT, box
from api.features.times import interval
from api.routes.reading import only, read
from api.routes.redirects import to_edition

router = APIRouter(tags=["catalogues"])
Known = Annotated[Editions, Depends(editions_of)]
MOST = 1_000


@read(router, "/stac", "getStacCatalogue")
def catalogue(request: Request, editions: Known) -> JSONResponse:
    """The STAC catalogue."""
    only(request)
    return _json(stac.catalogue(editions, str(request.base_url)))


@read(router, "/stac/collections", "listStacCollections")
def collections(request: Request, editions: Known) -> JSONResponse:
    """The STAC collections: one a region."""
    only(request)
    base = str(request.base_url)
    found = [
        stac.collection(editions, state.id, base) for state in editions.store.regions() if state.current is not None
    ]
    return _json({"collections": found, "links": []})


@read(router, "/stac/collections/{region}", "getStacCollection")
def collection(request: Request, region: str, editions: Known) -> JSONResponse:
    """The STAC collection of a region."""
    only(request)
    return _json(stac.collection(editions, region, str(request.base_url)))


@read(router, "/stac/collections/{region}/items/{edition}", "getStacItem")
def item(request: Request, region: str, edition: str, editions: Known) -> Response:
    """The STAC item of an edition."""
    only(request)
    current = editions.current_id(region)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    body = stac.item(editions.get(region, edition), current, str(request.base_url))
    return _json(body, "application/geo+json")


@read(router, "/stac/search", "searchStac")
def search(
    request: Request,
    editions: Known,
    bbox: Annotated[str | None, Query(description="west,south,east,north")] = None,
    datetime: Annotated[str | None, Query(description="An RFC 3339 instant, or an interval with / and ..")] = None,
    collections: Annotated[str | None, Query(description="Regions, with commas")] = None,
    ids: Annotated[str | None, Query(description="Editions, with commas")] = None,
    limit: Annotated[int, Query(ge=1, description=f"At most {MOST}, which larger ones mean.")] = 10,
) -> JSONResponse:
    """Editions by place, time, region and id."""
    only(request)
    since, until = (None, None) if datetime is None else interval(datetime)
    asked = stac.Search(
        area=None if bbox is None else box(bbox, LONLAT),
        since=since,
        until=until,
        collections=None if collections is None else tuple(collections.split(",")),
        ids=None if ids is None else tuple(ids.split(",")),
        limit=min(limit, MOST),
    )
    return _json(stac.search(editions, asked, str(request.base_url)), "application/geo+json")


@read(router, "/regions/{region}/dcat", "getDcat")
def open_data(request: Request, region: str, editions: Known) -> JSONResponse:
    """The current edition as a DCAT-AP dataset (JSON-LD)."""
    only(request)
    return _json(dcat.dataset(editions, region, str(request.base_url)), "application/ld+json")


def _json(body: dict[str, Any], media_type: str = "application/json") -> JSONResponse:
    headers = {"Cache-Control": REVALIDATE}
    return JSONResponse(body, headers=headers, media_type=media_type)
