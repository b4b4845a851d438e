"""The marine and coastal dimension: people who live by a sea that mismanaged plastic reaches.

The pressure of a sea cell is the plastic that comes to lie in it in a year per area; a cell within 10 km of the sea
takes that of its nearest sea cell, one farther inland is not coastal and has 0. Plastic goes along the river network
where there is one and straight to the coast elsewhere (hotspots.dispersion.marine).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hotspots.blocks import Executor
from hotspots.dimensions.freshwater import Freshwater
from hotspots.dimensions.marine_pathways import Pathways, releases_plastic
from hotspots.dimensions.marine_report import MarineReport, arrivals, mouths
from hotspots.dimensions.model import AreaFootprint, Field, FloatArray, Footprint, IntArray
from hotspots.dimensions.places import Places
from hotspots.dispersion.freshwater import Rivers
from hotspots.dispersion.marine import Sea, held_in, spreading
from hotspots.dispersion.network import NOWHERE
from hotspots.inputs import Inputs
from hotspots.method import MarineMethod, Method
from hotspots.pollutants import Dimension
from hotspots.progress import Progress
from hotspots.sea import sea_of


@dataclass(frozen=True)
class Marine:
    """Plastic on its ways to the sea, and in it.

    ``people_off_land`` live in cells that units and terrain call sea.
    """

    pathways: Pathways
    people_off_land: float
    dimension: Dimension = "marine"

    @property
    def inputs(self) -> Inputs:
        """The inputs of the region."""
        return self.pathways.inputs

    @property
    def method(self) -> MarineMethod:
        """The parameters."""
        return self.pathways.method

    @property
    def sea(self) -> Sea | None:
        """The sea, where it is known."""
        return self.pathways.sea

    @classmethod
    def of(cls, inputs: Inputs, method: Method) -> Marine | None:
        """The model; None where nothing releases plastic, or neither a river network nor a sea is known.

        Raises
        ------
        InputError
            If the network cannot be traced.
        """
        if not releases_plastic(inputs, method.marine):
            return None
        found = sea_of(inputs)
        sea = Sea(inputs.grid, found.is_sea) if found is not None and found.is_sea.any() else None
        if inputs.network is None and sea is None:
            return None
        rivers = None
        if inputs.network is not None:
            water = method.freshwater
            rivers = Rivers.of(inputs.network, water.stream_area_km2, water.velocity_m_s)
        people_off_land = 0.0 if found is None else found.people_off_land
        return cls(Pathways(inputs, method.marine, rivers, sea), people_off_land)

    def field(self, executor: Executor, progress: Progress) -> Field:
        """kg/km²/yr of plastic in the sea, and of the nearest sea cell where people live by it; None without a sea."""
        if self.sea is None:
            return Field(None, {})
        progress.start("sea", 1)
        in_sea = self._in_sea
        near = self._places.place
        inland = np.where(np.isnan(self.inputs.people), np.nan, 0.0)
        field = np.where(near == NOWHERE, inland, in_sea[near])
        progress.finish("sea", f"{self._entries.size} entries to {self.sea.cells.size} sea cells")
        return Field(field, {})

    def stated(self) -> npt.NDArray[np.str_]:
        """The sources that release plastic to land, or to a sea in reach."""
        return np.unique(self.pathways.listed.source_id[self.pathways.listed.stated])

    def sources(self) -> Iterator[Footprint]:
        """What each source adds in the sea and to the people by it."""
        if self.sea is None:
            return
        listed = self.pathways.listed
        for index in np.flatnonzero(listed.ways.to_sea > 0):
            row = self._kernel[[np.searchsorted(self._entries, listed.ways.entry[index])]]
            added = row.data * listed.ways.to_sea[index] * listed.release_kg_yr[index]
            cells, pressure = self._places.takers(row.indices.astype(np.int64), added)
            yield Footprint(str(listed.source_id[index]), cells, pressure, {self.method.pollutant: 1.0})

    def areas(self, people: FloatArray) -> Iterator[AreaFootprint]:
        """One footprint: all municipal waste takes the same ways."""
        factors = self.pathways.kg_per_person_yr
        if self.sea is None or not factors:
            return
        by_sea = self._places.sum(people, self.sea.cells.size)
        peopled = np.flatnonzero(by_sea)
        per_kg_yr = by_sea[peopled] @ self._kernel_by_sea_cell[peopled]
        cells = self.pathways.municipal
        to_sea = cells.ways.to_sea
        entered = to_sea > 0
        caused = np.zeros(entered.size)
        entry = np.searchsorted(self._entries, cells.ways.entry[entered])
        caused[entered] = per_kg_yr[entry] * (to_sea * cells.people)[entered]
        sectors = {(sector, self.method.pollutant): kg for sector, kg in factors.items()}
        yield AreaFootprint((cells.row, cells.col), caused, sectors)

    def report(self, routed: Freshwater | None) -> MarineReport:
        """Totals, what arrives at the mouths, and the plastic in the sea.

        Parameters
        ----------
        routed:
            The loads that rivers carry; None where none are routed.
        """
        ways = self.pathways
        entered, listed = self._entered_kg_yr, ways.listed
        held = 0.0 if self.sea is None else entered[held_in(self.sea, self._entries, self.method.radius_m)].sum()
        found = arrivals(ways)
        points = mouths(ways, routed)
        at_mouths = found[found["mouth"].isin(points["mouth"])].reset_index(drop=True)
        plastic_kg_yr = at_mouths.groupby("mouth")["kg_yr"].sum().reindex(points["mouth"], fill_value=0.0)
        return MarineReport(
            method=self.method,
            sea_kg_km2_yr=self._sea_raster,
            coastal=~np.isnan(self.inputs.people) & (self._places.place != NOWHERE),
            released_kg_yr=ways.released_kg_yr,
            at_mouths_kg_yr=float(found["kg_yr"].sum()),
            entered_kg_yr=float(entered.sum()),
            held_in_kg_yr=float(held),
            unreached=tuple(np.unique(listed.source_id[~listed.stated]).tolist()),
            people_off_land=self.people_off_land,
            mouths=points.assign(plastic_kg_yr=plastic_kg_yr.to_numpy(dtype=np.float64)),
            arrivals=at_mouths,
        )

    @cached_property
    def _entries(self) -> IntArray:
        """The sea cells that anything enters, in their order."""
        return np.unique(np.concatenate([ways.entry[ways.to_sea > 0] for ways, _ in self.pathways.released]))

    @cached_property
    def _entered_kg_yr(self) -> FloatArray:
        """(entries,) what enters the sea in each."""
        total = np.zeros(self._entries.size)
        for ways, release_kg_yr in self.pathways.released:
            entered = ways.to_sea > 0
            entry = np.searchsorted(self._entries, ways.entry[entered])
            total += np.bincount(entry, (ways.to_sea * release_kg_yr)[entered], minlength=total.size)
        return total

    @cached_property
    def _kernel(self) -> sparse.csr_array:
        if self.sea is None:
            raise TypeError("there is no sea")
        return spreading(self.sea, self._entries, self.method)

    @cached_property
    def _kernel_by_sea_cell(self) -> sparse.csr_array:
        return self._kernel.T.tocsr()

    @cached_property
    def _in_sea(self) -> FloatArray:
        """(sea cells,) kg/km²/yr."""
        return np.asarray(self._entered_kg_yr @ self._kernel)

    @property
    def _sea_raster(self) -> FloatArray | None:
        if self.sea is None:
            return None
        raster = np.full(self.inputs.grid.shape, np.nan)
        raster.ravel()[self.sea.cells] = self._in_sea
        return raster

    @cached_property
    def _places(self) -> Places:
        """The sea cell that each cell takes its pressure from: its own, or the nearest one within ``coastal_m``."""
        if self.sea is None:
            return Places(np.full(self.inputs.grid.shape, NOWHERE))
        number, distance_m = self.pathways.near
        coastal = np.where(distance_m <= self.method.coastal_m, number, NOWHERE)
        return Places(np.where(self.sea.is_sea, self.sea.number, coastal))


def why_no_sea(inputs: Inputs, report: MarineReport | None) -> str:
    """Why the marine dimension, of which ``report`` tells no sea, is not assessed, in words."""
    if inputs.elevation is None:
        return "the sea is not known: no terrain among the inputs"
    if report is None and inputs.network is not None:
        return "no release of plastic waste among the inputs"
    found = sea_of(inputs)
    if found is None or not found.is_sea.any():
        return "no open sea in the region and its margin"
    return "no release of plastic waste among the inputs"
