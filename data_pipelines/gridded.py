"""Inventories' grids beside what else releases the same: nothing counts twice, and what stands for what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from data_pipelines.contract import Facilities, GriddedReleases
from hotspots.errors import ConfigError
from hotspots.inputs import GriddedRelease, MunicipalFactor
from hotspots.sectors import INVENTORY_GROUPS, InventoryGroup, Sector


@dataclass(frozen=True)
class Settled:
    """Releases of which none is another's: grids, listed releases and factors per person."""

    gridded: tuple[GriddedRelease, ...]
    releases: pd.DataFrame
    municipal: tuple[MunicipalFactor, ...]


def settled(
    read: Sequence[GriddedReleases],
    facilities: Facilities,
    municipal: tuple[MunicipalFactor, ...],
    sectors: Mapping[str, Sector],
    file: Path,
) -> Settled:
    """What is left of releases where grids, or sources that say so (``Facilities.in_place_of``), stand in their place.

    A grid of a sector overlaps what else releases the same pollutant to air by that sector, and one of industry what
    any industry releases: inventories divide it otherwise than lists of facilities.

    Parameters
    ----------
    file:
        The region's, named in errors.

    Raises
    ------
    ConfigError
        If releases overlap and the dataset's option ``replaces`` does not say that the grid stands in their place, or
        two grids give the same sector of a pollutant.
    """
    _check_once(read, file)
    sector_of = facilities.releases["source_id"].map(facilities.sources.set_index("source_id")["sector"])
    others = [of not in facilities.in_place_of for of in _released(facilities.releases)]
    # An empty list would select no columns.
    releases = facilities.releases[np.array(others, dtype=bool)]
    factors = tuple(item for item in municipal if (item.pollutant, item.medium) not in facilities.in_place_of)
    found: list[GriddedRelease] = []
    for grids in read:
        for item in grids.releases:
            group = sectors[item.sector].inventory_group
            same = _same_as(sectors[item.sector], sectors)
            rows = (
                (facilities.releases["pollutant"] == item.pollutant)
                & (facilities.releases["medium"] == "air")
                & sector_of.isin(same)
            ).to_numpy()
            by_people = [
                factor
                for factor in municipal
                if factor.pollutant == item.pollutant and factor.medium == "air" and factor.sector in same
            ]
            if group not in grids.replaces and (rows.any() or by_people):
                raise _undeclared(item, group, facilities.releases[rows], by_people, sectors, file)
            releases = releases.drop(index=facilities.releases.index[rows], errors="ignore")
            factors = tuple(factor for factor in factors if factor not in by_people)
            found.append(replace(item, replaced_factors=bool(by_people), replaced_sources=int(rows.sum())))
    return Settled(tuple(found), releases.reset_index(drop=True), factors)


def _released(releases: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(releases["pollutant"], releases["medium"], strict=True)


def _same_as(sector: Sector, sectors: Mapping[str, Sector]) -> frozenset[str]:
    """The sectors whose releases a grid of ``sector`` holds too."""
    if sector.inventory_group != "industry":
        return frozenset({sector.id})
    return frozenset(name for name, other in sectors.items() if other.inventory_group == "industry")


def _check_once(read: Sequence[GriddedReleases], file: Path) -> None:
    seen: dict[tuple[str, str], str] = {}
    for item in (item for grids in read for item in grids.releases):
        first = seen.setdefault((item.pollutant, item.sector), item.dataset)
        if first != item.dataset:
            raise ConfigError(
                f"{item.pollutant} of {item.sector} is among the grids of {first} and of {item.dataset}.",
                source=file,
                field=f"datasets.{item.dataset}",
                remedy="Leave it out of one of them.",
            )


def _undeclared(
    item: GriddedRelease,
    group: InventoryGroup | None,
    releases: pd.DataFrame,
    factors: Sequence[MunicipalFactor],
    sectors: Mapping[str, Sector],
    file: Path,
) -> ConfigError:
    if group is None:
        raise TypeError(f"{item.sector} has no group of an inventory")
    others = [f"{releases['source_id'].nunique()} listed sources"] if len(releases) else []
    others += [f"the factor per person of {sectors[factor.sector].title}" for factor in factors]
    return ConfigError(
        f"{item.pollutant} of {INVENTORY_GROUPS[group]} would count twice: in the grid of {item.sector} and in "
        f"{' and '.join(others)}.",
        source=file,
        field=f"datasets.{item.dataset}.options",
        remedy=f'Add "{group}" to replaces, and the grid stands in their place, or to compared, and it is only what '
        "the others are compared with.",
    )
