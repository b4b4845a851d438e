"""The hotspots of a selection as a file, ranked and filtered as the pages list them."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.caching import etag_of, lifetime, not_modified
from api.editions import CURRENT, Editions, editions_of
from api.features import formats
from api.features.crs import CRS84, crs_of
from api.map_view import assessed
from api.routes.reading import only, read
from api.routes.redirects import to_edition
from api.selection import Selection, followed, listed, own_rule
from api.slots import HEAVY
from hotspots.errors import QueryError

router = APIRouter(tags=["regions"])
Known = Annotated[Editions, Depends(editions_of)]


@read(router, "/regions/{region}/editions/{edition}/hotspots", "getHotspotList")
def hotspot_list(
    request: Request,
    region: str,
    edition: str,
    editions: Known,
    selection: Annotated[Selection, Depends()],
    f: Annotated[Literal["geojson", "csv"], Query(description="The format.")] = "geojson",
) -> Response:
    """The hotspots that map and report list for the same parameters, all of them, with their ranks by the rule.

    By another rule than the method's own they have no rank interval: none was drawn for it.
    """
    only(request)
    if edition == CURRENT:
        return to_edition(request, editions, region)
    found = editions.get(region, edition)
    rows = [item["properties"] for item in editions.document(found, "vectors/hotspots.geojson")["features"]]
    kept, notices = followed(selection, rows, assessed(found))
    if notices:
        raise QueryError(notices[0], remedy="The map page lists what can be chosen.")
    with HEAVY.taken():
        store = editions.features(found, "hotspots")
        known = {row.id: row for row in store.rows(range(1, store.count + 1))}
        features = [
            replace(known[row["hotspot_id"]], properties=json.dumps(row, ensure_ascii=False))
            for row in listed(rows, kept)
        ]
        if f == formats.CSV:
            body = formats.table_bytes(store, features, crs_of(CRS84, "crs"), None, f)
        else:
            policy = found.manifest.policy
            members = {
                "title": f"{found.manifest.title}: hotspots",
                "edition": found.id,
                "selection": kept.parameters,
                "rank_rule": kept.rule or own_rule(rows),
                "statement": policy.statement,
                "disclaimer": policy.disclaimer,
                "licence": policy.licence,
            }
            body = formats.collection_text(features, crs_of(CRS84, "crs"), None, members, len(features)).encode()
    name = f"{region}-hotspots-{kept.dimension}-{found.id}.{f}"
    headers = {"Cache-Control": lifetime(found), "ETag": etag_of(body)}
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer = Response(body, HTTPStatus.OK, headers, formats.MEDIA_TYPES[f])
    return not_modified(request, headers["ETag"], headers) or answer
