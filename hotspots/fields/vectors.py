"""Every feature table of an edition, field by field."""

from __future__ import annotations

from collections.abc import Iterable

from hotspots.fields.kinds import Field, VectorLayer
from hotspots.fields.rasters import (
    DIMENSION_TITLES,
    EXPOSURE_MEANINGS,
    EXPOSURE_TITLES,
    HQ,
    PRESSURE_CLASSES,
    PRESSURE_MEANINGS,
    PRESSURE_UNITS,
    TENS,
    TENTHS,
    increment_layer,
)
from hotspots.pollutants import Pollutant


def _pressure_fields() -> tuple[Field, ...]:
    means = tuple(
        Field(
            f"{d}_pressure",
            f"{DIMENSION_TITLES[d]}: pressure",
            f"People-weighted mean. {PRESSURE_MEANINGS[d]}",
            "number",
            unit,
            "intensive",
            classes=PRESSURE_CLASSES[d],
        )
        for d, unit in PRESSURE_UNITS.items()
    )
    sums = tuple(
        Field(
            f"{d}_exposure",
            f"{DIMENSION_TITLES[d]}: {EXPOSURE_TITLES[d]}",
            f"Sum over cells. {EXPOSURE_MEANINGS[d]}",
            "number",
            f"person · {unit}",
            "extensive",
        )
        for d, unit in PRESSURE_UNITS.items()
    )
    return (*means, *sums)


def _score_fields() -> tuple[Field, ...]:
    return (
        Field("priority", "Priority", "People-weighted mean priority.", "number", "0–100", "intensive", classes=TENS),
        Field("burden", "Burden", "People-weighted mean burden.", "number", "0–10", "intensive", classes=TENTHS),
    )


def _rank_fields() -> tuple[Field, ...]:
    return (
        Field("rank_low", "Rank, best", "5 % quantile of the rank over the draws of the releases.", "integer"),
        Field("rank_high", "Rank, worst", "95 % quantile of the rank over the draws of the releases.", "integer"),
        Field("p_top10", "Probability of the top 10", "Share of the draws among the first 10, 0–1.", "number", "1"),
        Field(
            "p_top10pct",
            "Probability of the top 10 %",
            "Share of the draws among the first tenth (rounded up) of those with a rank, 0–1.",
            "number",
            "1",
        ),
    )


def _increment_fields(pollutants: Iterable[Pollutant]) -> tuple[Field, ...]:
    return tuple(
        Field(layer.name, layer.title, f"People-weighted mean. {layer.meaning}", "number", layer.unit, "intensive")
        for pollutant in pollutants
        if "air" in pollutant.media
        for layer in (increment_layer(pollutant),)
    )


def _hotspot_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
    return (
        Field("hotspot_id", "Identifier", "Stable identifier of the hotspot.", "text"),
        Field(
            "name", "Name", "Largest populated place inside, else the nearest, else the administrative unit.", "text"
        ),
        Field("dimension", "Dimension", "air, land, … or all (the combined priority).", "text"),
        Field("rank", "Rank", "Rank within the dimension by the rule of rank_rule; 1 is first.", "integer"),
        *_rank_fields(),
        Field("rank_rule", "Ranking rule", "What the rank is by.", "text"),
        Field("people", "People", "People who live in the hotspot.", "number", "people", "extensive", "count"),
        Field("area_km2", "Area", "Geodesic area.", "number", "km²", "extensive"),
        Field(
            "priority_people",
            "Priority-weighted people",
            "Sum over cells of people × priority / 100.",
            "number",
            "people",
            "extensive",
        ),
        *_score_fields(),
        *_pressure_fields(),
        *_increment_fields(pollutants),
        Field(
            "people_near_stream",
            "People near a stream",
            "People within the corridor (1 km unless the method says otherwise) of a stream: near, not exposed.",
            "number",
            "people",
            "extensive",
            "count",
        ),
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


def _source_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
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
        Field("stack_height_m", "Stack height", "As reported; empty where a sector default is used.", "number", "m"),
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
        *_rank_fields(),
        *removed,
        Field(
            "stream_distance_m",
            "Distance to its stream",
            "How far its release to water was moved to the nearest stream; empty without one, or with none in reach.",
            "number",
            "m",
            "none",
            "position",
        ),
        Field("datasets", "Datasets", "Inventories that name it.", "text"),
        Field("quality", "Quality", "Grade A–E of its releases.", "text"),
    )


def _admin_fields(pollutants: tuple[Pollutant, ...]) -> tuple[Field, ...]:
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
        Field("group", "Part of", "The larger unit it belongs to, or its own name.", "text"),
        Field("rank", "Rank", "Rank by priority-weighted people; 1 is first.", "integer"),
        *_rank_fields(),
        Field("people", "People", "People, by exact cell coverage.", "number", "people", "extensive", "count"),
        Field("area_km2", "Area", "Geodesic area.", "number", "km²", "extensive"),
        Field(
            "priority_people",
            "Priority-weighted people",
            "Sum of people × priority / 100.",
            "number",
            "people",
            "extensive",
        ),
        *_score_fields(),
        *_pressure_fields(),
        *_increment_fields(pollutants),
        *municipal,
        Field(
            "people_near_stream",
            "People near a stream",
            "People within the corridor (1 km unless the method says otherwise) of a stream: near, not exposed.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field(
            "people_near_1km",
            "People within 1 km",
            "Of a land source, each counted once.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field(
            "people_near_2km",
            "People within 2 km",
            "Of a land source, each counted once.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field(
            "people_near_5km",
            "People within 5 km",
            "Of a land source, each counted once.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field("protected_km2", "Protected area", "Protected area inside, overlaps once.", "number", "km²", "extensive"),
        Field("hotspot_count", "Hotspots", "Hotspots of the combined priority that touch it.", "integer"),
    )


def _protected_fields() -> tuple[Field, ...]:
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
            "ecological_exposure",
            "Ecological exposure",
            "Area-weighted mean of the critical-level ratio over land; empty in the sea and outside the region.",
            "number",
            "1",
            "intensive",
        ),
        Field("rank", "Rank", "Rank by ecological exposure × area; 1 is first.", "integer"),
    )


def vector_layers(pollutants: Iterable[Pollutant]) -> dict[str, VectorLayer]:
    """Every feature table of an edition, by name, with the fields in the order they are written."""
    known = tuple(pollutants)
    layers = (
        VectorLayer(
            "hotspots", "Hotspots", "Delineated areas with evidence.", "hotspot_id", "polygon", _hotspot_fields(known)
        ),
        VectorLayer(
            "sources",
            "Sources",
            "Facilities and sites that release pollutants.",
            "source_id",
            "point",
            _source_fields(known),
        ),
        VectorLayer("admin", "Administrative units", "Summary by unit.", "unit_id", "polygon", _admin_fields(known)),
        VectorLayer(
            "protected",
            "Protected areas",
            "Protected areas and what reaches them.",
            "protected_id",
            "polygon",
            _protected_fields(),
        ),
    )
    return {layer.name: layer for layer in layers}
