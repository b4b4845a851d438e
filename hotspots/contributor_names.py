"""What contributors that are no single source are called and known by: releases of areas, and what is kept back."""

from __future__ import annotations

from typing import Literal

from hotspots.sectors import Sector

AreaKind = Literal["municipal", "gridded"]
"""Releases of an area: of the people who live there, by a factor per person, or of an inventory's grid."""
MUNICIPAL = "municipal:"
AREAS = (MUNICIPAL, "gridded:")
"""What the contributors begin with that are no sources."""
OUTSIDE = "outside"
OUTSIDE_WORDS = "outside the administrative units"
WITHHELD = "withheld"
WITHHELD_NAME = "Sources that are not named"
_INVENTORY = " (inventory)"


def area_id(kind: AreaKind, group: str, sector: str) -> str:
    """The contributor that the municipal or gridded releases of one sector in one group of units are."""
    return f"{kind}:{group}:{sector}"


def area_name(kind: AreaKind, sector: Sector, place: str) -> str:
    """What an `area_id` is called: a sector may be released in part by people, in part as an inventory's grid says."""
    return f"{sector.title}{_INVENTORY if kind == 'gridded' else ''}, {place}"


def kind_of(contributor_id: str) -> str:
    """The kind of an `area_id`."""
    return contributor_id.partition(":")[0]


def sector_of(contributor_id: str) -> str:
    """The sector of an `area_id`."""
    return contributor_id.rsplit(":", 1)[1]


def place_of(contributor_id: str) -> str:
    """The group of units of an `area_id`, or the words for what lies in none."""
    group = contributor_id.partition(":")[2].rpartition(":")[0]
    return OUTSIDE_WORDS if group == OUTSIDE else group


def title_of(contributor_id: str, name: str) -> str:
    """The title of the sector in the `area_name` of an `area_id`, as it was when that was published."""
    return name.removesuffix(f", {place_of(contributor_id)}").removesuffix(_INVENTORY)
