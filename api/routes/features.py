"""OGC API - Features: conformance, collections, items."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from api.accept import prefers_html
from api.caching import REVALIDATE, etag_of, lifetime, not_modified
from api.editions import Editions, editions_of
from api.features import formats
from api.features.collections import Collection, current, find, link
from api.features.crs import CRS84, crs_of
from api.features.query import DEFAULT_LIMIT, KNOWN, MAX_LIMIT, ItemsParameters, ItemsQuery, items_query
from api.features.store import Row
from api.i18n import language_of
from api.local_names import with_contributors
from api.pages import page, to_root
from api.raster_collections import TILESETS_MAP, RasterCollection, find_any
from api.routes.reading import only, read
from api.slots import HEAVY
from hotspots.errors import NotFoundError, QueryError
from hotspots.names import NameLanguage

router = APIRouter(tags=["features"])
Known = Annotated[Editions, Depends(editions_of)]
Format = Annotated[str | None, Query(description="`json` or `html`; otherwise the Accept header decides.")]
_PART = "http://www.opengis.net/spec/"
CONFORMANCE = (
    f"{_PART}ogcapi-common-1/1.0/conf/core",
    f"{_PART}ogcapi-common-2/1.0/conf/collections",
    *(f"{_PART}ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_PART}ogcapi-features-2/1.0/conf/crs",
    *(
        f"{_PART}ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(f"{_PART}ogcapi-features-5/1.0/conf/{name}" for name in ("schemas", "queryables", "sortables")),
    f"{_PART}ogcapi-features-8/1.0/conf/sorting",
    *(
        f"{_PART}ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "png", "oas30")
    ),
    *(
        f"{_PART}tms/2.0/conf/{name}"
        for name in (
            "tilematrixset",
            "json-tilematrixset",
            "tilematrixsetlimits",
            "json-tilematrixsetlimits",
            "tilesetmetadata",
            "json-tilesetmetadata",
        )
    ),
    *(
        f"{_PART}cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "arithmetic",
        )
    ),
)


@read(router, "/conformance", "getConformance")
def conformance(request: Request, f: Format = None) -> Response:
    """The conformance classes that the service keeps."""
    only(request)
    return _answer(request, f, "conformance.html", {"conformsTo": list(CONFORMANCE)}, REVALIDATE)


@read(router, "/collections", "listCollections")
def collections(request: Request, editions: Known, f: Format = None) -> Response:
    """The feature layers of every region's current edition."""
    only(request)
    base = str(request.base_url)
    body = {
        "links": [
            link("self", f"{base}collections", "application/json", "Collections"),
            link("alternate", f"{base}collections?f=html", "text/html", "Collections"),
            link(TILESETS_MAP, f"{base}map/tiles", "application/json", "The rasters, as map tiles"),
        ],
        "collections": [item.document(base) for item in current(editions)],
    }
    return _answer(request, f, "collections.html", body, REVALIDATE)


@read(router, "/collections/{collection}", "getCollection")
def collection(request: Request, collection: str, editions: Known, f: Format = None) -> Response:
    """One layer: extent and files, reference systems and features, or map tiles where it is a raster."""
    only(request)
    found = find_any(editions, collection)
    return _answer(request, f, "collection.html", found.document(str(request.base_url)), _cache(found))


@read(router, "/collections/{collection}/queryables", "getQueryables")
def queryables(request: Request, collection: str, editions: Known) -> Response:
    """JSON Schema of the properties that can be asked for."""
    only(request)
    found = find(editions, collection)
    return _schema(found, found.queryables(_address(request)))


@read(router, "/collections/{collection}/sortables", "getSortables")
def sortables(request: Request, collection: str, editions: Known) -> Response:
    """JSON Schema of the properties that can be sorted by."""
    only(request)
    found = find(editions, collection)
    return _schema(found, found.sortables(_address(request)))


@read(router, "/collections/{collection}/schema", "getSchema")
def schema(request: Request, collection: str, editions: Known) -> Response:
    """JSON Schema of a feature."""
    only(request)
    found = find(editions, collection)
    return _schema(found, found.schema(_address(request)))


@read(router, "/collections/{collection}/items", "getItems")
def items(
    request: Request,
    collection: str,
    editions: Known,
    asked: Annotated[ItemsParameters, Query()],
) -> Response:
    """Features that meet every condition; a parameter named like a queryable asks for equality."""
    found = find(editions, collection)
    kind = _kind(request, asked.f)
    default = DEFAULT_LIMIT if kind in {formats.GEOJSON, "html"} else MAX_LIMIT
    names = tuple(field["name"] for field in found.store.fields)
    others = {name: value for name, value in request.query_params.items() if name not in KNOWN}
    query = items_query(asked, others, found.store.columns, names, default)
    with HEAVY.taken():
        return _items(request, found, query, kind)


def _items(request: Request, found: Collection, query: ItemsQuery, kind: str) -> Response:
    matching = found.store.matching(query.condition, query.sort)
    numbers = matching[query.offset : query.offset + query.limit]
    links = _page_links(request, found, query, len(matching))
    headers = {
        "Cache-Control": _cache(found),
        "Content-Crs": f"<{query.crs.uri}>",
        "Vary": "Accept",
        "OGC-NumberMatched": str(len(matching)),
        "OGC-NumberReturned": str(len(numbers)),
    }
    rows = found.store.rows(numbers)
    if kind == "html":
        return _items_page(found, query, rows, links, len(matching), single=False)
    if kind == formats.GEOJSON:
        members = {"links": links, "numberMatched": len(matching)}
        text = formats.collection_text(rows, query.crs, query.properties, members, len(numbers))
        return _tagged(request, text.encode(), headers, formats.MEDIA_TYPES[kind])
    headers["Link"] = ", ".join(f'<{item["href"]}>; rel="{item["rel"]}"' for item in links)
    headers["Content-Disposition"] = f'attachment; filename="{found.pinned_id}.{kind}"'
    body = formats.table_bytes(found.store, rows, query.crs, query.properties, kind)
    return _tagged(request, body, headers, formats.MEDIA_TYPES[kind])


