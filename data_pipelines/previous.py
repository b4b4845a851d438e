"""What a new edition needs of the current one: hotspots, whose ids it keeps, and what was told of people."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np

from hotspots.editions import Store
from hotspots.errors import CorruptEditionError, NotFoundError
from hotspots.policy.disclosure import DISCLOSURE_AUDIT
from hotspots.policy.published_sums import EarlierEdition

_NEEDED = frozenset({"manifest.json", "vectors/hotspots.parquet"})


def previous_hotspots(store: Store, region: str) -> gpd.GeoDataFrame | None:
    """The hotspots of the region's current edition, in longitude and latitude.

    None for a region without a current edition, and where the folder of the current one is gone: hotspots then keep
    their ids only where their outlines are those they began with. What else is damaged in the edition is
    no hindrance to the next one.

    Raises
    ------
    CorruptEditionError
        If the current edition's manifest or hotspots are damaged.
    """
    current = _current(store, region)
    if current is None:
        return None
    for problem in store.verify(region, current):
        if problem.path in _NEEDED:
            raise CorruptEditionError(
                f"{problem.path} is {problem.kind}; without it hotspots cannot keep their ids.",
                source=f"edition {region}/{current}",
                remedy=f"Run `hotspots rollback {region}`, then `hotspots refresh {region}`. Where no earlier edition "
                f"is whole, move {store.layout.edition(region, current)} away and refresh: hotspots that have changed "
                "then get new ids.",
            )
    return store.current(region).layer("hotspots")


def previous_counts(store: Store, region: str) -> EarlierEdition | None:
    """What the region's current edition tells of people; None for a region without one, or whose folder is gone.

    Raises
    ------
    NotFoundError
        If it lacks the people or the units.
    """
    if _current(store, region) is None:
        return None
    edition = store.current(region)
    people = edition.raster("people")
    listed = {file.path for file in edition.manifest.files}
    block = edition.count_blocks
    pools: list[list[str]] = []
    if DISCLOSURE_AUDIT in listed:
        pools = json.loads(edition.path(DISCLOSURE_AUDIT).read_text("utf-8"))["pools"]
    return EarlierEdition(
        id=edition.id,
        grid=edition.grid,
        people=people.to_numpy().astype(np.float64),
        block=None if block is None else block.astype(np.int64),
        units=edition.layer("admin").drop(columns="geometry"),
        pools=tuple(tuple(pool) for pool in pools),
    )


def _current(store: Store, region: str) -> str | None:
    """The id of the current edition, if its folder is there."""
    try:
        current = store.region(region).current
    except NotFoundError:
        return None
    return current if current is not None and store.layout.edition(region, current).exists() else None
