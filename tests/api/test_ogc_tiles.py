"""OGC API - Tiles and WMTS on the miniature region (10.0–10.08 E, 20.0–20.06 N)."""

import json
from xml.etree import ElementTree

import pytest

from tests.miniature import GRID
from tiles.mercator import Span, Tile, span_of, tiles_over

TILES = "/collections/miniature-hotspots/tiles"
MATRIX = f"{TILES}/WebMercatorQuad"
SPACES = {"w": "http://www.opengis.net/wmts/1.0", "ows": "http://www.opengis.net/ows/1.1"}
HREF = "{http://www.w3.org/1999/xlink}href"
WMTS_TILE = {
    "SERVICE": "WMTS",
    "VERSION": "1.0.0",
    "REQUEST": "GetTile",
    "LAYER": "miniature-people",
    "STYLE": "default",
    "FORMAT": "image/png",
    "TILEMATRIXSET": "WebMercatorQuad",
}


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_span_of_bounds_by_hand():
    """At zoom 2 tiles are 90° wide; 45° N lies in row 1 (0.36 of the height · 4 = 1.4), 45° S in row 2."""
    assert span_of((-100.0, -45.0, 80.0, 45.0), 2) == Span(2, 0, 2, 1, 2)
    # East ends on a tile's edge: the next tile is not met.
    assert span_of((-90.0, -45.0, 0.0, 45.0), 2) == Span(2, 1, 1, 1, 2)
    assert span_of((170.0, -45.0, 190.0, 45.0), 2) == Span(2, 0, 3, 1, 2)
    assert span_of((-180.0, -90.0, 180.0, 90.0), 0) == Span(0, 0, 0, 0, 0)


def test_a_collection_leads_to_its_tiles(client, edition):
    links = {link["rel"]: link["href"] for link in client.get("/collections/miniature-hotspots").json()["links"]}
    listed = client.get(links["http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"]).json()
    (summary,) = listed["tilesets"]
    (own,) = [link["href"] for link in summary["links"] if link["rel"] == "self"]
    tileset = client.get(own).json()
    assert (tileset["dataType"], tileset["crs"]) == ("vector", "http://www.opengis.net/def/crs/EPSG/0/3857")
    assert {layer["id"] for layer in tileset["layers"]} == {"hotspots", "hotspots_points"}
    (item,) = [link for link in tileset["links"] if link["rel"] == "item"]
    assert item["templated"] is True
    assert edition.id in item["href"]
    (limit,) = [entry for entry in tileset["tileMatrixSetLimits"] if entry["tileMatrix"] == "10"]
    here = item["href"].replace("{tileMatrix}", "10")
    here = here.replace("{tileRow}", str(limit["minTileRow"])).replace("{tileCol}", str(limit["minTileCol"]))
    tile = client.get(here)
    assert tile.status_code == 200
    assert "immutable" in tile.headers["cache-control"]
    (described,) = [link["href"] for link in tileset["links"] if link["rel"] == "describedby"]
    assert client.get(described).json()["tilejson"] == "3.0.0"


def test_rows_come_before_columns_and_the_current_tile_is_revalidated(client, edition):
    tile = next(iter(tiles_over(GRID, 9)))
    assert tile.x != tile.y
    ogc = client.get(f"{MATRIX}/{tile.z}/{tile.y}/{tile.x}")
    xyz = client.get(f"/tiles/miniature/{edition.id}/hotspots/{tile.z}/{tile.x}/{tile.y}.mvt")
    assert ogc.content == xyz.content != b""
    assert ogc.headers["cache-control"] == "no-cache"
    assert client.get(ogc.request.url, headers={"If-None-Match": ogc.headers["etag"]}).status_code == 304


def test_the_tile_matrix_set_is_that_of_the_standard(client):
    (listed,) = client.get("/tileMatrixSets").json()["tileMatrixSets"]
    definition = client.get(listed["links"][0]["href"]).json()
    assert definition["id"] == "WebMercatorQuad"
    # Half the equator of the sphere of 6 378 137 m: π · 6 378 137 = 20 037 508.34 m; 2 · that / 256 = 156 543.03 m.
    first = definition["tileMatrices"][0]
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3428, 20037508.3428])
    assert first["cellSize"] == pytest.approx(156543.03392804)
    assert len(definition["tileMatrices"]) == 25


