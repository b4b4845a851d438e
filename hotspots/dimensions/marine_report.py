"""What must be told of plastic on its way to the sea, beside the pressure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.dimensions.freshwater import Freshwater
from hotspots.dimensions.marine_pathways import Pathways
from hotspots.dimensions.model import FloatArray
from hotspots.dispersion.freshwater import loads_kg_yr
from hotspots.dispersion.network import NOWHERE
from hotspots.method import MarineMethod

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MarineReport:
    """What must be told of the plastic beside the pressure.

    Attributes
    ----------
    sea_kg_km2_yr:
        (rows, cols) plastic in the sea cells, NaN elsewhere; None where no sea is known.
    coastal:
        (rows, cols) True where people live within ``method.coastal_m`` of the sea.
    released_kg_yr:
        Released to land and sea in the region and its margin.
    at_mouths_kg_yr:
        What reaches river mouths.
    entered_kg_yr:
        What enters the sea and is spread there, at mouths and straight from the coast.
    held_in_kg_yr:
        The part of it whose spreading the edge of the grid holds in.
    unreached:
        Sources that release to the sea and lie farther than ``snap_m`` from it.
    people_off_land:
        People in cells that units and terrain call sea; such cells stay land.
    mouths:
        The mouths of streams: mouth (a cell of the network), lon, lat, upstream_km2, at_sea, people who live upstream,
        plastic_kg_yr and, of each pollutant that is routed along rivers, ``<id>_kg_yr``.
    arrivals:
        What reaches each of them: mouth, row and col of the analysis grid for municipal waste (-1 for a source),
        source_id (empty for municipal waste), kg_yr.
    """

    method: MarineMethod
    sea_kg_km2_yr: FloatArray | None
    coastal: BoolArray
    released_kg_yr: float
    at_mouths_kg_yr: float
    entered_kg_yr: float
    held_in_kg_yr: float
    unreached: tuple[str, ...]
    people_off_land: float
    mouths: pd.DataFrame
    arrivals: pd.DataFrame


def arrivals(pathways: Pathways) -> pd.DataFrame:
    """What reaches any river mouth, in the columns of `MarineReport.arrivals`."""
    people, listed = pathways.municipal, pathways.listed
    places = pd.concat(
        [
            pd.DataFrame({"mouth": people.ways.mouth, "row": people.row, "col": people.col, "source_id": ""}),
            pd.DataFrame({"mouth": listed.ways.mouth, "row": -1, "col": -1, "source_id": listed.source_id}),
        ],
        ignore_index=True,
    )
    found = places.assign(kg_yr=np.concatenate([ways.share * kg_yr for ways, kg_yr in pathways.released]))
    return found[(found["mouth"] != NOWHERE) & (found["kg_yr"] > 0)].reset_index(drop=True)


def mouths(pathways: Pathways, routed: Freshwater | None) -> pd.DataFrame:
    """The mouths of streams in all columns of `MarineReport.mouths` but the plastic; without a network none.

    Parameters
    ----------
    routed:
        The loads that rivers carry; None where none are routed.
    """
    rivers = pathways.rivers
    if rivers is None:
        return pd.DataFrame({"mouth": np.empty(0, dtype=np.int64)})
    cells = rivers.streams[rivers.channels.mouth[rivers.streams]]
    lon, lat = rivers.grid.lonlat(*np.divmod(cells, rivers.grid.cols))
    living = pathways.municipal
    drained = living.ways.mouth != NOWHERE
    upstream = np.bincount(living.ways.mouth[drained], living.people[drained], minlength=rivers.upstream_km2.size)
    table = pd.DataFrame(
        {
            "mouth": cells,
            "lon": lon,
            "lat": lat,
            "upstream_km2": rivers.upstream_km2[cells],
            "at_sea": pathways.network[2][cells] != NOWHERE,
            "people": upstream[cells],
        }
    )
    if routed is None:
        return table
    for item in routed.pollutants:
        load = loads_kg_yr(routed.rivers, routed.release_kg_yr(item), item.pollutant.freshwater_decay)
        table[f"{item.pollutant.id}_kg_yr"] = load[cells]
    return table
