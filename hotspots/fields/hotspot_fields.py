"""The fields of a hotspot."""

from __future__ import annotations

from hotspots.fields.kinds import Field
from hotspots.fields.shared_fields import TAGS_MEANING, name_fields, people_fields, rank_fields
from hotspots.pollutants import Pollutant
from hotspots.tags import LEADING_SHARE


def hotspot_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
    """Every field of a hotspot, in the order it is written."""
    return (
        Field("hotspot_id", "Identifier", "Stable identifier of the hotspot.", "text"),
        Field(
            "name", "Name", "Largest populated place inside, else the nearest, else the administrative unit.", "text"
        ),
        *name_fields(),
        Field("dimension", "Dimension", "air, land, … or all (the combined priority).", "text"),
        Field("rank", "Rank", "Rank within the dimension by the rule of rank_rule; 1 is first.", "integer"),
        *rank_fields(),
        Field("rank_rule", "Ranking rule", "What the rank is by.", "text"),
        Field("people", "People", "People who live in the hotspot.", "number", "people", "extensive", "count"),
        *people_fields(pollutants),
        Field(
            "exceeds_standard",
            "Exceeds a standard",
            "Ambient total above the national limit or WHO interim target 1; empty where no ambient total is known.",
            "boolean",
        ),
        Field("clustered", "Clustered", "Holds cells with Gi* z > 0 and adjusted p below the significance.", "boolean"),
        Field(
            "high_priority", "High priority", "Holds cells of the people-weighted top decile of priority.", "boolean"
        ),
        Field("max_gi_z", "Highest Gi* z", "Highest z of its cells.", "number", "1"),
        Field(
            "location_uncertain",
            "Location uncertain",
            "Narrower than the position accuracy of its leading source.",
            "boolean",
        ),
        Field("units", "Administrative units", "Names of the units it touches, most people first.", "text"),
        Field("source_count", "Sources", "Listed sources that contribute to it.", "integer", sensitivity="position"),
        Field("top_source", "Leading source", "Contributor with the largest share.", "text", sensitivity="position"),
        Field("top_source_share", "Share of the leading source", "0–1.", "number", "1", "intensive", "release"),
        Field(
            "top_sources",
            "Top sources",
            "JSON list of contributors with kind, dimension, share and exposure; shares of a dimension sum to 1.",
            "json",
            sensitivity="position",
        ),
        Field(
            "tags",
            "Tags",
            f"What its main contributors bear on, those with at least {LEADING_SHARE:.0%} of the exposure in a"
            f" dimension. {TAGS_MEANING}",
            "text",
        ),
        Field("protected_km2", "Protected area", "Protected area inside, overlaps once.", "number", "km²", "extensive"),
        Field("protected_names", "Protected areas", "Names of the protected areas it touches.", "text"),
        Field("ecological_exposure", "Ecological exposure", "Sum over cells, in km².", "number", "km²", "extensive"),
        Field("not_assessed", "Not assessed", "Dimensions and subjects that are missing from the scores.", "text"),
        Field(
            "quality",
            "Quality",
            "Lowest grade (A–E) among the data behind it; one lower where the inputs are more than 5 years apart.",
            "text",
        ),
    )
