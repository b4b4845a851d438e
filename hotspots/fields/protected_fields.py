"""The fields of a protected area."""

from __future__ import annotations

from hotspots.fields.kinds import Field
from hotspots.fields.rasters import HQ, PLASTIC_UNIT


def protected_fields() -> tuple[Field, ...]:
    """Every field of a protected area, in the order it is written."""
    return (
        Field("protected_id", "Identifier", "Identifier of the protected area.", "text"),
        Field("name", "Name", "Name of the protected area.", "text"),
        Field("designation", "Designation", "Designation as in the dataset.", "text"),
        Field("iucn_category", "IUCN category", "As in the dataset, or Not Reported.", "text"),
        Field("marine", "Marine", "True for marine and coastal areas.", "boolean"),
        Field(
            "from_point", "Circle", "True where only a point and an area were known: a circle of that area.", "boolean"
        ),
        Field("reported_area_km2", "Reported area", "As in the dataset.", "number", "km²", "extensive"),
        Field("area_km2", "Area", "Geodesic area of the geometry.", "number", "km²", "extensive"),
        Field(
            "air_pressure",
            "Air: pressure",
            "Area-weighted mean pressure, on the region's land where not marine.",
            "number",
            HQ,
            "intensive",
        ),
        Field(
            "marine_pressure",
            "Marine and coastal: pressure",
            "Area-weighted mean of the plastic that reaches the sea cells of the area in a year; empty without any.",
            "number",
            PLASTIC_UNIT,
            "intensive",
        ),
        Field(
            "marine_plastic_kg_yr",
            "Plastic that reaches it",
            "Pressure × area of its sea cells, counted for each area in full; empty without any.",
            "number",
            "kg/yr",
            "extensive",
        ),
        Field(
            "ecological_exposure",
            "Ecological exposure",
            "Area-weighted mean of the critical-level ratio over land; empty in the sea and outside the region.",
            "number",
            "1",
            "intensive",
        ),
        Field("rank", "Rank", "Rank by ecological exposure × area; 1 is first.", "integer"),
    )
