"""The tables of freshwater that stand beside the layers: mass balances and drinking-water intakes."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from hotspots.dimensions.freshwater import WaterReport
from hotspots.fields.report_tables import INTAKES, WATER_BALANCE


def balance_table(water: WaterReport | None) -> pd.DataFrame:
    """One row a pollutant; none where nothing is routed along rivers."""
    rows = [] if water is None else [asdict(item) | {"error_share": item.error} for item in water.balances]
    return pd.DataFrame(rows, columns=[field.name for field in WATER_BALANCE.fields])


def intake_table(water: WaterReport | None) -> pd.DataFrame:
    """One row an intake and pollutant, and one for all that are scored; none without intakes."""
    columns = [field.name for field in INTAKES.fields]
    return pd.DataFrame(columns=columns) if water is None else water.intakes.reindex(columns=columns)
