"""The files of an edition: whole, in ranges, or not at all where the client has them."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.caching import etag_of, lifetime, not_modified
from api.editions import CURRENT, Editions, editions_of
from api.headers import DOCUMENT_POLICY, SNAPSHOT_POLICY
from api.ranges import ranged, read_file
from api.routes.reading import read
from api.routes.redirects import to_edition
from hotspots.editions import Edition
from hotspots.editions.manifest import MANIFEST
from hotspots.errors import CorruptEditionError

router = APIRouter(tags=["files"])
Known = Annotated[Editions, Depends(editions_of)]
ATTACHED_ROLES = {"data", "style", "tiles"}


@read(router, "/files/{region}/{edition}/packages/{layer}.zip", "getPackage")
def layer_package(request: Request, region: str, edition: str, layer: str, editions: Known) -> Response:
    """One layer as a ZIP file: data, style, codebook, quality report, licences, citation and disclaimer."""
    if edition == CURRENT:
        return to_edition(request, editions, region)
    of = editions.get(region, edition)
    found = editions.package(of, layer)
    headers = {
        "ETag": found.etag,
        "Cache-Control": lifetime(of),
        "Content-Disposition": f'attachment; filename="{found.name}"',
    }
    held = not_modified(request, found.etag, headers)
    return held or ranged(request, headers, found.size_bytes, found.read, "application/zip")


@read(router, "/files/{region}/{edition}/{path:path}", "getFile")
def file(request: Request, region: str, edition: str, path: str, editions: Known) -> Response:
    """A file that the edition's manifest lists, and nothing else."""
    if edition == CURRENT:
        return to_edition(request, editions, region)
    found = editions.get(region, edition)
    if path == MANIFEST:
        return _manifest(request, found)
    entry = found.file(path)
    disposition = "attachment" if entry.role in ATTACHED_ROLES else "inline"
    headers = {
        "ETag": f'"{entry.sha256}"',
        "Cache-Control": lifetime(found),
        "Content-Disposition": f'{disposition}; filename="{download_name(found, path)}"',
        "Content-Security-Policy": SNAPSHOT_POLICY if entry.role == "map" else DOCUMENT_POLICY,
    }
    held = not_modified(request, headers["ETag"], headers)
    if held:
        return held
    source = found.path(path)
    if source.stat().st_size != entry.size_bytes:
        raise CorruptEditionError("does not have the size it was published with.", source=source)
    return ranged(request, headers, entry.size_bytes, partial(read_file, source), entry.media_type)


def download_name(edition: Edition, path: str) -> str:
    """The name a file has once it has left the service: region, layer and edition."""
    pure = PurePosixPath(path)
    return f"{edition.region}-{pure.stem}-{edition.id}{pure.suffix}"


def _manifest(request: Request, edition: Edition) -> Response:
    data = edition.path(MANIFEST).read_bytes()
    headers = {"ETag": etag_of(data), "Cache-Control": lifetime(edition)}
    return not_modified(request, headers["ETag"], headers) or Response(data, 200, headers, "application/json")
