"""Which hotspot of one edition is which of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np

from hotspots.delineation import overlaps


@dataclass(frozen=True)
class Pair:
    """Positions in the tables of the two editions; None where there is no counterpart."""

    before: int | None
    after: int | None
    by: Literal["id", "overlap", ""]


def pairs(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> list[Pair]:
    """Every hotspot of both editions once, dimension by dimension, in the order of ``after``, those gone last.

    The same id is the same hotspot. What is left over is matched by the largest common area, each one once.
    """
    by_id = {str(name): position for position, name in enumerate(before["hotspot_id"])}
    found: dict[int, Pair] = {}
    for position, name in enumerate(after["hotspot_id"]):
        if str(name) in by_id:
            found[position] = Pair(by_id[str(name)], position, "id")
    matched = {pair.before for pair in found.values()}
    for dimension in sorted(set(after["dimension"])):
        old = _left(before, dimension, matched)
        new = _left(after, dimension, set(found))
        names = [str(name) for name in before["hotspot_id"].iloc[old]]
        for _, earlier, later in overlaps(after.iloc[new], before.iloc[old], names):
            if int(new[later]) not in found and int(old[earlier]) not in matched:
                found[int(new[later])] = Pair(int(old[earlier]), int(new[later]), "overlap")
                matched.add(int(old[earlier]))
    kept = [found.get(position, Pair(None, position, "")) for position in range(len(after))]
    return kept + [Pair(position, None, "") for position in range(len(before)) if position not in matched]


def _left(table: gpd.GeoDataFrame, dimension: str, taken: set[int] | set[int | None]) -> np.ndarray:
    positions = np.flatnonzero(table["dimension"] == dimension)
    return positions[~np.isin(positions, [item for item in taken if item is not None])]
