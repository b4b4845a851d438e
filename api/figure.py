"""The picture that stands before, and for, the interactive map: the first raster with the first hotspots on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from tiles.ground import Projection

MARKED = 10
"""So many of the hotspots listed carry their rank on the picture."""


@dataclass(frozen=True)
class Mark:
    """A hotspot's rank and where it stands, in the figure's units from the upper left corner."""

    rank: int
    x: float
    y: float


@dataclass(frozen=True)
class Figure:
    """A picture in Web Mercator, ``width`` by ``height`` units; the mark of the first hotspot is the last.

    ``ground`` are the edition's paths of land and lines (``tiles.ground.Ground``), None where it has none.
    """

    width: float
    height: float
    ground: Mapping[str, str] | None
    marks: tuple[Mark, ...]


def figure(
    corners: Sequence[Sequence[float]],
    ground: Mapping[str, str] | None,
    features: Iterable[Mapping[str, Any]],
    listed: Sequence[Mapping[str, Any]],
) -> Figure:
    """The figure of a picture between ``corners`` (lon, lat: NW, NE, SE, SW) over ``ground``.

    Parameters
    ----------
    features:
        The hotspots of the edition.
    listed:
        The properties of those that are listed, in their order.
    """
    projection = Projection(corners)
    ranks = {row["hotspot_id"]: row["rank"] for row in listed[:MARKED] if row["rank"] is not None}
    marks: list[Mark] = []
    for feature in features:
        rank = ranks.get(feature["properties"]["hotspot_id"])
        if rank is None:
            continue
        place = shapely.from_geojson(json.dumps(feature["geometry"])).representative_point()
        ((x, y),) = projection.places(np.array([[place.x, place.y]]))
        marks.append(Mark(rank, round(float(x), 1), round(float(y), 1)))
    # The first is drawn last, so that no other covers it.
    ordered = tuple(sorted(marks, key=lambda mark: -mark.rank))
    return Figure(projection.width, projection.height, ground, ordered)
