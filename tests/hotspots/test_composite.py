from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from config.composite import load_method
from hotspots.composite import Component, CompositeMethod, IndicatorGroup, parts
from hotspots.errors import ConfigError, InputError
from hotspots.scoring import composite

CES = load_method("calenviroscreen3")

SMALL = CompositeMethod(
    id="small",
    title="Small",
    citation="none",
    zeros="left_out",
    scale=10,
    combination="product",
    percentile_suffix=" Pctl",
    score_suffix=" Score",
    score_column="Total",
    percentile_column="Percentile",
    components=(
        Component("Burden", (IndicatorGroup("Exposures", 1, ("a", "b")), IndicatorGroup("Effects", 0.5, ("c",)))),
        Component("People", (IndicatorGroup("Sensitive", 1, ("d",)), IndicatorGroup("Social", 1, ("e",)))),
    ),
)


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit": ["U", "V", "W", "X"],
            "a": [0.0, 1, 2, 2],
            "b": [4.0, 3, 2, 1],
            "c": [5.0, np.nan, 0, 1],
            "d": [1.0, 2, 3, np.nan],
            "e": [3.0, 2, np.nan, np.nan],
        }
    )


def test_a_small_table_by_hand() -> None:
    scored = composite(table(), SMALL)
    # a: zero left out, N = 3, ties take the higher rank. c: N = 2 (one zero, one missing).
    np.testing.assert_allclose(scored["a Pctl"], [0, 100 / 3, 100, 100])
    np.testing.assert_allclose(scored["b Pctl"], [100, 75, 50, 25])
    np.testing.assert_allclose(scored["c Pctl"], [100, np.nan, 0, 50])
    burden = [(50 + 50) / 1.5, (100 / 3 + 75) / 2, 75 / 1.5, (62.5 + 25) / 1.5]
    np.testing.assert_allclose(scored["Burden"], burden)
    np.testing.assert_allclose(scored["Burden Score"], np.array(burden) / (100 / 1.5) * 10)
    # d: thirds; e: halves. W has no e and is scored on d, X has neither and is not scored.
    people = [(100 / 3 + 100) / 2, (200 / 3 + 50) / 2, 100, np.nan]
    np.testing.assert_allclose(scored["People"], people)
    total = np.array(burden) / (100 / 1.5) * 10 * np.array(people) / 100 * 10
    np.testing.assert_allclose(scored["Total"], total)
    np.testing.assert_allclose(scored["Percentile"], [200 / 3, 100 / 3, 100, np.nan])


def test_a_row_of_parts_sums_to_its_component() -> None:
    scored = composite(table(), SMALL)
    for component in ("Burden", "People"):
        whole = parts(scored, SMALL, component).sum(axis=1, min_count=1)
        np.testing.assert_allclose(whole, scored[component], rtol=1e-12)


def test_order_of_rows_changes_nothing() -> None:
    shuffled = composite(table().iloc[[2, 0, 3, 1]], SMALL).sort_index()
    pd.testing.assert_frame_equal(shuffled, composite(table(), SMALL))


def test_columns_of_an_earlier_run_are_replaced() -> None:
    once = composite(table(), SMALL)
    pd.testing.assert_frame_equal(composite(once, SMALL), once)


def test_calenviroscreen_has_the_official_columns() -> None:
    assert len(CES.indicators) == 20
    rng = np.random.default_rng(5)
    official = pd.DataFrame({name: rng.integers(0, 50, 300).astype(float) for name in CES.indicators})
    scored = composite(official, CES)
    exposures = scored[[f"{n} Pctl" for n in CES.components[0].groups[0].indicators]].mean(axis=1)
    effects = scored[[f"{n} Pctl" for n in CES.components[0].groups[1].indicators]].mean(axis=1)
    np.testing.assert_allclose(scored["Pollution Burden"], (exposures + 0.5 * effects) / 1.5)
    np.testing.assert_allclose(scored["CES 3.0 Score"], scored["Pollution Burden Score"] * scored["Pop. Char. Score"])
    assert scored["Pollution Burden Score"].max() == scored["Pop. Char. Score"].max() == 10
    assert scored["CES 3.0 Percentile"].max() == 100


def test_a_missing_column_names_table_column_and_similar_ones() -> None:
    renamed = table().rename(columns={"a": "A "})
    with pytest.raises(InputError, match=r"input\.csv: a: the column is missing.*'A '"):
        composite(renamed, SMALL, "input.csv")


@pytest.mark.parametrize("bad", ["many", -999, np.inf])
def test_a_value_that_is_no_quantity_is_an_error(bad: object) -> None:
    faulty = table().astype({"b": object})
    faulty.loc[1, "b"] = bad
    with pytest.raises(InputError, match=r"b: .*not a number of 0 or more"):
        composite(faulty, SMALL)


def test_zeros_may_be_ranked_and_scores_averaged() -> None:
    values = {**vars(SMALL), "zeros": "ranked", "combination": "mean"}
    scored = composite(table(), CompositeMethod(**values))
    np.testing.assert_allclose(scored["a Pctl"], [25, 50, 100, 100])
    np.testing.assert_allclose(scored["Total"], (scored["Burden Score"] + scored["People Score"]) / 2)


def test_method_files_are_checked(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "config/methods/calenviroscreen3.toml").read_text(encoding="utf-8")
    for old, new, said in (
        ('"Ozone"', '"PM2.5"', "PM2.5.*stands for 2"),
        ("scale = 10", "scale = 10\nscales = 1", "scales: unknown key.*'scale'"),
        ("weight = 0.5", "weight = -1", "weight"),
        ('"left_out"', '"dropped"', "zeros"),
    ):
        file = tmp_path / "own.toml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(ConfigError, match=said) as caught:
            load_method(str(file))
        assert caught.value.source == str(file)
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load_method("absent")
