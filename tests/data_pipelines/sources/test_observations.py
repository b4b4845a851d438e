"""Monitors and samples: what is measured, in which unit, and what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hotspots.errors import ConfigError, InputError
from tests.data_pipelines.miniature import FIXTURES, read, reasons

WIDE = {
    "id": "code",
    "name": "place",
    "date": "taken",
    "elements": [
        {"pollutant": "cd", "column": "Cd mg/kg", "unit": "mg/kg"},
        {"pollutant": "pb", "column": "Pb g/kg", "unit": "g/kg"},
    ],
}
LONG = {
    "delimiter": ";",
    "long": {
        "pollutant": "what",
        "value": "how much",
        "unit": "in",
        "pollutants": {"Cadmium": "cd", "Lead": "pb"},
    },
}


def test_one_row_a_sample_gives_one_observation_for_every_value_that_is_one() -> None:
    found = read("samples", FIXTURES / "samples.csv", WIDE)
    assert dict(zip(found.value["observation_id"], found.value["value"], strict=True)) == pytest.approx(
        {"mini:a:cd": 3.5, "mini:a:pb": 100, "mini:b:pb": 400, "mini:c:pb": 300}
    )
    assert set(found.value["unit"]) == {"mg/kg"} and set(found.value["medium"]) == {"soil"}
    assert reasons(found.quality[0]) == {
        2: ["negative_value"],  # the lead of the row is used
        3: ["date_invalid"],
        4: ["NEGATIVE_VALUE"],  # nothing else was measured
        5: ["NO_VALUES"],
        6: ["OUTSIDE_REGION"],
        7: ["ZERO_COORDINATE"],
        8: ["YEAR_IN_FUTURE"],
        9: ["DUPLICATE_ID"],
    }
    dates = found.value.set_index("observation_id")["period_end"]
    assert dates["mini:a:cd"] == pd.Timestamp("2019-05-04")
    assert pd.isna(dates["mini:c:pb"])


def test_one_row_a_value_with_units_of_mass_in_mass_and_none_of_mass_in_volume() -> None:
    found = read("samples", FIXTURES / "samples_long.csv", LONG)
    values = dict(zip(found.value["observation_id"], found.value["value"], strict=True))
    assert values == pytest.approx({"mini:10.02,20.02:cd": 3.5, "mini:10.02,20.02:pb": 300, "mini:10.05,20.03:pb": 500})
    assert reasons(found.quality[0]) == {
        3: ["UNIT_UNKNOWN"],
        4: ["POLLUTANT_UNKNOWN"],
        5: ["NEGATIVE_VALUE"],
        6: ["NUMBER_INVALID"],
    }
    assert "pb = mg/m³" in {issue.detail for issue in found.quality[0].issues}


def test_water_is_in_mg_per_litre() -> None:
    water = {**LONG, "medium": "water"}
    found = read("samples", FIXTURES / "samples_long.csv", water)
    assert found.value[["value", "unit", "medium"]].to_numpy().tolist() == [[pytest.approx(0.012), "mg/L", "water"]]


def test_an_element_in_a_unit_of_something_else_puts_every_row_aside() -> None:
    wrong = {**WIDE, "elements": [{"pollutant": "cd", "column": "Cd mg/kg", "unit": "mg/m³"}]}
    quality = read("samples", FIXTURES / "samples.csv", wrong).quality[0]
    assert quality.rows_used == 0
    assert reasons(quality)[1] == ["UNIT_UNKNOWN"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({**WIDE, "crs": "EPSG:1"}, "the CRS 'EPSG:1' is unknown"),
        ({**WIDE, "elements": [{"pollutant": "xx", "column": "place", "unit": "mg/kg"}]}, "no configured pollutant"),
        ({**WIDE, "x": "easting"}, "no column 'easting'"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(options, said) -> None:
    with pytest.raises(InputError, match=said) as error:
        read("samples", FIXTURES / "samples.csv", options)
    assert error.value.remedy


def test_one_of_the_two_forms_is_given() -> None:
    with pytest.raises(ConfigError, match="either 'elements'"):
        read("samples", FIXTURES / "samples.csv", {})
    with pytest.raises(ConfigError, match="either 'elements'"):
        read("samples", FIXTURES / "samples.csv", {**WIDE, "long": {}})


def test_positions_in_metres_are_those_of_degrees(tmp_path: Path) -> None:
    """A point of the miniature region in UTM zone 32N: 9° E is x = 500 000 m, so 10.02° E lies east of it."""
    path = tmp_path / "utm.csv"
    path.write_text("e,n,Cd\n606700,2214100,1\n", encoding="utf-8")
    options = {
        "x": "e",
        "y": "n",
        "crs": "EPSG:32632",
        "elements": [{"pollutant": "cd", "column": "Cd", "unit": "mg/kg"}],
    }
    (point,) = read("samples", path, options).value.geometry
    assert (point.x, point.y) == pytest.approx((10.02, 20.02), abs=0.01)


def monitors(folder: Path, hours: str, stations: str) -> dict[str, Path]:
    files = {"hourly": folder / "hours.csv", "stations": folder / "stations.csv"}
    files["hourly"].write_text("datetime,a,b\n" + hours, encoding="utf-8")
    files["stations"].write_text(
        "deviceDeploymentID,locationName,longitude,latitude,units\n" + stations, encoding="utf-8"
    )
    return files


def test_x_is_the_longitude_whatever_the_order_of_the_crs() -> None:
    plain = read("samples", FIXTURES / "samples.csv", WIDE).value
    named = read("samples", FIXTURES / "samples.csv", {**WIDE, "crs": "EPSG:4326"}).value
    assert named.geometry.to_list() == plain.geometry.to_list()


HOURS = "2018-11-08 00:00:00,10,-999\n2018-11-08 01:00:00,-999,-999\n2018-11-08 02:00:00,20,-999\n"
STATIONS = "a,Station A,10.02,20.02,UG/M3\nb,Station B,10.06,20.02,UG/M3\n"


def test_minus_999_is_no_value_of_a_monitor(tmp_path: Path) -> None:
    found = read("airnow_monitors", monitors(tmp_path, HOURS, STATIONS), {"pollutant": "pm25"})
    (station,) = found.value.to_dict("records")
    assert (station["station_id"], station["value"], station["coverage"]) == ("a", 15.0, pytest.approx(2 / 3))
    assert reasons(found.quality[0]) == {1: ["negative_value"], 2: ["negative_value", "NO_VALUES"]}


def test_a_monitor_in_another_unit_is_converted_or_put_aside(tmp_path: Path) -> None:
    stations = "a,Station A,10.02,20.02,MG/M3\nb,Station B,10.06,20.02,PPB\n"
    hours = "2018-11-08 00:00:00,0.01,3\n2018-11-08 01:00:00,0.02,3\n"
    options = {"pollutant": "pm25", "unit_column": "units"}
    found = read("airnow_monitors", monitors(tmp_path, hours, stations), options)
    (station,) = found.value.to_dict("records")
    assert (station["station_id"], station["value"], station["unit"]) == ("a", pytest.approx(15.0), "µg/m³")
    assert reasons(found.quality[0]) == {2: ["UNIT_UNKNOWN"]}


def test_no_monitor_measures_what_is_not_configured(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'pm1' is no configured pollutant"):
        read("airnow_monitors", monitors(tmp_path, HOURS, STATIONS), {"pollutant": "pm1"})
