from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from hotspots.errors import InputError
from hotspots.protection import net_area_km2
from tests.data_pipelines.miniature import FIXTURES, read, reasons
from tests.data_pipelines.sources.test_contract import BOUNDARY_OPTIONS

UNITS_FILE = FIXTURES / "units.geojson"


def test_a_bow_tie_is_repaired_and_what_is_no_polygon_is_put_aside():
    found = read("boundaries", UNITS_FILE, BOUNDARY_OPTIONS)
    assert reasons(found.quality[0]) == {3: ["geometry_repaired"], 4: ["GEOMETRY_MISSING"], 5: ["GEOMETRY_MISSING"]}
    units = found.value.table.set_index("unit_id")
    assert list(units.index) == ["E", "T", "W"]
    assert units.geometry["T"].area == pytest.approx(2 * 0.5 * 0.02 * 0.04)
    assert found.value.whole_countries


def test_disputes_are_told_by_status_and_claimants(tmp_path):
    path = tmp_path / "units.gpkg"
    table = gpd.read_file(UNITS_FILE).iloc[:2].assign(disputed=["disputed", None], claims=["JAM,HTI", None])
    table.to_file(path)
    options = BOUNDARY_OPTIONS | {"status_column": "disputed", "claimants_column": "claims"}
    units = read("boundaries", path, options).value.table.set_index("unit_id")
    settled, disputed = sorted(units.index, key=lambda name: units["status"][name])
    assert units.loc[disputed, ["status", "claimants"]].tolist() == ["disputed", "JAM, HTI"]
    assert units.loc[settled, ["status", "claimants"]].tolist() == ["", ""]
    table.assign(claims=["Jamaica", None]).to_file(path)
    with pytest.raises(InputError, match="units"):
        read("boundaries", path, options)


def test_a_shapefile_without_its_prj_is_an_error(tmp_path):
    path = tmp_path / "units.shp"
    gpd.read_file(UNITS_FILE).iloc[:2].to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="no coordinate reference system") as error:
        read("boundaries", path, BOUNDARY_OPTIONS)
    assert error.value.source == str(path)


def test_degrees_that_are_metres_are_an_error(tmp_path):
    path = tmp_path / "units.gpkg"
    table = gpd.GeoDataFrame({"code": ["A"], "name": ["A"]}, geometry=[box(5e5, 2e6, 6e5, 3e6)], crs="EPSG:4326")
    table.to_file(path)
    with pytest.raises(InputError, match="cannot be right"):
        read("boundaries", path, BOUNDARY_OPTIONS)


def test_projected_units_come_back_in_degrees(tmp_path):
    path = tmp_path / "units.gpkg"
    gpd.read_file(UNITS_FILE).iloc[:2].to_crs("EPSG:32632").to_file(path)
    assert read("boundaries", path, BOUNDARY_OPTIONS).value.table.total_bounds == pytest.approx([10, 20, 10.08, 20.06])


def test_a_missing_column_names_those_there_are():
    with pytest.raises(InputError, match=r"no column 'iso'.*code, name") as error:
        read("boundaries", UNITS_FILE, {"id_column": "iso", "name_column": "name"})
    assert error.value.field == "iso"


def test_two_layers_need_a_name(tmp_path):
    path = tmp_path / "units.gpkg"
    for layer in ("old", "new"):
        gpd.read_file(UNITS_FILE).iloc[:2].to_file(path, layer=layer)
    with pytest.raises(InputError, match="2 layers: old, new"):
        read("boundaries", path, BOUNDARY_OPTIONS)
    assert len(read("boundaries", path, BOUNDARY_OPTIONS | {"layer": "new"}).value.table) == 2


def test_places_are_flagged_and_put_aside():
    found = read("places", FIXTURES / "places.csv")
    assert reasons(found.quality[0]) == {3: ["text_damaged"], 4: ["OUTSIDE_REGION"], 5: ["NUMBER_INVALID"]}
    assert found.value["people"].tolist() == [300, 700, 0]


def test_protected_points_become_circles_of_their_area_and_the_excluded_go():
    found = read("protected_areas", FIXTURES / "protected.csv")
    assert reasons(found.quality[0]) == {
        3: ["STATUS_EXCLUDED"],
        4: ["STATUS_EXCLUDED"],
        5: ["AREA_MISSING"],
        6: ["OUTSIDE_REGION"],
    }
    assert found.value["from_point"].all()
    assert found.value["marine"].tolist() == [False, True]
    areas = [net_area_km2(found.value.iloc[[row]]) for row in range(2)]
    assert areas == pytest.approx([4.0, 1.5], rel=1e-3)


def test_protected_polygons_and_points_are_two_files_of_one_dataset(tmp_path):
    columns = {"id": "code", "name": "name", "designation": "name"}
    polygons, points = tmp_path / "area.geojson", tmp_path / "point.geojson"
    gpd.read_file(UNITS_FILE).iloc[:2].to_file(polygons)
    feature = {"type": "Feature", "properties": {"code": "P", "name": "P"}}
    feature["geometry"] = {"type": "Point", "coordinates": [10.02, 20.02]}
    points.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    found = read("protected_areas", {"polygons": polygons, "points": points}, {"columns": columns})
    assert found.value["protected_id"].tolist() == ["mini:E", "mini:W"]
    assert not found.value["from_point"].any()
    assert [(q.file, q.rows_in, q.rows_used) for q in found.quality] == [
        ("area.geojson", 2, 2),
        ("point.geojson", 1, 0),
    ]
    assert reasons(found.quality[1]) == {1: ["AREA_MISSING"]}


def test_monitors_give_the_mean_of_what_they_measured_and_how_much_that_is():
    files = {"hourly": FIXTURES / "hours.csv", "stations": FIXTURES / "stations.csv"}
    found = read("airnow_monitors", files, {"pollutant": "pm25"})
    assert reasons(found.quality[0]) == {3: ["NO_VALUES"], 4: ["OUTSIDE_REGION"]}
    table = found.value.set_index("station_id")
    assert table["value"].to_dict() == {"a": 20.0, "b": 2.0}
    assert table["coverage"].to_dict() == {"a": 0.75, "b": 0.5}
    assert table.loc["a", "period_end"] - table.loc["a", "period_start"] == pd.Timedelta(hours=3)
    assert set(table["statistic"]) == {"mean of hourly"}


@pytest.mark.parametrize("unit", ["ppm", "kg", "hogshead"])
def test_a_unit_that_is_no_concentration_is_an_error(unit):
    files = {"hourly": FIXTURES / "hours.csv", "stations": FIXTURES / "stations.csv"}
    with pytest.raises(InputError, match="no concentration"):
        read("airnow_monitors", files, {"pollutant": "pm25", "unit": unit})