def test_conformance_names_the_classes(client):
    classes = client.get("/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in classes
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt" in classes


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{MATRIX}/31/0/0", 400), (f"{MATRIX}/1/-1/0", 400), (f"{MATRIX}/1/0/2", 404), (f"{MATRIX}/1/2/0", 404),
        (f"{MATRIX}/1/0/x", 400), (f"{MATRIX}/0/0/0?f=png", 400), (f"{MATRIX}/0/0/0?url=a", 400),
        (f"{TILES}/WorldCRS84Quad", 404), (f"{TILES}/WorldCRS84Quad/0/0/0", 404), (f"{TILES}?f=html", 400),
        ("/collections/miniature-none/tiles", 404), ("/collections/none-hotspots/tiles/WebMercatorQuad/0/0/0", 404),
        ("/collections/miniature-people/tiles", 404), ("/tileMatrixSets/none", 404), ("/tileMatrixSets?a=1", 400),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(client, path, status):
    refused(client.get(path), status)


@pytest.mark.parametrize(
    "capabilities", ["/wmts/1.0.0/WMTSCapabilities.xml", "/wmts?service=WMTS&request=GetCapabilities"]
)
def test_capabilities_list_the_rasters_of_the_map(client, edition, capabilities):
    answer = client.get(capabilities)
    assert answer.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.content)
    layers = {layer.find("ows:Identifier", SPACES).text: layer for layer in root.findall("w:Contents/w:Layer", SPACES)}
    tiled = {file.path for file in edition.manifest.files}
    names = [entry.name for entry in edition.manifest.rasters]
    assert set(layers) == {f"miniature-{name}" for name in names if f"tiles/{name}.pmtiles" in tiled}
    people = layers["miniature-people"]
    corner = people.find("ows:WGS84BoundingBox/ows:LowerCorner", SPACES).text.split()
    assert [float(part) for part in corner] == pytest.approx([10.0, 20.0])
    limits = people.findall(".//w:TileMatrixLimits", SPACES)
    assert [limit.find("w:TileMatrix", SPACES).text for limit in limits] == [str(zoom) for zoom in range(9)]
    template = people.find("w:ResourceURL", SPACES).get("template")
    first = next(iter(tiles_over(GRID, 8)))
    address = template.format(TileMatrix=first.z, TileCol=first.x, TileRow=first.y)
    rest = client.get(address)
    key_value = client.get("/wmts", params=WMTS_TILE | matrix(first))
    assert rest.status_code == key_value.status_code == 200
    assert rest.content == key_value.content
    assert "immutable" in rest.headers["cache-control"]
    assert key_value.headers["cache-control"] == "no-cache"
    for get in root.iter("{http://www.opengis.net/ows/1.1}Get"):
        assert get.get(HREF).endswith("/wmts?")


def matrix(tile):
    return {"TileMatrix": str(tile.z), "TileRow": str(tile.y), "TileCol": str(tile.x)}


INVALID, BEYOND = "InvalidParameterValue", "TileOutOfRange"


def reported(answer):
    """Status, code and locator of an exception report."""
    assert answer.headers["content-type"].startswith("application/xml")
    (found,) = ElementTree.fromstring(answer.content).findall("ows:Exception", SPACES)
    assert found.find("ows:ExceptionText", SPACES).text
    return answer.status_code, found.get("exceptionCode"), found.get("locator")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"TileMatrix": "31"}, INVALID), ({"TileMatrix": "-1"}, INVALID), ({"TileMatrix": "1e1"}, INVALID),
        ({"TileRow": "1"}, BEYOND), ({"TileCol": "1"}, BEYOND), ({"TileCol": "99999999999999"}, INVALID),
        ({"LAYER": "miniature-none"}, INVALID), ({"LAYER": "none-people"}, INVALID),
        ({"LAYER": "miniature-hotspots"}, INVALID), ({"LAYER": "<a>../x"}, INVALID),
        ({"FORMAT": "image/jpeg"}, INVALID),
        ({"STYLE": "other"}, INVALID), ({"TILEMATRIXSET": "other"}, INVALID), ({"VERSION": "2.0.0"}, INVALID),
        ({"SERVICE": "WMS"}, INVALID), ({"sld": "http://127.0.0.1/"}, INVALID),
        ({"TileRow": None}, "MissingParameterValue"),
    ],
)  # fmt: skip
def test_a_faulty_get_tile_is_an_exception_report(client, changed, code):
    asked = WMTS_TILE | matrix(Tile(0, 0, 0)) | changed
    answer = client.get("/wmts", params={key: value for key, value in asked.items() if value is not None})
    assert reported(answer) == (400, code, next(iter(changed)).lower())


