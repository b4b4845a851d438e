"""What a request for items asks, checked: the parameters of OGC API - Features, parts 1 to 3."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from api.features.condition import EVERYTHING, Condition, both, spatial
from api.features.cql import compiled
from api.features.crs import CRS84, LONLAT, Crs, box, crs_of
from api.features.store import Sort
from api.features.times import interval
from data_pipelines.outputs.feature_store import quoted
from hotspots.errors import QueryError

DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET = 100, 10_000, 10_000_000


class ItemsParameters(BaseModel):
    """The documented query parameters; others may be names of queryables."""

    limit: int | None = Field(None, ge=1, description=f"At most {MAX_LIMIT}, which larger ones mean.")
    offset: int | None = Field(None, ge=0, le=MAX_OFFSET, description="Features to leave out at the start.")
    bbox: str | None = Field(None, description="minx,miny,maxx,maxy in bbox-crs; west may be greater than east.")
    bbox_crs: str = Field(CRS84, alias="bbox-crs", description="URI of the CRS of bbox.")
    crs: str = Field(CRS84, description="URI of the CRS of the answer.")
    datetime: str | None = Field(None, description="Features have no time of their own: all match.")
    filter: str | None = Field(None, description="A condition in CQL2.")
    filter_lang: Literal["cql2-text", "cql2-json"] = Field("cql2-text", alias="filter-lang")
    filter_crs: str = Field(CRS84, alias="filter-crs", description="URI of the CRS of the geometries in filter.")
    sortby: str | None = Field(None, description="Properties, each with - in front for descending.")
    properties: str | None = Field(None, description="The properties to return; all unless given.")
    f: str | None = Field(None, description="geojson (or json), html, csv, gpkg or parquet; else by Accept.")


KNOWN = frozenset(field.alias or name for name, field in ItemsParameters.model_fields.items())


@dataclass(frozen=True)
class ItemsQuery:
    """Which features, in which order, with which properties (None: all) and in which CRS."""

    condition: Condition = EVERYTHING
    sort: tuple[Sort, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    properties: tuple[str, ...] | None = None
    crs: Crs = LONLAT


def items_query(
    asked: ItemsParameters,
    others: Mapping[str, str],
    columns: Mapping[str, str],
    names: tuple[str, ...],
    default_limit: int = DEFAULT_LIMIT,
) -> ItemsQuery:
    """The query that the parameters state.

    Parameters
    ----------
    others:
        What was given beside the documented parameters: each must be a queryable, and asks for equality.
    columns:
        Kind by name of the properties that can be asked for.
    names:
        Of all properties.

    Raises
    ------
    QueryError
        If a parameter is unknown or malformed.
    """
    for name in others:
        if name not in columns:
            raise QueryError(
                f"the parameter {name!r} is not known.",
                field=name,
                remedy="The OpenAPI description and the collection's queryables name what there is.",
            )
    if asked.datetime is not None:
        # Features have no time of their own, so all match; what is no time is an error all the same.
        interval(asked.datetime)
    return ItemsQuery(
        condition=_condition(asked, others, columns),
        sort=_sort(asked.sortby or "", columns),
        limit=min(asked.limit or default_limit, MAX_LIMIT),
        offset=asked.offset or 0,
        properties=_properties(asked.properties, names),
        crs=crs_of(asked.crs, "crs"),
    )


def _condition(asked: ItemsParameters, others: Mapping[str, str], columns: Mapping[str, str]) -> Condition:
    condition = EVERYTHING
    bbox_crs, filter_crs = crs_of(asked.bbox_crs, "bbox-crs"), crs_of(asked.filter_crs, "filter-crs")
    if asked.bbox is not None:
        condition = spatial("s_intersects", box(asked.bbox, bbox_crs), 0)
    for name, text in sorted(others.items()):
        condition = both(condition, Condition(f"{quoted(name)} = ?", (_typed(name, text, columns[name]),)))
    if asked.filter is None:
        return condition
    found = compiled(asked.filter, asked.filter_lang, columns, filter_crs, first_test=len(condition.tests))
    return both(condition, found)


def _sort(text: str, columns: Mapping[str, str]) -> tuple[Sort, ...]:
    found = []
    for part in filter(None, text.split(",")):
        # A plus sign in a query string arrives as a space.
        name = part.strip().lstrip("+-")
        if name not in columns:
            raise QueryError(f"cannot sort by {name!r}.", field="sortby", remedy=f"Use one of {', '.join(columns)}.")
        found.append(Sort(name, part.strip().startswith("-")))
    return tuple(found)


def _properties(text: str | None, names: tuple[str, ...]) -> tuple[str, ...] | None:
    if text is None:
        return None
    asked = [part.strip() for part in text.split(",") if part.strip()]
    for name in asked:
        if name not in names:
            raise QueryError(
                f"has no property {name!r}.", field="properties", remedy=f"Use some of {', '.join(names)}."
            )
    return tuple(name for name in names if name in asked)


def _typed(name: str, text: str, kind: str) -> object:
    try:
        return _READ[kind](text)
    except (KeyError, ValueError):
        raise QueryError(f"{text!r} is no {kind}.", field=name, remedy=f"Give a {kind}.") from None


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


_READ: dict[str, Callable[[str], object]] = {
    "number": _number,
    "integer": int,
    "boolean": {"true": 1, "false": 0}.__getitem__,
    "text": str,
}
