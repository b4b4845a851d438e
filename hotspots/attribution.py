"""Who contributes how much to the exposure of each hotspot.

Pressures are linear in the releases, so the contributions of all sources sum to the modelled exposure: sources by
their own footprints, gridded municipal releases by the adjoint of the dispersion, per group of administrative units
and sector.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor, run
from hotspots.dispersion import land
from hotspots.dispersion.plume import area_footprint, point_footprints
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pressures import AirPollutant, Pressures, air_pollutants, land_sources, municipal_people
from hotspots.progress import Progress
from hotspots.sectors import Sector

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

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
        Exposure of all the region's people that each source causes: index source_id, one column a dimension.
    """

    contributions: pd.DataFrame
    removed: pd.DataFrame


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
    parts = [_land(inputs, method, people, labels, count)]
    if "air" in pressures.by_dimension:
        pollutants = [item for item in air_pollutants(inputs) if item.weight > 0]
        parts.append(_air_points(inputs, method, pressures, pollutants, people, labels, count))
        municipal = _municipal(inputs, method, pressures, pollutants, people, labels, unit_of_cell, executor, progress)
        parts.append(Attribution(municipal, pd.DataFrame()))
    contributions = pd.concat([part.contributions for part in parts], ignore_index=True)
    removed = pd.concat([part.removed for part in parts], axis=1).fillna(0.0).sort_index()
    order = ["hotspot", "dimension", "exposure", "contributor_id"]
    contributions = contributions.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    return Attribution(contributions, removed)


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


def _source_rows(inputs: Inputs, dimension: str, exposure: dict[str, FloatArray]) -> pd.DataFrame:
    sources = inputs.sources.set_index("source_id")
    rows = [
        (hotspot, source_id, "source", sources.at[source_id, "name"], sources.at[source_id, "sector"], dimension, value)
        for source_id, values in exposure.items()
        for hotspot, value in enumerate(values)
        if hotspot > 0 and value > 0
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _air_points(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    pollutants: Sequence[AirPollutant],
    people: FloatArray,
    labels: Sequence[IntArray],
    count: int,
) -> Attribution:
    exposure: dict[str, FloatArray] = defaultdict(lambda: np.zeros(count + 1))
    removed: dict[str, float] = defaultdict(float)
    for item in pollutants:
        scale = item.weight * item.pollutant.concentration_factor
        footprints = point_footprints(
            inputs.grid, item.points, pressures.urban, pressures.climate, item.pollutant.half_life_s, method.air
        )
        for index, rows, cols, increment_ug_m3 in footprints:
            source_id = str(item.points.source_id[index])
            caused = scale * increment_ug_m3 * people[rows, cols]
            exposure[source_id] += _by_hotspot(labels, (rows, cols), caused, count)
            removed[source_id] += float(caused.sum())
    return Attribution(_source_rows(inputs, "air", exposure), pd.DataFrame({"air": pd.Series(removed, dtype=float)}))


def _land(inputs: Inputs, method: Method, people: FloatArray, labels: Sequence[IntArray], count: int) -> Attribution:
    sites = land_sources(inputs)
    exposure: dict[str, FloatArray] = {}
    removed: dict[str, float] = {}
    footprints = land.footprints(
        inputs.grid, sites["lon"].to_numpy(), sites["lat"].to_numpy(), sites["weight"].to_numpy(), method.land
    )
    for index, rows, cols, proximity in footprints:
        source_id = str(sites["source_id"].iloc[index])
        caused = proximity * people[rows, cols]
        exposure[source_id] = _by_hotspot(labels, (rows, cols), caused, count)
        removed[source_id] = float(caused.sum())
    return Attribution(_source_rows(inputs, "land", exposure), pd.DataFrame({"land": pd.Series(removed, dtype=float)}))


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
