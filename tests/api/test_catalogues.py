"""STAC and DCAT-AP of the miniature region."""

from __future__ import annotations

import re
import shutil

import httpx
import pystac
import pytest
from pystac.validation import validate_dict

from hotspots.editions import draft
from hotspots.policy import publishable
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import POLICY, assessment
from tests.serving import served


def without_extensions(document: dict[str, object]) -> dict[str, object]:
    """The same for the core schemas alone: those of extensions lie on the network."""
    return {**document, "stac_extensions": []}


def test_the_catalogue_leads_to_every_file(client, edition):
    root = client.get("/stac").json()
    validate_dict(root)
    child = next(link["href"] for link in root["links"] if link["rel"] == "child")
    collection = client.get(child).json()
    validate_dict(collection)
    (item_link,) = [link["href"] for link in collection["links"] if link["rel"] == "item"]
    item = client.get(item_link).json()
    validate_dict(without_extensions(item))
    read = pystac.Item.from_dict(item)
    assert read.bbox == list(edition.manifest.bounds)
    assert read.properties["version"] == edition.id
    assert read.properties["proj:shape"] == list(edition.grid.shape)
    assert read.properties["proj:code"] == "EPSG:4326"
    data = {file.path for file in edition.manifest.files if file.role == "data"}
    assert data <= set(read.assets)
    people = read.assets["rasters/people.tif"]
    assert people.extra_fields["file:checksum"] == "1220" + edition.file("rasters/people.tif").sha256
    assert people.extra_fields["raster:bands"][0]["unit"] == "people"
    assert client.head(people.href).headers["content-length"] == str(people.extra_fields["file:size"])


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 1),
        ({"bbox": "10,20,10.01,20.01"}, 1),
        ({"bbox": "50,20,51,21"}, 0),
        ({"datetime": "2020-06-01T00:00:00Z"}, 1),
        ({"datetime": "../2019-01-01T00:00:00Z"}, 0),
        ({"datetime": "2020-12-31/.."}, 1),
        ({"collections": "atlantis"}, 0),
        ({"collections": "miniature,atlantis"}, 1),
        ({"ids": "2020-01-01-000000000000"}, 0),
    ],
)
def test_search(client, asked, count):
    found = client.get("/stac/search", params=asked).json()
    assert found["numberMatched"] == len(found["features"]) == count


@pytest.mark.parametrize(
    "asked", [{"bbox": "1"}, {"datetime": "now"}, {"datetime": "2020/2021/2022"}, {"limit": "0"}, {"colour": "red"}]
)
def test_search_faults(client, asked):
    assert client.get("/stac/search", params=asked).status_code == 400


def test_open_data_record(client, edition):
    record = client.get("/regions/miniature/dcat").json()
    assert record["@type"] == "dcat:Dataset"
    assert record["dcat:version"] == edition.id
    distributions = {item["dcat:downloadURL"]["@id"]: item for item in record["dcat:distribution"]}
    geojson = next(href for href in distributions if href.endswith("vectors/hotspots.geojson"))
    assert client.head(geojson).status_code == 200
    assert distributions[geojson]["dcat:mediaType"]["@id"].endswith("application/geo+json")
    assert client.get("/regions/atlantis/dcat").status_code == 404


EXTENSIONS = {
    f"https://stac-extensions.github.io/{name}/v{version}/schema.json"
    for name, version in (("version", "1.2.0"), ("projection", "2.0.0"), ("raster", "1.1.0"), ("file", "2.1.0"))
}
BAND_TYPES = {"float32", "float64", "int16", "uint8", "int32", "uint16"}


