"""Item search after STAC API 1.0: editions by place, time, region and id, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from shapely.errors import GEOSException

from api.editions import Editions
from api.features.crs import LONLAT, box
from api.features.times import interval
from api.stac import GEOJSON, JSON, item, link, span
from hotspots.editions import Edition
from hotspots.errors import QueryError

DEFAULT_LIMIT, MOST = 10, 1_000
MAX_VERTICES = 5_000
LISTS = ("bbox", "collections", "ids")


class SearchBody(BaseModel):
    """What a search may ask for; all that is given must be met. The GET has the same as text, lists with commas."""

    model_config = ConfigDict(extra="forbid")
    bbox: Annotated[list[float], Field(min_length=4, max_length=6)] | None = None
    datetime: str | None = Field(None, description="An RFC 3339 instant, or an interval with / and ..")
    intersects: dict[str, Any] | None = Field(None, description="A GeoJSON geometry; not together with bbox.")
    collections: list[str] | None = Field(None, description="Regions.")
    ids: list[str] | None = Field(None, description="Editions.")
    limit: int = Field(DEFAULT_LIMIT, ge=1, description=f"At most {MOST}, which larger ones mean.")
    token: str | None = Field(None, description="Where the page begins, as a link of the page before says it.")

    @staticmethod
    def of_json(body: bytes) -> SearchBody:
        """The search in the ``body`` of a POST; QueryError naming the first field that is wrong."""
        try:
            return SearchBody.model_validate_json(body)
        except ValidationError as error:
            raise _fault(error) from error

    @staticmethod
    def of_text(given: dict[str, str | int | None]) -> SearchBody:
        """The search in the parameters of a GET; QueryError naming the first that is wrong."""
        lists = {name: text.split(",") for name in LISTS if isinstance(text := given.get(name), str)}
        try:
            geometry = json.loads(str(given["intersects"])) if given.get("intersects") else None
            return SearchBody.model_validate({**given, **lists, "intersects": geometry})
        except ValidationError as error:
            raise _fault(error) from error
        except json.JSONDecodeError as error:
            raise _no_geometry("is no JSON") from error

    def told(self) -> dict[str, Any]:
        """What was asked for, without what was left out."""
        return self.model_dump(exclude_none=True)


@dataclass(frozen=True)
class Here:
    """Where a search was asked: ``address`` without query; ``post`` if its further pages are asked for by POST."""

    address: str
    base: str
    post: bool = False

    def page(self, asked: SearchBody, token: str) -> dict[str, Any]:
        """The link to the page that begins after ``token``."""
        told = {**asked.told(), "token": token}
        if self.post:
            return {**link("next", self.address, GEOJSON), "method": "POST", "body": told}
        given = {name: _text(value) for name, value in told.items()}
        return {**link("next", f"{self.address}?{urlencode(given)}", GEOJSON), "method": "GET"}


def search(editions: Editions, asked: SearchBody, here: Here) -> dict[str, Any]:
    """The items that meet every condition as a GeoJSON collection, by region, the newest edition first."""
    meets = _condition(asked)
    found = []
    current = {}
    for state in editions.store.regions():
        if state.current is not None and (asked.collections is None or state.id in asked.collections):
            current[state.id] = state.current
            listed = (editions.get(state.id, record.id) for record in editions.store.editions(state.id))
            found += [edition for edition in listed if meets(edition)]
    first = _after(found, asked.token)
    page = found[first : first + min(asked.limit, MOST)]
    links = [link("self", here.address, GEOJSON), link("root", f"{here.base}stac", JSON)]
    if first + len(page) < len(found):
        links.append(here.page(asked, _token(page[-1])))
    return {
        "type": "FeatureCollection",
        "features": [item(edition, current[edition.region], here.base) for edition in page],
        "numberMatched": len(found),
        "numberReturned": len(page),
        "links": links,
    }


def _condition(asked: SearchBody) -> Any:
    """Whether an edition is one of those asked for."""
    since, until = (None, None) if asked.datetime is None else interval(asked.datetime)
    area = _area(asked)

    def meets(edition: Edition) -> bool:
        first, last = span(edition)
        return (
            (asked.ids is None or edition.id in asked.ids)
            and (area is None or bool(shapely.box(*edition.manifest.bounds).intersects(area)))
            and (since is None or since <= last)
            and (until is None or first <= until)
        )

    return meets


def _area(asked: SearchBody) -> Any:
    if asked.intersects is None:
        return None if asked.bbox is None else box(",".join(map(str, asked.bbox)), LONLAT)
    if asked.bbox is not None:
        raise QueryError("bbox and intersects exclude each other.", field="bbox", remedy="Give one of them.")
    try:
        shape = shapely.from_geojson(json.dumps(asked.intersects))
    except GEOSException as error:
        raise _no_geometry("cannot be read") from error
    if shape.is_empty or shapely.get_num_coordinates(shape) > MAX_VERTICES or not shape.is_valid:
        raise _no_geometry(f"is empty, not valid or has more than {MAX_VERTICES} vertices")
    return shape


def _fault(error: ValidationError) -> QueryError:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return QueryError(f"{first['msg']}.", field=where or "body", remedy="See /openapi.json.")


def _no_geometry(text: str) -> QueryError:
    return QueryError(f"{text}.", field="intersects", remedy="Give a GeoJSON geometry in CRS84.")


def _token(edition: Edition) -> str:
    return f"{edition.region}:{edition.id}"


def _after(found: list[Edition], token: str | None) -> int:
    """Index of the edition behind the one that ``token`` names; what is published meanwhile comes before it."""
    if token is None:
        return 0
    for index, edition in enumerate(found):
        if _token(edition) == token:
            return index + 1
    raise QueryError("is none of this search.", field="token", remedy="Begin again without it.")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return json.dumps(value) if isinstance(value, dict) else str(value)
