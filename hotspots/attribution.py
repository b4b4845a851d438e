"""Who contributes how much to the exposure of each hotspot.

Pressures are linear in the releases, so the contributions of all sources sum to the modelled exposure: sources by
their own footprints, gridded municipal releases by the adjoint of the dispersion or routing, per group of
administrative units and sector. Every dimension answers through the same interface (`hotspots.dimensions.model`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor, run
from hotspots.dimensions.model import Cells, DimensionModel, municipal_people
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pollutants import Dimension
from hotspots.pressures import Pressures, models
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
    dimensions = [
        model
        for model in models(inputs, method, pressures.climate, pressures.urban)
        if model.dimension in pressures.by_dimension
    ]
    for model in dimensions:
        rows, removed[model.dimension] = _caused(inputs, model, people, labels, count)
        parts.append(rows)
    parts.append(_municipal(inputs, dimensions, people, labels, unit_of_cell, executor, progress))
    contributions = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    order = ["hotspot", "dimension", "exposure", "contributor_id"]
    contributions = contributions.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    exposure = {name: float(np.nansum(people * field)) for name, field in pressures.by_dimension.items()}
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


def _by_hotspot(labels: Sequence[IntArray], cells: Cells, values: FloatArray, count: int) -> FloatArray:
    """Sum of ``values`` in ``cells`` per hotspot number, (count + 1,)."""
    total = np.zeros(count + 1)
    for label in labels:
        total += np.bincount(label[cells].ravel(), weights=values.ravel(), minlength=count + 1)
    return total


def _caused(
    inputs: Inputs, model: DimensionModel, people: FloatArray, labels: Sequence[IntArray], count: int
) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Rows of what sources cause in each hotspot, and what each that states a release causes in the whole region."""
    exposure: dict[str, FloatArray] = defaultdict(lambda: np.zeros(count + 1))
    removed = pd.Series(0.0, index=pd.Index(model.stated()))
    for footprint in model.sources():
        caused = footprint.pressure * people[footprint.cells]
        exposure[footprint.source_id] += _by_hotspot(labels, footprint.cells, caused, count)
        removed[footprint.source_id] += caused.sum()
    sources = inputs.sources.set_index("source_id")
    named = [(source_id, sources.at[source_id, "name"], sources.at[source_id, "sector"]) for source_id in exposure]
    table = [
        (hotspot, source_id, "source", name, sector, model.dimension, value)
        for source_id, name, sector in named
        for hotspot, value in enumerate(exposure[source_id])
        if hotspot > 0 and value > 0
    ]
    return pd.DataFrame(table, columns=COLUMNS), removed


def _municipal(
    inputs: Inputs,
    dimensions: Sequence[DimensionModel],
    people: FloatArray,
    labels: Sequence[IntArray],
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> pd.DataFrame:
    """Exposure of each hotspot caused by the municipal releases of each group of units and sector."""
    names, group_of_unit = np.unique(inputs.units["group"].to_numpy(dtype=str), return_inverse=True)
    # Cells outside all units have the unit -1, which takes the last entry: one more group than there are names.
    group_of_cell = np.append(group_of_unit, len(names))[unit_of_cell]
    numbers = [(label, int(number)) for label in labels for number in np.unique(label[label > 0])]

    def caused_by_groups(job: tuple[IntArray, int]) -> list[tuple[object, ...]]:
        label, number = job
        inside = np.where(label == number, people, 0.0)
        exposure: dict[tuple[Dimension, str], FloatArray] = defaultdict(lambda: np.zeros(len(names) + 1))
        for model in dimensions:
            for footprint in model.municipal(inside):
                groups = group_of_cell[footprint.cells].ravel()
                caused = np.bincount(groups, footprint.caused.ravel(), minlength=len(names) + 1)
                for sector, scale in footprint.by_sector.items():
                    exposure[model.dimension, sector] += scale * caused
        return [
            (number, *_municipal_name(names, int(group), inputs.sectors[sector]), sector, dimension, values[group])
            for (dimension, sector), values in exposure.items()
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
