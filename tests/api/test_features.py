"""OGC API - Features on the miniature region: Eastend (700 people, 10.05–10.07 E, 20.02–20.03 N) and Westend (300)."""

from __future__ import annotations

import io
import json
import math
from urllib.parse import quote

import geopandas as gpd
import httpx
import pandas as pd
import pyogrio
import pytest

from api.features.crs import OFFERED

HOTSPOTS = "/collections/miniature-hotspots"
ITEMS = f"{HOTSPOTS}/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def names(client: httpx.Client, **asked: str) -> list[str]:
    response = client.get(ITEMS, params={key.replace("_", "-"): value for key, value in asked.items()})
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["numberMatched"] >= body["numberReturned"] == len(body["features"])
    return [feature["properties"]["name"] for feature in body["features"]]


def fault(client: httpx.Client, **asked: str) -> str:
    response = client.get(ITEMS, params={key.replace("_", "-"): value for key, value in asked.items()})
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["detail"]


def test_landing_leads_to_everything(client):
    links = {
        link["rel"]: link["href"] for link in client.get("/", headers={"Accept": "application/json"}).json()["links"]
    }
    assert client.get(links["conformance"]).json()["conformsTo"]
    collections = client.get(links["data"]).json()["collections"]
    assert [item["id"] for item in collections] == [f"miniature-{name}" for name in ("admin", "hotspots", "sources")]
    for item in collections:
        relations = {link["rel"]: link["href"] for link in item["links"]}
        assert client.get(relations["self"]).json()["id"] == item["id"]
        assert client.get(relations["items"]).status_code == 200
        assert client.get(relations["canonical"]).json()["edition"] == item["edition"]
        assert item["crs"] == list(OFFERED)


def test_a_collection_says_where_and_when_it_is(client):
    about = client.get(HOTSPOTS).json()
    assert about["extent"]["spatial"]["bbox"] == [[10.01, 20.02, 10.07, 20.04]]
    assert about["license"] == "CC-BY-4.0"
    assert about["disclaimer"]
    assert {link["type"] for link in about["links"] if link["rel"] == "enclosure"} >= {
        "text/csv",
        "application/geo+json",
        "application/zip",
    }


def test_items_are_those_of_the_layer(client, edition):
    body = client.get(ITEMS).json()
    whole = json.loads(edition.path("vectors/hotspots.geojson").read_text(encoding="utf-8"))
    assert body["features"] == whole["features"]
    one = client.get(f"{ITEMS}/{body['features'][0]['id']}").json()
    assert one["properties"] == body["features"][0]["properties"]
    assert one["geometry"] == body["features"][0]["geometry"]
    assert client.get(f"{ITEMS}/nothing").status_code == 404
    assert client.get("/collections/miniature-rivers/items").status_code == 404
    assert client.get("/collections/atlantis-hotspots/items").status_code == 404


def test_pages_lead_through_one_edition(client, edition):
    first = client.get(ITEMS, params={"limit": "1", "sortby": "-people"}).json()
    assert [feature["properties"]["name"] for feature in first["features"]] == ["Eastend"]
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    assert edition.id in following
    answer = client.get(following)
    assert [feature["properties"]["name"] for feature in answer.json()["features"]] == ["Westend"]
    assert "immutable" in answer.headers["cache-control"]
    relations = {link["rel"] for link in answer.json()["links"]}
    assert "next" not in relations
    assert "prev" in relations
    assert names(client, offset="2") == []


def test_a_page_larger_than_allowed_is_the_largest(client):
    assert len(names(client, limit="1000000000")) == 2


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ("10.0,20.0,10.03,20.06", ["Westend"]),
        ("10.055,20.025,10.056,20.026", ["Eastend"]),
        ("10.03,20.0,10.04,20.06", []),
        ("10.07,20.03,11,21", ["Eastend"]),
        ("-180,-90,180,90", ["Eastend", "Westend"]),
        ("10,20,0,11,21,100", ["Eastend", "Westend"]),
        ("10.05,-90,-170,90", ["Eastend"]),
    ],
)
def test_bbox(client, bbox, found):
    assert sorted(names(client, bbox=bbox)) == found


