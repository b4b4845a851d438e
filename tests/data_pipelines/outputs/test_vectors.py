import csv
import json
import shutil
import subprocess

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data_pipelines.outputs import geojson, geopackage, geoparquet, spreadsheet
from data_pipelines.outputs.spreadsheet import write_csv
from tests import miniature

LAYERS = ("hotspots", "sources", "admin")
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20)


def read_geojson(folder, layer):
    return json.loads((folder / "vectors" / f"{layer}.geojson").read_text(encoding="utf-8"))


def test_geojson_says_what_it_is_and_has_no_crs(folder):
    document = read_geojson(folder, "hotspots")
    assert document["type"] == "FeatureCollection"
    assert document["name"] == "hotspots"
    assert document["bbox"] == [10.01, 20.02, 10.07, 20.04]
    assert document["licence"] == "CC-BY-4.0"
    assert document["disclaimer"] == miniature.POLICY.disclaimer
    assert "Ministry (2020)" in document["attribution"]
    assert "crs" not in document


def test_geojson_missing_is_null_and_lists_are_lists(folder):
    east = read_geojson(folder, "hotspots")["features"][0]
    assert east["id"] == east["properties"]["hotspot_id"] == "miniature-all-0001"
    assert east["properties"]["land_pressure"] is None
    assert east["properties"]["exceeds_standard"] is None
    assert east["properties"]["clustered"] is True
    assert east["properties"]["rank"] == 1
    assert [item["share"] for item in east["properties"]["top_sources"]] == [0.9, 0.1]


def test_fields_come_in_the_order_of_the_registry(folder, publication):
    for layer in LAYERS:
        names = list(read_geojson(folder, layer)["features"][0]["properties"])
        assert names == [field.name for field in publication.vector_layers[layer].fields]


@pytest.mark.parametrize("layer", LAYERS)
def test_all_formats_hold_the_same(folder, publication, layer):
    base = folder / "vectors" / layer
    plain = gpd.read_file(base.with_suffix(".geojson"))
    packed = pyogrio.read_dataframe(base.with_suffix(".gpkg"))
    parquet = gpd.read_parquet(base.with_suffix(".parquet"))
    sheet = pd.read_csv(base.with_suffix(".csv"))
    key = publication.vector_layers[layer].id_field
    original = publication.tables[layer].sort_values(key)
    for table in (plain, packed, parquet, sheet):
        assert table[key].tolist() == original[key].tolist()
        for field in publication.vector_layers[layer].fields:
            if field.kind == "number":
                assert table[field.name].astype(float).fillna(-1).tolist() == original[field.name].fillna(-1).tolist()
            if field.kind == "integer":
                values = pd.to_numeric(table[field.name]).fillna(-1).astype(int).tolist()
                assert values == original[field.name].fillna(-1).astype(int).tolist()
    for table in (plain, packed, parquet):
        shapes = original.geometry.to_crs(table.crs).reset_index(drop=True)
        assert all(table.geometry.geom_equals(shapes, align=False))
        assert table.crs.equals("EPSG:4326", ignore_axis_order=True)


def test_geopackage_booleans_stay_booleans_and_layers_are_described(folder):
    info = pyogrio.read_info(folder / "vectors" / "hotspots.gpkg", layer="hotspots")
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    subtypes = dict(zip(info["fields"], info["ogr_subtypes"], strict=True))
    assert (types["clustered"], subtypes["clustered"]) == ("OFTInteger", "OFSTBoolean")
    assert types["rank"] in ("OFTInteger64", "OFTInteger")
    assert info["layer_metadata"]["LICENCE"] == "CC-BY-4.0"
    assert info["layer_metadata"]["DISCLAIMER"] == miniature.POLICY.disclaimer


def test_geoparquet_columns_carry_title_and_unit(folder):
    schema = pq.read_schema(folder / "vectors" / "hotspots.parquet")
    assert schema.field("area_km2").metadata == {
        b"title": b"Area",
        b"description": b"Geodesic area.",
        b"unit": "km²".encode(),
    }
    assert json.loads(schema.metadata[b"notice"])["licence"] == "CC-BY-4.0"
    assert json.loads(schema.metadata[b"geo"])["version"] == "1.1.0"


def test_csv_has_a_point_inside_the_feature(folder):
    table = pd.read_csv(folder / "vectors" / "hotspots.csv")
    points = gpd.points_from_xy(table["lon"], table["lat"])
    shapes = gpd.read_file(folder / "vectors" / "hotspots.geojson").geometry
    assert all(shape.contains(point) for shape, point in zip(shapes, points, strict=True))


def test_csv_is_marked_as_utf8_for_spreadsheets(folder):
    assert (folder / "vectors" / "admin.csv").read_bytes().startswith(b"\xef\xbb\xbfunit_id,name,")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_cell_is_a_formula_but_negative_numbers_stay(tmp_path, start):
    path = tmp_path / "t.csv"
    write_csv(pd.DataFrame({"text": [f"{start}1+2", "a=b"], "number": [-1.5, 2]}), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["text", "number"], [f"'{start}1+2", "-1.5"], ["a=b", "2.0"]]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXT)
@example(name="Đắk Lắk")
@example(name="\"</script>\u2028,;\r\n'=")
@example(name="=HYPERLINK(1)")
@example(name="NaN")
def test_any_name_survives_each_format(renamed, name, tmp_path):
    publication = renamed(name)
    for writer in (geojson, geopackage, geoparquet, spreadsheet):
        list(writer.write(publication, tmp_path))
    base = tmp_path / "vectors" / "sources"
    assert read_geojson(tmp_path, "sources")["features"][0]["properties"]["name"] == name
    assert pyogrio.read_dataframe(base.with_suffix(".gpkg"))["name"].tolist() == [name]
    assert gpd.read_parquet(base.with_suffix(".parquet"))["name"].tolist() == [name]
    with base.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        guarded = f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else name
        assert next(csv.DictReader(file))["name"] == guarded


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL's programs are not installed")
@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
def test_the_machines_own_gdal_opens_it(folder, suffix):
    path = folder / "vectors" / f"hotspots.{suffix}"
    said = subprocess.run(["ogrinfo", "-so", path, "hotspots"], capture_output=True, text=True, check=True)
    assert "Feature Count: 2" in said.stdout
    assert "ERROR" not in said.stderr
