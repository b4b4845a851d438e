"""By how much each release may be wrong, and draws of it.

A release is its stated value × exp(σ_shared z_shared + σ_own z_own − σ² / 2), with standard normal z, σ² = σ_shared² +
σ_own² and σ = ln(95 % factor) / 1.96, so that the mean of the draws is the stated value. All releases made with the
same factor share z_shared: an emission factor that is too low for one coal plant is too low for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.contributor_names import AREAS, kind_of, sector_of
from hotspots.inputs import Inputs
from hotspots.method import UncertaintyMethod
from hotspots.pollutants import DIMENSIONS_OF
from hotspots.receptors import KEYS

FloatArray = npt.NDArray[np.float64]

NORMAL_95 = 1.96
"""Two-sided 95 % point of the standard normal distribution, rounded as in the stated formula."""

ESTIMATED = "E"


def ln_sd(factor: float) -> float:
    """Standard deviation of the logarithm for a 95 % factor: ln(factor) / 1.96."""
    return float(np.log(factor)) / NORMAL_95


def normal(seed: int, name: str, chunk: int, draws: int) -> FloatArray:
    """Standard normal numbers (draws,) that depend on seed, name and chunk alone.

    What is drawn for one name stays the same whatever else is drawn, in whatever order: a new source changes no
    other's draws, and two editions are compared under the same ones.
    """
    digest = hashlib.blake2b(f"{seed}|{chunk}|{name}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little"))).standard_normal(draws)


def mean_one(z: FloatArray, sd: float) -> FloatArray:
    """Lognormal multipliers of mean 1 from standard normal ``z``."""
    return np.exp(sd * z - sd**2 / 2)


@dataclass(frozen=True)
class Multipliers:
    """What the releases of each contribution are multiplied by, draw by draw.

    Attributes
    ----------
    shared, own:
        Names of the standard normal numbers of each contribution, (contributions,).
    shared_sd, own_sd:
        Standard deviations of the logarithm, (contributions,).
    """

    shared: Sequence[str]
    own: Sequence[str]
    shared_sd: FloatArray
    own_sd: FloatArray

    def draw(self, seed: int, chunk: int, draws: int) -> FloatArray:
        """Multipliers of mean 1, (contributions, draws)."""
        z_shared, z_own = (_normals(seed, names, chunk, draws) for names in (self.shared, self.own))
        z_shared *= self.shared_sd[:, None]
        z_own *= self.own_sd[:, None]
        z_shared += z_own
        z_shared -= (self.shared_sd**2 + self.own_sd**2)[:, None] / 2
        return np.exp(z_shared, out=z_shared)


def multipliers(inputs: Inputs, method: UncertaintyMethod, contributions: pd.DataFrame) -> Multipliers:
    """The multipliers of ``contributions`` (contributor_id, dimension, pollutant), row by row.

    Estimated releases share the part 1 - source_share of their variance: by sector, kind, pollutant and medium where
    sources release, by sector, pollutant and medium where people or an inventory's cells do. A land weight counts as
    estimated. Measured and calculated releases share nothing.
    """
    known = pd.concat([_of_releases(inputs), _of_land_weights(inputs), _of_areas(inputs, contributions)])
    rows = known.drop_duplicates(KEYS).set_index(KEYS).loc[pd.MultiIndex.from_frame(contributions[KEYS])]
    factors = dict(method.quality_factors)
    sd = np.array([ln_sd(factors[str(grade)]) for grade in rows["quality"]])
    shared = np.where(rows["method"] == ESTIMATED, 1 - method.source_share, 0.0)
    own = tuple(contributions["contributor_id"])
    return Multipliers(tuple(rows["factor"]), own, sd * np.sqrt(shared), sd * np.sqrt(1 - shared))


def _normals(seed: int, names: Sequence[str], chunk: int, draws: int) -> FloatArray:
    code, unique = pd.factorize(np.asarray(names, dtype=object))
    return np.array([normal(seed, str(name), chunk, draws) for name in unique]).reshape(-1, draws)[code]


def _of_releases(inputs: Inputs) -> pd.DataFrame:
    sources = inputs.sources.set_index("source_id").loc[inputs.releases["source_id"], ["sector", "kind"]]
    pollutant = inputs.releases["pollutant"].to_numpy(dtype=object)
    names = zip(sources["sector"], sources["kind"], pollutant, inputs.releases["medium"], strict=True)
    table = pd.DataFrame(
        {
            "contributor_id": inputs.releases["source_id"].to_numpy(dtype=object),
            "dimension": inputs.releases["medium"].map(DIMENSIONS_OF).to_numpy(dtype=object),
            "pollutant": pollutant,
            "quality": inputs.releases["quality"].to_numpy(dtype=object),
            "method": inputs.releases["method"].to_numpy(dtype=object),
            "factor": [f"factor:{sector}:{kind}:{name}:{medium}" for sector, kind, name, medium in names],
        }
    )
    return table.explode("dimension")


def _of_land_weights(inputs: Inputs) -> pd.DataFrame:
    sites = inputs.sources[inputs.sources["land_weight"] > 0]
    return pd.DataFrame(
        {
            "contributor_id": sites["source_id"].to_numpy(dtype=object),
            "dimension": "land",
            "pollutant": "",
            "quality": sites["quality"].to_numpy(dtype=object),
            "method": ESTIMATED,
            "factor": [f"factor:{sector}:{kind}:" for sector, kind in zip(sites["sector"], sites["kind"], strict=True)],
        }
    )


def _of_areas(inputs: Inputs, contributions: pd.DataFrame) -> pd.DataFrame:
    """Municipal and gridded contributions, whose identifiers begin with the kind and end in the sector."""
    areas = contributions[contributions["contributor_id"].str.startswith(AREAS)][KEYS].drop_duplicates()
    areas = areas.assign(kind=areas["contributor_id"].map(kind_of), sector=areas["contributor_id"].map(sector_of))
    factors = pd.DataFrame(
        [
            *(("municipal", f.sector, DIMENSIONS_OF[f.medium], f.pollutant, f.quality) for f in inputs.municipal),
            *(("gridded", g.sector, DIMENSIONS_OF["air"], g.pollutant, g.quality) for g in inputs.gridded),
        ],
        columns=["kind", "sector", "dimension", "pollutant", "quality"],
    ).explode("dimension")
    told_by = ["kind", "sector", "dimension", "pollutant"]
    joined = areas.merge(factors.drop_duplicates(told_by), on=told_by)
    names = joined[["kind", "sector", "pollutant", "dimension"]].itertuples(index=False)
    return joined.drop(columns=["kind", "sector"]).assign(
        method=ESTIMATED, factor=["factor:" + ":".join(name) for name in names]
    )
