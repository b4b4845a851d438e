"""The fields of a source."""

from __future__ import annotations

from hotspots.fields.kinds import Field
from hotspots.fields.rasters import DIMENSION_TITLES, EXPOSURE_MEANINGS, EXPOSURE_TITLES, PRESSURE_UNITS
from hotspots.fields.shared_fields import TAGS_MEANING, proximity_fields, rank_fields
from hotspots.pollutants import Pollutant
from hotspots.sectors import LAND_SITES


def source_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
    """Every field of a source, in the order it is written."""
    emitted = sorted({pollutant.emitted_as for pollutant in pollutants})
    releases = tuple(
        Field(
            f"release_{name}_kg_yr",
            f"Release of {name}",
            f"Release of {name} to all media; empty where not assessed.",
            "number",
            "kg/yr",
            "extensive",
            "release",
        )
        for name in emitted
    )
    removed = tuple(
        Field(
            f"{d}_exposure_removed",
            f"{DIMENSION_TITLES[d]}: {EXPOSURE_TITLES[d]} removed",
            f"What would end in the region if the source stopped. {EXPOSURE_MEANINGS[d]}",
            "number",
            f"person · {unit}",
            "extensive",
            "release",
        )
        for d, unit in PRESSURE_UNITS.items()
    )
    return (
        Field("source_id", "Identifier", "Dataset and native identifier.", "text"),
        Field("name", "Name", "Name as in the inventory.", "text"),
        Field("kind", "Kind", "What it is, e.g. fuel of a power plant.", "text"),
        Field("sector", "Sector", "Sector code.", "text"),
        Field(
            "land_site",
            "Land site",
            f"What it is to the land dimension: {', '.join(LAND_SITES)}; empty for what is no site.",
            "text",
        ),
        Field("country", "Country", "ISO 3166-1 alpha-3.", "text"),
        Field("transboundary", "Transboundary", "Lies outside the region's countries.", "boolean"),
        Field("status", "Status", "operating, suspended, closed or unknown.", "text"),
        Field("year", "Year", "Year the data refer to.", "integer"),
        Field(
            "position_accuracy_m",
            "Position accuracy",
            "Radius the true position lies in.",
            "number",
            "m",
            "none",
            "position",
        ),
        Field(
            "position_policy",
            "Position by the policy",
            "generalised or aggregated where the publication policy lets the position be known no better; else empty.",
            "text",
        ),
        Field("stack_height_m", "Stack height", "As reported; empty where a sector default is used.", "number", "m"),
        Field("stack_diameter_m", "Stack diameter", "Inner diameter of the top, as reported.", "number", "m"),
        Field("exit_velocity_m_s", "Gas speed", "Of the gas that leaves the stack, as reported.", "number", "m/s"),
        Field("exit_temperature_k", "Gas temperature", "Of the gas that leaves the stack, as reported.", "number", "K"),
        Field(
            "releases_assessed", "Releases assessed", "False where releases are unknown, which is not zero.", "boolean"
        ),
        *releases,
        Field(
            "rank",
            "Rank",
            "Rank by the share of the region's exposure removed if it stopped, over all dimensions; empty without.",
            "integer",
        ),
        *rank_fields(),
        *removed,
        *proximity_fields(),
        Field(
            "stream_distance_m",
            "Distance to its stream",
            "How far its release to water was moved to the nearest stream; empty without one, or with none in reach.",
            "number",
            "m",
            "none",
            "position",
        ),
        Field("tags", "Tags", f"What its releases and its sector bear on. {TAGS_MEANING}", "text"),
        Field(
            "stream_reason",
            "Why not routed",
            "NO_STREAM_IN_REACH or DRAINS_NOWHERE: why its release to water is not routed; empty where it is.",
            "text",
        ),
        Field("datasets", "Datasets", "Inventories that name it.", "text"),
        Field("quality", "Quality", "Grade A–E of its releases.", "text"),
    )
