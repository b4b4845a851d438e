"""The air dimension: increments of the long-term Gaussian plume over guidelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor
from hotspots.dimensions.model import (
    AreaFootprint,
    Field,
    FloatArray,
    Footprint,
    municipal_factors,
    municipal_people,
)
from hotspots.dispersion.area import area_kernels
from hotspots.dispersion.plume import PointReleases, area_footprint, point_footprints
from hotspots.dispersion.wind import WindClimate
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs
from hotspots.method import AirMethod, Method
from hotspots.pollutants import Dimension, Pollutant
from hotspots.progress import Progress

BoolArray = npt.NDArray[np.bool_]

GAS: Final = ("stack_diameter_m", "exit_velocity_m_s", "exit_temperature_k")
"""What beside a stack's height must be known for the rise of its plume."""


@dataclass(frozen=True)
class AirPollutant:
    """One pollutant of the air dimension with what makes its field.

    ``municipal_kg_per_person_yr`` and ``gridded_kg_yr`` (rows, cols) are by sector.
    """

    pollutant: Pollutant
    points: PointReleases
    municipal_kg_per_person_yr: Mapping[str, float]
    gridded_kg_yr: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """What its concentration adds to the dimension's pressure, in m³/µg."""
        return self.pollutant.score_weight


@dataclass(frozen=True)
class Air:
    """Releases to air with the climate they disperse in; ``urban`` (rows, cols) chooses the coefficients.

    ``assessed`` (rows, cols) are the cells with enough winds, None for all: elsewhere the field is NaN, and footprints
    are 0, so that they sum to the exposure that is assessed.
    """

    inputs: Inputs
    pollutants: Sequence[AirPollutant]
    climate: WindClimate
    urban: BoolArray
    method: AirMethod
    assessed: BoolArray | None = None
    dimension: Dimension = "air"

    @classmethod
    def of(cls, inputs: Inputs, method: Method, climate: WindClimate, urban: BoolArray) -> Air | None:
        """The model; None where nothing is released to air."""
        pollutants = air_pollutants(inputs)
        if not pollutants:
            return None
        return cls(inputs, pollutants, climate, urban, method.air, climate.assessed_cells(inputs.grid))

    def field(self, executor: Executor, progress: Progress) -> Field:
        """Σ increment / guideline; the concentrations are the increments in µg/m³."""
        emitted: dict[str, FloatArray] = {}
        groups = dispersing_alike(self.pollutants)
        progress.start("dispersion", len(groups))
        for half_life_s, group in groups.items():
            emitted |= self._emitted(group, half_life_s, executor)
            progress.advance("dispersion")
        progress.finish("dispersion", self.climate.label)
        increments = {
            item.pollutant.id: emitted[item.pollutant.id] * item.pollutant.concentration_factor
            for item in self.pollutants
        }
        if self.assessed is not None:
            increments = {name: np.where(self.assessed, values, np.nan) for name, values in increments.items()}
        pressure = np.zeros(self.inputs.grid.shape)
        for item in self._scored:
            pressure += item.weight * increments[item.pollutant.id]
        return Field(pressure if self._scored else None, increments)

    def stated(self) -> npt.NDArray[np.str_]:
        """The sources that state a release to air of any scored pollutant."""
        emitted = {item.pollutant.emitted_as for item in self._scored}
        releases = self.inputs.releases
        stated = releases[(releases["medium"] == "air") & releases["pollutant"].isin(emitted)]
        return np.unique(stated["source_id"].to_numpy(dtype=str))

    def sources(self) -> Iterator[Footprint]:
        """What each stack adds: one plume for all pollutants that disperse alike."""
        for half_life_s, group in dispersing_alike(self._scored).items():
            weights = [item.weight * item.pollutant.concentration_factor for item in group]
            stacks = combined([item.points for item in group], weights)
            footprints = point_footprints(self.inputs.grid, stacks, self.urban, self.climate, half_life_s, self.method)
            emitted = [item.pollutant.emitted_as for item in group]
            parts = [weight * _aligned(item.points, stacks) for weight, item in zip(weights, group, strict=True)]
            for index, rows, cols, caused in footprints:
                pressure = caused if self.assessed is None else np.where(self.assessed[rows, cols], caused, 0.0)
                shares = dict.fromkeys(emitted, 0.0)
                for name, part in zip(emitted, parts, strict=True):
                    shares[name] += part[index] / stacks.release_kg_yr[index]
                yield Footprint(str(stacks.source_id[index]), (rows, cols), pressure, shares)

    def above_stacks(self, elevation_m: FloatArray, pressure: FloatArray) -> FloatArray:
        """Share of the ``pressure`` (rows, cols) that comes of stacks whose top lies below the ground of the cell.

        A source's top is the ground of its own cell plus its height; one off the grid or on unknown ground is not
        counted. Where nothing arrives the share is 0; where the ground or the pressure is not known, NaN.
        """
        grid = self.inputs.grid
        above = np.zeros(grid.shape)
        for half_life_s, group in dispersing_alike(self._scored).items():
            weights = [item.weight * item.pollutant.concentration_factor for item in group]
            stacks = combined([item.points for item in group], weights)
            top_m = _tops(grid, elevation_m, stacks)
            # Only what has higher ground anywhere on the grid needs its plume.
            lower = replace(
                stacks,
                release_kg_yr=np.where(top_m < np.nanmax(elevation_m, initial=-np.inf), stacks.release_kg_yr, 0.0),
            )
            for index, rows, cols, caused in point_footprints(
                grid, lower, self.urban, self.climate, half_life_s, self.method
            ):
                above[rows, cols] += np.where(elevation_m[rows, cols] > top_m[index], caused, 0.0)
        share = np.divide(above, pressure, out=np.zeros(grid.shape), where=pressure > 0)
        return np.where(np.isnan(elevation_m) | np.isnan(pressure), np.nan, np.minimum(share, 1.0))

    def areas(self, people: FloatArray) -> Iterator[AreaFootprint]:
        """One footprint for all municipal pollutants that disperse alike, and one for each gridded release."""
        releasing = municipal_people(self.inputs)
        assessed = people if self.assessed is None else np.where(self.assessed, people, 0.0)
        for half_life_s, group in dispersing_alike(self._scored).items():
            by_sector: dict[tuple[str, str], float] = {}
            for item in group:
                scale = item.weight * item.pollutant.concentration_factor
                for sector, kg_per_person_yr in item.municipal_kg_per_person_yr.items():
                    key = sector, item.pollutant.emitted_as
                    by_sector[key] = by_sector.get(key, 0.0) + scale * kg_per_person_yr
            if by_sector:
                window, per_kg_yr = area_footprint(
                    self.inputs.grid, assessed, self.urban, self.climate, half_life_s, self.method
                )
                yield AreaFootprint(window, per_kg_yr * releasing[window], by_sector)
            yield from self._gridded_areas(group, half_life_s, assessed)

    def gridded(self, executor: Executor) -> Iterator[tuple[str, str, FloatArray]]:
        """What each gridded release adds: sector, pollutant as it is emitted, pressure (rows, cols)."""
        for half_life_s, group in dispersing_alike(self._scored).items():
            for item in group:
                scale = item.weight * item.pollutant.concentration_factor
                for sector, release_kg_yr in item.gridded_kg_yr.items():
                    spread = self._spread(release_kg_yr, self._height_m(sector), half_life_s, executor)
                    added = scale * spread if self.assessed is None else np.where(self.assessed, scale * spread, np.nan)
                    yield sector, item.pollutant.emitted_as, added

    @property
    def _scored(self) -> list[AirPollutant]:
        return [item for item in self.pollutants if item.weight > 0]

    def _emitted(
        self, group: Sequence[AirPollutant], half_life_s: float | None, executor: Executor
    ) -> dict[str, FloatArray]:
        """µg/m³ (rows, cols) of what is emitted for each pollutant of a group that disperses alike."""
        parts = [item.points for item in group]
        stacks = combined(parts, [1.0] * len(parts))
        fields = {item.pollutant.id: np.zeros(self.inputs.grid.shape) for item in group}
        if any(item.municipal_kg_per_person_yr for item in group):
            one_kg_each = municipal_people(self.inputs)
            spread = self._spread(one_kg_each, self.method.municipal_height_m, half_life_s, executor)
            for item in group:
                fields[item.pollutant.id] += spread * sum(item.municipal_kg_per_person_yr.values())
        for item in group:
            for height_m, grid_kg_yr in self._by_height(item).items():
                fields[item.pollutant.id] += self._spread(grid_kg_yr, height_m, half_life_s, executor)
        unit = replace(stacks, release_kg_yr=np.ones(len(stacks.source_id)))
        release_kg_yr = {item.pollutant.id: _aligned(item.points, stacks) for item in group}
        for index, rows, cols, per_kg in point_footprints(
            self.inputs.grid, unit, self.urban, self.climate, half_life_s, self.method
        ):
            for name, releases in release_kg_yr.items():
                if releases[index] > 0:
                    fields[name][rows, cols] += releases[index] * per_kg
        return fields

    def _spread(
        self, release_kg_yr: FloatArray, height_m: float, half_life_s: float | None, executor: Executor
    ) -> FloatArray:
        """µg/m³ (rows, cols) of what is emitted from ``release_kg_yr`` (rows, cols) at one height."""
        kernels = area_kernels(self.inputs.grid, self.climate, half_life_s, self._at_height(height_m))
        return kernels.disperse(release_kg_yr, self.urban, executor)

    def _gridded_areas(
        self, group: Sequence[AirPollutant], half_life_s: float | None, people: FloatArray
    ) -> Iterator[AreaFootprint]:
        """The exposure of ``people`` that each gridded release of a group that disperses alike causes."""
        heights_m = sorted({self._height_m(sector) for item in group for sector in item.gridded_kg_yr})
        for height_m in heights_m:
            method = self._at_height(height_m)
            window, per_kg_yr = area_footprint(self.inputs.grid, people, self.urban, self.climate, half_life_s, method)
            for item in group:
                scale = item.weight * item.pollutant.concentration_factor
                for sector, release_kg_yr in item.gridded_kg_yr.items():
                    if self._height_m(sector) == height_m:
                        shares = {(sector, item.pollutant.emitted_as): scale}
                        yield AreaFootprint(window, per_kg_yr * release_kg_yr[window], shares, "gridded")

    def _by_height(self, item: AirPollutant) -> dict[float, FloatArray]:
        """The gridded releases of a pollutant, (rows, cols), by the height they are released at."""
        found: dict[float, FloatArray] = {}
        for sector, release_kg_yr in item.gridded_kg_yr.items():
            height_m = self._height_m(sector)
            found[height_m] = found.get(height_m, 0.0) + release_kg_yr
        return found

    def _height_m(self, sector: str) -> float:
        return self.inputs.sectors[sector].effective_height_m

    def _at_height(self, height_m: float) -> AirMethod:
        """The method with area releases at another height."""
        return replace(self.method, municipal_height_m=height_m)


