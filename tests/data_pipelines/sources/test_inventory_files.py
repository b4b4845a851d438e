"""A ministry's inventory as a workbook and as a layer of points is the same inventory as its CSV."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from data_pipelines.check import check_file, columns_not_used
from hotspots.errors import InputError
from tests.data_pipelines.miniature import FACILITY_OPTIONS, FIXTURES, TODAY, read
from tests.data_pipelines.sources.workbook import workbook

CSV = FIXTURES / "facilities.csv"
POINTS = {
    **FACILITY_OPTIONS,
    "columns": FACILITY_OPTIONS["columns"] | {"latitude": "latitude", "longitude": "longitude"},
}


def cells() -> list[list[str | float | None]]:
    """The table of the CSV, numbers as numbers, as an office program stores it."""
    header, *rows = [line.split(";") for line in CSV.read_text().splitlines()]
    return [list(header), *([number(value) for value in row] for row in rows)]


def number(text: str) -> str | float | None:
    try:
        return float(text) if text.lower() not in {"nan", "inf"} else text
    except ValueError:
        return text or None


def same(first, second) -> None:
    pd.testing.assert_frame_equal(first.value.sources, second.value.sources)
    pd.testing.assert_frame_equal(first.value.releases, second.value.releases)
    assert [(i.row, i.reason, i.outcome) for i in first.quality[0].issues] == [
        (i.row, i.reason, i.outcome) for i in second.quality[0].issues
    ]


def test_a_workbook_is_read_as_its_csv(tmp_path):
    blank: list[str | float | None] = [None]
    path = workbook(tmp_path / "inventory.xlsx", Plants=[blank, *cells()])
    same(read("facility_table", path, FACILITY_OPTIONS), read("facility_table", CSV, FACILITY_OPTIONS))


def test_of_several_sheets_one_is_named(tmp_path):
    path = workbook(tmp_path / "inventory.xlsx", Notes=[["Made by hand"]], Plants=cells())
    with pytest.raises(InputError, match="2 sheets: Notes, Plants") as error:
        read("facility_table", path, FACILITY_OPTIONS)
    assert error.value.field == "sheet"
    found = read("facility_table", path, FACILITY_OPTIONS | {"sheet": "Plants"})
    same(found, read("facility_table", CSV, FACILITY_OPTIONS))
    with pytest.raises(InputError, match="no sheet 'Plant'"):
        read("facility_table", path, FACILITY_OPTIONS | {"sheet": "Plant"})


def test_values_beside_the_table_are_not_dropped_in_silence(tmp_path):
    rows = cells()
    rows[1].append("see annex")
    with pytest.raises(InputError, match="has no name"):
        read("facility_table", workbook(tmp_path / "inventory.xlsx", Plants=rows), FACILITY_OPTIONS)


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut off", b"<html>log in</html>", b""])
def test_a_broken_workbook_is_an_error_that_names_it(content, tmp_path):
    path = tmp_path / "inventory.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        read("facility_table", path, FACILITY_OPTIONS)
    assert error.value.source == str(path)


def layer(path: Path, crs: str = "EPSG:4326") -> Path:
    """The rows of the CSV with a position, as points with its other columns."""
    table = pd.read_csv(CSV, sep=";", dtype=str, keep_default_na=False)
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    gpd.GeoDataFrame(table.drop(columns=["lat", "lon"]), geometry=points, crs="EPSG:4326").to_crs(crs).to_file(path)
    return path


def test_a_layer_of_points_is_read_as_its_csv(tmp_path):
    found = read("facility_table", layer(tmp_path / "inventory.gpkg"), POINTS)
    same(found, read("facility_table", CSV, FACILITY_OPTIONS))


def test_a_layer_in_metres_is_brought_to_degrees(tmp_path):
    found = read("facility_table", layer(tmp_path / "inventory.gpkg", "EPSG:32632"), POINTS).value.sources
    by_csv = read("facility_table", CSV, FACILITY_OPTIONS).value.sources
    assert found.geometry.x.to_numpy() == pytest.approx(by_csv.geometry.x.to_numpy(), abs=1e-9)
    assert found.geometry.y.to_numpy() == pytest.approx(by_csv.geometry.y.to_numpy(), abs=1e-9)


def test_a_feature_without_a_position_is_put_aside_and_polygons_are_refused(tmp_path):
    table = gpd.GeoDataFrame({"name": ["A", "B"]}, geometry=[Point(10.02, 20.03), None], crs="EPSG:4326")
    table.to_file(tmp_path / "two.gpkg")
    quality = read("facility_table", tmp_path / "two.gpkg", {"sector": "chemicals"}).quality[0]
    assert [(i.row, i.reason) for i in quality.issues if i.outcome == "quarantined"] == [(2, "COORDINATE_MISSING")]
    areas = gpd.GeoDataFrame({"name": ["A"]}, geometry=[box(10, 20, 10.1, 20.1)], crs="EPSG:4326")
    areas.to_file(tmp_path / "areas.gpkg")
    with pytest.raises(InputError, match="feature 1 is a Polygon"):
        read("facility_table", tmp_path / "areas.gpkg", {"sector": "chemicals"})


def test_check_takes_workbooks_and_layers(tmp_path):
    rows: list[list[str | float | None]] = [
        ["name", "latitude", "longitude", "owner"],
        ["Works", 20.03, 10.02, "State"],
    ]
    path = workbook(tmp_path / "inventory.xlsx", Plants=rows)
    assert check_file(path, TODAY).quality.rows_used == 1
    assert columns_not_used(path) == ("owner",)
    points = gpd.GeoDataFrame({"name": ["Works"]}, geometry=[Point(10.02, 20.03)], crs="EPSG:4326")
    points.to_file(tmp_path / "inventory.gpkg")
    assert check_file(tmp_path / "inventory.gpkg", TODAY).quality.rows_used == 1
