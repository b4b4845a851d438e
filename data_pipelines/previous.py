"""What a new edition needs of the current one: hotspots, whose ids it keeps, and what was told of people."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.editions import Edition, Store
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
        If it lacks the units.
    """
    if _current(store, region) is None:
        return None
    edition = store.current(region)
    listed = {file.path for file in edition.manifest.files}
    block = edition.count_blocks
    pools: list[list[str]] = []
    if DISCLOSURE_AUDIT in listed:
        pools = json.loads(edition.path(DISCLOSURE_AUDIT).read_text("utf-8"))["pools"]
    return EarlierEdition(
        id=edition.id,
        grid=edition.grid,
        people=told_people(edition),
        block=None if block is None else block.astype(np.int64),
        units=edition.layer("admin").drop(columns="geometry"),
        pools=tuple(tuple(pool) for pool in pools),
    )


def told_people(edition: Edition) -> npt.NDArray[np.float64]:
    """People by cell (rows, cols) as anybody can know them from the edition's rasters; NaN where not at all.

    Where the people themselves are not published, exposure divided by pressure are the people.
    """
    names = {entry.name for entry in edition.manifest.rasters}
    if "people" in names:
        return edition.raster("people").to_numpy().astype(np.float64)
    people = np.full(edition.grid.shape, np.nan)
    for name in sorted(names):
        dimension = name.removesuffix("_exposure")
        if dimension != name and f"{dimension}_pressure" in names:
            pressure = edition.raster(f"{dimension}_pressure").to_numpy().astype(np.float64)
            exposure = edition.raster(name).to_numpy().astype(np.float64)
            found = np.divide(exposure, pressure, out=np.full(people.shape, np.nan), where=pressure > 0)
            people = np.where(np.isnan(people), found, people)
    return people


def _current(store: Store, region: str) -> str | None:
    """The id of the current edition, if its folder is there."""
    try:
        current = store.region(region).current
    except NotFoundError:
        return None
    return current if current is not None and store.layout.edition(region, current).exists() else None
