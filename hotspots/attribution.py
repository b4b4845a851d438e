"""Who contributes how much to the exposure of each hotspot.

Pressures are linear in the releases, so the contributions of all sources sum to the modelled exposure: sources by
their own footprints, municipal and gridded releases by the adjoint of the dispersion or routing, per group of
administrative units and sector. Every dimension answers through the same interface (`hotspots.dimensions.model`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor, run
from hotspots.contributor_names import OUTSIDE, OUTSIDE_WORDS, AreaKind, area_id, area_name
from hotspots.dimensions.model import DimensionModel, municipal_people
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pollutants import Dimension
from hotspots.pressures import Pressures, models
from hotspots.progress import Progress
from hotspots.receptors import Detail, Ledger, Receptors, remainder
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
    detail:
        The contributions by pollutant, also at administrative units and at everyone.
    """

    contributions: pd.DataFrame
    removed: pd.DataFrame
    exposure: Mapping[str, float]
    detail: Detail


def attribute(
    inputs: Inputs,
    method: Method,
    pressures: Pressures,
    labels: Sequence[IntArray],
    units: Coverage,
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> Attribution:
    """Attribute the exposure of every hotspot and administrative unit.

    Parameters
    ----------
    labels:
        Label rasters (rows, cols) on the grid with margin. Hotspots are numbered from 1 through all of them, so
        that two rasters may overlap but share no number; 0 is none.
    units:
        The cells of the administrative units.
    unit_of_cell:
        Index of the administrative unit of each cell, -1 none.
    """
    people = municipal_people(inputs)
    ledger = Ledger(Receptors.of(labels, units), people)
    removed = pd.DataFrame(index=pd.Index(np.sort(inputs.sources["source_id"].to_numpy(dtype=str))))
    dimensions = [
        model
        for model in models(inputs, method, pressures.climate, pressures.urban)
        if model.dimension in pressures.by_dimension
    ]
    for model in dimensions:
        removed[model.dimension] = _caused(ledger, model)
    everyone = ledger.receptors.hotspots + 1
    receptors = [*labels, np.full(people.shape, everyone, dtype=np.int32)]
    areas = _areas(inputs, dimensions, people, receptors, unit_of_cell, executor, progress)
    detail = ledger.detail()
    at_everyone = areas[areas["hotspot"] == everyone]
    detail = replace(detail, everyone=_concat(detail.everyone, at_everyone[detail.everyone.columns]))
    at_units = remainder(inputs, pressures, dimensions, people, units, detail, executor)
    at_hotspots = _concat(_described(inputs, detail.hotspots), areas[areas["hotspot"] < everyone])
    contributions = at_hotspots.groupby(COLUMNS[:-1], as_index=False)[["exposure"]].sum()
    order = ["hotspot", "dimension", "exposure", "contributor_id"]
    contributions = contributions.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    exposure = {name: float(np.nansum(people * field)) for name, field in pressures.by_dimension.items()}
    detail = Detail(at_hotspots[detail.hotspots.columns], _concat(detail.units, at_units), detail.everyone)
    return Attribution(contributions, removed, exposure, detail)


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


def _concat(*tables: pd.DataFrame) -> pd.DataFrame:
    """The rows of all ``tables``, of which the empty ones have no types to keep."""
    return pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)


def _caused(ledger: Ledger, model: DimensionModel) -> pd.Series[float]:
    """Book what the sources of ``model`` add; what each that states a release causes in the whole region."""
    removed = pd.Series(0.0, index=pd.Index(model.stated()))
    for item in model.sources():
        removed[item.source_id] += ledger.enter(item.source_id, model.dimension, item.shares, item.cells, item.pressure)
    return removed


def _described(inputs: Inputs, caused: pd.DataFrame) -> pd.DataFrame:
    """What sources cause at hotspots, in COLUMNS and by pollutant."""
    sources = inputs.sources.set_index("source_id").loc[caused["contributor_id"], ["name", "sector"]]
    return caused.assign(
        contributor_kind="source",
        contributor_name=sources["name"].to_numpy(),
        sector=sources["sector"].to_numpy(),
    )[[*COLUMNS, "pollutant"]]


def _areas(
    inputs: Inputs,
    dimensions: Sequence[DimensionModel],
    people: FloatArray,
    labels: Sequence[IntArray],
    unit_of_cell: IntArray,
    executor: Executor,
    progress: Progress,
) -> pd.DataFrame:
    """Exposure of each hotspot caused by the releases of areas of each group of units and sector, by pollutant.

    All the region's people are the last of the hotspots in ``labels``.
    """
    names, group_of_unit = np.unique(inputs.units["group"].to_numpy(dtype=str), return_inverse=True)
    # Cells outside all units have the unit -1, which takes the last entry: one more group than there are names.
    group_of_cell = np.append(group_of_unit, len(names))[unit_of_cell]
    context = _Groups(dimensions, people, labels, names, group_of_cell, inputs.sectors)
    receptors = [(raster, int(number)) for raster, label in enumerate(labels) for number in np.unique(label[label > 0])]
    progress.start("attribution", len(receptors))
    rows: list[tuple[object, ...]] = []
    for part in run(executor, _caused_by_groups, context, receptors, lambda: progress.advance("attribution")):
        rows += part
    progress.finish("attribution", f"{len(receptors)} receptors")
    return pd.DataFrame(rows, columns=[*COLUMNS, "pollutant"])


@dataclass(frozen=True)
class _Groups:
    """What every hotspot's contributions of areas are computed from; groups of units are told by position."""

    dimensions: Sequence[DimensionModel]
    people: FloatArray
    labels: Sequence[IntArray]
    names: npt.NDArray[np.str_]
    group_of_cell: npt.NDArray[np.intp]
    sectors: Mapping[str, Sector]


def _caused_by_groups(context: _Groups, hotspot: tuple[int, int]) -> list[tuple[object, ...]]:
    """The rows of one hotspot: its label raster's position and its number."""
    raster, number = hotspot
    inside = np.where(context.labels[raster] == number, context.people, 0.0)
    groups = len(context.names) + 1
    exposure: dict[tuple[Dimension, AreaKind, str, str], FloatArray] = defaultdict(lambda: np.zeros(groups))
    for model in context.dimensions:
        for footprint in model.areas(inside):
            group = context.group_of_cell[footprint.cells].ravel()
            caused = np.bincount(group, footprint.caused.ravel(), minlength=groups)
            for (sector, pollutant), scale in footprint.by_sector.items():
                exposure[model.dimension, footprint.kind, sector, pollutant] += scale * caused
    return [
        (
            number,
            *_area_name(context.names, int(group), kind, context.sectors[sector]),
            sector,
            dimension,
            float(values[group]),
            pollutant,
        )
        for (dimension, kind, sector, pollutant), values in exposure.items()
        for group in np.flatnonzero(values > 0)
    ]


def _area_name(names: npt.NDArray[np.str_], group: int, kind: AreaKind, sector: Sector) -> tuple[str, str, str]:
    """Identifier, kind and name of the municipal or gridded releases of one group of units and sector."""
    outside = group == len(names)
    place, words = (OUTSIDE, OUTSIDE_WORDS) if outside else (str(names[group]), str(names[group]))
    return area_id(kind, place, sector.id), kind, area_name(kind, sector, words)
