"""What of a region is published, and why no more; consents recorded and approved with a key."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from api.accept import prefers_html
from api.auth import RESPONSES, allowed
from api.caching import REVALIDATE
from api.editions import Editions, editions_of
from api.i18n import chosen
from api.pages import page, to_root
from api.process_description import limited
from api.routes.reading import only, read
from config import load
from config.consent_table import ConsentTable
from data_pipelines.policy import marked_sensitive, require_admissible
from hotspots.editions import Edition, Key
from hotspots.editions.consents import Actor
from hotspots.editions.policy import Recorded
from hotspots.errors import ConfigError, NotFoundError, QueryError
from hotspots.scopes import Scope

router = APIRouter(tags=["policy"])
Known = Annotated[Editions, Depends(editions_of)]
BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": ConsentTable.model_json_schema()}}}
}
MADE: dict[int | str, dict[str, str]] = {
    **RESPONSES,
    409: {"description": "It does not wait for approval, or the same person recorded it"},
}


@read(router, "/regions/{region}/policy", "getPolicy")
def region_policy(
    request: Request,
    region: str,
    editions: Known,
    lang: str | None = None,
    accept_language: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """What of the region is open, generalised, aggregated or withheld, by whom and until when: by Accept, a page."""
    only(request)
    state = editions.store.region(region)
    edition = None if state.current is None else editions.get(region, state.current)
    gone = [
        {"edition": item.edition, "withdrawn_at": item.at, "reason": item.reason or item.basis}
        for item in editions.store.policy.tombstones(region)
    ]
    known = _published(edition)
    if prefers_html(request.headers.get("accept", "")):
        language = chosen(lang, accept_language)
        return page("policy.html", root=to_root(request), language=language, state=state, withdrawn=gone, **known)
    body = {"region": region, **known, "withdrawn": gone}
    return JSONResponse(body, headers={"Cache-Control": REVALIDATE, "Vary": "Accept"})


@router.post(
    "/regions/{region}/policy",
    status_code=HTTPStatus.CREATED,
    operation_id="recordConsent",
    openapi_extra=BODY,
    responses={**RESPONSES, 409: {"description": "The policy does not let it be recorded: which field, and why"}},
)
def record(
    request: Request,
    region: str,
    editions: Known,
    body: Annotated[bytes, Depends(limited)],
    key: Annotated[Key, Depends(allowed(Scope.POLICY))],
) -> JSONResponse:
    """Record a consent: what publishes less counts at once, what publishes more waits for a second person."""
    only(request)
    try:
        config = load.region(region)
    except ConfigError as error:
        raise NotFoundError(error.message, field="region", remedy=error.remedy) from error
    try:
        consent = ConsentTable.model_validate_json(body).consent()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise QueryError(f"{first['msg']}.", field=where, remedy="See docs/policy.md.") from error
    if consent.region != region or consent.dataset not in config.datasets:
        raise QueryError(
            "does not fit the region.",
            field="dataset",
            remedy=f"Use the region {region} and one of {', '.join(sorted(config.datasets))}.",
        )
    require_admissible(config, consent)
    return _made(editions.store.policy.record(consent, _actor(key), marked_sensitive(config)))


@router.post(
    "/regions/{region}/policy/{number}/approval",
    status_code=HTTPStatus.CREATED,
    operation_id="approveConsent",
    responses=MADE,
)
def approve(
    request: Request,
    region: str,
    number: Annotated[int, Path(ge=1, lt=2**31)],
    editions: Known,
    key: Annotated[Key, Depends(allowed(Scope.PUBLISH))],
) -> JSONResponse:
    """Let a consent that publishes more count, as a second person, and queue a refresh."""
    only(request)
    if all(item.number != number for item in editions.store.policy.consents.all(region)):
        raise NotFoundError(f"there is no consent {number} of {region!r}.", remedy="Record it first.")
    return _made(editions.store.policy.approve(number, _actor(key)))


def _published(edition: Edition | None) -> dict[str, Any]:
    if edition is None:
        return {"edition": None, "contact": "", "datasets": []}
    return {
        "edition": edition.id,
        "contact": edition.manifest.policy.contact,
        "datasets": [item.model_dump(mode="json") for item in edition.manifest.consents],
    }


def _actor(key: Key) -> Actor:
    return Actor(key.name, key.owner)


def _made(recorded: Recorded) -> JSONResponse:
    body = {"number": recorded.number, "counts": recorded.counts, "withdrawn": list(recorded.withdrawn)}
    return JSONResponse(body, HTTPStatus.CREATED, headers={"Cache-Control": "no-store"})
