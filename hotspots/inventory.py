"""How much of all releases the inputs hold: listed, municipal and gridded ones against reported totals, by sector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from hotspots.fields.report_tables import COVERAGE
from hotspots.inputs import Inputs
from hotspots.pollutants import Pollutant
from hotspots.region import InventoryTotal
from hotspots.result import Status
from hotspots.sectors import INVENTORY_GROUPS, InventoryGroup

ALL = "all"
"""The sector of a row that sums over sectors."""
ENOUGH = 0.5
"""Below this share of the reported total, ranks are among listed sources only."""
AMONG_LISTED = "among listed sources"
EXPECTED: dict[str, tuple[InventoryGroup, ...]] = {
    "air": ("traffic", "households", "burning", "industry", "agriculture"),
    "water": ("households", "industry", "agriculture"),
}
"""What releases to a medium nearly everywhere; where nothing of it is among the inputs, it is missing."""
METHODS = {"M": "listed_measured_t_yr", "C": "listed_calculated_t_yr", "E": "listed_estimated_t_yr"}
Key = tuple[str, str, str]
KEYS = ["pollutant", "medium", "sector"]
KG_PER_T = 1000.0


@dataclass(frozen=True)
class _Known:
    """What is known by pollutant, medium and sector: of listed sources, municipal and gridded releases, reported."""

    listed: pd.DataFrame
    municipal: Mapping[Key, float]
    gridded: Mapping[Key, float]
    totals: Mapping[Key, InventoryTotal]


def coverage_table(inputs: Inputs) -> pd.DataFrame:
    """One row a pollutant, medium and sector, and one over all sectors, in the columns of `COVERAGE`.

    Sources abroad are not counted: the totals are those of the region. Where the region's file gives a total, it comes
    before what a grid sums up to.
    """
    totals: dict[Key, InventoryTotal] = {
        (total.pollutant, total.medium, total.sector or ALL): total
        for total in (*inputs.grid_totals, *inputs.region.inventory_totals)
    }
    known = _Known(_listed(inputs), _municipal(inputs), _gridded(inputs), totals)
    named = (*known.listed.index, *known.municipal, *known.gridded, *totals)
    sectors: set[Key] = {key for key in named if key[2] != ALL}
    sums: set[Key] = {(pollutant, medium, ALL) for pollutant, medium, _ in (*sectors, *totals)}
    rows = []
    for key in sorted(sectors | sums):
        parts = sorted(part for part in sectors if part[:2] == key[:2]) if key in sums else [key]
        missing = _missing(inputs, key[1], parts, known) if key in sums else ""
        rows.append({**dict(zip(KEYS, key, strict=True)), **_row(key, parts, known), "missing": missing})
    columns = [field.name for field in COVERAGE.fields]
    return pd.DataFrame(rows, columns=columns).astype({"total_year": "Int64", "sources": "int64"})


def _row(key: Key, parts: Sequence[Key], known: _Known) -> dict[str, object]:
    """The figures of one row, whose releases are those of ``parts``."""
    here = known.listed[known.listed.index.isin(parts)]
    sums = {column: float(here[column].sum()) for column in ("sources", "listed_t_yr", *METHODS.values())}
    municipal = sum(known.municipal.get(part, 0.0) for part in parts)
    gridded = sum(known.gridded.get(part, 0.0) for part in parts)
    total = known.totals.get(key)
    total_t_yr = total.release_kg_yr / KG_PER_T if total else np.nan
    return {
        **sums,
        "quality": str(here["quality"].max()) if len(here) else "",
        "municipal_t_yr": municipal,
        "gridded_t_yr": gridded,
        "total_t_yr": total_t_yr,
        "total_year": total.year if total else pd.NA,
        "share_listed": sums["listed_t_yr"] / total_t_yr,
        "share_modelled": (sums["listed_t_yr"] + municipal + gridded) / total_t_yr,
        "citation": total.citation if total else "",
    }


def inventory_status(table: pd.DataFrame, pollutants: Iterable[Pollutant]) -> Status:
    """Whether the listed releases are at least half of the reported total of every scored pollutant.

    Where they are not, or no total is known, ranks are AMONG_LISTED.
    """
    known = tuple(pollutants)
    scored = {(item.emitted_as, "air"): item.name for item in known if item.score_weight}
    scored |= {(item.emitted_as, "water"): item.name for item in known if item.freshwater_weight}
    of = pd.MultiIndex.from_frame(table[["pollutant", "medium"]])
    sums = table[(table["sector"] == ALL) & of.isin(list(scored))]
    shares = sums["share_listed"].to_numpy(dtype=float)
    if np.isnan(shares).all():
        return Status("not_assessed", "no reported total of releases: what share of them is listed is not known")
    said = [
        f"{scored[pollutant, medium]} to {medium}: "
        + ("no reported total" if np.isnan(share) else f"{share:.0%} of {year}")
        for pollutant, medium, share, year in zip(
            sums["pollutant"], sums["medium"], shares, sums["total_year"], strict=True
        )
    ]
    state: Literal["assessed", "partly"] = "assessed" if (shares >= ENOUGH).all() else "partly"
    return Status(state, f"listed releases over reported totals: {'; '.join(said)}")


def ranking_scope(inventory: Status | None) -> str:
    """What a ranking's title adds: AMONG_LISTED unless at least half of all releases are known to be listed."""
    return "" if inventory is not None and inventory.state == "assessed" else AMONG_LISTED


def _listed(inputs: Inputs) -> pd.DataFrame:
    """By KEYS: number of sources, t/yr together and by method, and the lowest quality."""
    own = inputs.sources.loc[~inputs.sources["transboundary"].astype(bool), ["source_id", "sector"]]
    table = inputs.releases.merge(own, on="source_id")
    table["t"] = table["release_kg_yr"] / KG_PER_T
    found = table.groupby(KEYS).agg(
        sources=("source_id", "nunique"), listed_t_yr=("t", "sum"), quality=("quality", "max")
    )
    for method, column in METHODS.items():
        found[column] = table[table["method"] == method].groupby(KEYS)["t"].sum().reindex(found.index, fill_value=0.0)
    return found


def _municipal(inputs: Inputs) -> dict[Key, float]:
    """t/yr that the region's people release, by KEYS."""
    people = float(np.nansum(inputs.people))
    found: dict[Key, float] = {}
    for factor in inputs.municipal:
        key = (factor.pollutant, factor.medium, factor.sector)
        found[key] = found.get(key, 0.0) + people * factor.kg_per_person_yr / KG_PER_T
    return found


def _gridded(inputs: Inputs) -> dict[Key, float]:
    """t/yr that inventories' grids say is released in the region's units, by KEYS."""
    return {(item.pollutant, "air", item.sector): item.inside_kg_yr / KG_PER_T for item in inputs.gridded}


def _missing(inputs: Inputs, medium: str, parts: Sequence[Key], known: _Known) -> str:
    """The groups of sectors that are expected to release to the medium and of which nothing is known."""
    amount = known.listed["listed_t_yr"].to_dict()
    released = [
        part[2]
        for part in parts
        if amount.get(part, 0.0) + known.municipal.get(part, 0.0) + known.gridded.get(part, 0.0) > 0
    ]
    present = {inputs.sectors[sector].inventory_group for sector in released}
    return ", ".join(INVENTORY_GROUPS[group] for group in EXPECTED.get(medium, ()) if group not in present)
