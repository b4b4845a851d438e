"""Hotspots, administrative units and everyone as receptors, and the ledger of what each contributor causes there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.blocks import Executor
from hotspots.contributor_names import MUNICIPAL, AreaKind, area_id, sector_of
from hotspots.dimensions.air import Air
from hotspots.dimensions.freshwater import Freshwater
from hotspots.dimensions.model import Cells, DimensionModel
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs
from hotspots.pollutants import Dimension
from hotspots.pressures import Pressures

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

KEYS = ["contributor_id", "dimension", "pollutant"]


@dataclass(frozen=True)
class Receptors:
    """Which share of which cell belongs to whom.

    ``shares`` is sparse, (cells, hotspots + units): hotspots in the order of their numbers, then units in theirs.
    Everyone is the receptor after the last one. ``position`` (rows, cols) is the row of ``shares`` of each cell.
    """

    shares: sparse.csr_array
    hotspots: int
    position: npt.NDArray[np.intp]

    @property
    def everyone(self) -> int:
        """The number of the receptor that is all the region's people."""
        return int(self.shares.shape[1])

    @classmethod
    def of(cls, labels: Sequence[IntArray], units: Coverage) -> Receptors:
        """Label rasters (rows, cols) numbered from 1 through all of them, and the cells of units."""
        rows, cols = units.shape
        hotspots = max((int(label.max()) for label in labels), default=0)
        inside = [np.flatnonzero(label > 0) for label in labels]
        cell = np.concatenate([*inside, units.row * cols + units.col])
        receptor = np.concatenate(
            [*(label.ravel()[found] - 1 for label, found in zip(labels, inside, strict=True)), units.zone + hotspots]
        )
        share = np.concatenate([*(np.ones(found.size) for found in inside), units.fraction])
        shares = sparse.csr_array((share, (cell, receptor)), shape=(rows * cols, hotspots + units.zones))
        return cls(shares, hotspots, np.arange(rows * cols, dtype=np.intp).reshape(rows, cols))

    def sum(self, cells: Cells, values: FloatArray) -> FloatArray:
        """Sum of ``values`` in ``cells`` over each receptor, everyone last; NaN counts nothing."""
        flat = np.nan_to_num(values, nan=0.0).ravel()
        exposed = np.flatnonzero(flat)
        sums: FloatArray = flat[exposed] @ self.shares[self.position[cells].ravel()[exposed]]
        return np.append(sums, flat.sum())


@dataclass(frozen=True)
class Detail:
    """What each contributor causes by the pollutant it emits; land has the pollutant "". Rows with exposure > 0.

    ``hotspots`` has the columns hotspot (its number), contributor_id, dimension, pollutant, exposure; ``units`` unit
    (its position) in place of hotspot; ``everyone``, all the region's people, neither. Municipal and gridded
    contributions at hotspots and everyone are told by the group that releases them, at units by the group where they
    arrive.
    """

    hotspots: pd.DataFrame
    units: pd.DataFrame
    everyone: pd.DataFrame


class Ledger:
    """Collects what sources cause, receptor by receptor; what is 0 is not kept."""

    def __init__(self, receptors: Receptors, people: FloatArray) -> None:
        self.receptors = receptors
        self._people = people
        self._contributions: list[tuple[str, str, str]] = []
        self._receptor: list[npt.NDArray[np.intp]] = []
        self._exposure: list[FloatArray] = []

    def enter(
        self, contributor_id: str, dimension: str, shares: Mapping[str, float], cells: Cells, pressure: FloatArray
    ) -> float:
        """Book the exposure of the people in ``cells`` to ``pressure``, by the share of each pollutant in it.

        Returns
        -------
        float
            The exposure of everyone.
        """
        sums = self.receptors.sum(cells, pressure * self._people[cells])
        receptor = np.flatnonzero(sums > 0)
        for pollutant, share in shares.items():
            if share > 0:
                self._contributions.append((contributor_id, dimension, pollutant))
                self._receptor.append(receptor)
                self._exposure.append(share * sums[receptor])
        return float(sums[-1])

    def detail(self) -> Detail:
        """Everything that was booked."""
        entry = np.repeat(np.arange(len(self._receptor)), [len(receptor) for receptor in self._receptor])
        contributions = pd.DataFrame(self._contributions, columns=KEYS, dtype=object).iloc[entry]
        booked = contributions.reset_index(drop=True).assign(
            receptor=np.concatenate([np.empty(0, dtype=np.int64), *self._receptor]),
            exposure=np.concatenate([np.empty(0), *self._exposure]),
        )
        table = booked.groupby(["receptor", *KEYS], as_index=False)[["exposure"]].sum()
        number, everyone = table["receptor"], self.receptors.everyone
        hotspots = table[number < self.receptors.hotspots].rename(columns={"receptor": "hotspot"})
        units = table[(number >= self.receptors.hotspots) & (number < everyone)].rename(columns={"receptor": "unit"})
        return Detail(
            hotspots.assign(hotspot=hotspots["hotspot"] + 1),
            units.assign(unit=units["unit"] - self.receptors.hotspots),
            table[number == everyone].drop(columns="receptor"),
        )


@dataclass(frozen=True)
class _Exposed:
    """People × pressure (rows, cols) of a dimension, and how its municipal part is shared by sector and pollutant.

    ``pollutants`` are those whose sources are a part of it.
    """

    dimension: Dimension
    pollutants: frozenset[str]
    exposed: FloatArray
    shares: Mapping[tuple[str, str], float]


