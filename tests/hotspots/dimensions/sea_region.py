"""The small region as an island: all around it is sea, and its people dump plastic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hotspots.inputs import Elevation, Inputs, MunicipalFactor
from hotspots.pollutants import Pollutant
from hotspots.sectors import Sector
from tests import small_region
from tests.hotspots.dimensions import river_region

METHOD = replace(
    river_region.METHOD,
    marine=replace(river_region.METHOD.marine, coastal_m=15_000),
    scoring=replace(
        small_region.METHOD.scoring,
        dimension_weights=(("air", 1.0), ("land", 1.0), ("freshwater", 1.0), ("marine", 1.0)),
    ),
)
KG_PER_PERSON_YR = 8.0
PLASTIC = Pollutant("plastic", "Plastic", None, ("land", "sea"), "plastic", 1.0, None, None, None, None, None)


def elevation() -> Elevation:
    height_m = np.full(small_region.GRID.shape, -20.0)
    height_m[small_region.INSIDE] = 20.0
    return Elevation(height_m, height_m, 1_000.0)


def releases(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Releases of plastic in kg/yr, by source and medium."""
    columns = small_region.releases().columns
    table = [(i, "plastic", medium, kg, 2020, "E", "E", "facilities", i) for i, medium, kg in rows]
    return pd.DataFrame(table, columns=columns).astype({"year": "Int64"})


def inputs(*listed: tuple[str, str, float], municipal: bool = True) -> Inputs:
    """The island with the plastic of its people and the ``listed`` releases; it has no river network."""
    base = small_region.inputs()
    waste = MunicipalFactor("plastic", "waste", "land", KG_PER_PERSON_YR, "E", "test")
    return replace(
        base,
        elevation=elevation(),
        pollutants={**base.pollutants, "plastic": PLASTIC},
        releases=pd.concat([base.releases, releases(*listed)], ignore_index=True),
        municipal=(*base.municipal, waste) if municipal else base.municipal,
        sectors={**base.sectors, "waste": Sector("waste", "Municipal waste", (), 10, 0, "test")},
    )


def with_rivers(*listed: tuple[str, str, float], municipal: bool = True) -> Inputs:
    """The same with the network of `river_region` and its wastewater."""
    island, river = inputs(*listed, municipal=municipal), river_region.inputs(municipal=municipal)
    return replace(
        island,
        network=river.network,
        pollutants={**river.pollutants, "plastic": PLASTIC},
        municipal=tuple(dict.fromkeys((*river.municipal, *island.municipal))),
        sectors={**river.sectors, **island.sectors},
    )
