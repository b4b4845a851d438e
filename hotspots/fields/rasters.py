"""Every raster an edition may hold."""

from __future__ import annotations

from collections.abc import Iterable

from hotspots.fields.kinds import Classes, RasterLayer
from hotspots.pollutants import Level, Pollutant

AMBIENT_LAYER_END = "_ambient_ug_m3"
HQ = "hazard quotient"
PLASTIC_UNIT = "kg/km²/yr"
"""Plastic that comes to lie in a sea cell in a year, by the area of the cell."""
PERSON_HQ = f"person · {HQ}"
DIMENSION_TITLES: dict[str, str] = {
    "air": "Air",
    "freshwater": "Freshwater",
    "land": "Land and soil",
    "marine": "Marine and coastal",
    "all": "All assessed dimensions",
}
PRESSURE_UNITS: dict[str, str] = {
    "air": HQ,
    "freshwater": HQ,
    "land": "proximity index (1/km)",
    "marine": PLASTIC_UNIT,
}
"""Dimensions that are modelled so far, with the unit of their pressure."""

PLASTIC_CLASSES = Classes((1, 10, 100, 1000), "blue", "fixed steps: decades")
PRESSURE_CLASSES = {
    "air": Classes((0.05, 0.25, 0.5, 1.0), "blue", "share of the WHO 2021 annual guidelines"),
    "freshwater": Classes((0.1, 0.5, 1.0, 2.0), "blue", "sum of shares of the screening references"),
    "land": Classes((0.5, 1.0, 2.0, 4.0), "blue", "fixed steps"),
    "marine": PLASTIC_CLASSES,
}
PRESSURE_MEANINGS = {
    "air": "Sum over pollutants of concentration / guideline, from the increments of listed sources.",
    "freshwater": (
        "Sum over pollutants of concentration / screening reference in the nearest stream within the corridor; 0 where"
        " none is that near. People there live near the stream; whether its water reaches them is not known."
    ),
    "land": "Sum over sites of hazard weight / distance, within 5 km.",
    "marine": (
        "Plastic that reaches the nearest sea cell within 10 km (unless the method says otherwise) in a year, from"
        " mismanaged waste; 0 farther inland. Currents, beaching and sinking are not modelled."
    ),
}
PRESSURE_NOTES = {
    "freshwater": "Of the nearest stream: people are near its water, not known to be exposed to it.",
    "marine": "Of the nearest sea: plastic from land, without currents; people live beside it.",
}
"""Printed beside the pressure of a dimension wherever a reader meets it."""
EXPOSURE_TITLES = {
    "air": "exposure",
    "freshwater": "people near × pressure",
    "land": "exposure",
    "marine": "people by the sea × pressure",
}
EXPOSURE_MEANINGS = {
    "air": "People × pressure.",
    "freshwater": "People who live near a stream × its pressure: near, not exposed.",
    "land": "People × pressure.",
    "marine": "People who live within 10 km of the sea × the plastic in it: beside it, not exposed.",
}
EXPOSURE_CLASSES = dict.fromkeys(PRESSURE_UNITS, Classes((1, 10, 100, 1000), "blue", "fixed steps: decades")) | {
    "marine": Classes((1_000, 10_000, 100_000, 1_000_000), "blue", "fixed steps: decades")
}
AIR_VALIDITY = (
    "Annual mean over flat ground, within the method's radius of its sources; less certain where air_near_coast or"
    " air_above_stacks say so."
)
_Z_CLASSES = Classes((-2.58, -1.96, 1.96, 2.58), "change", "two-sided p of 0.05 and 0.01")
TENTHS = Classes((2, 4, 6, 8), "heat", "fixed steps")
TENS = Classes((20, 40, 60, 80), "heat", "fixed steps")
_PEOPLE = Classes((10, 100, 1000, 5000), "blue", "fixed steps")


