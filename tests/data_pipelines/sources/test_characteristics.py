"""Characteristics of the people on the miniature: 300 people in one cell of Westend, 700 in two of Eastend."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from config import load
from data_pipelines.inputs import read_inputs
from hotspots.errors import ConfigError, InputError
from hotspots.progress import Silent
from tests import new_region
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import FIXTURES, GROUP_OPTIONS, reasons
from tests.data_pipelines.sources import rasters
from tests.miniature import GRID, people

SHARES = {"kind": "poor", "measure": "percent"}


def inside(values: np.ndarray) -> np.ndarray:
    _, core = GRID.padded(miniature.MARGIN_KM)
    return values[core]


def by_kind(adapter: str, files, options=None) -> dict[str, np.ndarray]:
    return {item.kind: item.values for item in miniature.read(adapter, files, options).value}


def test_a_group_is_the_sum_of_its_files_over_all_people(tmp_path: Path) -> None:
    # A twentieth in each of the four files: a fifth of the people, where anybody lives.
    found = by_kind("age_sex_rasters", rasters.children(tmp_path))
    assert list(found) == ["under_5"]
    np.testing.assert_allclose(inside(found["under_5"]), np.where(np.nan_to_num(people()) > 0, 0.2, np.nan), rtol=1e-6)


def test_files_for_both_sexes_and_the_oldest_ages(tmp_path: Path) -> None:
    names = [f"t_{age}" for age in (65, 70, 75, 80)]
    files = {name: rasters.population(tmp_path / f"{name}.tif", people() * 0.01) for name in names}
    assert inside(by_kind("age_sex_rasters", files)["over_65"])[2, 1] == pytest.approx(0.04)
    # With 85 given 80 is 80 to 84, so 85 is part of the group.
    files["t_85"] = rasters.population(tmp_path / "t_85.tif", people() * 0.02)
    assert inside(by_kind("age_sex_rasters", files)["over_65"])[2, 1] == pytest.approx(0.06)


def test_women_and_girls_need_every_age(tmp_path: Path) -> None:
    ages = (0, 1, *range(5, 85, 5))
    files = {f"f_{age}": rasters.population(tmp_path / f"f_{age}.tif", people() * 0.03) for age in ages}
    assert inside(by_kind("age_sex_rasters", files)["female"])[2, 1] == pytest.approx(0.03 * 18)
    del files["f_40"]
    with pytest.raises(InputError, match="no group is complete"):
        by_kind("age_sex_rasters", files)


def test_more_children_than_people_are_reported_and_not_assessed(tmp_path: Path) -> None:
    files = rasters.children(tmp_path)
    many = people() / 20
    many[2, 1] = 290.0
    rasters.population(files["m_1"], many)
    read = miniature.read("age_sex_rasters", files)
    share = inside(read.value[0].values)
    assert np.isnan(share[2, 1])
    assert share[3, 5] == pytest.approx(0.2)
    (issue,) = [issue for quality in read.quality for issue in quality.issues]
    assert (issue.file, issue.reason, issue.outcome) == ("f_0.tif", "GROUP_EXCEEDS_TOTAL", "flagged")
    assert issue.detail == "under_5: 1 cells with 300 people"


def test_no_data_in_one_file_is_not_a_group_without_members(tmp_path: Path) -> None:
    files = rasters.children(tmp_path)
    part = people() / 20
    part[2, 1] = np.nan
    rasters.population(files["f_1"], part)
    assert np.isnan(inside(by_kind("age_sex_rasters", files)["under_5"])[2, 1])


def test_a_table_by_unit_in_the_order_of_the_units() -> None:
    # Units are E, W. Eastend: 140 of 700 and 35 of 700, no wealth. Westend: 30 and 60 of 300.
    read = miniature.read("unit_characteristics", FIXTURES / "groups.csv", GROUP_OPTIONS)
    values = {item.kind: item.values.tolist() for item in read.value}
    assert values["under_5"] == [0.2, 0.1]
    assert values["over_65"] == [0.05, 0.2]
    np.testing.assert_array_equal(values["relative_wealth"], [np.nan, 1.5])
    (quality,) = read.quality
    assert reasons(quality) == {2: ["UNIT_MISSING"], 3: ["value_missing"], 4: ["DUPLICATE_ID"]}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Eastend,700,701,35,1", "GROUP_EXCEEDS_TOTAL"),
        ("Eastend,0,0,0,1", "NUMBER_INVALID"),
        ("Eastend,700,-1,35,1", "NUMBER_INVALID"),
        ("Eastend,700,many,35,1", "NUMBER_INVALID"),
    ],
)
def test_a_faulty_row_is_put_aside_and_its_unit_not_assessed(tmp_path: Path, row: str, code: str) -> None:
    path = tmp_path / "groups.csv"
    path.write_text(f"unit,all,u5,65+,wealth\nWestend,300,30,60,1\n{row}\n")
    read = miniature.read("unit_characteristics", path, GROUP_OPTIONS)
    assert code in reasons(read.quality[0])[2]
    np.testing.assert_array_equal(read.value[0].values, [np.nan, 0.1])


def test_units_by_identifier_and_shares_in_percent(tmp_path: Path) -> None:
    path = tmp_path / "poor.csv"
    path.write_text("code;poor\nW;25\nE;40\n")
    options = {
        "unit_column": "code",
        "match": "id",
        "columns": {"poor": "poor"},
        "measure": "percent",
        "delimiter": ";",
    }
    np.testing.assert_allclose(by_kind("unit_characteristics", path, options)["poor"], [0.4, 0.25])
    with pytest.raises(InputError, match="no usable row"):
        by_kind("unit_characteristics", path, options | {"match": "name"})


def test_counts_without_a_total_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="total_column"):
        by_kind("unit_characteristics", FIXTURES / "groups.csv", {"unit_column": "unit", "columns": {"under_5": "u5"}})


@pytest.mark.parametrize(("value", "said"), [(140.0, "no percent"), (-2.0, "no percent"), (np.nan, "no value")])
def test_a_raster_of_shares_holds_shares(tmp_path: Path, value: float, said: str) -> None:
    path = rasters.population(tmp_path / "poor.tif", np.full((6, 8), value))
    with pytest.raises(InputError, match=said):
        by_kind("characteristic_raster", path, SHARES)


def test_relative_wealth_may_be_negative(tmp_path: Path) -> None:
    path = rasters.population(tmp_path / "rwi.tif", np.full((6, 8), -0.5))
    found = by_kind("characteristic_raster", path, {"kind": "relative_wealth", "measure": "index"})
    np.testing.assert_allclose(inside(found["relative_wealth"]), -0.5)
    with pytest.raises(ConfigError, match="index"):
        by_kind("characteristic_raster", path, {"kind": "relative_wealth", "measure": "percent"})


def test_a_kind_comes_from_one_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_region.write(tmp_path / "here")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    (folder / "regions" / "poor.csv").write_text("district,poor\nPoniente,40\nOriente,20\n")
    file = folder / "regions" / f"{new_region.REGION}.toml"
    original = file.read_text(encoding="utf-8")
    datasets = [
        f'[datasets.poor{number}]\nadapter = "unit_characteristics"\npath = "poor.csv"\ntitle = "Poverty"\n'
        'publisher = "x"\nlicence = "x"\ncitation = "x"\nyear = 2020\nredistribution = "raw"\n'
        f'[datasets.poor{number}.options]\nunit_column = "district"\nmeasure = "percent"\n'
        'columns = { poor = "poor" }\n'
        for number in (1, 2)
    ]
    file.write_text("\n".join([original, *datasets]), encoding="utf-8")
    with pytest.raises(ConfigError, match="several datasets give: poor"):
        read_inputs(load.region(new_region.REGION), miniature.TODAY, Silent())
