"""Which rasters are shown on a map, and under which heading."""

from __future__ import annotations

RASTER_GROUPS = ("Scores", "Pressure", "Concentration increments", "Rivers", "Sea", "People", "Clustering")
_OF_NAME = {
    "priority": "Scores",
    "burden": "Scores",
    "vulnerability": "Scores",
    "ecological_exposure": "Pressure",
    "sea_plastic_kg_km2_yr": "Sea",
    "people": "People",
}
_OF_END = (
    ("_pressure", "Pressure"),
    ("_increment_ug_m3", "Concentration increments"),
    ("_freshwater_mg_l", "Rivers"),
    ("_exposure", "People"),
    ("_gi_z", "Clustering"),
)


def raster_group(name: str) -> str | None:
    """The heading of raster ``name``; None for adjusted p and the like, which are downloads only."""
    ending = next((group for end, group in _OF_END if name.endswith(end)), None)
    return _OF_NAME.get(name, ending)
