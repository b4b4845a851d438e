"""The ways of plastic from where it is released to where it enters the sea."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hotspots.dimensions.model import FloatArray, IntArray, municipal_factors, municipal_people
from hotspots.dispersion.freshwater import Rivers
from hotspots.dispersion.marine import Sea, kept_by_rivers, to_mouths
from hotspots.dispersion.network import NOWHERE
from hotspots.inputs import Inputs
from hotspots.method import MarineMethod

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Ways:
    """Where what is released at some points goes; arrays of equal length.

    Attributes
    ----------
    share:
        Of what is released, what reaches the river mouth or the shore.
    mouth:
        The mouth as a cell of the network; NOWHERE where there is no network or an inland sink lies below.
    entry:
        The number of the sea cell it enters; NOWHERE where no sea is in reach.
    """

    share: FloatArray
    mouth: IntArray
    entry: IntArray

    @property
    def to_sea(self) -> FloatArray:
        """Of what is released, what enters a sea cell."""
        return np.where(self.entry == NOWHERE, 0.0, self.share)


@dataclass(frozen=True)
class Municipal:
    """The inhabited cells; arrays of equal length."""

    row: IntArray
    col: IntArray
    people: FloatArray
    ways: Ways


@dataclass(frozen=True)
class Listed:
    """Releases of plastic by listed sources to land and to the sea; arrays of equal length."""

    source_id: npt.NDArray[np.str_]
    release_kg_yr: FloatArray
    to_land: BoolArray
    ways: Ways

    @property
    def stated(self) -> BoolArray:
        """Whether it is known where it goes: not of a release to a sea that is out of reach."""
        return np.asarray(self.to_land | (self.ways.entry != NOWHERE))


@dataclass(frozen=True)
class Pathways:
    """The releases of plastic, the rivers that carry it where a network is known, and the sea where one is."""

    inputs: Inputs
    method: MarineMethod
    rivers: Rivers | None
    sea: Sea | None

    @cached_property
    def kg_per_person_yr(self) -> dict[str, float]:
        """Municipal plastic released to land, by sector."""
        return municipal_factors(self.inputs, self.method.pollutant, "land")

    @property
    def released(self) -> tuple[tuple[Ways, FloatArray], tuple[Ways, FloatArray]]:
        """The ways and kg/yr of municipal waste and of listed sources."""
        kg_per_person_yr = sum(self.kg_per_person_yr.values())
        listed = self.listed
        return (self.municipal.ways, self.municipal.people * kg_per_person_yr), (listed.ways, listed.release_kg_yr)

    @property
    def released_kg_yr(self) -> float:
        """The plastic that is released to land and sea."""
        return float(sum(kg_yr.sum() for _, kg_yr in self.released))

    @cached_property
    def near(self) -> tuple[IntArray, FloatArray]:
        """(rows, cols) the sea cell nearest to each cell with population data, and its distance in m.

        NOWHERE and infinity beyond the larger of ``reach_m`` and ``coastal_m``, and where there are no such data.
        """
        number = np.full(self.inputs.grid.shape, NOWHERE, dtype=np.int64)
        distance_m = np.full(self.inputs.grid.shape, np.inf)
        if self.sea is not None:
            cells = np.nonzero(~np.isnan(self.inputs.people))
            within_m = max(self.method.reach_m, self.method.coastal_m)
            number[cells], distance_m[cells] = self.sea.nearest(*self.inputs.grid.lonlat(*cells), within_m)
        return number, distance_m

    @cached_property
    def municipal(self) -> Municipal:
        """What people throw away where they live."""
        people = municipal_people(self.inputs)
        rows, cols = np.nonzero(people > 0)
        near, away_m = self.near
        reached = away_m[rows, cols] <= self.method.reach_m
        number = np.where(reached, near[rows, cols], NOWHERE)
        distance_m = np.where(reached, away_m[rows, cols], np.inf)
        ways = self._from_land(*self.inputs.grid.lonlat(rows, cols), number, distance_m)
        return Municipal(rows, cols, people[rows, cols], ways)

    @cached_property
    def listed(self) -> Listed:
        """What listed sources release to land and to the sea."""
        of_plastic = self.inputs.releases["pollutant"] == self.method.pollutant
        rows = self.inputs.releases[of_plastic & self.inputs.releases["medium"].isin(["land", "sea"])]
        points = self.inputs.sources.set_index("source_id").geometry.loc[rows["source_id"]]
        lon, lat = points.x.to_numpy(dtype=np.float64), points.y.to_numpy(dtype=np.float64)
        to_land = rows["medium"].to_numpy() == "land"
        ways = self._from_land(lon, lat, *self._nearest(lon, lat, self.method.reach_m))
        entry = self._nearest(lon, lat, self.method.snap_m)[0]
        joined = Ways(
            np.where(to_land, ways.share, 1.0),
            np.where(to_land, ways.mouth, NOWHERE),
            np.where(to_land, ways.entry, entry),
        )
        release_kg_yr = rows["release_kg_yr"].to_numpy(dtype=np.float64)
        return Listed(rows["source_id"].to_numpy(dtype=str), release_kg_yr, to_land, joined)

    def _from_land(self, lon: FloatArray, lat: FloatArray, number: IntArray, distance_m: FloatArray) -> Ways:
        """The ways of what is released on land at points: down the network, or off it straight to the coast.

        ``number`` and ``distance_m`` are the nearest sea cell and how far it is.
        """
        straight = np.exp(-distance_m / self.method.overland_m)
        if self.rivers is None:
            return Ways(self.method.mobilised_share * straight, np.full(lon.size, NOWHERE), number)
        home = self.rivers.cell_of(lon, lat)
        below, share, entry = self.network
        on = home != NOWHERE
        return Ways(
            self.method.mobilised_share * np.where(on, share[home], straight),
            np.where(on, below[home], NOWHERE),
            np.where(on, entry[below[home]], number),
        )

    @cached_property
    def network(self) -> tuple[IntArray, FloatArray, IntArray]:
        """(cells,) the mouth below each cell, the share that reaches it; (cells + 1,) the sea cell at each mouth.

        The last entry of the third belongs to NOWHERE.
        """
        if self.rivers is None:
            raise TypeError("there is no network")
        below, share = to_mouths(self.rivers, kept_by_rivers(self.rivers, self.method))
        mouths = np.flatnonzero(self.rivers.channels.mouth)
        entry = np.full(below.size + 1, NOWHERE, dtype=np.int64)
        lon, lat = self.rivers.grid.lonlat(*np.divmod(mouths, self.rivers.grid.cols))
        entry[mouths] = self._nearest(lon, lat, self.method.snap_m)[0]
        return below, share, entry

    def _nearest(self, lon: FloatArray, lat: FloatArray, within_m: float) -> tuple[IntArray, FloatArray]:
        if self.sea is None:
            return np.full(lon.size, NOWHERE), np.full(lon.size, np.inf)
        return self.sea.nearest(lon, lat, within_m)


def releases_plastic(inputs: Inputs, method: MarineMethod) -> bool:
    """Whether anything releases plastic to land or to the sea."""
    of_plastic = inputs.releases["pollutant"] == method.pollutant
    listed = of_plastic & inputs.releases["medium"].isin(["land", "sea"])
    return bool(listed.any()) or bool(municipal_factors(inputs, method.pollutant, "land"))
