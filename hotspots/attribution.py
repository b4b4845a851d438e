"""Who contributes how much to the exposure of each hotspot.

Pressures are linear in the releases, so the contributions of all sources sum to the modelled exposure: sources by
their own footprints, gridded municipal releases by the adjoint of the dispersion, per group of administrative units
and sector.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor, run
from hotspots.dispersion import land
from hotspots.dispersion.plume import area_footprint, point_footprints
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pressures import (
    AirPollutant,
    Pressures,
    air_pollutants,
    combined,
    dispersing_alike,
    land_sources,
    municipal_people,
)
from hotspots.progress import Progress
from hotspots.sectors import Sector

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
Footprint = tuple[str, slice, slice, FloatArray]
"""A source, and what it adds to the pressure in a window (rows, cols)."""

COLUMNS = ["hotspot", "contributor_id", "contributor_kind", "contributor_name", "sector", "dimension", "exposure"]


@dataclass(frozen=True)
class Attribution:
    """The exposure that each contributor causes.

    Attributes
    ----------
    contributions:
        One row per hotspot, contributor and dimension with exposure > 0; columns are COLUMNS, ``hotspot`` is the
        number in the label rasters.
    removed:
        Exposure of all the region's people that each source causes: index source_id, one column an assessed
        dimension. NaN where the source states no release that counts there, which is not the same as none.
    exposure:
        Exposure of all the region's people by assessed dimension, whatever causes it.
    """

    contributions: pd.DataFrame
    removed: pd.DataFrame
    exposure: Mapping[str, float]


def attribute(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    labels: Sequence[IntArray],
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> Attribution:
    """Attribute the exposure of every hotspot.

    Parameters
    ----------
    labels:
        Label rasters (rows, cols) on the grid with margin. Hotspots are numbered from 1 through all of them, so
        that two rasters may overlap but share no number; 0 is none.
    unit_of_cell:
        Index of the administrative unit of each cell, -1 none.
    """
    count = max((int(label.max()) for label in labels), default=0)
    people = municipal_people(inputs)
    removed = pd.DataFrame(index=pd.Index(np.sort(inputs.sources["source_id"].to_numpy(dtype=str))))
    parts = [pd.DataFrame(columns=COLUMNS).astype({"exposure": float})]
    if "land" in pressures.by_dimension:
        footprints = _land_footprints(inputs, method)
        rows, removed["land"] = _caused(inputs, "land", footprints, people, labels, count, removed.index)
        parts.append(rows)
    if "air" in pressures.by_dimension:
        pollutants = [item for item in air_pollutants(inputs) if item.weight > 0]
        footprints = _air_footprints(inputs, method, pressures, pollutants)
        rows, removed["air"] = _caused(inputs, "air", footprints, people, labels, count, _released(inputs, pollutants))
        parts.append(rows)
        parts.append(
            _municipal(inputs, method, pressures, pollutants, people, labels, unit_of_cell, executor, progress)
        )
    contributions = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    order = ["hotspot", "dimension", "exposure", "contributor_id"]
    contributions = contributions.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    exposure = {name: float((people * field).sum()) for name, field in pressures.by_dimension.items()}
    return Attribution(contributions, removed, exposure)


def ranked(attribution: Attribution, top: int) -> pd.DataFrame:
    """The ``top`` contributors of each hotspot and dimension with rank and share, the rest in one row `others`.

    Shares of one hotspot and dimension sum to 1.
    """
    table = attribution.contributions.copy()
    groups = table.groupby(["hotspot", "dimension"])["exposure"]
    table["share"] = table["exposure"] / groups.transform("sum")
    table["rank"] = groups.cumcount() + 1
    rest = table[table["rank"] > top]
    others = rest.groupby(["hotspot", "dimension"], as_index=False)[["exposure", "share"]].sum()
    others = others.assign(
        contributor_id="others", contributor_kind="others", contributor_name="All others", sector="", rank=top + 1
    )
    table = pd.concat([table[table["rank"] <= top], others], ignore_index=True)[[*COLUMNS, "share", "rank"]]
    return table.sort_values(["hotspot", "dimension", "rank"], ignore_index=True)


def _by_hotspot(labels: Sequence[IntArray], window: tuple[slice, slice], values: FloatArray, count: int) -> FloatArray:
    """Sum of ``values`` in ``window`` per hotspot number, (count + 1,)."""
    total = np.zeros(count + 1)
    for label in labels:
        total += np.bincount(label[window].ravel(), weights=values.ravel(), minlength=count + 1)
    return total


def _caused(
    inputs: Inputs,
    dimension: str,
    footprints: Iterable[Footprint],
    people: FloatArray,
    labels: Sequence[IntArray],
    count: int,
    known: pd.Index[str],
) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Rows of what sources cause in each hotspot, and what each of the ``known`` ones causes in the whole region."""
    exposure: dict[str, FloatArray] = defaultdict(lambda: np.zeros(count + 1))
    removed = pd.Series(0.0, index=known)
    for source_id, rows, cols, pressure in footprints:
        caused = pressure * people[rows, cols]
        exposure[source_id] += _by_hotspot(labels, (rows, cols), caused, count)
        removed[source_id] += caused.sum()
    sources = inputs.sources.set_index("source_id")
    table = [
        (hotspot, source_id, "source", sources.at[source_id, "name"], sources.at[source_id, "sector"], dimension, value)
        for source_id, values in exposure.items()
        for hotspot, value in enumerate(values)
        if hotspot > 0 and value > 0
    ]
    return pd.DataFrame(table, columns=COLUMNS), removed


