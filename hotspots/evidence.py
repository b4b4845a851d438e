"""From pressures to scores, clustering and the three evidence labels of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots import scoring
from hotspots.clustering import GiStar, gi_star
from hotspots.distribution import Distribution
from hotspots.fields.rasters import HQ, PRESSURE_UNITS
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pressures import Pressures
from hotspots.standards import above_guideline, ambient_totals, exceedances
from hotspots.validity import AirValidity
from hotspots.vulnerability import Vulnerability

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

COMBINED = "all"
"""The name of the combined priority where a dimension is asked for."""


@dataclass(frozen=True)
class Evidence:
    """Fields (rows, cols) on the grid with margin; NaN or False outside the assessed cells.

    ``clustering``, ``clustered`` and ``exceeds`` are by dimension and for COMBINED; ``exceeds`` has no entry where
    no ambient total is known. ``ambient`` is the ambient total in µg/m³ by pollutant (hotspots.standards);
    ``above_guideline`` is None without one that has an annual WHO guideline, ``air_validity`` without terrain.
    """

    assessed: BoolArray
    percentiles: Mapping[str, FloatArray]
    burden: FloatArray
    priority: FloatArray
    clustering: Mapping[str, GiStar]
    clustered: Mapping[str, BoolArray]
    high_priority: BoolArray
    ambient: Mapping[str, FloatArray]
    exceeds: Mapping[str, BoolArray]
    above_guideline: BoolArray | None
    vulnerability: Vulnerability
    air_validity: AirValidity | None = None


def gather(
    inputs: Inputs, method: Method, pressures: Pressures, assessed: BoolArray, vulnerability: Vulnerability
) -> Evidence:
    """Score and label every assessed cell.

    Parameters
    ----------
    assessed:
        Cells (rows, cols) of the region with population data; all others stay out of every sum.
    """
    people = np.where(assessed, inputs.people, np.nan)
    populated = assessed & (np.nan_to_num(people) > 0)
    fields = {name: np.where(assessed, field, np.nan) for name, field in pressures.by_dimension.items()}
    percentiles = {
        name: scoring.percentile(field, people, de_minimis(name, method.scoring.de_minimis_share))
        for name, field in fields.items()
    }
    weights: dict[str, float] = {name: weight for name, weight in method.scoring.dimension_weights if name in fields}
    burden = scoring.burden(percentiles, weights)
    priority = scoring.priority(burden, vulnerability.score, method.scoring.priority_rule)

    concentrated = {name: people * field for name, field in fields.items()} | {COMBINED: people * burden}
    clustering = {
        name: gi_star(
            np.where(populated, values, np.nan),
            (inputs.grid.row_height_m, inputs.grid.row_width_m),
            method.hotspots.gi_radius_m,
        )
        for name, values in concentrated.items()
    }
    clustered = {
        name: populated
        & (np.nan_to_num(gi.z) > 0)
        & (np.nan_to_num(gi.p_adjusted, nan=1) < method.hotspots.significance)
        for name, gi in clustering.items()
    }
    ambient = ambient_totals(inputs, pressures.increments, assessed)
    above = exceedances(inputs, ambient)
    over_guideline = above_guideline(inputs, ambient)
    return Evidence(
        assessed=assessed,
        percentiles=percentiles,
        burden=burden,
        priority=priority,
        clustering=clustering,
        clustered=clustered,
        high_priority=populated & top_share(priority, people, method.hotspots.high_priority_percentile),
        ambient=ambient,
        exceeds={} if above is None else {"air": populated & above, COMBINED: populated & above},
        above_guideline=None if over_guideline is None else populated & over_guideline,
        vulnerability=vulnerability,
    )


def de_minimis(dimension: str, share_of_guideline: float) -> float:
    """The pressure below which a cell scores 0, in the unit of the dimension's pressure.

    A hazard quotient is in shares of the guideline already. A dimension without a guideline has no level that is too
    low to matter: whatever is above 0 counts.
    """
    return share_of_guideline if PRESSURE_UNITS[dimension] == HQ else float(np.finfo(np.float64).tiny)


def top_share(values: FloatArray, people: FloatArray, percentile: float) -> BoolArray:
    """Cells at or above the people-weighted ``percentile`` of ``values``; the lowest value is never among the top."""
    known = ~np.isnan(values) & (np.nan_to_num(people) > 0)
    if not known.any():
        return np.zeros(values.shape, dtype=bool)
    spread = Distribution.of(np.where(known, values, np.nan), people)
    top: BoolArray = known & (values >= spread.quantile(percentile / 100)) & (values >= spread.above_lowest)
    return top
