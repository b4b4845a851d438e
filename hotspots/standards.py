"""Ambient totals, and the people who live above an annual standard.

A standard is compared with totals only, never with what listed sources add; annual means with annual levels only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.exposure import Coverage
from hotspots.fields.report_tables import STANDARDS
from hotspots.inputs import Inputs
from hotspots.pollutants import ANNUAL, Level

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

GUIDELINE = "guideline"
INTERIM_TARGET = "interim_target_"
NATIONAL_LIMIT = "national_limit"
COLUMNS = [field.name for field in STANDARDS.fields]


@dataclass(frozen=True)
class Standard:
    """One annual level of a pollutant in air: ``guideline``, ``interim_target_1`` … or ``national_limit``."""

    name: str
    level: Level


@dataclass(frozen=True)
class Zones:
    """What people are counted in: ``kind`` is region, unit or hotspot."""

    kind: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    coverage: Coverage


def annual_standards(inputs: Inputs, pollutant: str) -> tuple[Standard, ...]:
    """The annual levels of one pollutant: WHO guideline, interim targets, the region's national limit."""
    substance = inputs.pollutants[pollutant]
    found = [Standard(GUIDELINE, substance.guideline)] if substance.guideline else []
    found += [Standard(f"{INTERIM_TARGET}{n}", level) for n, level in enumerate(substance.interim_targets, 1)]
    found += [
        Standard(NATIONAL_LIMIT, Level(limit.value_ug_m3, "µg/m³", ANNUAL, limit.citation))
        for limit in inputs.region.limits
        if limit.pollutant == pollutant
    ]
    return tuple(standard for standard in found if standard.level.annual)


def exceedance_standard(inputs: Inputs, pollutant: str) -> Standard | None:
    """What ``exceeds_standard`` is told by: the national limit where there is one, else WHO interim target 1."""
    named = {standard.name: standard for standard in annual_standards(inputs, pollutant)}
    return named.get(NATIONAL_LIMIT) or named.get(f"{INTERIM_TARGET}1")


def ambient_basis(inputs: Inputs, increments: Mapping[str, FloatArray]) -> dict[str, str]:
    """What the ambient total of each pollutant that has one is made of, in words."""
    fields = {field.pollutant: f"{field.title} ({field.year})" for field in inputs.ambient}
    made = {
        background.pollutant: "background + increment"
        for background in inputs.region.backgrounds
        if background.pollutant in increments
    }
    return made | fields


def ambient_totals(inputs: Inputs, increments: Mapping[str, FloatArray], assessed: BoolArray) -> dict[str, FloatArray]:
    """Ambient totals in µg/m³ (rows, cols) by pollutant.

    A satellite or analysed field is the total alone: increments are part of it and never added. Otherwise the
    total is background + increment, where the region's configuration gives a background.
    """
    fields = {field.pollutant: field.values_ug_m3 for field in inputs.ambient}
    backgrounds = {item.pollutant: item.value_ug_m3 for item in inputs.region.backgrounds}
    totals: dict[str, FloatArray] = {}
    for pollutant in ambient_basis(inputs, increments):
        field = fields.get(pollutant)
        total = field if field is not None else backgrounds[pollutant] + increments[pollutant]
        totals[pollutant] = np.where(assessed, total, np.nan)
    return totals


def above_any(ambient: Mapping[str, FloatArray], levels: Mapping[str, Standard | None]) -> BoolArray | None:
    """Cells (rows, cols) whose ambient total is above the level of any pollutant; None where none can be compared."""
    compared = [ambient[name] > standard.level.value for name, standard in levels.items() if standard is not None]
    return np.logical_or.reduce(compared) if compared else None


def exceedances(inputs: Inputs, ambient: Mapping[str, FloatArray]) -> BoolArray | None:
    """Cells above the national limit or interim target 1 of any pollutant."""
    return above_any(ambient, {name: exceedance_standard(inputs, name) for name in ambient})


def above_guideline(inputs: Inputs, ambient: Mapping[str, FloatArray]) -> BoolArray | None:
    """Cells above the annual WHO guideline of any pollutant."""
    named = {name: {item.name: item for item in annual_standards(inputs, name)} for name in ambient}
    return above_any(ambient, {name: standards.get(GUIDELINE) for name, standards in named.items()})


def standards_table(
    inputs: Inputs, increments: Mapping[str, FloatArray], ambient: Mapping[str, FloatArray], zones: tuple[Zones, ...]
) -> pd.DataFrame:
    """People above every annual level, by zone and pollutant, in COLUMNS; empty where no ambient total is known.

    ``people_assessed`` are those for whom the ambient total is known; where it is nobody, ``people_above`` and
    ``share_above`` are missing.
    """
    basis = ambient_basis(inputs, increments)
    rows = [
        row
        for item in zones
        for pollutant, total in ambient.items()
        for row in _rows(inputs, item, pollutant, total, basis[pollutant])
    ]
    return pd.concat(rows, ignore_index=True)[COLUMNS] if rows else pd.DataFrame(columns=COLUMNS)


def _rows(inputs: Inputs, zones: Zones, pollutant: str, total: FloatArray, basis: str) -> Iterator[pd.DataFrame]:
    assessed = zones.coverage.sum(np.where(np.isnan(total), 0.0, inputs.people))
    for standard in annual_standards(inputs, pollutant):
        above = zones.coverage.sum(np.where(total > standard.level.value, inputs.people, 0.0))
        above = np.where(assessed > 0, above, np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = above / assessed
        yield pd.DataFrame(
            {
                "zone": zones.kind,
                "zone_id": list(zones.ids),
                "zone_name": list(zones.names),
                "pollutant": pollutant,
                "standard": standard.name,
                "level_ug_m3": standard.level.value,
                "people_above": above,
                "people_assessed": assessed,
                "share_above": share,
                "ambient_total": basis,
                "citation": standard.level.citation,
            }
        )


def whole_region(inputs: Inputs, assessed: BoolArray) -> Zones:
    """All assessed cells as one zone."""
    region = inputs.region
    return Zones("region", (region.id,), (region.title,), Coverage.of_labels(assessed.astype(np.int32), 1))


def units_as_zones(units: gpd.GeoDataFrame, coverage: Coverage) -> Zones:
    """The administrative units."""
    return Zones("unit", tuple(units["unit_id"]), tuple(units["name"]), coverage)