def remainder(
    inputs: Inputs,
    pressures: Pressures,
    dimensions: Sequence[DimensionModel],
    people: FloatArray,
    units: Coverage,
    detail: Detail,
    executor: Executor,
) -> pd.DataFrame:
    """Municipal and gridded contributions at units, as `Detail.units`.

    Gridded releases are dispersed one by one; municipal ones cause the modelled exposure less what sources and grids
    cause. Both are told by the group of the unit where they arrive, which is where most of it comes from.

    Parameters
    ----------
    detail:
        At units what sources cause, at everyone what sources and people cause.
    """
    groups = [str(group) for group in inputs.units["group"]]
    parts = [
        _at_units(groups, "gridded", (sector, pollutant), model.dimension, units.sum(np.nan_to_num(people * added)))
        for model in dimensions
        if isinstance(model, Air)
        for sector, pollutant, added in model.gridded(executor)
    ]
    told = pd.concat([detail.units, *parts], ignore_index=True)
    for item in _exposed(pressures, dimensions, people, detail):
        rest = _unexplained(item, units, told)
        parts += [_at_units(groups, "municipal", of, item.dimension, rest * share) for of, share in item.shares.items()]
    table = pd.concat(parts or [pd.DataFrame(columns=["unit", *KEYS, "exposure"])], ignore_index=True)
    return table[table["exposure"] > 0]


def _at_units(
    groups: Sequence[str], kind: AreaKind, of: tuple[str, str], dimension: Dimension, exposure: FloatArray
) -> pd.DataFrame:
    """The rows of what the releases ``of`` a sector and pollutant cause in each unit, (units,)."""
    sector, pollutant = of
    ids = [area_id(kind, group, sector) for group in groups]
    columns = {"unit": np.arange(len(groups)), "contributor_id": ids, "dimension": dimension}
    return pd.DataFrame(columns | {"pollutant": pollutant, "exposure": exposure})


def _exposed(
    pressures: Pressures, dimensions: Sequence[DimensionModel], people: FloatArray, detail: Detail
) -> Iterator[_Exposed]:
    """What municipal releases are a part of: each pollutant of air and freshwater, any other dimension as a whole."""
    increments = pressures.increments
    for model in dimensions:
        if isinstance(model, Air):
            in_air = [item for item in model.pollutants if item.weight > 0]
            parts = [
                (item.pollutant.emitted_as, per_person, item.weight * increments[item.pollutant.id])
                for item in in_air
                if (per_person := item.municipal_kg_per_person_yr)
            ]
            yield from _exposed_by_pollutant(model.dimension, parts, people)
            continue
        if isinstance(model, Freshwater):
            parts = [
                (item.pollutant.emitted_as, per_person, model.pressure_of(item))
                for item in model.scored
                if (per_person := item.municipal_kg_per_person_yr)
            ]
            yield from _exposed_by_pollutant(model.dimension, parts, people)
            continue
        everyone = detail.everyone[detail.everyone["dimension"] == model.dimension]
        municipal = everyone["contributor_id"].str.startswith(MUNICIPAL)
        if municipal.any():
            # What each pollutant adds is not known apart, so that the whole is shared as at everyone.
            sector = everyone.loc[municipal, "contributor_id"].map(sector_of)
            caused = everyone.loc[municipal].groupby([sector, "pollutant"])["exposure"].sum()
            exposed = np.nan_to_num(people * pressures.by_dimension[model.dimension])
            keys = zip(*(caused.index.get_level_values(level) for level in (0, 1)), strict=True)
            shares = dict(zip(keys, caused / caused.sum(), strict=True))
            yield _Exposed(model.dimension, frozenset(everyone.loc[~municipal, "pollutant"]), exposed, shares)


def _exposed_by_pollutant(
    dimension: Dimension, parts: Iterable[tuple[str, Mapping[str, float], FloatArray]], people: FloatArray
) -> Iterator[_Exposed]:
    """Pollutant by pollutant: its sectors release where people are, so they share the remainder as their factors.

    ``parts`` are the pollutant as it is emitted, kg per person and year by sector, and pressure (rows, cols).
    """
    exposed: dict[str, FloatArray] = {}
    factors: dict[str, Mapping[str, float]] = {}
    for emitted, kg_per_person_yr, pressure in parts:
        exposed[emitted] = exposed.get(emitted, 0.0) + np.nan_to_num(people * pressure)
        factors[emitted] = kg_per_person_yr
    for emitted, sectors in sorted(factors.items()):
        total = sum(sectors.values())
        shares = {(sector, emitted): kg / total for sector, kg in sectors.items()}
        yield _Exposed(dimension, frozenset({emitted}), exposed[emitted], shares)


def _unexplained(item: _Exposed, units: Coverage, by_source: pd.DataFrame) -> FloatArray:
    """The exposure of ``item`` in each unit less what sources cause there, (units,)."""
    at_units = by_source[(by_source["dimension"] == item.dimension) & by_source["pollutant"].isin(item.pollutants)]
    caused = np.bincount(at_units["unit"].to_numpy(dtype=np.int64), at_units["exposure"], minlength=units.zones)
    # What is below 0 is rounding: there is no municipal release.
    rest: FloatArray = np.maximum(units.sum(item.exposed) - caused, 0.0)
    return rest
