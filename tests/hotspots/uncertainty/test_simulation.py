from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import norm

from hotspots.method import UncertaintyMethod
from hotspots.uncertainty.multipliers import Multipliers, ln_sd
from hotspots.uncertainty.ranks import rank_draws
from hotspots.uncertainty.response import REACH, STEP, Response
from hotspots.uncertainty.simulation import Caused, Drawn, Zones, exposure_ratio, simulate
from tests.hotspots.uncertainty.simulated import errors, simulated

METHOD = UncertaintyMethod(2000, 7, (), 0.25, 1.0)


def two_hotspots(shared_sd: float, own_sd: float) -> tuple[Drawn, list[Zones], Caused]:
    """Two hotspots, one coal plant each, 200 and 100 priority-weighted people that are proportional to the pressure."""
    proportional = np.exp(STEP * np.arange(-REACH, REACH + 1))
    curves = np.array([200.0, 100.0])[:, None] * proportional
    alone = Response(("air",), np.array([[True]]), curves[None, None])
    caused = {"air": sparse.csr_array(np.diag([20.0, 10.0]))}
    plants = Multipliers(("coal", "coal"), ("a", "b"), np.full(2, shared_sd), np.full(2, own_sd))
    drawn = Drawn(plants, {"air": 1.0}, {"air": sparse.csr_array([[20.0, 10.0]])})
    return drawn, [Zones(np.array([200.0, 100.0]), caused, alone)], caused


def test_two_hotspots_change_places_as_often_as_their_plants_do() -> None:
    # P(2 exp(σ z1) > exp(σ z2)) = Φ(ln 2 / (σ √2)); with a 95 % factor of 3, σ = 0.5605, it is 0.809.
    (hotspots,), sources = simulate(*two_hotspots(0.0, ln_sd(3)), METHOD)
    expected = norm.cdf(np.log(2) / (ln_sd(3) * np.sqrt(2)))
    assert expected == pytest.approx(0.809, abs=1e-3)
    for table in (hotspots, sources):
        assert table["p_top10pct"][0] == pytest.approx(expected, abs=4 * np.sqrt(0.809 * 0.191 / 2000))
        assert table["p_top10pct"].sum() == pytest.approx(1.0)
        assert table["rank_low"].tolist() == [1, 1]
        assert table["rank_high"].tolist() == [2, 2]


def test_a_shared_factor_alone_changes_no_rank() -> None:
    (hotspots,), sources = simulate(*two_hotspots(ln_sd(10), 0.0), METHOD)
    for table in (hotspots, sources):
        assert table["rank_low"].tolist() == table["rank_high"].tolist() == [1, 2]


def test_one_fuel_moves_all_hotspots_together_and_own_draws_do_not() -> None:
    region = replace(simulated(5), fuels=("coal",) * 20)
    releases = np.ones(20)
    published = rank_draws(region.priority_people(releases)[:, None])[:, 0]

    def width(source_share: float) -> tuple[pd.DataFrame, float]:
        drawn, zones, sources = region.problem(releases, ln_sd(10), source_share)
        (table,), _ = simulate(drawn, [zones], sources, METHOD)
        return table, float((table["rank_high"] - table["rank_low"]).mean())

    together, none = width(0.0)
    assert none == 0.0
    np.testing.assert_array_equal(together["rank_low"].to_numpy(dtype=int), published)
    assert width(1.0)[1] > 2.0


def test_without_uncertainty_nothing_moves() -> None:
    region = simulated(6)
    drawn, zones, sources = region.problem(np.ones(20), 0.0, 0.25)
    (table,), of_sources = simulate(drawn, [zones], sources, METHOD)
    published = rank_draws(zones.published[:, None])[:, 0]
    np.testing.assert_array_equal(table["rank_low"].to_numpy(dtype=int), published)
    np.testing.assert_array_equal(table["rank_high"].to_numpy(dtype=int), published)
    assert set(table["p_top10"]) == {0.0, 1.0}
    assert (of_sources["rank_low"] == of_sources["rank_high"]).all()


