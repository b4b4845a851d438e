"""Sectors of sources and what is assumed of a source that reports nothing better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hotspots.tags import UNTAGGED, Tags

InventoryGroup = Literal["power", "industry", "traffic", "households", "burning", "agriculture", "waste"]
INVENTORY_GROUPS: dict[InventoryGroup, str] = {
    "power": "power plants",
    "industry": "industry",
    "traffic": "traffic",
    "households": "households",
    "burning": "open burning",
    "agriculture": "agriculture",
    "waste": "waste",
}
"""What sectors an inventory is checked for, as a reader calls them."""
LandSite = Literal["dump", "tailings", "bauxite_residue", "contaminated_site", "industrial_site"]
LAND_SITES: dict[LandSite, str] = {
    "dump": "dumps",
    "tailings": "tailings",
    "bauxite_residue": "bauxite residue",
    "contaminated_site": "contaminated sites",
    "industrial_site": "industrial sites",
}
"""Kinds of site in the land dimension, as a reader calls several of them."""


@dataclass(frozen=True)
class Sector:
    """One sector.

    ``effective_height_m`` is stack height + plume rise, used where no stack data exist. ``land_weight`` is the
    hazard weight of a site in the land dimension, 0 for a sector that is no land pressure; ``land_site`` is what such a
    site is. ``themes`` are
    words of the project by which sources can be filtered, ``tags`` the agreements and goals that whatever belongs to
    the sector bears on, even where no release is known.
    """

    id: str
    title: str
    themes: tuple[str, ...]
    effective_height_m: float
    land_weight: float
    citation: str
    land_site: LandSite | None = None
    inventory_group: InventoryGroup | None = None
    tags: Tags = UNTAGGED

    @property
    def tag_ids(self) -> frozenset[str]:
        """Themes and tags together."""
        return self.tags.ids | frozenset(self.themes)
