"""What the store answers beside editions."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots.editions.edition import Edition


@dataclass(frozen=True)
class Unchanged:
    """A publish found that the current edition says the same already."""

    edition: Edition


@dataclass(frozen=True)
class Stale:
    """Why a region's current edition is behind, and since when (ISO 8601, UTC)."""

    reason: str
    since: str
