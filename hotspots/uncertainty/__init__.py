"""How sure the ranks are."""

from hotspots.uncertainty.assembly import (
    DRAWN_RULES,
    RankedHotspots,
    RankUncertainty,
    drawn_priority,
    rank_uncertainty,
)
from hotspots.uncertainty.ranks import COLUMNS

__all__ = ["COLUMNS", "DRAWN_RULES", "RankUncertainty", "RankedHotspots", "drawn_priority", "rank_uncertainty"]
