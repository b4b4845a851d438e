"""The fields of an administrative unit."""

from __future__ import annotations

from hotspots.fields.kinds import Field
from hotspots.fields.shared_fields import name_fields, people_fields, rank_fields
from hotspots.pollutants import Pollutant


def admin_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
    """Every field of an administrative unit, in the order it is written."""
    municipal = tuple(
        Field(
            f"municipal_{name}_kg_yr",
            f"Municipal release of {name}",
            "People × per-person factor of the country.",
            "number",
            "kg/yr",
            "extensive",
        )
        for name in sorted({pollutant.emitted_as for pollutant in pollutants})
    )
    return (
        Field("unit_id", "Identifier", "Identifier of the administrative unit.", "text"),
        Field("name", "Name", "Name of the unit.", "text"),
        *name_fields(),
        Field("group", "Part of", "The larger unit it belongs to, or its own name.", "text"),
        Field("status", "Status", "Status of a unit whose sovereignty is disputed; empty for others.", "text"),
        Field("claimants", "Claimants", "Countries that claim it, ISO 3166-1 alpha-3; empty for others.", "text"),
        Field("rank", "Rank", "Rank by priority-weighted people; 1 is first.", "integer"),
        *rank_fields(),
        Field("people", "People", "People, by exact cell coverage.", "number", "people", "extensive", "count"),
        *people_fields(pollutants),
        *municipal,
        Field("protected_km2", "Protected area", "Protected area inside, overlaps once.", "number", "km²", "extensive"),
        Field("hotspot_count", "Hotspots", "Hotspots of the combined priority that touch it.", "integer"),
    )
