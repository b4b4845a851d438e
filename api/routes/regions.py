"""Regions and their editions, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter

from api.caching import REVALIDATE, etag_of, lifetime, not_modified
from api.editions import CURRENT, Editions, editions_of
from api.routes.reading import read
from api.routes.redirects import to_edition
from data_pipelines.fetching.ages import ages_now
from data_pipelines.fetching.input_store import InputStore
from hotspots.editions import EditionRecord, RegionState
from hotspots.freshness import InputAge

_AGES = TypeAdapter(tuple[InputAge, ...])
router = APIRouter(tags=["regions"])
Known = Annotated[Editions, Depends(editions_of)]


@read(router, "/regions", "listRegions")
def regions(editions: Known) -> JSONResponse:
    """All regions of the store."""
    listed = [_region(state) for state in editions.store.regions()]
    return JSONResponse({"regions": listed}, headers={"Cache-Control": REVALIDATE})


@read(router, "/regions/{region}", "getRegion")
def region(region: str, editions: Known) -> JSONResponse:
    """One region: its title, current edition, whether that is behind, and how old its inputs are today."""
    state = editions.store.region(region)
    return JSONResponse(_region(state) | {"inputs": _inputs(editions, state)}, headers={"Cache-Control": REVALIDATE})


@read(router, "/regions/{region}/editions", "listEditions")
def edition_list(region: str, editions: Known) -> JSONResponse:
    """The editions of a region, newest first."""
    current = editions.store.region(region).current
    listed = [_edition(record, current) for record in editions.store.editions(region)]
    gone = [
        {"id": item.edition, "withdrawn_at": item.at, "reason": item.reason or item.basis}
        for item in editions.store.policy.tombstones(region)
    ]
    return JSONResponse(
        {"region": region, "editions": listed, "withdrawn": gone}, headers={"Cache-Control": REVALIDATE}
    )


@read(router, "/regions/{region}/editions/{edition}", "getEdition")
def edition(request: Request, region: str, edition: str, editions: Known) -> Response:
    """The manifest of an edition; ``current`` redirects to the current edition's id."""
    if edition == CURRENT:
        return to_edition(request, editions, region)
    found = editions.get(region, edition)
    data = found.path("manifest.json").read_bytes()
    headers = {"Cache-Control": lifetime(found), "ETag": etag_of(data)}
    return not_modified(request, headers["ETag"], headers) or Response(data, 200, headers, "application/json")


def _region(state: RegionState) -> dict[str, Any]:
    links = [
        {"rel": "editions", "href": f"regions/{state.id}/editions"},
        {"rel": "map", "href": f"map?region={state.id}"},
    ]
    stale = None if state.stale_reason is None else {"reason": state.stale_reason, "since": state.stale_since}
    return {"id": state.id, "title": state.title, "current": state.current, "stale": stale, "links": links}


def _inputs(editions: Editions, state: RegionState) -> list[dict[str, Any]]:
    """The age of the current edition's inputs as of today."""
    if state.current is None:
        return []
    published = editions.get(state.id, state.current).manifest.freshness
    now = ages_now(published, InputStore(editions.store.layout.inputs), datetime.now(UTC).date())
    described: list[dict[str, Any]] = _AGES.dump_python(now, mode="json")
    return described


def _edition(record: EditionRecord, current: str | None) -> dict[str, Any]:
    return {
        "id": record.id,
        "published_at": record.published_at,
        "size_bytes": record.size_bytes,
        "current": record.id == current,
    }