def test_bbox_in_the_axis_order_of_its_crs(client):
    assert names(client, bbox="20.0,10.0,20.06,10.03", bbox_crs=f"{EPSG}4326") == ["Westend"]
    # 10.0 E, 20.0 N to 10.03 E, 20.06 N in Web Mercator.
    mercator = "1113194.9,2273030.9,1116534.5,2280138.9"
    assert names(client, bbox=mercator, bbox_crs=f"{EPSG}3857") == ["Westend"]


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "nan,0,1,1", "0,10,1,5", "0,0,inf,1", "200,0,300,1", ""])
def test_bbox_that_is_none(client, bbox):
    assert "bbox" in fault(client, bbox=bbox)


def test_crs_changes_coordinates_and_axis_order(client):
    plain = client.get(ITEMS).json()["features"][0]["geometry"]["coordinates"]
    answer = client.get(ITEMS, params={"crs": f"{EPSG}4326"})
    assert answer.headers["content-crs"] == f"<{EPSG}4326>"
    turned = answer.json()["features"][0]["geometry"]["coordinates"]
    assert [point[::-1] for point in turned[0]] == plain[0]
    mercator = client.get(ITEMS, params={"crs": f"{EPSG}3857"}).json()["features"][0]["geometry"]["coordinates"][0][0]
    # x of the sphere of Web Mercator.
    assert mercator[0] == pytest.approx(6378137 * math.radians(plain[0][0][0]), abs=0.1)
    assert "not offered" in fault(client, crs="http://www.opengis.net/def/crs/EPSG/0/9999")


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("people > 500", ["Eastend"]),
        ("people BETWEEN 200 AND 400", ["Westend"]),
        ("name LIKE 'East%'", ["Eastend"]),
        ("name LIKE 'east%'", []),
        ("CASEI(name) LIKE CASEI('EAST%')", ["Eastend"]),
        ("ACCENTI(name) = 'Westend'", ["Westend"]),
        ("name IN ('Westend', 'Nowhere')", ["Westend"]),
        ("name NOT IN ('Westend')", ["Eastend"]),
        ("exceeds_standard IS NULL", ["Eastend", "Westend"]),
        ("exceeds_standard IS NOT NULL", []),
        ("clustered", ["Eastend", "Westend"]),
        ("clustered = FALSE", []),
        ("NOT (people > 500 OR rank = 7)", ["Westend"]),
        ("people * 2 + 1 > 1400", ["Eastend"]),
        ("S_INTERSECTS(geometry, POLYGON((10 20, 10.03 20, 10.03 21, 10 21, 10 20)))", ["Westend"]),
        ("NOT S_INTERSECTS(geometry, BBOX(10, 20, 10.03, 21))", ["Eastend"]),
        ("S_DISJOINT(geometry, BBOX(10, 20, 10.03, 21))", ["Eastend"]),
        ("S_WITHIN(geometry, BBOX(10.04, 20, 10.08, 20.06))", ["Eastend"]),
        ("S_CONTAINS(geometry, POINT(10.06 20.025))", ["Eastend"]),
        ("S_WITHIN(POINT(10.06 20.025), geometry)", ["Eastend"]),
        ("name = 'O''Brien'", []),
        ("name > 'F'", ["Westend"]),
        ("TRUE", ["Eastend", "Westend"]),
    ],
)
def test_cql2(client, condition, found):
    assert sorted(names(client, filter=condition)) == found


def test_cql2_json_and_filter_crs(client):
    tree = {"op": "and", "args": [{"op": ">", "args": [{"property": "people"}, 1]}, {"op": "=", "args": [1, 1]}]}
    assert len(names(client, filter=json.dumps(tree), filter_lang="cql2-json")) == 2
    turned = "S_INTERSECTS(geometry, POLYGON((20 10, 20 10.03, 21 10.03, 21 10, 20 10)))"
    assert names(client, filter=turned, filter_crs=f"{EPSG}4326") == ["Westend"]


