"""Fields that several feature tables share."""

from __future__ import annotations

from collections.abc import Iterable

from hotspots.fields.kinds import Field
from hotspots.fields.observation_fields import soil_fields
from hotspots.fields.rasters import (
    DIMENSION_TITLES,
    EXPOSURE_MEANINGS,
    EXPOSURE_TITLES,
    PRESSURE_CLASSES,
    PRESSURE_MEANINGS,
    PRESSURE_UNITS,
    TENS,
    TENTHS,
    increment_layer,
)
from hotspots.inputs import CharacteristicKind
from hotspots.names import NameLanguage, name_column
from hotspots.pollutants import Pollutant

TAGS_MEANING = (
    "Separated by ', ': chemicals_and_waste, conventions that cover it, SDG targets as sdg_3.9, themes of its sector."
)


def people_fields(pollutants: Iterable[Pollutant]) -> tuple[Field, ...]:
    """What is told of the people of a hotspot and of an administrative unit alike."""
    return (
        *group_fields(),
        Field("area_km2", "Area", "Geodesic area.", "number", "km²", "extensive"),
        Field(
            "priority_people",
            "Priority-weighted people",
            "Sum over cells of people × priority / 100.",
            "number",
            "people",
            "extensive",
        ),
        *score_fields(),
        *percentile_fields(),
        *pressure_fields(),
        *increment_fields(pollutants),
        air_validity_field(),
        *standard_fields(),
        Field(
            "people_near_stream",
            "People near a stream",
            "People within the corridor (1 km unless the method says otherwise) of a stream: near, not exposed.",
            "number",
            "people",
            "extensive",
            "count",
        ),
        *proximity_fields(),
        *soil_fields(),
    )


def percentile_fields() -> tuple[Field, ...]:
    """Mean percentile by dimension: what the burden is the weighted mean of."""
    return tuple(
        Field(
            f"{d}_percentile",
            f"{DIMENSION_TITLES[d]}: percentile",
            "People-weighted mean over cells: of the region's people at the de minimis pressure or above, the share who"
            " live at this pressure or less; 0 below it. Empty where the dimension is not assessed.",
            "number",
            "0–100",
            "intensive",
        )
        for d in PRESSURE_UNITS
    )


def pressure_fields() -> tuple[Field, ...]:
    """Mean pressure and exposure by dimension."""
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


PEOPLE_GROUPS: dict[CharacteristicKind, str] = {
    "under_5": "people_under_5",
    "under_15": "people_under_15",
    "over_65": "people_65_and_older",
    "female": "people_female",
    "poor": "people_in_poverty",
}
"""The field with the people of each group."""
_GROUP_TITLES: dict[CharacteristicKind, str] = {
    "under_5": "Children under 5",
    "under_15": "Children under 15",
    "over_65": "People of 65 and older",
    "female": "Women and girls",
    "poor": "People in poverty",
}


def score_fields() -> tuple[Field, ...]:
    """Priority, burden, and vulnerability with its parts."""
    return (
        Field("priority", "Priority", "People-weighted mean priority.", "number", "0–100", "intensive", classes=TENS),
        Field("burden", "Burden", "People-weighted mean burden.", "number", "0–10", "intensive", classes=TENTHS),
        Field(
            "vulnerability",
            "Vulnerability",
            "People-weighted mean vulnerability; empty where it is not assessed in the region. Its parts sum to it.",
            "number",
            "0–10",
            "intensive",
            classes=TENTHS,
        ),
        *(
            Field(f"vulnerability_{part}", title, "What it adds to the vulnerability.", "number", "0–10", "intensive")
            for part, title in (
                ("children", "Vulnerability: children"),
                ("elderly", "Vulnerability: elderly"),
                ("poverty", "Vulnerability: poverty"),
            )
        ),
    )


def group_fields() -> tuple[Field, ...]:
    """People by age, sex and poverty."""
    return tuple(
        Field(
            name,
            _GROUP_TITLES[kind],
            "People of the group; empty where it is not known for nearly all people there.",
            "number",
            "people",
            "extensive",
            "count",
        )
        for kind, name in PEOPLE_GROUPS.items()
    )


def rank_fields() -> tuple[Field, ...]:
    """How sure a rank is."""
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


def proximity_fields() -> tuple[Field, ...]:
    """People near land sites."""
    return tuple(
        Field(
            f"people_near_{km}km",
            f"People within {km} km",
            f"People of cells whose centre is within {km} km of a land site, each counted once however many are near.",
            "number",
            "people",
            "extensive",
            "count",
        )
        for km in (1, 2, 5)
    )


def increment_fields(pollutants: Iterable[Pollutant]) -> tuple[Field, ...]:
    """Mean increments in air by pollutant."""
    return tuple(
        Field(layer.name, layer.title, f"People-weighted mean. {layer.meaning}", "number", layer.unit, "intensive")
        for pollutant in pollutants
        if "air" in pollutant.media
        for layer in (increment_layer(pollutant),)
    )


def air_validity_field() -> Field:
    """How many people live where the air model is less certain."""
    return Field(
        "air_outside_validity_share",
        "Share of people outside the air model's validity",
        "Share of the people who live near a coast, or on ground above stacks that bring a tenth of the air pressure or"
        " more (unless the method says otherwise), 0–1; empty without terrain.",
        "number",
        "1",
        "intensive",
    )


def standard_fields() -> tuple[Field, ...]:
    """People above annual standards of ambient air."""
    about = "Annual ambient totals only, of any pollutant; empty where no ambient total is known."
    return (
        Field(
            "people_above_guideline",
            "People above a WHO guideline",
            f"People above an annual WHO guideline of 2021. {about}",
            "number",
            "people",
            "extensive",
            "count",
        ),
        Field(
            "people_above_standard",
            "People above a standard",
            f"People above the national limit, or WHO interim target 1 where none is configured. {about}",
            "number",
            "people",
            "extensive",
            "count",
        ),
    )


_LANGUAGE_TITLES: dict[NameLanguage, str] = {
    "ar": "Arabic",
    "zh": "Chinese",
    "en": "English",
    "fr": "French",
    "ru": "Russian",
    "es": "Spanish",
}


def name_fields() -> tuple[Field, ...]:
    """The fields of the registry: each is published only where the data have names in its language."""
    return tuple(
        Field(
            name_column(language),
            f"Name in {title}",
            "Name in this language as in the data; empty where they have none.",
            "text",
            optional=True,
        )
        for language, title in _LANGUAGE_TITLES.items()
    )
