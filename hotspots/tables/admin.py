"""The administrative summary."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from hotspots.evidence import COMBINED, Evidence
from hotspots.exposure import Coverage
from hotspots.fields import vector_layers
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.names import name_columns
from hotspots.pressures import Pressures
from hotspots.protection import areas_km2
from hotspots.tables.observations import soil_columns
from hotspots.tables.ranks import rank_descending
from hotspots.tables.summary import zone_columns
from hotspots.tables.typed import typed

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class UnitCells:
    """Which cells belong to which unit: exact coverage for sums, and for each cell the unit that holds most of it."""

    coverage: Coverage
    unit_of_cell: npt.NDArray[np.int32]


def admin_table(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    evidence: Evidence,
    units: UnitCells,
    protected_fraction: FloatArray | None,
    hotspots: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """One row per administrative unit, in the columns of the field registry."""
    columns: dict[str, object] = {**zone_columns(inputs, method, pressures, evidence, units.coverage)}
    people = np.where(evidence.assessed, inputs.people, np.nan)
    columns |= {
        "unit_id": inputs.units["unit_id"],
        "name": inputs.units["name"],
        "group": inputs.units["group"],
        "rank": rank_descending(np.asarray(columns["priority_people"])),
        "area_km2": areas_km2(inputs.units.geometry),
        "hotspot_count": _touched_by(inputs.units, hotspots[hotspots["dimension"] == COMBINED]),
    }
    columns |= {name: inputs.units[name] for name in ("status", "claimants") if name in inputs.units}
    columns |= {name: inputs.units[name] for name in name_columns(inputs.units)}
    for factor in inputs.municipal:
        name = f"municipal_{factor.pollutant}_kg_yr"
        released = units.coverage.sum(people) * factor.kg_per_person_yr
        columns[name] = released + columns.get(name, 0.0)  # type: ignore[operator]
    columns |= soil_columns(inputs, inputs.units.geometry)
    if protected_fraction is not None:
        area = inputs.grid.row_area_km2[:, None] * protected_fraction
        columns["protected_km2"] = units.coverage.sum(area)
    layer = vector_layers(inputs.pollutants.values())["admin"]
    return typed(layer, columns, inputs.units.geometry, len(inputs.units))


def _touched_by(units: gpd.GeoDataFrame, hotspots: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """How many of ``hotspots`` meet each unit."""
    unit, _ = hotspots.sindex.query(units.geometry, predicate="intersects")
    return np.bincount(unit, minlength=len(units))
