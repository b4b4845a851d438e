"""The small region with a river: all rows drain to the one through Bigtown, which flows east to a mouth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hotspots.inputs import Discharge, FlowNetwork, Inputs, MunicipalFactor, Runoff
from hotspots.method import FreshwaterMethod
from hotspots.pollutants import Decay, Level, Pollutant
from hotspots.sectors import Sector
from tests import small_region

RIVER_ROW = 22
METHOD = replace(
    small_region.METHOD,
    freshwater=FreshwaterMethod(0.5, 100.0, 3_000, 1_000),
    scoring=replace(small_region.METHOD.scoring, dimension_weights=(("air", 1.0), ("land", 1.0), ("freshwater", 1.0))),
)


def _water(name: str, level: float, decay: Decay | None) -> Pollutant:
    reference = Level(level, "mg/L", "annual mean", "test")
    return Pollutant(
        name, name, None, ("water",), name, 1.0, None, None, (), None, None,
        freshwater_level=reference, freshwater_decay=decay,
    )  # fmt: skip


POLLUTANTS = {"bod": _water("bod", 6.0, Decay(0.35, 1.047, "test")), "total_p": _water("total_p", 0.13, None)}
RUNOFF = Runoff(400.0, "test")


def directions() -> np.ndarray:
    """(48, 60) on the core grid: south above the river, north below it, east along it."""
    direction = np.full(small_region.CORE.shape, 4, dtype=np.uint8)
    direction[RIVER_ROW + 1 :] = 64
    direction[RIVER_ROW] = 1
    return direction


def network(
    direction: np.ndarray | None = None, flow: Runoff | Discharge = RUNOFF, whole_basins: bool = True
) -> FlowNetwork:
    codes = directions() if direction is None else direction
    return FlowNetwork(small_region.CORE, codes, flow, 15.0, whole_basins)


def releases(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Releases to water in kg/yr, by source and pollutant."""
    columns = small_region.releases().columns
    table = [(i, name, "water", kg, 2020, "E", "E", "facilities", i) for i, name, kg in rows]
    return pd.DataFrame(table, columns=columns).astype({"year": "Int64"})


def inputs(river: FlowNetwork | None = None, *listed: tuple[str, str, float], municipal: bool = True) -> Inputs:
    """The small region with wastewater of its people and the ``listed`` releases to water."""
    base = small_region.inputs()
    wastewater = (
        MunicipalFactor("bod", "municipal_wastewater", "water", 7.0, "E", "test"),
        MunicipalFactor("total_p", "municipal_wastewater", "water", 0.25, "E", "test"),
    )
    return replace(
        base,
        network=network() if river is None else river,
        pollutants={**base.pollutants, **POLLUTANTS},
        releases=pd.concat([base.releases, releases(*listed)], ignore_index=True),
        municipal=(*base.municipal, *wastewater) if municipal else base.municipal,
        sectors={**base.sectors, "municipal_wastewater": Sector("municipal_wastewater", "Wastewater", (), 10, 0, "t")},
    )