def test_other_faults_of_wmts(client):
    assert reported(client.get("/wmts?request=GetFeatureInfo")) == (501, "OperationNotSupported", "request")
    assert reported(client.get("/wmts?layer=a&LAYER=b")) == (400, INVALID, "layer")
    rest = "/wmts/1.0.0/WMTSCapabilities.xml"
    assert reported(client.get(f"{rest}?request=GetTile")) == (400, INVALID, "request")
    assert reported(client.get(f"{rest}?url=a")) == (400, INVALID, "url")
    # OWSLib puts the keys behind any address.
    assert client.get(f"{rest}?service=WMTS&request=GetCapabilities&version=1.0.0").status_code == 200


def test_a_layer_has_a_legend(client, edition):
    root = ElementTree.fromstring(client.get("/wmts").content)
    legends = {found.get(HREF): found for found in root.iter("{http://www.opengis.net/wmts/1.0}LegendURL")}
    address = next(href for href in legends if "/people/" in href)
    answer = client.get(address)
    assert answer.headers["content-type"].startswith(legends[address].get("format"))
    assert "immutable" in answer.headers["cache-control"]
    picture = ElementTree.fromstring(answer.content)
    assert picture.get("width") == legends[address].get("width")
    classes = json.loads(edition.path("pictures/people.json").read_text())["classes"]
    drawn = [found.get("fill") for found in picture.findall("{http://www.w3.org/2000/svg}rect")[1:]]
    assert drawn == [item["colour"] for item in classes]
    words = [found.text for found in picture.findall("{http://www.w3.org/2000/svg}text")]
    assert words[1:-1] == [item["label"] for item in classes]
    refused(client.get(f"/tiles/miniature/{edition.id}/hotspots/legend.svg"), 404)


def test_rasters_are_found_as_map_tilesets(client, edition):
    rel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
    (listed,) = [item["href"] for item in client.get("/").json()["links"] if item["rel"] == rel]
    tilesets = client.get(listed).json()["tilesets"]
    tiled = {file.path for file in edition.manifest.files}
    own = [entry for entry in edition.manifest.rasters if f"tiles/{entry.name}.pmtiles" in tiled]
    assert [(item["title"], item["dataType"]) for item in tilesets] == [
        (f"{entry.title}: Miniature", "map") for entry in own
    ]
    people = next(item for item in tilesets if item["title"] == "People: Miniature")
    (described,) = [link["href"] for link in people["links"] if link["rel"] == "self"]
    tileset = client.get(described).json()
    (item,) = [link for link in tileset["links"] if link["rel"] == "item"]
    assert (item["type"], item["templated"], edition.id in item["href"]) == ("image/png", True, True)
    at = next(iter(tiles_over(GRID, 8)))
    address = item["href"]
    for name, number in (("tileMatrix", at.z), ("tileRow", at.y), ("tileCol", at.x)):
        address = address.replace(f"{{{name}}}", str(number))
    tile = client.get(address)
    assert tile.content == client.get(f"/tiles/miniature/{edition.id}/people/{at.z}/{at.x}/{at.y}.png").content
    assert "immutable" in tile.headers["cache-control"]
    current = client.get(address.replace(f"-{edition.id}", ""))
    assert (current.content, current.headers["cache-control"]) == (tile.content, "no-cache")


def test_a_raster_is_a_collection_with_its_file_and_legend(client, edition):
    document = client.get("/collections/miniature-people").json()
    assert "items" not in {link["rel"] for link in document["links"]}
    west, south, east, north = document["extent"]["spatial"]["bbox"][0]
    assert [west, south, east, north] == pytest.approx([10.0, 20.0, 10.08, 20.06], abs=1e-6)
    hrefs = {link["href"] for link in document["links"]}
    assert any(href.endswith(f"/files/miniature/{edition.id}/rasters/people.tif") for href in hrefs)
    assert {client.head(href).status_code for href in hrefs} == {200}
    assert "People" in client.get("/collections/miniature-people?f=html").text
    # Feature clients would take each of the list for a layer of features: rasters are listed by their tilesets alone.
    listed = [item["id"] for item in client.get("/collections").json()["collections"]]
    assert "miniature-people" not in listed
    refused(client.get("/collections/miniature-people/items"), 404)
    refused(client.get("/collections/miniature-hotspots/map/tiles"), 404)
    refused(client.get("/collections/miniature-none/map/tiles/WebMercatorQuad"), 404)
    refused(client.get("/collections/miniature-people/map/tiles/WorldCRS84Quad"), 404)
    refused(client.get("/collections/miniature-people/map/tiles/WebMercatorQuad/1/0/2"), 404)