INCREMENT_SHARES = (0.01, 0.05, 0.25, 1.0)
AMBIENT_SHARES = (0.5, 1.0, 2.0, 4.0)
"""Of a level: what listed sources add is mostly far below it, what there is of all sources about it."""


def _concentration_classes(level: Level | None, shares: tuple[float, ...]) -> Classes:
    """Shares of the level; without one, steps that fit metals in nanograms as well as gases in micrograms."""
    if level is None:
        return Classes((1e-6, 1e-4, 1e-2, 1.0), "blue", "fixed steps")
    steps = tuple(float(f"{share * level.value:.3g}") for share in shares)
    return Classes(steps, "blue", f"shares of {level.value:g} µg/m³ ({level.citation})")


def increment_layer(pollutant: Pollutant) -> RasterLayer:
    """The raster of what listed sources add to one pollutant."""
    level = pollutant.guideline or pollutant.vegetation_level
    return RasterLayer(
        f"{pollutant.id}_increment_ug_m3",
        f"{pollutant.name}: increment from listed sources",
        f"Annual mean concentration of {pollutant.name} added by the listed sources, not the ambient total."
        + (f" {pollutant.note}" if pollutant.note else ""),
        "µg/m³",
        "intensive",
        _concentration_classes(level, INCREMENT_SHARES),
        standard=f"{level.value:g} {level.unit}, {level.statistic}: {level.citation}" if level else None,
        validity=AIR_VALIDITY,
    )


def _ambient(pollutant: Pollutant) -> RasterLayer:
    level = pollutant.guideline or pollutant.vegetation_level
    return RasterLayer(
        f"{pollutant.id}{AMBIENT_LAYER_END}",
        f"{pollutant.name}: ambient total",
        f"Annual mean concentration of {pollutant.name} from all sources: a satellite or analysed field alone where one"
        " is given, else background + increment.",
        "µg/m³",
        "intensive",
        _concentration_classes(level, AMBIENT_SHARES),
        standard=increment_layer(pollutant).standard,
    )


def concentration_layer(pollutant: Pollutant) -> RasterLayer:
    """The raster of one pollutant's concentration in streams."""
    level = pollutant.freshwater_level
    shares = (0.1, 0.5, 1.0, 2.0)
    top = level.value if level else 1.0
    basis = f"shares of {top:g} mg/L ({level.citation})" if level else "fixed steps"
    bears_on = pollutant.tags.sdg_targets
    targets = f" Bears on SDG targets {', '.join(bears_on)}." if bears_on else ""
    return RasterLayer(
        f"{pollutant.id}_freshwater_mg_l",
        f"{pollutant.name}: concentration in streams",
        f"Annual mean concentration of {pollutant.name} in stream cells from the modelled releases upstream."
        + (f" {pollutant.note}" if pollutant.note else "")
        + targets,
        "mg/L",
        "intensive",
        Classes(tuple(float(f"{share * top:.3g}") for share in shares), "blue", basis),
        standard=f"{level.value:g} {level.unit}, {level.statistic}: {level.citation}" if level else None,
    )


def _dimension_rasters(dimension: str) -> tuple[RasterLayer, ...]:
    title, unit = DIMENSION_TITLES[dimension], PRESSURE_UNITS[dimension]
    classes, meaning = PRESSURE_CLASSES[dimension], PRESSURE_MEANINGS[dimension]
    validity = AIR_VALIDITY if dimension == "air" else None
    return (
        RasterLayer(
            f"{dimension}_pressure", f"{title}: pressure", meaning, unit, "intensive", classes, validity=validity
        ),
        RasterLayer(
            f"{dimension}_exposure",
            f"{title}: {EXPOSURE_TITLES[dimension]}",
            f"Sum over the cell: {EXPOSURE_MEANINGS[dimension]}",
            f"person · {unit}",
            "extensive",
            EXPOSURE_CLASSES[dimension],
            validity=validity,
        ),
    )


