from __future__ import annotations

import pytest

from data_pipelines.registry import find
from hotspots.errors import InputError
from tests.data_pipelines.miniature import FACILITY_OPTIONS, FIXTURES, area, read, reasons, request

PLANTS = FIXTURES / "plants.csv"
FACILITIES = FIXTURES / "facilities.csv"


def test_every_plant_that_cannot_be_used_says_why():
    quality = read("gppd", PLANTS).quality[0]
    assert reasons(quality) == {
        2: ["non_emitting"],
        3: ["fuel_unknown"],
        4: ["COORDINATE_MISSING"],
        5: ["ZERO_COORDINATE"],
        6: ["PRESUMED_SWAPPED_COORDINATE"],
        7: ["COORDINATE_INVALID"],
        8: ["OUTSIDE_REGION"],
        9: ["DUPLICATE_FACILITY"],
        10: ["YEAR_IN_FUTURE"],
        11: ["text_damaged"],
        12: ["COUNTRY_COORDINATE_MISMATCH"],
        15: ["COORDINATE_OUT_OF_RANGE"],
        16: ["NUMBER_INVALID"],
        17: ["DUPLICATE_ID"],
    }
    assert (quality.rows_in, quality.rows_used, quality.rows_quarantined) == (17, 6, 11)


def test_plants_release_by_fuel_and_capacity_and_hydro_is_no_source():
    found = read("gppd", PLANTS).value
    assert list(found.sources["source_id"]) == ["mini:P01", "mini:P03", "mini:P11", "mini:P13", "mini:P14"]
    assert list(found.sources["releases_assessed"]) == [True, False, True, True, True]
    assert list(found.sources["transboundary"]) == [False, False, False, True, True]
    assert found.sources["year"].tolist()[0] == 2018
    coal = request("gppd", {"file": PLANTS}).reference.plants.fuels["hard_coal"]
    row = found.releases.set_index(["source_id", "pollutant"]).loc[("mini:P01", "nox")]
    by_hand = 100 * coal.capacity_factor * 8760 * 3.6 / coal.efficiency * coal.factors_g_gj["nox"] / 1000
    assert row["release_kg_yr"] == pytest.approx(by_hand, rel=1e-12)
    assert (row["year"], row["medium"], row["method"]) == (2018, "air", "E")
    assert set(found.releases["source_id"]) == {"mini:P01", "mini:P11", "mini:P13", "mini:P14"}


def test_a_plant_deep_in_the_region_cannot_be_another_countrys():
    wide = area()
    grown = wide.units.copy()
    grown.geometry = [shape.buffer(0.15) for shape in grown.geometry]
    deep = type(wide)(grown, wide.countries, True, wide.margin_km, wide.grid)
    assert reasons(read("gppd", PLANTS, place=deep).quality[0])[14] == ["COUNTRY_COORDINATE_MISMATCH"]


def test_part_of_a_country_is_left_by_position_not_by_country():
    found = read("gppd", PLANTS, place=area(whole_countries=False))
    assert 12 not in reasons(found.quality[0])
    beyond = found.value.sources.set_index("source_id")["transboundary"]
    assert beyond["mini:P12"] and not beyond["mini:P01"]


def test_a_ministrys_table_is_read_by_its_mapping():
    found = read("facility_table", FACILITIES, FACILITY_OPTIONS)
    assert reasons(found.quality[0]) == {
        2: ["not_operating"],
        3: ["NEGATIVE_RELEASE"],
        4: ["RELEASE_INVALID"],
        5: ["RELEASE_INVALID"],
        6: ["outlier_x1000"],
        8: ["SECTOR_UNKNOWN"],
        9: ["releases_unknown"],
    }
    sources = found.value.sources.set_index("source_id")
    assert list(sources.index) == ["mini:giant", "mini:old-works", "mini:plant", "mini:silent-dump", "mini:works"]
    assert sources["releases_assessed"].to_dict() == {
        "mini:giant": True,
        "mini:old-works": True,
        "mini:plant": True,
        "mini:silent-dump": False,
        "mini:works": True,
    }
    assert sources["country"].unique().tolist() == ["JAM"]
    assert sources.loc["mini:silent-dump", "land_weight"] > 0
    amounts = found.value.releases.set_index(["source_id", "pollutant"])["release_kg_yr"]
    assert amounts["mini:works", "so2"] == pytest.approx(2000)
    assert amounts["mini:works", "nox"] == pytest.approx(500)
    assert "mini:old-works" not in amounts.index.get_level_values(0)
    gas = request("gppd", {"file": PLANTS}).reference.plants.fuels["gaseous"]
    assert amounts["mini:plant", "nox"] == pytest.approx(gas.releases_kg_yr(0.5)["nox"])


