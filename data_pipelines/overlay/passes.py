"""The passes over an overlay's bands: plain functions ``task(context, band)`` that return aggregates.

Each reads what it needs of its neighbours itself and leaves its fields in scratch files, so that no raster moves
between workers, and any executor (`hotspots.blocks`) can run them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from data_pipelines.outputs.cog_tiles import Plane
from data_pipelines.overlay.job import CELL, Cells, Job
from hotspots import scoring
from hotspots.clustering import Disc, Moments, least_significant, z_scores
from hotspots.dispersion.land import proximity_rows
from hotspots.distribution import Distribution

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Spread:
    """How the pressures are distributed over people."""

    air: Distribution
    land: Distribution

    @classmethod
    def merged(cls, parts: Iterable[Spread]) -> Spread:
        """That of all bands."""
        given = list(parts)
        return cls(Distribution.merged(p.air for p in given), Distribution.merged(p.land for p in given))


def disperse(job: Job, band: int) -> Spread:
    """The pressures of a band, and how they are distributed over its people."""
    rows = job.rows(band)
    people = job.read_people(rows)
    air = job.kernels.field(job.sources, rows)
    air *= np.float32(job.air_weight)
    _only_where_known(people, air)
    job.plane("people").write(rows.start, people)
    job.plane("air").write(rows.start, air)
    job.raster("air_pressure").write(band, air)
    land = _land(job, rows, people)
    return Spread(Distribution.of(air, people, job.floors[0]), Distribution.of(land, people, job.floors[1]))


def _land(job: Job, rows: slice, people: Plane) -> Plane:
    land = proximity_rows(job.sites, job.grid, rows, job.land, np.float32)
    _only_where_known(people, land)
    return land


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _only_where_known(people: Plane, field: Plane) -> None:
    """NaN in ``field`` where there is no population data."""
    for row in range(field.shape[0]):
        for col in range(field.shape[1]):
            if np.isnan(people[row, col]):
                field[row, col] = np.nan


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _exposed(people: Plane, burden: Plane) -> Plane:
    """People × burden where people live, else NaN."""
    exposed = np.empty_like(people)
    for row in range(people.shape[0]):
        for col in range(people.shape[1]):
            here = people[row, col]
            exposed[row, col] = here * burden[row, col] if here > 0 else np.nan
    return exposed


@dataclass(frozen=True)
class Scored:
    """Of a band: how priority is distributed over people, moments of people × burden, and sums over the units.

    ``by_unit`` is (units, 3): people, people × air pressure, people × burden.
    """

    priority: Distribution
    exposure: Moments
    by_unit: FloatArray


def score(context: tuple[Job, Spread], band: int) -> Scored:
    """The burden of a band."""
    job, spread = context
    rows = job.rows(band)
    people, air = (job.plane(name).read(rows) for name in ("people", "air"))
    percentiles = {
        "air": spread.air.percentiles(air, job.floors[0]),
        "land": spread.land.percentiles(_land(job, rows, people), job.floors[1]),
    }
    burden = scoring.burden(percentiles, dict(job.scoring.dimension_weights))
    job.plane("burden").write(rows.start, burden)
    job.raster("burden").write(band, burden)
    exposed = _exposed(people, burden)
    priority = scoring.priority(burden, None, job.scoring.priority_rule)
    by_unit = job.outlines.sums((people, people * air, exposed), rows.start)
    return Scored(Distribution.of(priority, people), Moments.of(exposed), by_unit)


@dataclass(frozen=True)
class Concentration:
    """What Gi* needs of the whole grid: moments of people × burden and the discs; and what is high priority."""

    exposure: Moments
    around: Disc
    priority: Distribution


def cluster(context: tuple[Job, Concentration], band: int) -> Distribution:
    """Gi* of a band; how many cells have which |z| that may matter. Cells that may be labelled are kept in scratch."""
    job, whole = context
    rows, halo = job.rows(band), job.rows(band, whole.around.reach_rows)
    core = slice(rows.start - halo.start, rows.stop - halo.start)
    people, burden = (job.plane(name).read(halo) for name in ("people", "burden"))
    z = z_scores(_exposed(people, burden), core, whole.around.rows(rows), whole.exposure)
    job.raster("gi_z").write(band, z)
    people, burden = people[core], burden[core]
    priority = scoring.priority(burden, None, job.scoring.priority_rule)
    share = job.hotspots.high_priority_percentile / 100
    high = max(whole.priority.quantile(share), whole.priority.above_lowest)
    least = least_significant(job.hotspots.significance)
    above = (priority >= np.float32(high)) & (people > 0)
    cells = np.empty(_count(z, above, np.float32(least)), dtype=CELL)
    _collect(z, above, np.float32(least), people, burden, cells)
    np.save(job.folder / f"cells_{band}.npy", cells)
    return Distribution.of(np.abs(z), None, least)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _count(z: Plane, high: BoolArray, least: np.float32) -> int:
    """How many cells may be labelled: high priority, or a |z| of ``least`` at the least."""
    count = 0
    for row in range(z.shape[0]):
        for col in range(z.shape[1]):
            count += high[row, col] or abs(z[row, col]) >= least
    return count


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _collect(z: Plane, high: BoolArray, least: np.float32, people: Plane, burden: Plane, cells: Cells) -> None:
    """Write those cells into ``cells``."""
    count = 0
    for row in range(z.shape[0]):
        for col in range(z.shape[1]):
            if high[row, col] or abs(z[row, col]) >= least:
                cell = cells[count]
                cell["index"] = row * z.shape[1] + col
                cell["z"] = z[row, col]
                cell["people"] = people[row, col]
                cell["burden"] = burden[row, col]
                cell["high"] = high[row, col]
                count += 1
