"""Hotspots, administrative units and everyone as receptors, and the ledger of what each contributor causes there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots.exposure import Coverage
from hotspots.inputs import Inputs
from hotspots.pressures import AirPollutant, Pressures

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]
Window = tuple[slice, slice]

OUTSIDE = "outside"
KEYS = ["contributor_id", "dimension", "pollutant"]


def municipal_id(group: str, sector: str) -> str:
    """The contributor that the municipal releases of one sector in one group of units are."""
    return f"municipal:{group}:{sector}"


@dataclass(frozen=True)
class Receptors:
    """Which share of which cell belongs to whom.

    ``shares`` is sparse, (cells, hotspots + units): hotspots in the order of their numbers, then units in theirs.
    Everyone is the receptor after the last one.
    """

    shares: sparse.csr_array
    hotspots: int
    cols: int

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
        shape = (rows * cols, hotspots + units.zones)
        return cls(sparse.csr_array((share, (cell, receptor)), shape=shape), hotspots, cols)

    def sum(self, window: Window, values: FloatArray) -> FloatArray:
        """Sum of ``values`` in ``window`` over each receptor, everyone last."""
        rows, cols = window
        cells = (np.arange(rows.start, rows.stop)[:, None] * self.cols + np.arange(cols.start, cols.stop)).ravel()
        flat = values.ravel()
        exposed = np.flatnonzero(flat)
        sums: FloatArray = flat[exposed] @ self.shares[cells[exposed]]
        return np.append(sums, flat.sum())


@dataclass(frozen=True)
class Detail:
    """What each contributor causes by the pollutant it emits; land has the pollutant "". Rows with exposure > 0.

    ``hotspots`` has the columns hotspot (its number), contributor_id, dimension, pollutant, exposure; ``units`` unit
    (its position) in place of hotspot; ``everyone``, all the region's people, neither. Municipal contributions at
    units and everyone are told by the group where they arrive, at hotspots by the group that releases them.
    """

    hotspots: pd.DataFrame
    units: pd.DataFrame
    everyone: pd.DataFrame


class Ledger:
    """Collects what sources cause, receptor by receptor; what is 0 is not kept."""

    def __init__(self, receptors: Receptors, people: FloatArray) -> None:
        self._receptors = receptors
        self._people = people
        self._contributions: list[tuple[str, str, str]] = []
        self._receptor: list[npt.NDArray[np.intp]] = []
        self._exposure: list[FloatArray] = []

    def enter(
        self, contributor_id: str, dimension: str, shares: Mapping[str, float], window: Window, pressure: FloatArray
    ) -> float:
        """Book the exposure of the people in ``window`` to ``pressure``, by the share of each pollutant in it.

        Returns
        -------
        float
            The exposure of everyone.
        """
        sums = self._receptors.sum(window, pressure * self._people[window])
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
        number, everyone = table["receptor"], self._receptors.everyone
        hotspots = table[number < self._receptors.hotspots].rename(columns={"receptor": "hotspot"})
        units = table[(number >= self._receptors.hotspots) & (number < everyone)].rename(columns={"receptor": "unit"})
        return Detail(
            hotspots.assign(hotspot=hotspots["hotspot"] + 1),
            units.assign(unit=units["unit"] - self._receptors.hotspots),
            table[number == everyone].drop(columns="receptor"),
        )


def remainder(
    inputs: Inputs,
    pressures: Pressures,
    pollutants: Sequence[AirPollutant],
    people: FloatArray,
    units: Coverage,
    by_source: Detail,
) -> Detail:
    """``by_source`` with the municipal releases at units and everyone: the modelled exposure less what sources cause.

    The sectors of one pollutant are released where people are, so they share the remainder as their factors. It is
    told by the group of the unit where it arrives, which is where most of it comes from.
    """
    groups = np.append(inputs.units["group"].to_numpy(dtype=object), OUTSIDE)
    parts = []
    for emitted in sorted({item.pollutant.emitted_as for item in pollutants if item.municipal_kg_per_person_yr}):
        made_from = [item for item in pollutants if item.pollutant.emitted_as == emitted]
        exposed = people * sum(item.weight * pressures.increments[item.pollutant.id] for item in made_from)
        kg_per_person_yr = made_from[0].municipal_kg_per_person_yr
        rest = _unexplained(exposed, units, by_source, emitted)
        for sector, kg in kg_per_person_yr.items():
            share = kg / sum(kg_per_person_yr.values())
            ids = [municipal_id(str(group), sector) for group in groups]
            columns = {"unit": np.arange(len(groups)), "contributor_id": ids, "dimension": "air"}
            parts.append(pd.DataFrame(columns | {"pollutant": emitted, "exposure": rest * share}))
    if not parts:
        return by_source
    table = pd.concat(parts, ignore_index=True)
    table = table[table["exposure"] > 0]
    at_everyone = table.groupby(KEYS, as_index=False)[["exposure"]].sum()
    at_units = table[table["unit"] < units.zones]
    return Detail(
        by_source.hotspots,
        pd.concat([by_source.units, at_units], ignore_index=True),
        pd.concat([by_source.everyone, at_everyone], ignore_index=True),
    )


def _unexplained(exposed: FloatArray, units: Coverage, by_source: Detail, pollutant: str) -> FloatArray:
    """Exposure ``exposed`` (rows, cols) to what is emitted as ``pollutant``, less what sources cause: (units + 1,).

    The last one is outside all units.
    """
    at_units, everyone = (
        table[(table["dimension"] == "air") & (table["pollutant"] == pollutant)]
        for table in (by_source.units, by_source.everyone)
    )
    caused = np.bincount(at_units["unit"].to_numpy(dtype=np.int64), at_units["exposure"], minlength=units.zones)
    modelled = units.sum(exposed)
    outside = exposed.sum() - modelled.sum() - (everyone["exposure"].sum() - caused.sum())
    # What is below 0 is rounding: there is no municipal release.
    rest: FloatArray = np.maximum(np.append(modelled - caused, outside), 0.0)
    return rest