def test_fields_of_the_extensions_are_as_their_specifications_say(client):
    """By hand from the text of each specification: no package carries their schemas, which lie on the network.

    A prefix's fields must be among those of its version, for the schemas allow no others.
    """
    (item,) = client.get("/stac/collections/miniature/items").json()["features"]
    assert set(item["stac_extensions"]) == EXTENSIONS
    properties = item["properties"]
    assert isinstance(properties["version"], str)
    assert [link["type"] for link in item["links"] if link["rel"] == "latest-version"] == ["application/geo+json"]
    assert {name for name in properties if name.startswith("proj:")} == {"proj:code", "proj:shape", "proj:transform"}
    assert re.fullmatch(r"[A-Z]+:\d+", properties["proj:code"])
    assert [type(size) for size in properties["proj:shape"]] == [int, int]
    a, b, west, d, e, north = properties["proj:transform"]
    rows, cols = properties["proj:shape"]
    assert [west, north + e * rows, west + a * cols, north] == pytest.approx(item["bbox"])
    assert (b, d) == (0, 0)
    rasters = 0
    for asset in item["assets"].values():
        extended = {name for name in asset if ":" in name}
        assert extended <= {"file:size", "file:checksum", "raster:bands"}
        assert isinstance(asset["file:size"], int)
        # A multihash: 12 is SHA-256, 20 its 32 bytes.
        assert re.fullmatch(r"1220[0-9a-f]{64}", asset["file:checksum"])
        if "raster:bands" in asset:
            rasters += 1
            (band,) = asset["raster:bands"]
            assert set(band) == {"data_type", "nodata", "unit"}
            assert band["data_type"] in BAND_TYPES
            assert band["nodata"] == "nan"
            assert isinstance(band["unit"], str)
    assert rasters > 5


def publish_again(store, made_of):
    """The current edition of the miniature once more, of other inputs."""
    edition = store.current("miniature")
    made_of.write_text(made_of.name)
    with store.staging() as staged:
        for file in edition.manifest.files:
            (staged / file.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(edition.folder / file.path, staged / file.path)
        made = publishable(assessment(), POLICY)
        inputs = {name: [made_of] for name in ("census", "facilities")}
        return store.publish(staged, draft(made, inputs, created=WHEN, software_version="1.0")).id


def pages(client, answer):
    """The ids on each page from ``answer`` on, by the links to the next."""
    page = answer.json()
    yield [item["id"] for item in page["features"]]
    for link in page["links"]:
        if link["rel"] == "next":
            yield from pages(client, client.request(link["method"], link["href"], json=link.get("body")))


def test_pages_of_a_search_lead_through_every_edition_once(store, tmp_path):
    ids = {store.current("miniature").id, *(publish_again(store, tmp_path / name) for name in ("one", "two"))}
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        (everything,) = pages(client, client.get("/stac/search"))
        assert len(ids) == 3
        assert set(everything) == ids
        one_by_one = [[found] for found in everything]
        by_get = client.get("/stac/search", params={"limit": 1, "collections": "miniature", "bbox": "9,19,11,21"})
        assert list(pages(client, by_get)) == one_by_one
        assert list(pages(client, client.get("/stac/collections/miniature/items?limit=1"))) == one_by_one
        assert (
            list(pages(client, client.post("/stac/search", json={"limit": 1, "bbox": [9, 19, 11, 21]}))) == one_by_one
        )


@pytest.mark.parametrize(
    ("body", "status", "count"),
    [
        ({}, 200, 1),
        ({"ids": ["2020-01-01-000000000000"]}, 200, 0),
        ({"collections": ["miniature"], "limit": 10_000}, 200, 1),
        ({"intersects": {"type": "Point", "coordinates": [10.01, 20.01]}}, 200, 1),
        ({"intersects": {"type": "Point", "coordinates": [50, 20.01]}}, 200, 0),
        ({"intersects": {"type": "Point"}}, 400, None),
        ({"intersects": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}}, 400, None),
        ({"intersects": {"type": "Point", "coordinates": [0, 0]}, "bbox": [0, 0, 1, 1]}, 400, None),
        ({"bbox": [0, 0, 1]}, 400, None),
        ({"limit": 0}, 400, None),
        ({"token": "miniature:none"}, 400, None),
        ({"query": {}}, 400, None),
    ],
)
def test_search_by_body(client, body, status, count):
    answer = client.post("/stac/search", json=body)
    assert answer.status_code == status
    assert count is None or answer.json()["numberMatched"] == count


def test_a_geometry_by_get(client):
    here = {"intersects": '{"type":"Point","coordinates":[10.01,20.01]}'}
    assert client.get("/stac/search", params=here).json()["numberMatched"] == 1
    assert client.get("/stac/search", params={"intersects": "POINT(10 20)"}).status_code == 400
