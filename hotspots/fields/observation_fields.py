"""The fields of an observation, and of what units and hotspots say of soil samples."""

from __future__ import annotations

from hotspots.fields.kinds import Field


def observation_fields() -> tuple[Field, ...]:
    """Every field of an observation, in the order it is written."""
    return (
        Field("observation_id", "Identifier", "Dataset, station and pollutant.", "text"),
        Field("station_id", "Station", "Monitor, or place of the sample.", "text", sensitivity="position"),
        Field("name", "Name", "Name of the station or sample.", "text"),
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
        Field("pollutant", "Pollutant", "Id of the pollutant.", "text"),
        Field("pollutant_name", "Name of the pollutant", "As a reader knows it.", "text"),
        Field("medium", "Medium", "air, water or soil.", "text"),
        Field("value", "Value", "What was measured, in the unit of the field unit.", "number", "see unit", "intensive"),
        Field("unit", "Unit", "µg/m³ in air, mg/L in water, mg/kg of dry matter in soil.", "text"),
        Field("period_start", "From", "First day of the period (YYYY-MM-DD); empty where it is not known.", "text"),
        Field("period_end", "To", "Last day of the period; the day of a sample.", "text"),
        Field("statistic", "Statistic", "What the value is of its period, e.g. mean of hourly.", "text"),
        Field("coverage", "Coverage", "Share of the period that was measured, 0–1; empty for a sample.", "number", "1"),
        Field(
            "standard",
            "Standard",
            "Soil: limit value. Air: annual guideline, for means of a year only. Empty where nothing is compared.",
            "number",
            "see unit",
            "intensive",
        ),
        Field("standard_citation", "Source of the standard", "Where the standard is from.", "text"),
        Field("exceedance_ratio", "Exceedance ratio", "Value / standard.", "number", "1", "intensive"),
        Field("exceeds", "Exceeds", "Whether the value is above the standard; empty without one.", "boolean"),
    )


def soil_fields() -> tuple[Field, ...]:
    """How many soil samples lie in a unit or hotspot."""
    return (
        Field("soil_samples", "Soil samples", "Places inside where soil was sampled; empty without any.", "integer"),
        Field(
            "soil_samples_above",
            "Soil samples above",
            "Of these, places with at least one pollutant above its level for soil.",
            "integer",
        ),
    )
