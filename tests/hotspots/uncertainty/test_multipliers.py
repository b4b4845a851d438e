from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.uncertainty.multipliers import Multipliers, ln_sd, multipliers, normal
from tests import small_region

METHOD = small_region.METHOD.uncertainty
KEYS = ["contributor_id", "dimension", "pollutant"]


def drawn(shared: list[str], own: list[str], shared_sd: float, own_sd: float, draws: int = 20_000) -> np.ndarray:
    count = len(shared)
    return Multipliers(shared, own, np.full(count, shared_sd), np.full(count, own_sd)).draw(1, 0, draws)


def of(*rows: tuple[str, str, str], inputs=None) -> Multipliers:
    table = pd.DataFrame(rows, columns=KEYS)
    return multipliers(inputs or small_region.inputs(), METHOD, table)


def test_grade_e_has_a_ln_sd_of_1_175() -> None:
    assert ln_sd(10.0) == pytest.approx(2.302585 / 1.96, rel=1e-6)
    assert ln_sd(1.0) == 0.0


def test_the_mean_is_the_stated_value_and_95_percent_lie_within_the_factor() -> None:
    factors = drawn(["a"], ["b"], np.sqrt(0.75) * ln_sd(2), np.sqrt(0.25) * ln_sd(2))[0]
    assert factors.mean() == pytest.approx(1.0, abs=4 * factors.std() / np.sqrt(factors.size))
    median = np.exp(-(ln_sd(2) ** 2) / 2)
    within = (factors / median < 2) & (factors / median > 1 / 2)
    assert within.mean() == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / factors.size))


def test_sources_of_one_factor_move_together_by_the_shared_part() -> None:
    together = drawn(["coal", "coal"], ["1", "2"], ln_sd(10), 0.0)
    np.testing.assert_array_equal(together[0], together[1])
    partly = np.log(drawn(["coal", "coal", "oil"], ["1", "2", "3"], np.sqrt(0.75), np.sqrt(0.25)))
    correlation = np.corrcoef(partly)
    assert correlation[0, 1] == pytest.approx(0.75, abs=0.02)
    assert correlation[0, 2] == pytest.approx(0.0, abs=0.03)


def test_a_draw_depends_on_its_name_alone() -> None:
    alone = drawn(["coal"], ["1"], 1.0, 1.0, draws=50)
    among = drawn(["oil", "coal", "gas"], ["7", "1", "2"], 1.0, 1.0, draws=50)
    np.testing.assert_array_equal(alone[0], among[1])
    assert not np.array_equal(normal(1, "coal", 0, 50), normal(1, "coal", 1, 50))
    assert not np.array_equal(normal(1, "coal", 0, 50), normal(2, "coal", 0, 50))


def test_an_estimated_release_shares_the_factor_of_its_kind_and_pollutant() -> None:
    plants = of(("p1", "air", "pm25"), ("p2", "air", "pm25"), ("p1", "air", "nox"))
    assert plants.shared[0] == plants.shared[1] != plants.shared[2]
    assert plants.own[0] == plants.own[2] != plants.own[1]
    np.testing.assert_allclose(plants.shared_sd**2 + plants.own_sd**2, ln_sd(10) ** 2)
    np.testing.assert_allclose(plants.own_sd**2, 0.25 * ln_sd(10) ** 2)


def test_a_measured_release_shares_nothing() -> None:
    inputs = small_region.inputs()
    measured = inputs.releases.assign(method="M", quality="A")
    plant = of(("p1", "air", "pm25"), inputs=replace(inputs, releases=measured))
    assert plant.shared_sd[0] == 0.0
    assert plant.own_sd[0] == pytest.approx(ln_sd(1.3))


def test_land_weights_and_municipal_factors_have_names_of_their_own() -> None:
    inputs = small_region.inputs()
    graded = tuple(replace(factor, quality="D") for factor in inputs.municipal)
    found = of(
        ("d1", "land", ""),
        ("municipal:West:household", "air", "pm25"),
        ("municipal:East:household", "air", "pm25"),
        ("municipal:outside:road_traffic", "air", "nox"),
        inputs=replace(inputs, municipal=graded),
    )
    assert len(set(found.shared)) == 3
    assert found.shared[1] == found.shared[2]
    assert len(set(found.own)) == 4
    expected = [ln_sd(10), ln_sd(3), ln_sd(3), ln_sd(3)]
    np.testing.assert_allclose(np.hypot(found.shared_sd, found.own_sd), expected)


def test_a_municipal_factor_counts_for_its_own_medium() -> None:
    inputs = small_region.inputs()
    to_water = replace(inputs.municipal[0], medium="water", quality="A")
    found = of(
        ("municipal:West:household", "air", "pm25"),
        ("municipal:West:household", "freshwater", "pm25"),
        inputs=replace(inputs, municipal=(to_water, *inputs.municipal)),
    )
    np.testing.assert_allclose(np.hypot(found.shared_sd, found.own_sd), [ln_sd(10), ln_sd(1.3)])
    # One factor a medium: what is wrong with the one says nothing of the other. The activity is the same people's.
    assert found.shared[0] != found.shared[1]
    assert found.own[0] == found.own[1]


def test_a_source_has_one_factor_a_medium() -> None:
    inputs = small_region.inputs()
    to_water = inputs.releases.assign(medium="water")
    plant = of(
        ("p1", "air", "pm25"),
        ("p1", "freshwater", "pm25"),
        inputs=replace(inputs, releases=pd.concat([inputs.releases, to_water], ignore_index=True)),
    )
    assert plant.shared[0] != plant.shared[1]
    assert plant.own[0] == plant.own[1]
