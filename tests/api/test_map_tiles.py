"""Raster tiles of the miniature region: prebuilt, rendered, and what is refused."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from api import map_tiles
from api.looks import default_look
from api.slots import Slots
from hotspots.errors import NotFoundError
from tiles.mercator import tiles_over
from tiles.style import RAMPS, ramp


def pixels(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    return np.array(Image.open(io.BytesIO(response.content)).convert("RGBA"))


@pytest.fixture
def base(edition):
    return f"/tiles/miniature/{edition.id}/people"


@pytest.fixture
def place(edition):
    tile = next(iter(tiles_over(edition.grid, 8)))
    return f"{tile.z}/{tile.x}/{tile.y}.png"


@pytest.fixture
def breaks(edition):
    codebook = json.loads(edition.path("report/codebook.json").read_text())
    (about,) = [entry for entry in codebook["rasters"] if entry["name"] == "people"]
    return ",".join(map(str, about["classes"]["breaks"])), about["classes"]["ramp"]


def test_tilejson_of_a_raster(client, base):
    document = client.get(f"{base}.json").json()
    assert (document["tilejson"], document["format"]) == ("3.0.0", "png")
    # Cells of 0.01°: at zoom 8 a pixel is 360 / 256 / 2⁸ = 0.0055° wide, at zoom 7 0.011°.
    assert (document["minzoom"], document["maxzoom"]) == (4, 8)
    assert client.get(document["legend"]).json()["name"] == "people"
    assert client.get(document["tiles"][0].format(z=0, x=0, y=0)).headers["content-type"] == "image/png"


def test_the_prebuilt_tile_and_the_same_classes_asked_for_are_one_picture(client, base, place, breaks):
    prebuilt = client.get(f"{base}/{place}")
    assert "immutable" in prebuilt.headers["cache-control"]
    assert client.get(f"{base}/{place}", headers={"If-None-Match": prebuilt.headers["etag"]}).status_code == 304
    asked = client.get(f"{base}/{place}", params={"breaks": breaks[0], "ramp": breaks[1]})
    assert "immutable" in asked.headers["cache-control"]
    assert (pixels(prebuilt)[..., 3] > 0).any()
    assert np.array_equal(pixels(prebuilt), pixels(asked))


def test_an_asked_ramp_and_breaks_give_their_colours(client, base, place, edition):
    people = edition.raster("people").to_numpy()
    middle = float(np.nanmedian(people))
    found = pixels(client.get(f"{base}/{place}", params={"breaks": str(middle), "ramp": "blue_reversed"}))
    seen = {tuple(colour) for colour in found[found[..., 3] > 0][:, :3].tolist()}
    assert seen == {tuple(bytes.fromhex(ramp("blue_reversed", at)[1:])) for at in (0, 1)}


def test_a_range_ends_in_the_ends_of_the_ramp(client, base, place, edition):
    top = float(np.nanmax(edition.raster("people").to_numpy()))
    low = pixels(client.get(f"{base}/{place}", params={"range": f"{top},{top + 1}", "ramp": "heat"}))
    high = pixels(client.get(f"{base}/{place}", params={"range": "-2,-1", "ramp": "heat"}))
    for found, at in ((low, 0), (high, 1)):
        assert {tuple(c) for c in found[found[..., 3] > 0][:, :3].tolist()} == {
            tuple(bytes.fromhex(ramp("heat", at)[1:]))
        }


def test_deeper_than_prebuilt_is_rendered_and_outside_is_transparent(client, base, edition):
    deep = next(iter(tiles_over(edition.grid, 14)))
    assert (pixels(client.get(f"{base}/14/{deep.x}/{deep.y}.png"))[..., 3] > 0).any()
    assert not pixels(client.get(f"{base}/5/0/0.png"))[..., 3].any()


def test_a_raster_without_prebuilt_tiles_is_rendered(client, edition):
    names = [entry.name for entry in edition.manifest.rasters]
    listed = [file.path for file in edition.manifest.files]
    (name, *_) = [name for name in names if f"tiles/{name}.pmtiles" not in listed]
    pixels(client.get(f"/tiles/miniature/{edition.id}/{name}/0/0/0.png"))


@pytest.mark.parametrize(
    "query",
    [
        "ramp=rainbow", "ramp=", "range=2,1", "range=1,1", "range=nan,1", "range=1,inf", "range=1", "range=1,2,3",
        "breaks=", "breaks=2,1", "breaks=1,nan", "breaks=a,b", "range=1,2&breaks=1,2", "resampling=cubic",
        "breaks=" + ",".join(map(str, range(255))), "expression=b1", "url=http://127.0.0.1/",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(client, base, place, query):
    found = client.get(f"{base}/{place}?{query}")
    assert found.status_code == 400
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("people/31/0/0.png", 400), ("people/1/-1/0.png", 400), ("people/1/2/0.png", 404), ("people/0/0/1.png", 404),
        ("people/1/0/99999999999.png", 400), ("people/a/0/0.png", 400), ("people/0/0/0.mvt", 404),
        ("people/0/0/0.tif", 404), ("hotspots/0/0/0.png", 404), ("none/0/0/0.png", 404), ("%2e%2e/0/0/0.png", 404),
    ],
)  # fmt: skip
def test_addresses_without_a_tile(client, edition, path, status):
    found = client.get(f"/tiles/miniature/{edition.id}/{path}")
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"


def test_too_many_at_once_are_told_to_wait(client, base, place, monkeypatch):
    slots = Slots(at_once=1, waiting=0, wait_s=0.0)
    monkeypatch.setattr(map_tiles, "HEAVY", slots)
    with slots.taken():
        busy = client.get(f"{base}/{place}", params={"ramp": "heat"})
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    assert client.get(f"{base}/{place}", params={"ramp": "heat"}).status_code == 200


def test_every_ramp_is_offered(client):
    described = client.get("/openapi.json").json()["paths"]["/tiles/{region}/{edition}/{layer}/{z}/{x}/{y}.png"]["get"]
    by_name = {parameter["name"]: parameter for parameter in described["parameters"]}
    assert {"ramp", "range", "breaks", "resampling"} <= set(by_name)
    assert all(name in by_name["ramp"]["description"] for name in RAMPS)


def test_a_raster_of_an_older_edition_is_not_there_rather_than_wrong():
    with pytest.raises(NotFoundError, match="before its rasters could be drawn"):
        default_look({"classes": {"breaks": [1.0], "basis": "fixed steps"}})