def _released(inputs: Inputs, pollutants: Sequence[AirPollutant]) -> pd.Index[str]:
    """The sources that state a release to air of any of ``pollutants``, one of zero included."""
    emitted = {item.pollutant.emitted_as for item in pollutants}
    stated = inputs.releases[(inputs.releases["medium"] == "air") & inputs.releases["pollutant"].isin(emitted)]
    known: pd.Index[str] = pd.Index(np.unique(stated["source_id"].to_numpy(dtype=str)))
    return known


def _air_footprints(
    inputs: Inputs, method: Method, pressures: Pressures, pollutants: Sequence[AirPollutant]
) -> Iterator[Footprint]:
    """What each stack adds to the pressure: one plume for all pollutants that disperse alike."""
    for half_life_s, group in dispersing_alike(pollutants).items():
        weights = [item.weight * item.pollutant.concentration_factor for item in group]
        stacks = combined([item.points for item in group], weights)
        footprints = point_footprints(inputs.grid, stacks, pressures.urban, pressures.climate, half_life_s, method.air)
        for index, rows, cols, pressure in footprints:
            yield str(stacks.source_id[index]), rows, cols, pressure


def _land_footprints(inputs: Inputs, method: Method) -> Iterator[Footprint]:
    """What each site adds to the pressure."""
    sites = land_sources(inputs)
    lon, lat, weight = (sites[name].to_numpy() for name in ("lon", "lat", "weight"))
    for index, rows, cols, pressure in land.footprints(inputs.grid, lon, lat, weight, method.land):
        yield str(sites["source_id"].iloc[index]), rows, cols, pressure


def _municipal(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    pollutants: Sequence[AirPollutant],
    people: FloatArray,
    labels: Sequence[IntArray],
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> pd.DataFrame:
    """Exposure of each hotspot caused by the municipal releases of each group of units and sector."""
    emitting = [item for item in pollutants if item.municipal_kg_per_person_yr]
    names, group_of_unit = np.unique(inputs.units["group"].to_numpy(dtype=str), return_inverse=True)
    # Cells outside all units have the unit -1, which takes the last entry: one more group than there are names.
    group_of_cell = np.append(group_of_unit, len(names))[unit_of_cell]
    numbers = [(label, int(number)) for label in labels for number in np.unique(label[label > 0])]

    def caused_by_groups(job: tuple[IntArray, int]) -> list[tuple[object, ...]]:
        label, number = job
        inside = np.where(label == number, people, 0.0)
        per_kg: dict[float | None, FloatArray] = {}
        exposure: dict[str, FloatArray] = defaultdict(lambda: np.zeros(len(names) + 1))
        for item in emitting:
            half_life_s = item.pollutant.half_life_s
            if half_life_s not in per_kg:
                window, footprint = area_footprint(
                    inputs.grid, inside, pressures.urban, pressures.climate, half_life_s, method.air
                )
                weights = (footprint * people[window]).ravel()
                groups = group_of_cell[window].ravel()
                per_kg[half_life_s] = np.bincount(groups, weights, minlength=len(names) + 1).astype(np.float64)
            scale = item.weight * item.pollutant.concentration_factor
            for sector, kg_per_person_yr in item.municipal_kg_per_person_yr.items():
                exposure[sector] += scale * kg_per_person_yr * per_kg[half_life_s]
        return [
            (number, *_municipal_name(names, int(group), inputs.sectors[sector]), sector, "air", float(values[group]))
            for sector, values in exposure.items()
            for group in np.flatnonzero(values > 0)
        ]

    progress.start("attribution", len(numbers))
    rows: list[tuple[object, ...]] = []
    for _, part in run(executor, caused_by_groups, numbers, lambda: progress.advance("attribution")):
        rows += part
    progress.finish("attribution", f"{len(numbers)} hotspots")
    return pd.DataFrame(rows, columns=COLUMNS)


def _municipal_name(names: npt.NDArray[np.str_], group: int, sector: Sector) -> tuple[str, str, str]:
    """Identifier, kind and name of the municipal releases of one group of units and sector."""
    if group == len(names):
        return f"municipal:outside:{sector.id}", "municipal", f"{sector.title}, outside the administrative units"
    return f"municipal:{names[group]}:{sector.id}", "municipal", f"{sector.title}, {names[group]}"
