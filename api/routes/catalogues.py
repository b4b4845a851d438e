"""Editions for catalogues: STAC for tools, DCAT-AP for open-data portals."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api import dcat, stac
from api.caching import REVALIDATE
from api.editions import CURRENT, Editions, editions_of
from api.process_description import limited
from api.routes.reading import only, read
from api.routes.redirects import to_edition
from api.stac_search import DEFAULT_LIMIT, MOST, Here, SearchBody
from api.stac_search import search as find

router = APIRouter(tags=["catalogues"])
Known = Annotated[Editions, Depends(editions_of)]
SEARCH_SCHEMA = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": SearchBody.model_json_schema()}}}
}


async def search_parameters(
    bbox: Annotated[str | None, Query(description="west,south,east,north")] = None,
    datetime: Annotated[str | None, Query(description="An RFC 3339 instant, or an interval with / and ..")] = None,
    intersects: Annotated[str | None, Query(description="A GeoJSON geometry; not together with bbox.")] = None,
    collections: Annotated[str | None, Query(description="Regions, with commas.")] = None,
    ids: Annotated[str | None, Query(description="Editions, with commas.")] = None,
    limit: Annotated[int, Query(ge=1, description=f"At most {MOST}, which larger ones mean.")] = DEFAULT_LIMIT,
    token: Annotated[str | None, Query(description="Where the page begins, as a `next` link says it.")] = None,
) -> SearchBody:
    """The query parameters of a search (a FastAPI dependency)."""
    return SearchBody.of_text(
        {
            "bbox": bbox,
            "datetime": datetime,
            "intersects": intersects,
            "collections": collections,
            "ids": ids,
            "limit": limit,
            "token": token,
        }
    )


Asked = Annotated[SearchBody, Depends(search_parameters)]


@read(router, "/stac", "getStacCatalogue")
def catalogue(request: Request, editions: Known) -> JSONResponse:
    """The STAC catalogue."""
    only(request)
    return _json(stac.catalogue(editions, str(request.base_url)))


@read(router, "/stac/conformance", "getStacConformance")
def conformance(request: Request) -> JSONResponse:
    """The conformance classes of STAC API that the service keeps."""
    only(request)
    return _json({"conformsTo": list(stac.CONFORMANCE)})


@read(router, "/stac/collections", "listStacCollections")
def collections(request: Request, editions: Known) -> JSONResponse:
    """The STAC collections: one a region."""
    only(request)
    base = str(request.base_url)
    found = [
        stac.collection(editions, state.id, base) for state in editions.store.regions() if state.current is not None
    ]
    links = [stac.link("self", f"{base}stac/collections", stac.JSON), stac.link("root", f"{base}stac", stac.JSON)]
    return _json({"collections": found, "links": links})


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


@read(router, "/stac/collections/{region}/items", "listStacItems")
def items(request: Request, region: str, editions: Known, asked: Asked) -> JSONResponse:
    """The STAC items of a region, newest first, with the parameters of a search."""
    only(request)
    editions.current_id(region)
    # Clients that search a collection name it among the parameters too.
    both = [region] if asked.collections is None or region in asked.collections else []
    return _found(request, editions, asked.model_copy(update={"collections": both}))


@read(router, "/stac/search", "searchStac")
def search(request: Request, editions: Known, asked: Asked) -> JSONResponse:
    """Editions by place, time, region and id."""
    only(request)
    return _found(request, editions, asked)


@router.post("/stac/search", operation_id="searchStacByBody", openapi_extra=SEARCH_SCHEMA)
def search_by_body(request: Request, editions: Known, body: Annotated[bytes, Depends(limited)]) -> JSONResponse:
    """Editions by place, time, region and id, as a JSON body."""
    only(request)
    return _found(request, editions, SearchBody.of_json(body))


@read(router, "/regions/{region}/dcat", "getDcat")
def open_data(request: Request, region: str, editions: Known) -> JSONResponse:
    """The current edition as a DCAT-AP dataset (JSON-LD)."""
    only(request)
    return _json(dcat.dataset(editions, region, str(request.base_url)), "application/ld+json")


def _found(request: Request, editions: Editions, asked: SearchBody) -> JSONResponse:
    here = Here(str(request.url.replace(query="")), str(request.base_url), post=request.method == "POST")
    return _json(find(editions, asked, here), stac.GEOJSON)


def _json(body: dict[str, Any], media_type: str = "application/json") -> JSONResponse:
    headers = {"Cache-Control": REVALIDATE}
    return JSONResponse(body, headers=headers, media_type=media_type)
