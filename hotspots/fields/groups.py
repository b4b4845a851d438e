"""Which rasters are shown on a map, and under which heading."""

from __future__ import annotations

RASTER_GROUPS = ("Scores", "Pressure", "Concentration increments", "Rivers", "People", "Clustering")


def raster_group(name: str) -> str | None:
    """The heading of raster ``name``; None for adjusted p and the like, which are downloads only."""
    if name in {"priority", "burden", "vulnerability"}:
        return "Scores"
    if name.endswith("_pressure") or name == "ecological_exposure":
        return "Pressure"
    if name.endswith("_increment_ug_m3"):
        return "Concentration increments"
    if name.endswith("_freshwater_mg_l"):
        return "Rivers"
    if name == "people" or name.endswith("_exposure"):
        return "People"
    return "Clustering" if name.endswith("_gi_z") else None
