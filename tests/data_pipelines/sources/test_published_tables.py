"""Inventories and measurements in their publishers' layouts: what is read, and what must not go unnoticed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data_pipelines.check import recognise
from data_pipelines.contract import Read
from data_pipelines.registry import find
from hotspots.errors import InputError
from tests.data_pipelines.miniature import FIXTURES, read, reasons, request
from tests.data_pipelines.sources.layouts import changed, every, renamed, without_row

LB = 0.45359237
"""kg in a pound."""
Files = dict[str, Path]
TRI: Files = {"file": FIXTURES / "tri_2020_us.csv"}
EPRTR: Files = {
    "facilities": FIXTURES / "2_ProductionFacility.csv",
    "releases": FIXTURES / "2f_PollutantRelease.csv",
}
CLIMATE_TRACE: Files = {"file": FIXTURES / "climate_trace.csv"}
OPENAQ: Files = {"file": FIXTURES / "openaq.csv"}


def amounts(found: Read) -> dict[tuple[str, str, str], float]:
    table = found.value.releases
    keys = zip(table["source_id"].str.removeprefix("mini:"), table["pollutant"], table["medium"], strict=True)
    return dict(zip(keys, table["release_kg_yr"], strict=True))


def check_tri(files: Files) -> None:
    """Lead and its compounds: 100 + 900 + 0 + 1000 pounds to air, 10 + 0 to water; benzene 25 to air, 50 to water."""
    found = read("tri", files)
    assert amounts(found) == pytest.approx(
        {
            ("00001WSTND", "pb", "air"): 2000 * LB,
            ("00001WSTND", "pb", "water"): 10 * LB,
            ("00002STNDC", "benzene", "air"): 25 * LB,
            ("00002STNDC", "benzene", "water"): 50 * LB,
        },
        rel=1e-9,
    )
    sources = found.value.sources.set_index("source_id")
    assert sources["sector"].tolist() == ["nonferrous_metals", "chemicals", "public_electricity"]
    assert sources["releases_assessed"].tolist() == [True, True, False]
    assert sources.geometry["mini:00001WSTND"].coords[0] == (10.02, 20.03)
    assert reasons(found.quality[0]) == {
        3: ["pollutant_not_assessed"],
        5: ["releases_unknown"],
        6: ["OUTSIDE_REGION"],
        7: ["DUPLICATE_ID"],
        8: ["NEGATIVE_RELEASE"],
        9: ["OTHER_YEAR"],
    }


def check_eprtr(files: Files) -> None:
    """Accidental releases are part of the total; of nitrogen oxides the row that stands twice counts once."""
    found = read("eprtr", files)
    assert amounts(found) == {
        ("DE.CAED/1.FACILITY", "nox", "air"): 1_200_000.0,
        ("DE.CAED/1.FACILITY", "so2", "air"): 340_000.0,
        ("DE.CAED/2.FACILITY", "total_n", "water"): 55_000.0,
        ("DE.CAED/2.FACILITY", "zn", "water"): 120.5,
    }
    releases = found.value.releases.set_index(["source_id", "pollutant"])
    assert releases["method"].tolist() == ["M", "C", "E", "E"]
    sources = found.value.sources.set_index("source_id")
    assert sources["sector"].tolist() == ["public_electricity", "wastewater", "chemicals"]
    assert sources["country"].tolist() == ["DEU", "DEU", "GBR"]
    assert sources["name"].tolist()[1] == "Klärwerk Ost"
    assert sources.geometry["mini:DE.CAED/1.FACILITY"].coords[0] == (10.02, 20.03)
    facilities, released = found.quality
    assert reasons(facilities) == {
        3: ["releases_unknown"],
        4: ["OUTSIDE_REGION"],
        5: ["COUNTRY_UNKNOWN"],
        6: ["COORDINATE_MISSING"],
    }
    assert reasons(released) == {
        3: ["pollutant_not_assessed"],
        4: ["OTHER_YEAR"],
        7: ["OUTSIDE_REGION"],
        8: ["FACILITY_UNUSABLE"],
        9: ["DUPLICATE_ID"],
        10: ["NEGATIVE_RELEASE"],
    }


def check_climate_trace(files: Files) -> None:
    """SO2 of twelve months of 10 t, PM2.5 of twelve of 0.25 t; of NOx one month is missing, so that it is not known."""
    found = read("climate_trace", files)
    assert amounts(found) == pytest.approx({("101", "so2", "air"): 120_000.0, ("202", "pm25", "air"): 3_000.0})
    sources = found.value.sources.set_index("source_id")
    assert sources["sector"].tolist() == ["public_electricity", "mineral_products"]
    assert sources["name"].tolist() == ["Westend power station", "Eastend cement"]
    assert sources["country"].tolist() == ["JAM", "JAM"]
    assert sources.geometry["mini:202"].coords[0] == (10.07, 20.01)
    partly = {row: ["part_of_year"] for row in range(13, 24)}
    assert reasons(found.quality[0]) == partly | {
        24: ["pollutant_not_assessed"],
        25: ["OTHER_YEAR"],
        26: ["HEADER_REPEATED"],
        39: ["OUTSIDE_REGION"],
    }


def check_openaq(files: Files) -> None:
    """Hours (UTC) 8 to 11: PM2.5 (14 + 10)/2; SO2 10 and 30 within the hour to 10, 50 at 11: (20 + 50)/2.

    NO2 of 0.02 ppm at 25 °C and 1013.25 hPa, where a mole fills 8.314463 × 298.15 / 101325 = 0.0244654 m³:
    0.02 × 46.005 / 0.0244654 = 37.608 µg/m³.
    """
    found = read("openaq", files)
    table = found.value.set_index("observation_id")
    assert table["value"].to_dict() == pytest.approx(
        {"mini:3919:pm25": 12.0, "mini:3920:no2": 37.60821, "mini:901:so2": 35.0}
    )
    assert table["coverage"].tolist() == [0.5, 0.25, 0.5]
    assert table["station_id"].tolist() == ["2178", "2178", "77"]
    assert [start.hour for start in table["period_start"]] == [8, 8, 10]
    assert table["period_end"].tolist() == [pd.Timestamp(2020, 2, 22, hour) for hour in (9, 8, 11)]
    assert table.geometry["mini:901:so2"].coords[0] == (10.07, 20.01)
    assert reasons(found.quality[0]) == {
        3: ["NEGATIVE_VALUE"],
        5: ["OTHER_POLLUTANT"],
        6: ["HEADER_REPEATED"],
        10: ["OUTSIDE_REGION"],
    }


CHECKS: dict[str, tuple[Callable[[Files], None], Files]] = {
    "tri": (check_tri, TRI),
    "eprtr": (check_eprtr, EPRTR),
    "openaq": (check_openaq, OPENAQ),
    "climate_trace": (check_climate_trace, CLIMATE_TRACE),
}

MUTATIONS = [
    *(("tri", "file", renamed(f"{number}. {name}")) for number, name in (
        (1, "YEAR"), (2, "TRIFD"), (4, "FACILITY NAME"), (12, "LATITUDE"), (13, "LONGITUDE"), (30, "PRIMARY NAICS"),
        (36, "DOC_CTRL_NUM"), (39, "TRI CHEMICAL/COMPOUND ID"), (49, "FORM TYPE"), (50, "UNIT OF MEASURE"),
        (51, "5.1 - FUGITIVE AIR"), (52, "5.2 - STACK AIR"), (53, "5.3 - WATER"),
    )),
    *(("tri", "file", every("50. UNIT OF MEASURE", change)) for change in (
        lambda unit: {"Pounds": "Grams", "Grams": "Pounds"}[unit], lambda _: "Kilograms", lambda _: "Litres",
    )),
    *(("tri", "file", without_row(number)) for number in (1, 2, 4, 5)),
    *(("eprtr", "facilities", renamed(name)) for name in (
        "Facility_INSPIRE_ID", "nameOfFeature", "mainActivityCode", "countryCode", "pointGeometryLon",
        "pointGeometryLat",
    )),
    *(("eprtr", "releases", renamed(name)) for name in (
        "Facility_INSPIRE_ID", "reportingYear", "pollutantCode", "medium", "totalPollutantQuantityKg", "methodCode",
    )),
    ("eprtr", "releases", lambda rows: [
        ["totalPollutantQuantityT" if name == "totalPollutantQuantityKg" else name for name in rows[0]], *rows[1:],
    ]),
    ("eprtr", "releases", every("medium", lambda medium: {"AIR": "WATER", "WATER": "AIR"}[medium])),
    ("eprtr", "releases", every("methodCode", lambda code: {"M": "Measured"}.get(code, code))),
    *(("eprtr", "facilities", without_row(number)) for number in (1, 2, 3)),
    *(("eprtr", "releases", without_row(number)) for number in (2, 5, 6)),
    *(("openaq", "file", renamed(name)) for name in (
        "location_id", "sensors_id", "location", "datetime", "lat", "lon", "parameter", "units", "value",
    )),
    ("openaq", "file", every("units", lambda unit: {"µg/m³": "mg/m³", "mg/m³": "µg/m³"}.get(unit, unit))),
    ("openaq", "file", every("units", lambda unit: "furlong" if unit == "µg/m³" else unit)),
    ("openaq", "file", every("units", lambda unit: "ppb" if unit == "ppm" else unit)),
    *(("openaq", "file", without_row(number)) for number in (1, 2, 7, 9)),
    *(("climate_trace", "file", renamed(name)) for name in (
        "source_id", "source_name", "iso3_country", "subsector", "lat", "lon", "gas", "start_time",
        "temporal_granularity", "emissions_quantity",
    )),
    ("climate_trace", "file", every("emissions_quantity", lambda t: t if t.startswith("e") else str(float(t) * 1000))),
    ("climate_trace", "file", every("temporal_granularity", lambda step: "annual" if step == "month" else step)),
    *(("climate_trace", "file", without_row(number)) for number in (1, 12, 27, 38)),
]  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_the_publishers_layout_is_read(name):
    check, files = CHECKS[name]
    check(files)


@pytest.mark.parametrize(("name", "file", "change"), MUTATIONS)
def test_no_change_of_layout_goes_unnoticed(name, file, change, tmp_path):
    check, files = CHECKS[name]
    with pytest.raises((InputError, AssertionError)):
        check(files | {file: changed(files[file], tmp_path, change)})


def test_a_renamed_column_is_named(tmp_path):
    copy = changed(TRI["file"], tmp_path, renamed("53. 5.3 - WATER"))
    with pytest.raises(InputError) as error:
        read("tri", copy)
    assert (error.value.source, error.value.field) == (str(copy), "5.3 - WATER")


@pytest.mark.parametrize(
    ("name", "adapter"), [("tri_2020_us.csv", "tri"), ("openaq.csv", "openaq"), ("climate_trace.csv", "climate_trace")]
)
def test_a_published_table_is_recognised_by_its_columns(name, adapter):
    assert recognise(FIXTURES / name).spec.name == adapter


def test_ordinals_of_another_year_are_no_matter(tmp_path):
    def shifted(rows: list[list[str]]) -> list[list[str]]:
        return [[f"{index + 100}. {name.split('. ', 1)[1]}" for index, name in enumerate(rows[0])], *rows[1:]]

    check_tri({"file": changed(TRI["file"], tmp_path, shifted)})


def test_an_unknown_unit_is_an_error_that_names_it(tmp_path):
    copy = changed(TRI["file"], tmp_path, every("50. UNIT OF MEASURE", lambda _: "Litres"))
    with pytest.raises(InputError, match="'Litres'") as error:
        read("tri", copy)
    assert error.value.field == "UNIT OF MEASURE"


def test_days_of_stations_joined_as_they_are_compressed_are_one_table(tmp_path):
    day, other = OPENAQ["file"].read_text().split("location_id,", 2)[1:]
    joined = tmp_path / "openaq.csv.gz"
    joined.write_bytes(b"".join(gzip.compress(f"location_id,{part}".encode()) for part in (day, other)))
    check_openaq({"file": joined})


@pytest.mark.parametrize(
    ("options", "expected"),
    # 20 °C: 37.60821 × 298.15 / 293.15; half of the pressure, half of the mass
    [({"reference_temperature_c": 20.0}, 38.24966), ({"reference_pressure_hpa": 506.625}, 18.80410)],
)
def test_a_share_of_the_air_becomes_a_mass_at_the_reference_conditions(options, expected):
    table = read("openaq", OPENAQ, options).value.set_index("observation_id")
    assert table["value"]["mini:3920:no2"] == pytest.approx(expected, rel=1e-6)
    assert table["value"]["mini:3919:pm25"] == 12.0


def test_parts_per_billion_are_a_thousandth_and_of_dust_they_are_no_mass(tmp_path):
    copy = changed(OPENAQ["file"], tmp_path, every("units", lambda unit: unit if unit == "units" else "ppb"))
    found = read("openaq", copy)
    assert found.value.set_index("observation_id")["value"]["mini:3920:no2"] == pytest.approx(0.03760821)
    assert reasons(found.quality[0])[1] == ["UNIT_UNKNOWN"]


@pytest.mark.parametrize("code", ["as Hg", "Mercury and compounds (as Hg)", "Nox", ""])
def test_pollutants_as_another_version_writes_them_are_an_error_that_names_the_code(code, tmp_path):
    changed_code = every("pollutantCode", lambda old: code if old == "ZNANDCOMPOUNDS" else old)
    with pytest.raises(InputError, match=re.escape(repr(code))) as error:
        read("eprtr", EPRTR | {"releases": changed(EPRTR["releases"], tmp_path, changed_code)})
    assert (error.value.field, error.value.source) == ("pollutantCode", str(tmp_path / EPRTR["releases"].name))


def test_codes_that_nobody_knows_are_put_aside_by_name(tmp_path):
    unknown = every("pollutantCode", lambda old: "HG" if old == "ZNANDCOMPOUNDS" else old)
    (tmp_path / "other").mkdir()
    other = every("mainActivityCode", lambda old: "10(a)" if old == "5(f)" else old)
    files = {
        "releases": changed(EPRTR["releases"], tmp_path, unknown),
        "facilities": changed(EPRTR["facilities"], tmp_path / "other", other),
    }
    facilities, releases = read("eprtr", files).quality
    assert reasons(facilities)[2] == ["SECTOR_UNKNOWN"]
    assert "POLLUTANT_UNKNOWN" in reasons(releases)[6]
    assert {issue.detail for issue in releases.issues if issue.reason == "POLLUTANT_UNKNOWN"} == {"HG"}


def test_years_are_not_added_up_where_the_dataset_names_none():
    asked = request("tri", TRI)
    with pytest.raises(InputError, match="2 years, 2019 to 2020"):
        find("tri").read(replace(asked, ref=replace(asked.ref, year=None)))