def test_an_amount_a_thousand_times_its_peers_is_flagged(tmp_path):
    rows = "".join(
        f"Works {i};smelter;metals;open;{90_000 if i == 5 else 2};0;20.02;10.0{i};100;;;\n" for i in range(6)
    )
    path = tmp_path / "peers.csv"
    path.write_text(FACILITIES.read_text().splitlines()[0] + "\n" + rows)
    found = read("facility_table", path, FACILITY_OPTIONS)
    assert reasons(found.quality[0]) == {6: ["outlier_x1000"]}
    assert len(found.value.sources) == 6


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (
            {"releases": [{"pollutant": "so2", "medium": "air", "column": "so2_t", "unit": "bushel/fortnight2"}]},
            "so2_t",
        ),
        ({"releases": [{"pollutant": "so2", "medium": "air", "column": "so2_t", "unit": "m"}]}, "so2_t"),
        ({"releases": [{"pollutant": "dust", "medium": "air", "column": "so2_t", "unit": "t"}]}, "so2_t"),
        ({"releases": [{"pollutant": "no2", "medium": "air", "column": "so2_t", "unit": "t"}]}, "so2_t"),
        ({"columns": {"latitude": "lat", "longitude": "easting"}}, "easting"),
        ({"encoding": "no-such-encoding"}, "encoding"),
    ],
)
def test_a_wrong_mapping_is_an_error_of_the_file(changes, field):
    with pytest.raises(InputError) as error:
        read("facility_table", FACILITIES, FACILITY_OPTIONS | changes)
    assert error.value.source == str(FACILITIES)
    assert error.value.field == field
    assert error.value.remedy


STACK_ROWS = """name;lat;lon;nox_kg;h;d;v;t
Good;20.02;10.02;500;60;2.5;12;140
Low;20.02;10.03;500;-5;2.5;12;140
Cold;20.02;10.04;500;60;2.5;12;-273.15
Words;20.02;10.05;500;60;wide;12;140
Thin;20.02;10.06;500;60;0;12;140
Half;20.03;10.02;500;60;2.5;;140
Headless;20.03;10.03;500;;2.5;12;140
Plain;20.03;10.04;500;60;;;
"""
STACK_COLUMNS = {"stack_height_m": "h", "stack_diameter_m": "d", "exit_velocity_m_s": "v", "exit_temperature_k": "t"}


def stack_options(**units: str) -> dict[str, object]:
    return {
        "columns": {"latitude": "lat", "longitude": "lon"} | STACK_COLUMNS,
        "releases": [{"pollutant": "nox", "medium": "air", "column": "nox_kg", "unit": "kg"}],
        "stack_units": units,
        "sector": "other_industry",
        "delimiter": ";",
    }


def test_stacks_are_read_in_their_units_and_impossible_ones_are_put_aside(tmp_path):
    path = tmp_path / "stacks.csv"
    path.write_text(STACK_ROWS)
    found = read("facility_table", path, stack_options(exit_temperature_k="degC"))
    assert reasons(found.quality[0]) == {
        2: ["STACK_IMPOSSIBLE"],  # -5 m
        3: ["STACK_IMPOSSIBLE"],  # 0 K
        4: ["STACK_IMPOSSIBLE"],
        5: ["STACK_IMPOSSIBLE"],
        6: ["stack_incomplete"],
        7: ["stack_incomplete"],
    }
    sources = found.value.sources.set_index("name")
    assert sorted(sources.index) == ["Good", "Half", "Headless", "Plain"]
    good = sources.loc["Good"]
    assert good["exit_temperature_k"] == pytest.approx(413.15)
    assert (good["stack_height_m"], good["stack_diameter_m"], good["exit_velocity_m_s"]) == (60, 2.5, 12)
    assert sources["exit_velocity_m_s"].isna().tolist() == [name in ("Half", "Plain") for name in sources.index]
    assert "h = -5" in {issue.detail for issue in found.quality[0].issues}


def test_degrees_celsius_taken_for_kelvin_are_noticed(tmp_path):
    path = tmp_path / "stacks.csv"
    path.write_text(STACK_ROWS)
    assert reasons(read("facility_table", path, stack_options()).quality[0])[1] == ["STACK_IMPOSSIBLE"]


def test_a_unit_that_measures_something_else_is_an_error(tmp_path):
    path = tmp_path / "stacks.csv"
    path.write_text(STACK_ROWS)
    with pytest.raises(InputError, match="does not measure") as caught:
        read("facility_table", path, stack_options(stack_height_m="kg"))
    assert caught.value.field == "h"


def test_same_names_at_two_positions_are_two_facilities(tmp_path):
    path = tmp_path / "twins.csv"
    path.write_text("name,latitude,longitude\nWell,20.02,10.02\nWell,20.03,10.03\nWell,20.03,10.03\n")
    found = read("facility_table", path, {"sector": "contaminated_site"})
    assert list(found.value.sources["source_id"]) == ["mini:well@20.0200,10.0200", "mini:well@20.0300,10.0300"]
    assert list(reasons(found.quality[0]).values()).count(["DUPLICATE_FACILITY"]) <= 1
    assert found.quality[0].rows_quarantined == 1


def test_both_adapters_are_found_by_name():
    assert find("gppd").spec.provides == find("facility_table").spec.provides == "facilities"
