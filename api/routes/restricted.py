"""What only holders of the right to read restricted data of a country may read: never cached, each reading audited."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.auth import REALM, RESPONSES, allowed
from api.editions import CURRENT, Editions, editions_of
from api.routes.reading import only
from api.routes.redirects import to_edition
from hotspots.editions import Key
from hotspots.scopes import Scope

router = APIRouter(tags=["restricted"])
Known = Annotated[Editions, Depends(editions_of)]
Reader = Annotated[Key, Depends(allowed(Scope.READ_RESTRICTED))]
HEADERS = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
ANSWERS: dict[int | str, dict[str, str]] = {
    **RESPONSES,
    404: {"description": "There is nothing to read, or it may not be read: the two are not told apart"},
}

_log = logging.getLogger("hotspots.auth")


@router.get("/restricted/{region}/{edition}", operation_id="getRestrictedFiles", responses=ANSWERS)
def listed(request: Request, region: str, edition: str, editions: Known, key: Reader) -> Response:
    """What the key opens of an edition: path, dataset, countries, media type, size and hash of each file."""
    only(request)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    editions.get(region, edition)
    files = [
        {
            "path": file.path,
            "countries": file.countries,
            "dataset": file.dataset,
            "media_type": file.media_type,
            "size_bytes": file.size_bytes,
            "sha256": file.sha256,
        }
        for file in editions.store.policy.restricted.files(region, edition)
        if key.countries.issuperset(file.countries)
    ]
    return JSONResponse({"region": region, "edition": edition, "files": files}, headers=HEADERS)


@router.get(
    "/restricted/{region}/{edition}/{countries}/{dataset}/{file}", operation_id="getRestrictedFile", responses=ANSWERS
)
def in_full(
    request: Request, region: str, edition: str, countries: str, dataset: str, file: str, editions: Known, key: Reader
) -> Response:
    """Rows of one dataset in full, of countries with hyphens between them: the key must open every one of them."""
    only(request)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    if not key.countries.issuperset(countries.split("-")):
        _log.warning("GET %s refused: %s does not open this country", request.scope["route"].path, key.name)
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "This API key does not open restricted data of this country.",
            {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{Scope.READ_RESTRICTED}"'},
        )
    editions.get(region, edition)
    path = f"{countries}/{dataset}/{file}"
    found, data = editions.store.policy.restricted.read(region, edition, path, key.name)
    name = f"{region}-{dataset}-{edition}-{file}"
    return Response(data, 200, {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}, found.media_type)
