"""OWSLib reads features and map tiles of a running service."""

from __future__ import annotations

import io

import pytest
from owslib.ogcapi.features import Features
from owslib.util import ServiceException
from owslib.wmts import WebMapTileService
from PIL import Image

from tiles.mercator import tiles_over

CAPABILITIES = ("wmts", "wmts/1.0.0/WMTSCapabilities.xml")


@pytest.fixture(scope="module")
def features(service):
    return Features(f"{service.address}/")


def test_features_are_found_paged_and_filtered(service, features):
    assert {f"{service.region}-{layer}" for layer in ("admin", "hotspots", "sources")} <= set(
        features.feature_collections()
    )
    name, own = f"{service.region}-hotspots", service.edition.layer("hotspots")
    page = features.collection_items(name, limit=5, offset=5)
    assert (page["numberMatched"], page["numberReturned"]) == (len(own), 5)
    best = features.collection_items(name, filter="rank = 1 AND dimension = 'all'")["features"]
    assert [item["properties"]["people"] for item in best] == pytest.approx(
        list(own[(own["rank"] == 1) & (own["dimension"] == "all")]["people"])
    )
    assert features.collection_item(name, best[0]["id"])["properties"]["rank"] == 1
    assert features.collection_queryables(name)["properties"]["people"]["type"] == "number"
    west, south, _, _ = own.total_bounds
    outside = features.collection_items(name, bbox=[west - 2, south - 2, west - 1, south - 1])
    assert outside["numberMatched"] == 0


@pytest.mark.parametrize("capabilities", CAPABILITIES)
def test_map_tiles_are_found_and_drawn(service, capabilities):
    wmts = WebMapTileService(f"{service.address}/{capabilities}")
    assert wmts.provider.name
    layer = wmts[f"{service.region}-people"]
    assert layer.boundingBoxWGS84 == pytest.approx(service.edition.manifest.bounds, abs=0.01)
    first = next(iter(tiles_over(service.edition.grid, 7)))
    asked = {"layer": layer.id, "tilematrixset": "WebMercatorQuad", "tilematrix": "7"}
    tile = wmts.gettile(**asked, row=first.y, column=first.x)
    assert Image.open(io.BytesIO(tile.read())).size == (256, 256)
    legend = layer.styles["default"]["legend"]
    assert legend.startswith(f"{service.address}/")


def test_a_fault_is_an_exception_report_to_it(service):
    wmts = WebMapTileService(f"{service.address}/wmts")
    asked = {"layer": f"{service.region}-people", "tilematrixset": "WebMercatorQuad", "tilematrix": "7"}
    with pytest.raises(ServiceException, match="row"):
        wmts.gettile(**asked, row=-1, column=0)
