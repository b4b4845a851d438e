"""STAC and DCAT-AP of the miniature region."""

from __future__ import annotations

import pystac
import pytest
from pystac.validation import validate_dict


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
