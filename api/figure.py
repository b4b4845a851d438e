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
"""So many hotspots of a dimension carry their rank on the picture."""


@dataclass(frozen=True)
class Mark:
    """A hotspot's rank and where it stands, in the figure's units from the upper left corner."""

    rank: int
    x: float
    y: float


@dataclass(frozen=True)
class Figure:
    """A picture in Web Mercator, ``width`` by ``height`` units; ``marks`` by dimension.

    ``ground`` are the edition's paths of land and lines (``tiles.ground.Ground``), None where it has none.
    """

    width: float
    height: float
    ground: Mapping[str, str] | None
    marks: Mapping[str, tuple[Mark, ...]]


def figure(
    corners: Sequence[Sequence[float]], ground: Mapping[str, str] | None, features: Iterable[Mapping[str, Any]]
) -> Figure:
    """The figure of a picture between ``corners`` (lon, lat: NW, NE, SE, SW) and the hotspots in ``features``."""
    projection = Projection(corners)
    marks: dict[str, list[Mark]] = {}
    for feature in features:
        rank = feature["properties"]["rank"]
        if rank is None or rank > MARKED:
            continue
        place = shapely.from_geojson(json.dumps(feature["geometry"])).representative_point()
        ((x, y),) = projection.places(np.array([[place.x, place.y]]))
        mark = Mark(rank, round(float(x), 1), round(float(y), 1))
        marks.setdefault(feature["properties"]["dimension"], []).append(mark)
    # The first is drawn last, so that no other covers it.
    ordered = {name: tuple(sorted(found, key=lambda mark: -mark.rank)) for name, found in marks.items()}
    return Figure(projection.width, projection.height, ground, ordered)
