from __future__ import annotations

from dataclasses import replace

from config import load
from tests import miniature


def test_a_pollutant_scores_by_its_guideline_unless_it_has_none_or_contains_another() -> None:
    pm25 = miniature.POLLUTANTS["pm25"]
    assert pm25.score_weight == 1 / 5
    assert replace(pm25, guideline=None).score_weight == 0
    assert replace(pm25, id="pm10", contains="pm25").score_weight == 0


def test_fine_particles_are_scored_once() -> None:
    scored = {name for name, pollutant in load.pollutants().items() if pollutant.score_weight > 0}
    assert scored == {"pm25", "no2"}


def test_nobody_releases_less_pm10_than_pm25() -> None:
    for group in ("low", "lower_middle", "upper_middle", "high"):
        factors = {(f.pollutant, f.sector): f.kg_per_person_yr for f in load.municipal_factors(group)}
        for sector in ("household", "road_traffic"):
            assert factors["pm10", sector] >= factors["pm25", sector]
    for fuel in load.power_plant_factors().fuels.values():
        assert fuel.factors_g_gj["pm10"] >= fuel.factors_g_gj["pm25"]
