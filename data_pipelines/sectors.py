"""Classifications of industry to the project's sectors."""

from __future__ import annotations

from collections.abc import Mapping

UNMAPPED_SECTOR = "other_industry"


def sector_of(code: str, sectors: Mapping[str, str]) -> str:
    """The sector of a hierarchical code: that of the longest entry it begins with, else other industry."""
    fitting = [start for start in sectors if code.startswith(start)]
    return sectors[max(fitting, key=len)] if fitting else UNMAPPED_SECTOR
