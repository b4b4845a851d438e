"""The fields of a river mouth."""

from __future__ import annotations

from hotspots.fields.kinds import Field
from hotspots.pollutants import Pollutant


def river_mouth_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
    """Every field of a river mouth, in the order it is written."""
    loads = tuple(
        Field(
            f"{pollutant.id}_t_yr",
            f"{pollutant.name}: load",
            f"Load of {pollutant.name} that arrives at the mouth." + (f" {pollutant.note}" if pollutant.note else ""),
            "number",
            "t/yr",
            "extensive",
        )
        for pollutant in pollutants
        if "water" in pollutant.media
    )
    return (
        Field("mouth_id", "Identifier", "Position of the mouth on the network.", "text"),
        Field("name", "Name", "The nearest populated place; rivers themselves have no names here.", "text"),
        Field("rank", "Rank", "Rank by plastic_t_yr; 1 is first.", "integer"),
        Field(
            "plastic_t_yr",
            "Plastic: load",
            "Mismanaged plastic that arrives at the mouth: mobilised, and not held back on land or in the river.",
            "number",
            "t/yr",
            "extensive",
        ),
        *loads,
        Field(
            "people_upstream",
            "People upstream",
            "People of the region who live where its water comes from.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field("upstream_km2", "Drained area", "Geodesic area that drains to it.", "number", "km²", "extensive"),
        Field(
            "at_sea",
            "At the sea",
            "Whether a sea cell is near, so that its plastic is spread; empty where the sea is not known.",
            "boolean",
        ),
        Field(
            "top_sources",
            "Leading contributors of plastic",
            "JSON: those that bring most of the plastic, with t/yr and share; municipal waste by group of units.",
            "json",
            sensitivity="position",
        ),
    )