def air_pollutants(inputs: Inputs) -> tuple[AirPollutant, ...]:
    """The pollutants released to air, each with its point, municipal and gridded releases."""
    to_air = inputs.releases[inputs.releases["medium"] == "air"]
    found = []
    for pollutant in inputs.pollutants.values():
        if "air" not in pollutant.media:
            continue
        releases = to_air[to_air["pollutant"] == pollutant.emitted_as]
        municipal = municipal_factors(inputs, pollutant.emitted_as, "air")
        gridded = gridded_releases(inputs, pollutant.emitted_as)
        if len(releases) or municipal or gridded:
            found.append(AirPollutant(pollutant, point_releases(inputs, releases), municipal, gridded))
    return tuple(found)


def gridded_releases(inputs: Inputs, pollutant: str) -> dict[str, FloatArray]:
    """kg/yr (rows, cols) of ``pollutant`` to air by sector; where an inventory has no value nothing is dispersed."""
    return {
        item.sector: np.nan_to_num(item.release_kg_yr, nan=0.0)
        for item in inputs.gridded
        if item.pollutant == pollutant
    }


def point_releases(inputs: Inputs, releases: pd.DataFrame) -> PointReleases:
    """``releases`` of one pollutant joined to their sources, in the order of source_id."""
    rows = releases.set_index("source_id")["release_kg_yr"]
    rows = rows[rows > 0].sort_index()
    sources = inputs.sources.set_index("source_id").loc[rows.index]
    defaults = sources["sector"].map(lambda sector: inputs.sectors[sector].effective_height_m)
    # Without a stack's height its gas rises over nothing known: the sector's effective height has the rise in it.
    gas = sources[[*GAS]].where(sources[["stack_height_m", *GAS]].notna().all(axis=1))
    return PointReleases(
        source_id=rows.index.to_numpy(dtype=str),
        lon=sources.geometry.x.to_numpy(),
        lat=sources.geometry.y.to_numpy(),
        release_kg_yr=rows.to_numpy(),
        height_m=sources["stack_height_m"].fillna(defaults).to_numpy(dtype=float),
        position_accuracy_m=sources["position_accuracy_m"].to_numpy(),
        **{name: gas[name].to_numpy(dtype=float) for name in GAS},
    )


