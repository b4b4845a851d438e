"""What reaches drinking-water intakes: the only people that the freshwater dimension knows to be exposed."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.dispersion.freshwater import Rivers
from hotspots.dispersion.network import NOWHERE
from hotspots.pollutants import Pollutant

FloatArray = npt.NDArray[np.float64]

ALL = "all"
"""Stands for a pollutant in the rows of all that are scored together."""


def at_intakes(
    intakes: gpd.GeoDataFrame, rivers: Rivers, carried: Sequence[tuple[Pollutant, FloatArray]], within_m: float
) -> pd.DataFrame:
    """Concentration and hazard quotient at each intake, in the nearest stream cell within ``within_m``.

    Parameters
    ----------
    carried:
        Pollutants with their concentration in mg/L in each cell of the network, (cells,).

    Returns
    -------
    pandas.DataFrame
        In the columns of hotspots.fields.report_tables.INTAKES: one row an intake and pollutant, and one with the
        pollutant ALL, whose hazard quotient is the sum over those that are scored. An intake of whose water nothing is
        known has the latter alone, with the reason code. Exposure is people served × hazard quotient.
    """
    lon, lat = intakes.geometry.x.to_numpy(dtype=np.float64), intakes.geometry.y.to_numpy(dtype=np.float64)
    cells, distance_m = rivers.nearest_stream(lon, lat, within_m)
    reasons = np.array([_reason(rivers, int(cell)) for cell in cells], dtype=object)
    known = reasons == ""
    intake = pd.DataFrame(intakes[["intake_id", "name", "people_served"]]).assign(
        stream_distance_m=np.where(cells == NOWHERE, np.nan, distance_m), reason=reasons
    )
    scored = [pollutant for pollutant, _ in carried if pollutant.freshwater_weight > 0]
    together = np.where(known, 0.0 if scored else np.nan, np.nan)
    parts = []
    for pollutant, concentration_mg_l in carried:
        level_mg_l = 1 / pollutant.freshwater_weight if pollutant.freshwater_weight > 0 else np.nan
        quotient = concentration_mg_l[cells] / level_mg_l
        together = together + np.where(np.isnan(level_mg_l), 0.0, quotient)
        part = intake.assign(
            pollutant=pollutant.id,
            concentration_mg_l=concentration_mg_l[cells],
            level_mg_l=level_mg_l,
            hazard_quotient=quotient,
        )
        parts.append(part[known])
    parts.append(
        intake.assign(
            pollutant=ALL,
            concentration_mg_l=np.nan,
            level_mg_l=np.nan,
            hazard_quotient=np.where(known, together, np.nan),
        )
    )
    table = pd.concat(parts, ignore_index=True)
    table["exposure"] = table["people_served"] * table["hazard_quotient"]
    ordered: pd.DataFrame = table.sort_values(["intake_id", "pollutant"], ignore_index=True)
    return ordered


def _reason(rivers: Rivers, cell: int) -> str:
    """Why nothing is known of the water in ``cell``, as a reason code of hotspots.quality; empty where it is known."""
    if cell == NOWHERE:
        return "NO_STREAM_IN_REACH"
    if rivers.channels.astray[cell]:
        return "DRAINS_NOWHERE"
    return "DISCHARGE_NOT_POSITIVE" if np.isnan(rivers.discharge_m3_s[cell]) else ""
