"""The abstract tests of OGC API - Features, parts 1 (core, GeoJSON) and 2 (CRS): each test names its requirement."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
UNKNOWN_CRS = "http://www.opengis.net/def/crs/EPSG/0/1"
COLLECTIONS = [f"miniature-{name}" for name in ("hotspots", "sources", "admin")]
GEOJSON = "application/geo+json"


@pytest.fixture(params=COLLECTIONS)
def collection(request):
    return request.param


def relations(body):
    return {link["rel"] for link in body["links"]}


def linked(body, relation, media_type):
    found = [link for link in body["links"] if link["rel"] == relation and link["type"].startswith(media_type)]
    assert found, (relation, media_type)
    return found[0]["href"]


def json_of(client, path, **asked):
    # Empty parameters would take away those of the address.
    answer = client.get(path, params={key.replace("_", "-"): value for key, value in asked.items()} or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def items(client, collection, **asked):
    return json_of(client, f"/collections/{collection}/items", **asked)


class TestCore:
    """Requirements class http://www.opengis.net/spec/ogcapi-features-1/1.0/req/core."""

    def test_req_http(self, client):
        for path in ("/", "/conformance", "/collections"):
            answer = client.get(path)
            assert (answer.http_version, answer.status_code) == ("HTTP/1.1", 200)

    def test_req_root_op_root_success(self, client):
        body = json_of(client, "/")
        assert {"service-desc", "conformance", "data"} <= relations(body)
        for link in body["links"]:
            assert {"rel", "href", "type"} <= set(link)

    def test_req_api_definition_op_api_definition_success(self, client):
        address = linked(json_of(client, "/"), "service-desc", "application/vnd.oai.openapi+json")
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.json()["openapi"].startswith("3.")
        assert "/collections/{collection}/items" in answer.json()["paths"]

    def test_req_conformance_op_conformance_success(self, client):
        body = json_of(client, linked(json_of(client, "/"), "conformance", "application/json"))
        needed = {f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson")}
        assert needed | {"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"} <= set(body["conformsTo"])

    def test_req_fc_md_op_fc_md_links_fc_md_items(self, client):
        body = json_of(client, linked(json_of(client, "/"), "data", "application/json"))
        assert {"self", "alternate"} <= relations(body)
        assert {item["id"] for item in body["collections"]} == set(COLLECTIONS)
        for item in body["collections"]:
            assert client.get(linked(item, "items", GEOJSON)).headers["content-type"] == GEOJSON

    def test_req_fc_md_extent_fc_md_extent_multi(self, client):
        for item in json_of(client, "/collections")["collections"]:
            west, south, east, north = item["extent"]["spatial"]["bbox"][0]
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
            for feature in items(client, item["id"])["features"]:
                for lon, lat in points(feature["geometry"]["coordinates"]):
                    assert west - 1e-6 <= lon <= east + 1e-6
                    assert south - 1e-6 <= lat <= north + 1e-6

    def test_req_sfc_md_op_sfc_md_success(self, client, collection):
        listed = next(item for item in json_of(client, "/collections")["collections"] if item["id"] == collection)
        assert json_of(client, f"/collections/{collection}") == listed

    def test_req_fc_op_fc_response(self, client, collection):
        answer = client.get(f"/collections/{collection}/items")
        assert answer.headers["content-type"] == GEOJSON
        assert answer.json()["type"] == "FeatureCollection"

    def test_req_fc_limit_definition_fc_limit_response(self, client, collection):
        total = items(client, collection)["numberMatched"]
        for limit in (1, 2, 10_000, 10_000_000):
            assert len(items(client, collection, limit=limit)["features"]) == min(limit, total)
        for limit in ("0", "-1", "x", "1.5"):
            assert client.get(f"/collections/{collection}/items", params={"limit": limit}).status_code == 400

    def test_req_fc_bbox_definition_fc_bbox_response(self, client, collection):
        every = items(client, collection)["features"]
        for feature in every:
            lons, lats = zip(*points(feature["geometry"]["coordinates"]), strict=True)
            box = f"{min(lons)},{min(lats)},{max(lons)},{max(lats)}"
            found = items(client, collection, bbox=box)["features"]
            assert feature["id"] in {item["id"] for item in found}
        assert items(client, collection, bbox="-10,-10,-9,-9")["features"] == []
        assert len(items(client, collection, bbox="-180,-90,0,180,90,9000")["features"]) == len(every)
        for box in ("1,2,3", "1,2,3,4,5", "a,b,c,d", "0,9,1,8", ""):
            assert client.get(f"/collections/{collection}/items", params={"bbox": box}).status_code == 400

    def test_req_fc_time_definition_fc_time_response(self, client, collection):
        # Features have no time of their own, so all of them match (17-069r4, 7.15.4).
        total = items(client, collection)["numberMatched"]
        for text in ("2018-02-12T23:20:50Z", "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z", "../2018-03-18T12:31:12Z"):
            assert items(client, collection, datetime=text)["numberMatched"] == total
        for text in ("tomorrow", "2018-02-30T00:00:00Z", "2018/2019/2020", "2020-01-01/2019-01-01"):
            assert client.get(f"/collections/{collection}/items", params={"datetime": text}).status_code == 400, text

    @pytest.mark.parametrize("path", ["/collections", "/collections/{}", "/collections/{}/items", "/conformance"])
    def test_req_query_param_unknown(self, client, collection, path):
        assert client.get(path.format(collection), params={"nonsense": "1"}).status_code == 400

    def test_req_fc_links_fc_rel_type(self, client, collection):
        body = items(client, collection, limit=1)
        assert {"self", "alternate"} <= relations(body)
        assert all({"rel", "type"} <= set(link) for link in body["links"])
        for link in body["links"]:
            assert client.get(link["href"]).status_code == 200
        seen, page = [], body
        while True:
            seen += [feature["id"] for feature in page["features"]]
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            if not following:
                break
            page = json_of(client, following[0])
        assert len(seen) == len(set(seen)) == body["numberMatched"]

    def test_req_fc_numbermatched_fc_numberreturned(self, client, collection):
        body = items(client, collection, limit=1)
        assert body["numberReturned"] == len(body["features"]) == 1
        assert body["numberMatched"] == len(items(client, collection, limit=10_000)["features"])

    def test_req_f_op_f_success_f_links(self, client, collection):
        for feature in items(client, collection)["features"]:
            answer = client.get(f"/collections/{collection}/items/{feature['id']}")
            assert answer.headers["content-type"] == GEOJSON
            body = answer.json()
            assert {key: body[key] for key in ("type", "id", "geometry", "properties")} == feature
            assert {"self", "alternate", "collection"} <= relations(body)
        assert client.get(f"/collections/{collection}/items/none").status_code == 404
        assert client.get("/collections/none/items").status_code == 404


class TestCrs:
    """Requirements class http://www.opengis.net/spec/ogcapi-features-2/1.0/req/crs."""

    def test_req_crs_uri_fc_md_crs_list_storage_crs_valid_value(self, client, collection):
        body = json_of(client, f"/collections/{collection}")
        assert CRS84 in body["crs"]
        assert body["storageCrs"] in body["crs"]
        assert all(uri.startswith("http://www.opengis.net/def/crs/") for uri in body["crs"])

    def test_req_fc_crs_definition_fc_crs_default_value_ogc_crs_header(self, client, collection):
        plain = client.get(f"/collections/{collection}/items")
        assert plain.headers["content-crs"] == f"<{CRS84}>"
        for uri in json_of(client, f"/collections/{collection}")["crs"]:
            answer = client.get(f"/collections/{collection}/items", params={"crs": uri})
            assert (answer.status_code, answer.headers["content-crs"]) == (200, f"<{uri}>")

    def test_req_crs_action_axis_order(self, client, collection):
        plain, turned = items(client, collection), items(client, collection, crs=EPSG_4326)
        for one, other in zip(plain["features"], turned["features"], strict=True):
            there = points(other["geometry"]["coordinates"])
            assert points(one["geometry"]["coordinates"]) == [point[::-1] for point in there]

    def test_req_fc_crs_valid_value_fc_bbox_crs_valid_value(self, client, collection):
        for asked in ({"crs": UNKNOWN_CRS}, {"bbox": "1,1,2,2", "bbox-crs": UNKNOWN_CRS}, {"crs": "EPSG:4326"}):
            assert client.get(f"/collections/{collection}/items", params=asked).status_code == 400

    def test_req_fc_bbox_crs_definition_bbox_crs_action(self, client, collection):
        first = items(client, collection)["features"][0]
        (lon, lat), *_ = points(first["geometry"]["coordinates"])
        plain = items(client, collection, bbox=f"{lon},{lat},{lon},{lat}")["features"]
        turned = items(client, collection, bbox=f"{lat},{lon},{lat},{lon}", bbox_crs=EPSG_4326)["features"]
        assert first["id"] in {feature["id"] for feature in plain}
        assert turned == plain

    def test_req_feature_in_a_crs_keeps_it_in_links(self, client, collection):
        body = items(client, collection, crs=EPSG_4326, limit=1)
        for link in body["links"]:
            if link["rel"] in {"self", "next", "alternate"}:
                assert parse_qs(urlsplit(link["href"]).query)["crs"] == [EPSG_4326]
        answer = client.get(f"/collections/{collection}/items/{body['features'][0]['id']}", params={"crs": EPSG_4326})
        assert answer.headers["content-crs"] == f"<{EPSG_4326}>"
        assert json.dumps(answer.json()["geometry"]) == json.dumps(body["features"][0]["geometry"])


def points(coordinates):
    if isinstance(coordinates[0], (int, float)):
        return [list(coordinates[:2])]
    return [point for part in coordinates for point in points(part)]
