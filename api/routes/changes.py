"""What changed from one edition to another, where the two have been compared."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from api.caching import REVALIDATE, etag_of, not_modified
from api.editions import Editions, editions_of
from api.routes.reading import read
from hotspots.errors import NotFoundError

router = APIRouter(tags=["regions"])
Known = Annotated[Editions, Depends(editions_of)]
MEDIA_TYPES = {
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv",
    ".webp": "image/webp",
}
FILES = re.compile(r"comparison\.json|hotspots_difference\.(geojson|csv)|difference_[a-z0-9_]+\.(webp|json)")


@read(router, "/regions/{region}/editions/{edition}/changes", "listChanges")
def changes(region: str, edition: str, editions: Known) -> JSONResponse:
    """The earlier editions that an edition has been compared with, newest first."""
    found = editions.get(region, edition)
    compared = editions.store.comparisons.of(region, found.id)
    base = f"regions/{region}/editions/{found.id}/changes"
    listed = [{"before": before, "href": f"{base}/{before}/comparison.json"} for before in compared]
    body = {"region": region, "edition": found.id, "changes": listed}
    return JSONResponse(body, headers={"Cache-Control": REVALIDATE})


@read(router, "/regions/{region}/editions/{edition}/changes/{before}/{file}", "getChange")
def change(request: Request, region: str, edition: str, before: str, file: str, editions: Known) -> Response:
    """A file of a comparison: comparison.json, hotspots_difference.geojson or .csv, or the picture of a layer."""
    folder = editions.store.comparisons.folder(region, edition, before)
    path = folder / file
    if not FILES.fullmatch(file) or not path.is_file():
        raise NotFoundError(f"the comparison has no file {file!r}.", remedy="comparison.json names what was compared.")
    data = path.read_bytes()
    headers = {"Cache-Control": REVALIDATE, "ETag": etag_of(data)}
    return not_modified(request, headers["ETag"], headers) or Response(data, 200, headers, MEDIA_TYPES[path.suffix])
