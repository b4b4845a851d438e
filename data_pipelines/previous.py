"""What a new edition needs of the current one: hotspots, whose ids it keeps, and what was told of people."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.editions import Edition, Store
from hotspots.editions.durable import sha256_file
from hotspots.editions.remains import told_files
from hotspots.errors import CorruptEditionError, NotFoundError
from hotspots.policy.disclosure import DISCLOSURE_AUDIT
from hotspots.policy.earlier_figures import EarlierEdition

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


def earlier_counts(store: Store, region: str) -> tuple[EarlierEdition, ...]:
    """What the region's earlier editions tell of people; those that tell the same once.

    Retired editions are among them, as far as they told of confidential counts. Withdrawn ones are not: nothing of
    theirs is kept. An edition whose folder is gone is passed over.

    Raises
    ------
    CorruptEditionError
        If what one told of people is damaged.
    """
    if _current(store, region) is None and not store.remains.editions(region):
        return ()
    kept = [record.id for record in store.editions(region) if store.layout.edition(region, record.id).exists()]
    editions = [*store.remains.editions(region), *(store.edition(region, edition) for edition in reversed(kept))]
    told = {tuple(sorted(_hashes(edition).values())): edition for edition in editions}
    return tuple(_counts(edition) for edition in told.values())


def _hashes(edition: Edition) -> dict[str, str]:
    """The hashes of the files that tell of people, by path."""
    wanted = told_files(edition.manifest)
    return {file.path: file.sha256 for file in edition.manifest.files if file.path in wanted}


def _counts(edition: Edition) -> EarlierEdition:
    for path, sha256 in _hashes(edition).items():
        file = edition.folder / path
        if not file.is_file() or sha256_file(file) != sha256:
            raise CorruptEditionError(
                "is damaged; without it nobody can say what the edition told of people.",
                source=file,
                remedy="Restore the edition from a backup.",
            )
    block = edition.count_blocks
    pools: list[list[str]] = []
    if DISCLOSURE_AUDIT in {file.path for file in edition.manifest.files}:
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
