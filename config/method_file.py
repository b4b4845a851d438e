"""Method files: the parameters of an assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from config.reading import Settings, read_model
from config.region_file import Identifier, Text
from hotspots.method import (
    AirMethod,
    FreshwaterMethod,
    HotspotMethod,
    LandMethod,
    MarineMethod,
    Method,
    PriorityRule,
    RankRule,
    ScoringMethod,
    UncertaintyMethod,
)
from hotspots.pollutants import Dimension


class AirTable(Settings):
    """``[air]``."""

    radius_m: float = Field(gt=0, le=200_000)
    sectors: int = Field(ge=4, le=72)
    urban_density_people_km2: float = Field(ge=0)
    municipal_height_m: float = Field(gt=0)
    assumed_wind_speed_m_s: float = Field(ge=1)
    calm_below_m_s: float = Field(ge=0)
    node_spacing_deg: float = Field(gt=0)
    mixing_height_m: dict[Literal["A", "B", "C", "D", "E", "F"], Annotated[float, Field(gt=0, allow_inf_nan=False)]]
    ambient_temperature_k: float = Field(ge=200, le=330)
    min_wind_coverage: float = Field(gt=0, le=1)
    coast_m: float = Field(ge=0, le=50_000)
    above_stacks_share: float = Field(gt=0, le=1)


class LandTable(Settings):
    """``[land]``."""

    radius_m: float = Field(gt=0)
    proximity_bands_m: tuple[Literal[1000, 2000, 5000], ...] = Field(min_length=1)
    """Each has its column people_near_…km."""


class FreshwaterTable(Settings):
    """``[freshwater]``."""

    velocity_m_s: float = Field(gt=0)
    stream_area_km2: float = Field(gt=0)
    snap_m: float = Field(ge=0)
    corridor_m: float = Field(gt=0)


class MarineTable(Settings):
    """``[marine]``."""

    pollutant: Identifier
    mobilised_share: float = Field(gt=0, le=1)
    overland_m: float = Field(gt=0)
    river_m: float = Field(gt=0)
    reach_m: float = Field(gt=0, le=200_000)
    snap_m: float = Field(ge=0)
    spread_m: float = Field(gt=0)
    radius_m: float = Field(gt=0, le=100_000)
    coastal_m: float = Field(gt=0)


class ScoringTable(Settings):
    """``[scoring]``."""

    dimension_weights: dict[Dimension, float] = Field(min_length=1)
    de_minimis_share: float = Field(ge=0, lt=1)
    priority_rule: PriorityRule
    vulnerability_min_share_of_people: float = Field(ge=0, le=1)


class HotspotTable(Settings):
    """``[hotspots]``."""

    gi_radius_m: float = Field(gt=0)
    significance: float = Field(gt=0, lt=1)
    high_priority_percentile: float = Field(gt=0, lt=100)
    min_people: float = Field(ge=0)
    saddle_share: float = Field(ge=0, le=1)
    rank_rule: RankRule
    top_sources: int = Field(ge=1)


class QualityFactors(Settings):
    """``[uncertainty.quality_factors]``: one factor for every grade."""

    A: float = Field(ge=1)
    B: float = Field(ge=1)
    C: float = Field(ge=1)
    D: float = Field(ge=1)
    E: float = Field(ge=1)


class UncertaintyTable(Settings):
    """``[uncertainty]``."""

    draws: int = Field(ge=100, le=100_000)
    seed: int = Field(ge=0)
    quality_factors: QualityFactors
    source_share: float = Field(ge=0, le=1)
    weight_factor: float = Field(ge=1)


class MethodTable(Settings):
    """A method file. The method's id is the name of the file."""

    title: Text
    air: AirTable
    land: LandTable
    freshwater: FreshwaterTable
    marine: MarineTable
    scoring: ScoringTable
    hotspots: HotspotTable
    uncertainty: UncertaintyTable


def read(file: Path) -> Method:
    """The method of a file.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    table = read_model(MethodTable, file)
    air = table.air.model_dump() | {"mixing_height_m": tuple(sorted(table.air.mixing_height_m.items()))}
    scoring = table.scoring.model_dump() | {"dimension_weights": tuple(table.scoring.dimension_weights.items())}
    uncertainty = table.uncertainty.model_dump()
    uncertainty["quality_factors"] = tuple(uncertainty["quality_factors"].items())
    return Method(
        id=file.stem,
        title=table.title,
        air=AirMethod(**air),
        land=LandMethod(**table.land.model_dump()),
        freshwater=FreshwaterMethod(**table.freshwater.model_dump()),
        marine=MarineMethod(**table.marine.model_dump()),
        scoring=ScoringMethod(**scoring),
        hotspots=HotspotMethod(**table.hotspots.model_dump()),
        uncertainty=UncertaintyMethod(**uncertainty),
    )