def dispersing_alike(pollutants: Iterable[AirPollutant]) -> dict[float | None, list[AirPollutant]]:
    """The pollutants by half-life: those that decay alike spread alike, so that one plume serves them all."""
    groups: dict[float | None, list[AirPollutant]] = {}
    for item in pollutants:
        groups.setdefault(item.pollutant.half_life_s, []).append(item)
    return groups


def combined(parts: Sequence[PointReleases], factors: Sequence[float]) -> PointReleases:
    """Every source of ``parts`` once, in the order of source_id, releasing Σ factor × release."""
    whole = pd.concat([pd.DataFrame(vars(part)) for part in parts], ignore_index=True)
    whole["release_kg_yr"] *= np.repeat(factors, [len(part.source_id) for part in parts])
    released = whole.groupby("source_id", sort=True)["release_kg_yr"].sum()
    stacks = whole.drop_duplicates("source_id").set_index("source_id").loc[released.index]
    kept = {name: stacks[name].to_numpy() for name in vars(parts[0]) if name not in ("source_id", "release_kg_yr")}
    return PointReleases(released.index.to_numpy(dtype=str), release_kg_yr=released.to_numpy(), **kept)


def _tops(grid: AnalysisGrid, elevation_m: FloatArray, stacks: PointReleases) -> FloatArray:
    """Height of each stack's top above the sea, (sources,); infinite where its ground is not known."""
    row, col = grid.cell_of(stacks.lon, stacks.lat)
    ground_m = np.where(row >= 0, elevation_m[row, col], np.nan)
    return np.asarray(np.nan_to_num(np.maximum(ground_m, 0.0) + stacks.height_m, nan=np.inf))


def _aligned(points: PointReleases, stacks: PointReleases) -> FloatArray:
    """Releases of ``points`` in the order of ``stacks``, 0 for a source that is not among them."""
    aligned = np.zeros(len(stacks.source_id))
    aligned[np.searchsorted(stacks.source_id, points.source_id)] = points.release_kg_yr
    return aligned


def urban_cells(inputs: Inputs, method: Method) -> BoolArray:
    """Cells dense enough for urban dispersion coefficients."""
    density = municipal_people(inputs) / inputs.grid.row_area_km2[:, None]
    return density >= method.air.urban_density_people_km2
