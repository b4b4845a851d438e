"""Cells that take the pressure of a place: of the nearest stream cell, of the nearest sea cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hotspots.dimensions.model import FloatArray, IntArray
from hotspots.dispersion.network import NOWHERE


@dataclass(frozen=True)
class Places:
    """``place`` (rows, cols) is the number of the place whose pressure each cell takes, NOWHERE for none."""

    place: IntArray

    def sum(self, values: FloatArray, places: int) -> FloatArray:
        """Σ ``values`` (rows, cols) over the cells that take from each of the ``places``, (places,); NaN counts 0."""
        taking = self.place != NOWHERE
        summed = np.bincount(self.place[taking], np.nan_to_num(values[taking]), minlength=places)
        return summed.astype(np.float64)

    def takers(self, places: IntArray, pressure: FloatArray) -> tuple[tuple[IntArray, IntArray], FloatArray]:
        """Rows and columns of the cells that take from ``places``, and the pressure each takes; NaN is not taken."""
        cells, sorted_places = self._by_place
        first = np.searchsorted(sorted_places, places, side="left")
        count = np.searchsorted(sorted_places, places, side="right") - first
        known = ~np.isnan(pressure)
        first, count, pressure = first[known], count[known], pressure[known]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        rows, cols = np.divmod(cells[np.repeat(first, count) + offset], self.place.shape[1])
        return (rows, cols), np.repeat(pressure, count)

    @cached_property
    def _by_place(self) -> tuple[IntArray, IntArray]:
        """The cells that take from a place, in the order of their places, and those places."""
        taking = np.flatnonzero(self.place.ravel() != NOWHERE)
        places = self.place.ravel()[taking]
        order = np.argsort(places, kind="stable")
        return taking[order], places[order]