@read(router, "/collections/{collection}/items/{feature}", "getItem")
def item(
    request: Request,
    collection: str,
    feature: str,
    editions: Known,
    crs: Annotated[str | None, Query(description="URI of the CRS of the answer; CRS84 unless given.")] = None,
    f: Annotated[str | None, Query(description="geojson (or json) or html.")] = None,
    lang: Annotated[
        NameLanguage | None, Query(description="The language that contributors of a hotspot are called in.")
    ] = None,
) -> Response:
    """One feature, as it is published; with ``lang`` the contributors of a hotspot are called in that language."""
    only(request)
    found = find(editions, collection)
    row = found.store.one(feature)
    if row is None:
        raise NotFoundError(f"has no feature {feature!r}.", source=collection, remedy="Its items list the ids.")
    if lang is not None and found.layer == "hotspots":
        told = with_contributors(json.loads(row.properties), language_of(lang))
        row = replace(row, properties=json.dumps(told, ensure_ascii=False))
    kind = _kind(request, f)
    system = crs_of(crs or CRS84, "crs")
    base = f"{request.base_url}collections/{found.id}"
    links = [
        link("self", f"{base}/items/{feature}", formats.MEDIA_TYPES[formats.GEOJSON], feature),
        link("alternate", f"{base}/items/{feature}?f=html", "text/html", feature),
        link("collection", base, "application/json", found.title),
    ]
    if kind == "html":
        return _items_page(found, ItemsQuery(), [row], links, 1, single=True)
    if kind != formats.GEOJSON:
        raise QueryError(f"{kind!r} holds no single feature.", field="f", remedy="Use geojson or html.")
    headers = {"Cache-Control": _cache(found), "Content-Crs": f"<{system.uri}>", "Vary": "Accept"}
    text = formats.feature_text(row, system, None, links)
    return _tagged(request, text.encode(), headers, formats.MEDIA_TYPES[kind])


def _kind(request: Request, asked: str | None) -> str:
    if asked is None:
        return "html" if prefers_html(request.headers.get("accept", "")) else formats.GEOJSON
    name = formats.GEOJSON if asked == "json" else asked
    if name != "html" and name not in formats.MEDIA_TYPES:
        raise QueryError(f"{asked!r} is not known.", field="f", remedy=f"Use html or {', '.join(formats.MEDIA_TYPES)}.")
    return name


def _page_links(request: Request, found: Collection, query: ItemsQuery, matched: int) -> list[dict[str, str]]:
    """Further pages lead into the pinned collection, so that pages of two editions never mix."""
    given = dict(request.query_params)
    base = f"{request.base_url}collections/"
    geojson = formats.MEDIA_TYPES[formats.GEOJSON]

    def page_at(offset: int) -> str:
        asked = {**given, "offset": str(offset), "limit": str(query.limit)}
        return f"{base}{found.pinned_id}/items?{urlencode(asked)}"

    here = f"{base}{found.id}/items"
    links = [link("self", f"{here}?{urlencode(given)}" if given else here, geojson, "This page")]
    for kind, media_type in (("html", "text/html"), *formats.MEDIA_TYPES.items()):
        if kind != formats.GEOJSON:
            links.append(link("alternate", f"{here}?{urlencode({**given, 'f': kind})}", media_type, f"As {kind}"))
    links.append(link("collection", f"{base}{found.id}", "application/json", found.title))
    if query.offset + query.limit < matched:
        links.append(link("next", page_at(query.offset + query.limit), geojson, "Next page"))
    if query.offset > 0:
        links.append(link("prev", page_at(max(query.offset - query.limit, 0)), geojson, "Previous page"))
    return links


def _items_page(
    found: Collection, query: ItemsQuery, rows: Iterable[Row], links: list[dict[str, str]], matched: int, single: bool
) -> Response:
    names = query.properties or tuple(found.store.columns)
    return page(
        "items.html",
        root="../" * (3 if single else 2),
        collection=found,
        fields=[field for field in found.store.fields if field["name"] in names],
        rows=[(row.id, row.told(names)) for row in rows],
        links={item["rel"]: item["href"] for item in reversed(links)},
        first=query.offset + 1,
        matched=matched,
        single=single,
    )


def _schema(found: Collection, body: dict[str, Any]) -> Response:
    headers = {"Cache-Control": _cache(found)}
    return JSONResponse(body, headers=headers, media_type="application/schema+json")


def _answer(request: Request, asked: str | None, template: str, body: dict[str, Any], cache: str) -> Response:
    if asked not in {None, "json", "html"}:
        raise QueryError(f"{asked!r} is not known.", field="f", remedy="Use json or html.")
    if asked == "html" or (asked is None and prefers_html(request.headers.get("accept", ""))):
        return page(template, root=to_root(request), body=body)
    headers = {"Cache-Control": cache, "Vary": "Accept"}
    return JSONResponse(body, headers=headers)


def _tagged(request: Request, body: bytes, headers: dict[str, str], media_type: str) -> Response:
    headers["ETag"] = etag_of(body)
    return not_modified(request, headers["ETag"], headers) or Response(body, 200, headers, media_type)


def _cache(found: Collection | RasterCollection) -> str:
    return lifetime(found.edition) if found.pinned else REVALIDATE


def _address(request: Request) -> str:
    return str(request.url.replace(query=""))