def test_bbox_equality_and_filter_hold_together(client):
    box = "10.0,20.0,10.08,20.06"
    assert names(client, bbox=box, name="Eastend", filter="S_WITHIN(geometry, BBOX(10.04, 20, 10.08, 20.06))") == [
        "Eastend"
    ]
    assert names(client, bbox=box, name="Westend", filter="S_WITHIN(geometry, BBOX(10.04, 20, 10.08, 20.06))") == []
    assert names(client, clustered="true", people="700") == ["Eastend"]


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "people >",
        "nonsense = 1",
        "top_sources = 'x'",
        "geometry = 1",
        "people",
        "foo(name) = 1",
        "S_INTERSECTS(name, POINT(1 1))",
        "S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))",
        "S_INTERSECTS(geometry, BBOX(0, 5, 1, 1))",
        "(" * 5000 + "people > 1" + ")" * 5000,
        "NOT " * 3000 + "clustered",
        " AND ".join(["people > 1"] * 400),
        "name = 'x'; DROP TABLE feature; --",
        '"people""; DROP TABLE feature; --" = 1',
        "S_INTERSECTS(geometry, MULTIPOINT(" + ",".join(["(1 1)"] * 3000) + "))",
    ],
)
def test_cql2_that_is_none(client, condition):
    assert fault(client, filter=condition)
    assert len(names(client)) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "1e9"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"sortby": "nonsense"}, "nonsense"),
        ({"properties": "nonsense"}, "nonsense"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "2020"}, "datetime"),
        ({"datetime": "20200101"}, "datetime"),
        ({"f": "exe"}, "exe"),
        ({"people": "many"}, "people"),
        ({"unknown": "1"}, "unknown"),
        ({"filter": "people > 1", "filter-lang": "sql"}, "filter-lang"),
    ],
)
def test_faults_name_the_parameter(client, asked, said):
    assert said in fault(client, **asked)


def test_datetime_of_features_without_time(client):
    for text in ("2020-01-01", "2020-01-01T00:00:00Z/..", "../2020-01-01", "../.."):
        assert len(names(client, datetime=text)) == 2


def test_properties_and_sort(client):
    body = client.get(ITEMS, params={"properties": "rank,name", "sortby": "-name"}).json()
    assert [feature["properties"] for feature in body["features"]] == [
        {"name": "Westend", "rank": 2},
        {"name": "Eastend", "rank": 1},
    ]


def test_queryables_sortables_and_schema(client):
    queryables = client.get(f"{HOTSPOTS}/queryables")
    assert queryables.headers["content-type"] == "application/schema+json"
    asked = queryables.json()["properties"]
    assert asked["people"] == {
        "title": "People",
        "description": "People who live in the hotspot.",
        "type": "number",
        "x-ogc-unit": "people",
    }
    assert "top_sources" not in asked
    assert "geometry" in asked
    assert "geometry" not in client.get(f"{HOTSPOTS}/sortables").json()["properties"]
    schema = client.get(f"{HOTSPOTS}/schema").json()["properties"]
    assert schema["hotspot_id"]["x-ogc-role"] == "id"
    assert "top_sources" in schema


def test_other_formats_hold_the_same(client, edition, tmp_path):
    asked = {"bbox": "10.0,20.0,10.03,20.06"}
    sheet = client.get(ITEMS, params={**asked, "f": "csv"})
    assert edition.id in sheet.headers["content-disposition"]
    assert pd.read_csv(io.BytesIO(sheet.content))["name"].tolist() == ["Westend"]
    packed = tmp_path / "items.gpkg"
    packed.write_bytes(client.get(ITEMS, params={**asked, "f": "gpkg", "crs": f"{EPSG}3857"}).content)
    table = pyogrio.read_dataframe(packed)
    assert table["name"].tolist() == ["Westend"]
    assert table.crs.to_epsg() == 3857
    parquet = tmp_path / "items.parquet"
    parquet.write_bytes(client.get(ITEMS, params={**asked, "f": "parquet"}).content)
    read = gpd.read_parquet(parquet)
    assert read["people"].tolist() == [300.0]
    assert json.loads(read["top_sources"][0]) == []
    none = client.get(ITEMS, params={"name": "Nowhere", "f": "csv"})
    assert none.headers["ogc-numbermatched"] == "0"
    assert none.text.startswith("\ufeffhotspot_id,")


def test_html_for_people(client):
    html = {"Accept": "text/html"}
    for address in ("/collections", HOTSPOTS, ITEMS, f"{ITEMS}/{quote('miniature-all-0001')}", "/conformance"):
        answer = client.get(address, headers=html)
        assert answer.headers["content-type"].startswith("text/html"), address
        assert "Accept" in answer.headers["vary"]
    assert "Eastend" in client.get(ITEMS, params={"f": "html"}).text


def test_answers_are_kept_by_their_tag(client):
    answer = client.get(ITEMS, headers={"Accept-Encoding": "identity"})
    again = client.get(ITEMS, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.head(ITEMS).status_code == 200
