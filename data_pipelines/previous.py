"""The hotspots of the current edition, whose ids a new one keeps."""

from __future__ import annotations

import geopandas as gpd

from hotspots.editions import Store
from hotspots.errors import CorruptEditionError, NotFoundError

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
    try:
        current = store.region(region).current
    except NotFoundError:
        return None
    if current is None:
        return None
    folder = store.layout.edition(region, current)
    if not folder.exists():
        return None
    for problem in store.verify(region, current):
        if problem.path in _NEEDED:
            raise CorruptEditionError(
                f"{problem.path} is {problem.kind}; without it hotspots cannot keep their ids.",
                source=f"edition {region}/{current}",
                remedy=f"Run `hotspots rollback {region}`, then `hotspots refresh {region}`. Where no earlier edition "
                f"is whole, move {folder} away and refresh: hotspots that have changed then get new ids.",
            )
    return store.current(region).layer("hotspots")
