"""What changed from one edition to another: comparisons that are kept, and made when they are asked for."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from api.accept import prefers_html
from api.caching import REVALIDATE, etag_of, not_modified
from api.change_view import told
from api.editions import Editions, editions_of
from api.pages import to_root
from api.routes.reading import only, read
from api.slots import COMPARISONS
from data_pipelines.comparing import WHOLE, cells, compare_and_keep
from hotspots.errors import NotFoundError, QueryError

router = APIRouter(tags=["regions"])
Known = Annotated[Editions, Depends(editions_of)]
MEDIA_TYPES = {
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv",
    ".webp": "image/webp",
}
MOST_CELLS = 5_000_000
"""Of a grid that is compared while somebody waits: ten seconds and half a gigabyte (1.6 million cells: 3 s)."""
MADE: dict[int | str, dict[str, Any]] = {
    201: {"description": "The two are compared; Location is the comparison"},
    303: {"description": "The same, for a browser: Location is the page that shows it"},
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


@read(router, "/regions/{region}/editions/{edition}/changes/{before}/hotspots/{hotspot}", "getHotspotChange")
def hotspot_change(region: str, edition: str, before: str, hotspot: str, editions: Known) -> JSONResponse:
    """What became of one hotspot since an earlier edition, and how much of it pollution, data and method changed."""
    folder = editions.store.comparisons.folder(region, edition, before)
    rows = json.loads((folder / WHOLE).read_text(encoding="utf-8"))["hotspots"]
    row = next((row for row in rows if row["hotspot_id"] == hotspot and row["change"] != "gone"), None)
    if row is None:
        raise NotFoundError(f"the comparison has no hotspot {hotspot!r}.", remedy="comparison.json lists them.")
    return JSONResponse(told(row), headers={"Cache-Control": REVALIDATE})


@router.post(
    "/regions/{region}/editions/{edition}/changes/{before}",
    status_code=HTTPStatus.CREATED,
    operation_id="makeChange",
    responses=MADE,
)
def make_change(request: Request, region: str, edition: str, before: str, editions: Known) -> Response:
    """Compare an edition with one published before it, unless that has been done; the comparison is kept.

    One at a time; whoever asks meanwhile is answered 503. Larger grids are compared by `hotspots compare --keep`.
    """
    only(request)
    later, earlier = editions.get(region, edition), editions.get(region, before)
    newest_first = [record.id for record in editions.store.editions(region)]
    if newest_first.index(later.id) >= newest_first.index(earlier.id):
        raise QueryError(f"{before} was not published before {edition}.", field="before", remedy="Ask the other way.")
    if later.grid != earlier.grid:
        raise QueryError("the two lie on different grids.", field="before", remedy="Compare editions of one grid.")
    if cells(later) > MOST_CELLS:
        ask = f"hotspots compare {region} {before} {edition} --keep"
        raise QueryError("the grid is too large to be compared at once.", field="region", remedy=f"Run `{ask}`.")
    if before not in editions.store.comparisons.of(region, later.id):
        with COMPARISONS.taken():
            compare_and_keep(editions.store, earlier, later)
    root = to_root(request)
    if prefers_html(request.headers.get("accept", "")):
        page = f"{root}map?{urlencode({'region': region, 'edition': edition, 'compare': before})}"
        return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": page, "Cache-Control": "no-store"})
    href = f"regions/{region}/editions/{edition}/changes/{before}/comparison.json"
    headers = {"Location": f"{root}{href}", "Cache-Control": "no-store"}
    return JSONResponse({"before": before, "href": href}, HTTPStatus.CREATED, headers)
