"""The parameters of an assessment, each with its unit in its name. A method file in config/methods sets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hotspots.pollutants import Dimension

Terrain = Literal["rural", "urban"]
RankRule = Literal["priority_people", "severity", "ecological", "people_above_standard"]
PriorityRule = Literal["product", "sum", "geometric"]


@dataclass(frozen=True)
class AirMethod:
    """Parameters of the long-term Gaussian plume."""

    radius_m: float
    sectors: int
    urban_density_people_km2: float
    """Cells at least this dense disperse with urban coefficients."""
    municipal_height_m: float
    """Effective height of household and road-traffic releases."""
    assumed_wind_speed_m_s: float
    """Speed of the isotropic rose used where no wind is given."""
    calm_below_m_s: float
    node_spacing_deg: float
    """Gridded releases share a kernel per node of this lattice, hat-weighted between nodes."""
    mixing_height_m: tuple[tuple[str, float], ...]
    """Height of the mixing lid by stability class; a class that is not named has none."""
    ambient_temperature_k: float
    """Temperature of the air that hot plumes rise through."""
    min_wind_coverage: float
    """Share of the times of which a point of the winds must have a value, or nothing is assessed by it."""
    coast_m: float
    """Cells this near the sea are outside the model's validity."""
    above_stacks_share: float
    """So are cells where stacks with their top below the ground bring at least this share of the pressure."""


@dataclass(frozen=True)
class LandMethod:
    """Parameters of the distance decay around contaminated sites, dumps and tailings."""

    radius_m: float
    proximity_bands_m: tuple[float, ...]


@dataclass(frozen=True)
class FreshwaterMethod:
    """Parameters of the routing along rivers."""

    velocity_m_s: float
    """Mean velocity of the water, everywhere."""
    stream_area_km2: float
    """A cell with at least this upstream area is a stream."""
    snap_m: float
    """A source farther than this from every stream is reported and not routed."""
    corridor_m: float
    """People within this distance of a stream live near it."""


@dataclass(frozen=True)
class MarineMethod:
    """Parameters of plastic on its way to the sea and in it."""

    pollutant: str
    """The pollutant that is followed, as it is released: plastic that is not kept in a landfill."""
    mobilised_share: float
    """Share of a year's mismanaged plastic on land that rain and wind set in motion."""
    overland_m: float
    """Over land and in drains, what is in motion falls to 1/e within this distance."""
    river_m: float
    """In a river that drains 1 000 km² it falls to 1/e within this distance; the distance grows with the root of the
    drained area."""
    reach_m: float
    """Farther from the sea than this, nothing goes straight to it."""
    snap_m: float
    """A river mouth, or a source that releases to the sea, farther than this from every sea cell is reported and
    spreads nothing."""
    spread_m: float
    """In the sea the kernel falls to 1/e within this water distance."""
    radius_m: float
    """The water distance at which the kernel ends."""
    coastal_m: float
    """People within this distance of the sea are coastal."""


@dataclass(frozen=True)
class ScoringMethod:
    """How pressures become burden and priority."""

    dimension_weights: tuple[tuple[Dimension, float], ...]
    de_minimis_share: float
    """Values below this share of the guideline score 0 and leave the denominator of the percentile."""
    priority_rule: PriorityRule
    vulnerability_min_share_of_people: float


@dataclass(frozen=True)
class HotspotMethod:
    """How hotspots are found, delineated and ranked."""

    gi_radius_m: float
    significance: float
    high_priority_percentile: float
    min_people: float
    saddle_share: float
    """Two centres are one hotspot if the clustering between them is at least this share of the lesser one's."""
    rank_rule: RankRule
    top_sources: int


@dataclass(frozen=True)
class UncertaintyMethod:
    """How sure the ranks are: what is drawn, and how often."""

    draws: int
    seed: int
    quality_factors: tuple[tuple[str, float], ...]
    """By grade A–E the factor f: 95 % of the possible true releases lie within about 1/f to f times the stated one."""
    source_share: float
    """Share of the variance of the logarithm of an estimated release that is the source's own; the rest is shared
    by all releases made with the same factor. A measured or calculated release is the source's own altogether."""
    weight_factor: float
    """The 95 % factor of each dimension's weight in the burden; 1 holds the weights."""


@dataclass(frozen=True)
class Method:
    """Everything an assessment can be tuned by. Two assessments with equal inputs and method are equal."""

    id: str
    title: str
    air: AirMethod
    land: LandMethod
    freshwater: FreshwaterMethod
    marine: MarineMethod
    scoring: ScoringMethod
    hotspots: HotspotMethod
    uncertainty: UncertaintyMethod