def _clustering_rasters(dimension: str) -> tuple[RasterLayer, ...]:
    title = DIMENSION_TITLES[dimension]
    p_classes = Classes((0.001, 0.01, 0.05, 0.1), "blue_reversed", "levels of significance")
    about = "Spatial concentration of people × pressure, not proof of pollution."
    if dimension == "all":
        about = "Spatial concentration of people × burden, not proof of pollution."
    return (
        RasterLayer(f"{dimension}_gi_z", f"{title}: clustering (Gi* z)", about, "1", "intensive", _Z_CLASSES),
        RasterLayer(
            f"{dimension}_gi_p", f"{title}: clustering (p)", f"{about} Two-sided p.", "1", "intensive", p_classes
        ),
        RasterLayer(
            f"{dimension}_gi_p_adjusted",
            f"{title}: clustering (adjusted p)",
            f"{about} Benjamini–Hochberg over the region.",
            "1",
            "intensive",
            p_classes,
        ),
    )


def raster_layers(pollutants: Iterable[Pollutant]) -> dict[str, RasterLayer]:
    """Every raster an edition may hold, by name; which of them it holds depends on what was assessed."""
    layers: list[RasterLayer] = [
        RasterLayer(
            "priority",
            "Priority",
            "Burden × vulnerability (0–100); 10 × burden where vulnerability is not assessed.",
            "0–100",
            "intensive",
            TENS,
        ),
        RasterLayer(
            "burden",
            "Burden",
            "Weighted mean of the assessed dimensions' population percentiles / 10.",
            "0–10",
            "intensive",
            TENTHS,
        ),
        RasterLayer(
            "vulnerability",
            "Vulnerability",
            "Mean of the population percentiles of children, elderly and poverty, as far as known, / 10.",
            "0–10",
            "intensive",
            TENTHS,
        ),
        RasterLayer(
            "air_near_coast",
            "Air: near a coast",
            "1 where the sea is near (5 km unless the method says otherwise): a plume over flat land knows no sea"
            " breeze. The coast is known as finely as the terrain that tells it.",
            "1",
            "intensive",
            Classes((0.5,), "blue", "limit of the method", ("inland", "near a coast: less certain")),
        ),
        RasterLayer(
            "air_above_stacks",
            "Air: from stacks below the ground",
            "Share of the air pressure that comes of stacks whose top lies below the ground of the cell, where a plume"
            " over flat land is wrong. Heights are known as finely as the terrain.",
            "1",
            "intensive",
            Classes((0.01, 0.1, 0.25, 0.5), "blue", "from 0.1 on less certain, unless the method says otherwise"),
        ),
        RasterLayer("people", "People", "People per cell of the population raster.", "people", "extensive", _PEOPLE),
        RasterLayer(
            "ecological_exposure",
            "Ecological exposure",
            "Protected fraction of the cell × sum of concentration / critical level for vegetation.",
            "1",
            "intensive",
            Classes((0.001, 0.01, 0.1, 0.5), "blue", "share of the critical levels of Directive 2008/50/EC"),
        ),
    ]
    layers.append(
        RasterLayer(
            "sea_plastic_kg_km2_yr",
            "Plastic that reaches the sea",
            "Plastic from mismanaged waste that comes to lie in each sea cell in a year, spread by water distance from"
            " where it enters; empty on land. Currents, beaching and sinking are not modelled.",
            PLASTIC_UNIT,
            "intensive",
            PLASTIC_CLASSES,
        )
    )
    for dimension in PRESSURE_UNITS:
        layers += _dimension_rasters(dimension)
    for dimension in (*PRESSURE_UNITS, "all"):
        layers += _clustering_rasters(dimension)
    for pollutant in pollutants:
        if "air" in pollutant.media:
            layers += [increment_layer(pollutant), _ambient(pollutant)]
        if "water" in pollutant.media:
            layers.append(concentration_layer(pollutant))
    return {layer.name: layer for layer in layers}
