"""Figures over zones that hotspots and administrative units share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hotspots.evidence import Evidence
from hotspots.exposure import Coverage
from hotspots.fields.shared_fields import PEOPLE_GROUPS
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pressures import Pressures

FloatArray = npt.NDArray[np.float64]


def zone_columns(
    inputs: Inputs, method: Method, pressures: Pressures, evidence: Evidence, coverage: Coverage
) -> dict[str, FloatArray]:
    """People, area, scores, pressures, percentiles, exposures and increments of every zone of ``coverage``.

    Means are people-weighted; a zone without people has none (NaN).
    """
    people = np.where(evidence.assessed, inputs.people, np.nan)
    area = np.broadcast_to(inputs.grid.row_area_km2[:, None], inputs.grid.shape)

    def mean(values: FloatArray) -> FloatArray:
        return coverage.weighted_mean(values, people)

    columns = {
        "people": coverage.sum(people),
        "area_km2": coverage.sum(area),
        "priority_people": coverage.sum(people * evidence.priority / 100),
        "priority": mean(evidence.priority),
        "burden": mean(evidence.burden),
    }
    for name, field in pressures.by_dimension.items():
        columns[f"{name}_pressure"] = mean(field)
        # A zone of which nothing was assessed has no exposure, which is not 0.
        known = coverage.sum(~np.isnan(field)) > 0
        columns[f"{name}_exposure"] = np.where(known, coverage.sum(people * field), np.nan)
    columns |= {f"{name}_percentile": mean(values) for name, values in evidence.percentiles.items()}
    columns |= _people(people, evidence, coverage, method.scoring.vulnerability_min_share_of_people)
    if "air" in evidence.exceeds:
        columns["people_above_standard"] = coverage.sum(np.where(evidence.exceeds["air"], people, 0.0))
    if evidence.above_guideline is not None:
        columns["people_above_guideline"] = coverage.sum(np.where(evidence.above_guideline, people, 0.0))
    if pressures.water is not None:
        columns["people_near_stream"] = coverage.sum(np.where(pressures.water.near, people, 0.0))
    if pressures.land is not None:
        for distance_m, near in pressures.land.near.items():
            columns[f"people_near_{distance_m / 1000:g}km"] = coverage.sum(np.where(near, people, 0.0))
    if evidence.air_validity is not None:
        columns["air_outside_validity_share"] = mean(evidence.air_validity.outside)
    for name, increment in pressures.increments.items():
        columns[f"{name}_increment_ug_m3"] = mean(increment)
    return columns


def _people(people: FloatArray, evidence: Evidence, coverage: Coverage, min_share: float) -> dict[str, FloatArray]:
    """Vulnerability with its parts, and people by group, of every zone.

    The people of a group are missing where it is known for less than ``min_share`` of the zone's people.
    """
    found, columns = evidence.vulnerability, {}
    if found.score is not None:
        columns["vulnerability"] = coverage.weighted_mean(found.score, people)
    for name, part in found.parts.items():
        columns[f"vulnerability_{name}"] = coverage.weighted_mean(part, people)
    everyone = coverage.sum(people)
    for kind, members in found.groups.items():
        known = coverage.sum(np.where(np.isnan(members), 0.0, people))
        enough = (everyone > 0) & (known >= min_share * everyone)
        columns[PEOPLE_GROUPS[kind]] = np.where(enough, coverage.sum(members), np.nan)
    return columns
