"""From releases to the pressure of each dimension, on the analysis grid with its margin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor
from hotspots.dispersion import land
from hotspots.dispersion.plume import AreaReleases, PointReleases, disperse, point_footprints
from hotspots.dispersion.wind import WindClimate, climatology
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.pollutants import Pollutant
from hotspots.progress import Progress

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class AirPollutant:
    """One pollutant of the air dimension with what makes its field."""

    pollutant: Pollutant
    points: PointReleases
    municipal_kg_per_person_yr: Mapping[str, float]
    """By sector."""

    @property
    def weight(self) -> float:
        """What its concentration adds to the dimension's pressure, in m³/µg."""
        return self.pollutant.score_weight


@dataclass(frozen=True)
class Pressures:
    """Fields (rows, cols) on the grid with margin; None where a dimension is not assessed.

    ``increments`` are annual means in µg/m³ by pollutant id, of the listed sources only.
    """

    increments: Mapping[str, FloatArray]
    by_dimension: Mapping[str, FloatArray]
    climate: WindClimate
    urban: BoolArray


def air_pollutants(inputs: Inputs) -> tuple[AirPollutant, ...]:
    """The pollutants released to air, each with its point and municipal releases."""
    to_air = inputs.releases[inputs.releases["medium"] == "air"]
    found = []
    for pollutant in inputs.pollutants.values():
        if "air" not in pollutant.media:
            continue
        releases = to_air[to_air["pollutant"] == pollutant.emitted_as]
        municipal = {
            factor.sector: factor.kg_per_person_yr
            for factor in inputs.municipal
            if factor.pollutant == pollutant.emitted_as and factor.medium == "air"
        }
        if len(releases) or municipal:
            found.append(AirPollutant(pollutant, point_releases(inputs, releases), municipal))
    return tuple(found)


def point_releases(inputs: Inputs, releases: pd.DataFrame) -> PointReleases:
    """``releases`` of one pollutant joined to their sources, in the order of source_id."""
    rows = releases.set_index("source_id")["release_kg_yr"]
    rows = rows[rows > 0].sort_index()
    sources = inputs.sources.set_index("source_id").loc[rows.index]
    # A reported stack gives no gas temperature or speed: its plume is taken to rise no higher, the cautious choice.
    defaults = sources["sector"].map(lambda sector: inputs.sectors[sector].effective_height_m)
    return PointReleases(
        source_id=rows.index.to_numpy(dtype=str),
        lon=sources.geometry.x.to_numpy(),
        lat=sources.geometry.y.to_numpy(),
        release_kg_yr=rows.to_numpy(),
        effective_height_m=sources["stack_height_m"].fillna(defaults).to_numpy(dtype=float),
        position_accuracy_m=sources["position_accuracy_m"].to_numpy(),
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
    return PointReleases(
        source_id=released.index.to_numpy(dtype=str),
        lon=stacks["lon"].to_numpy(),
        lat=stacks["lat"].to_numpy(),
        release_kg_yr=released.to_numpy(),
        effective_height_m=stacks["effective_height_m"].to_numpy(),
        position_accuracy_m=stacks["position_accuracy_m"].to_numpy(),
    )


def municipal_people(inputs: Inputs) -> FloatArray:
    """People (rows, cols) who release: no data counts as nobody, which releases nothing."""
    return np.nan_to_num(inputs.people, nan=0.0)


def urban_cells(inputs: Inputs, method: Method) -> BoolArray:
    """Cells dense enough for urban dispersion coefficients."""
    density = municipal_people(inputs) / inputs.grid.row_area_km2[:, None]
    return density >= method.air.urban_density_people_km2


def land_sources(inputs: Inputs) -> pd.DataFrame:
    """source_id, lon, lat, weight of the sources that are a land pressure, in the order of source_id."""
    sources = inputs.sources[inputs.sources["land_weight"] > 0].sort_values("source_id")
    return pd.DataFrame(
        {
            "source_id": sources["source_id"].to_numpy(dtype=str),
            "lon": sources.geometry.x.to_numpy(),
            "lat": sources.geometry.y.to_numpy(),
            "weight": sources["land_weight"].to_numpy(),
        }
    )


def compute(inputs: Inputs, method: Method, executor: Executor, progress: Progress) -> Pressures:
    """Every pressure that the inputs allow.

    Returns
    -------
    Pressures
        With `air` if any scored pollutant is released to air, `land` if any source has a land weight.
    """
    climate = climatology(inputs.wind, inputs.grid, method.air)
    urban = urban_cells(inputs, method)
    by_dimension: dict[str, FloatArray] = {}
    pollutants = air_pollutants(inputs)
    emitted: dict[str, FloatArray] = {}
    groups = dispersing_alike(pollutants)
    progress.start("dispersion", len(groups))
    for half_life_s, group in groups.items():
        emitted |= _emitted(inputs, method, group, half_life_s, urban, climate, executor)
        progress.advance("dispersion")
    increments = {
        item.pollutant.id: emitted[item.pollutant.id] * item.pollutant.concentration_factor for item in pollutants
    }
    if any(item.weight > 0 for item in pollutants):
        by_dimension["air"] = sum(
            (item.weight * increments[item.pollutant.id] for item in pollutants), np.zeros(inputs.grid.shape)
        )
    sites = land_sources(inputs)
    if len(sites):
        by_dimension["land"] = land.proximity(
            inputs.grid, sites["lon"].to_numpy(), sites["lat"].to_numpy(), sites["weight"].to_numpy(), method.land
        )
    progress.finish("dispersion", climate.label)
    return Pressures(increments, by_dimension, climate, urban)


def _emitted(
    inputs: Inputs,
    method: Method,
    group: Sequence[AirPollutant],
    half_life_s: float | None,
    urban: BoolArray,
    climate: WindClimate,
    executor: Executor,
) -> dict[str, FloatArray]:
    """µg/m³ (rows, cols) of what is emitted for each pollutant of a group that disperses alike."""
    parts = [item.points for item in group]
    stacks = combined(parts, [1.0] * len(parts))
    nowhere = replace(stacks, release_kg_yr=np.zeros(len(stacks.source_id)))
    fields = {item.pollutant.id: np.zeros(inputs.grid.shape) for item in group}
    if any(item.municipal_kg_per_person_yr for item in group):
        one_kg_each = AreaReleases(municipal_people(inputs))
        spread = disperse(inputs.grid, nowhere, one_kg_each, urban, climate, half_life_s, method.air, executor)
        for item in group:
            fields[item.pollutant.id] += spread * sum(item.municipal_kg_per_person_yr.values())
    unit = replace(stacks, release_kg_yr=np.ones(len(stacks.source_id)))
    release_kg_yr = {item.pollutant.id: aligned(item.points, stacks) for item in group}
    for index, rows, cols, per_kg in point_footprints(inputs.grid, unit, urban, climate, half_life_s, method.air):
        for name, releases in release_kg_yr.items():
            if releases[index] > 0:
                fields[name][rows, cols] += releases[index] * per_kg
    return fields


def aligned(points: PointReleases, stacks: PointReleases) -> FloatArray:
    """Releases of ``points`` in the order of ``stacks``, 0 for a source that is not among them."""
    aligned = np.zeros(len(stacks.source_id))
    aligned[np.searchsorted(stacks.source_id, points.source_id)] = points.release_kg_yr
    return aligned