def test_the_seed_makes_the_draws_and_the_order_of_zones_does_not() -> None:
    region = simulated(7)
    drawn, zones, sources = region.problem(np.ones(20), ln_sd(10), 0.25)
    (table,), _ = simulate(drawn, [zones], sources, METHOD)
    (again,), _ = simulate(drawn, [zones], sources, METHOD)
    pd.testing.assert_frame_equal(table, again)
    (other,), _ = simulate(drawn, [zones], sources, replace(METHOD, seed=8))
    assert not table.equals(other)
    assert (table["p_top10"] - other["p_top10"]).abs().max() < 0.08
    turned = Zones(
        zones.published[::-1],
        {"air": sparse.csr_array(zones.caused["air"].toarray()[::-1])},
        replace(zones.response, curves=zones.response.curves[:, :, ::-1]),
    )
    (backwards,), _ = simulate(drawn, [turned], sources, METHOD)
    pd.testing.assert_frame_equal(backwards[::-1].reset_index(drop=True), table)


def test_a_hotspot_that_nothing_is_known_to_reach_keeps_its_exposure() -> None:
    caused = sparse.csr_array(np.array([[0.0, 0.0], [1.0, 3.0]]))
    np.testing.assert_allclose(exposure_ratio(caused, np.array([[2.0], [4.0]])), [[1.0], [14.0 / 4.0]])


def coverage(stated_factor: float, true_factor: float, regions: int) -> dict[str, np.ndarray]:
    """Share of things per simulated region whose true value lies in the code's 90 % interval."""
    inside: dict[str, list[float]] = {"exposure": [], "rank": [], "source": []}
    for seed in range(regions):
        region, random = simulated(seed), np.random.default_rng([seed, 1])
        stated = random.lognormal(0, 1, len(region.fuels))
        true = stated * errors(region, ln_sd(true_factor), 0.25, random)
        drawn, zones, sources = region.problem(stated, ln_sd(stated_factor), 0.25)
        (of_zones,), of_sources = simulate(drawn, [zones], sources, replace(METHOD, draws=500, seed=seed))
        exposure = zones.caused["air"] @ drawn.multipliers.draw(seed, 0, 500)
        low, high = np.quantile(exposure, [0.05, 0.95], axis=1)
        true_exposure = region.exposure(true)
        inside["exposure"].append(float(((low <= true_exposure) & (true_exposure <= high)).mean()))
        removed = (region.people * region.fields).sum(axis=(1, 2)) * true
        for name, table, value in (
            ("rank", of_zones, region.priority_people(true)),
            ("source", of_sources, removed),
        ):
            rank = rank_draws(value[:, None])[:, 0]
            inside[name].append(float(((table["rank_low"] <= rank) & (rank <= table["rank_high"])).mean()))
    return {name: np.array(shares) for name, shares in inside.items()}


def test_intervals_cover_the_truth_at_their_rate() -> None:
    """The truth is scored by the method itself, its percentiles taken anew; ranks are whole, so they cover more."""
    found = coverage(3.0, 3.0, regions=150)
    errors_of_mean = {name: shares.std() / np.sqrt(shares.size) for name, shares in found.items()}
    assert found["exposure"].mean() == pytest.approx(0.90, abs=3 * errors_of_mean["exposure"])
    assert errors_of_mean["exposure"] < 0.03
    assert found["rank"].mean() > 0.90
    assert found["source"].mean() > 0.90


def test_a_truth_further_off_than_stated_is_not_covered() -> None:
    """What shows that the test before it can fail."""
    found = coverage(1.3, 10.0, regions=30)
    assert found["exposure"].mean() < 0.6
    assert found["rank"].mean() < 0.8
    assert found["source"].mean() < 0.7


def test_how_far_an_interval_holds_where_the_statement_scatters_around_the_truth() -> None:
    """The interval is of the truth where the stated release is its mean; where it is not, the rate is another one.

    One source, 95 % factor 10, σ = ln 10 / 1.96 = 1.175. The interval of ln(truth / stated) is -σ²/2 ± 1.645 σ. A
    statement of mean truth has ln(truth / stated) = σ²/2 - σ z, which lies inside for σ - 1.645 < z < σ + 1.645:
    Φ(2.820) - Φ(-0.470) = 0.9976 - 0.3192 = 0.678.
    """
    sd = ln_sd(10)
    expected = norm.cdf(sd + 1.645) - norm.cdf(sd - 1.645)
    assert expected == pytest.approx(0.678, abs=1e-3)
    low, high = np.quantile(Multipliers(("f",), ("s",), np.zeros(1), np.full(1, sd)).draw(3, 0, 20_000), [0.05, 0.95])
    stated = np.exp(sd * np.random.default_rng(4).standard_normal(20_000) - sd**2 / 2)
    inside = (low <= 1 / stated) & (1 / stated <= high)
    assert inside.mean() == pytest.approx(expected, abs=0.015)
