"""pystac-client opens the catalogue, searches it and finds files that can be read."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import httpx
import pytest
from pystac_client import Client

# In a process of its own: GDAL waits for the service, which runs in this one, with Python's lock in its hand.
READ_RASTER = """
import json, sys
import rasterio
with rasterio.open("/vsicurl/" + sys.argv[1]) as file:
    print(json.dumps([file.shape, f"EPSG:{file.crs.to_epsg()}"]))
"""


@pytest.fixture(scope="module")
def catalogue(service):
    with warnings.catch_warnings():
        # Of a client that a catalogue has led astray; none is expected.
        warnings.simplefilter("error")
        yield Client.open(f"{service.address}/stac")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_search_by_place_time_and_region(service, catalogue, method):
    west, south, east, north = service.edition.manifest.bounds
    inside = [(west + east) / 2, (south + north) / 2]
    for asked in (
        {"bbox": [west, south, east, north]},
        {"intersects": {"type": "Point", "coordinates": inside}},
        {"collections": [service.region], "datetime": "../2030-01-01"},
        {"ids": [service.edition.id], "limit": 1},
    ):
        search = catalogue.search(method=method, **asked)
        assert search.matched() == 1
        assert [item.id for item in search.items()] == [service.edition.id]
    assert catalogue.search(method=method, bbox=[west - 9, south, west - 8, north]).matched() == 0


def test_the_catalogue_is_walked_to_the_files(service, catalogue):
    (collection,) = catalogue.get_collections()
    assert collection.id == service.region
    (item,) = collection.get_items()
    (walked,) = catalogue.get_items(recursive=True)
    assert walked.id == item.id == service.edition.id
    raster = item.assets["rasters/people.tif"]
    read = subprocess.run(
        [sys.executable, "-c", READ_RASTER, raster.href], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(read.stdout) == [item.properties["proj:shape"], item.properties["proj:code"]]
    for asset in item.assets.values():
        head = httpx.head(asset.href, trust_env=False)
        assert (head.status_code, head.headers["content-length"]) == (200, str(asset.extra_fields["file:size"]))
