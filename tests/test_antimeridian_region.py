"""Two countries across the antimeridian, from their files to what a client reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from data_pipelines.refresh import refresh
from hotspots.editions import Edition, Store
from hotspots.progress import Silent
from tests.antimeridian_region import CELL_DEG, REGION, TOWNS, people, write
from tests.serving import served

ACROSS = [[[179.9, -17.9], [180.1, -17.9], [180.1, -17.6], [179.9, -17.6], [179.9, -17.9]]]
"""The town at 180 degrees, in longitudes that run on."""


def _refreshed(folder: Path, *, whole_globe: bool) -> Edition:
    write(folder, whole_globe=whole_globe)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOTS_CONFIG", str(folder))
        outcome = refresh(REGION, Store(folder / "home"), Silent())
    assert outcome.edition is not None
    return outcome.edition


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("past-180")


@pytest.fixture(scope="module")
def edition(folder: Path) -> Edition:
    return _refreshed(folder, whole_globe=False)


@pytest.fixture(scope="module")
def client(edition: Edition, folder: Path) -> Iterator[httpx.Client]:
    with served(folder / "home") as address, httpx.Client(base_url=address, trust_env=False) as made:
        yield made


def test_people_are_those_of_the_raster_in_units_on_both_sides(edition: Edition) -> None:
    assert edition.manifest.totals.people == people().sum()
    assert edition.manifest.totals.people_outside_units == 0
    assert float(np.nansum(edition.raster("people"))) == people().sum()
    units = edition.layer("admin").set_index("name")["people"]
    part = {name: round(degrees / CELL_DEG) for name, degrees in (("West", 2.5), ("Middle", 1.0), ("East", 1.0))}
    edges = np.cumsum([0, *part.values()])
    for name, first, last in zip(part, edges[:-1], edges[1:], strict=True):
        assert units[name] == pytest.approx(people()[:, first:last].sum(), rel=1e-9)


def test_the_town_at_180_degrees_is_one_hotspot_in_two_parts(edition: Edition) -> None:
    hotspots = edition.layer("hotspots")
    together = hotspots[hotspots["dimension"] == "all"]
    assert len(together) == len(TOWNS)
    (divided,) = together[together.geometry.geom_type == "MultiPolygon"].itertuples()
    east_of_180, west_of_180 = sorted(part.bounds for part in divided.geometry.geoms)
    assert east_of_180[0] == -180.0
    assert west_of_180[2] == 180.0
    assert divided.people >= 36 * 3_000
    assert divided.geometry.area < 0.2


def test_a_source_has_the_country_of_the_unit_it_lies_in(edition: Edition) -> None:
    sources = edition.layer("sources").set_index("name")
    assert sources["country"].to_dict() == {"Levu works": "FJI", "Meridian works": "FJI", "Tonga Point works": "TON"}
    assert not sources["transboundary"].any()


def test_a_raster_around_the_whole_globe_gives_the_same_bytes(edition: Edition, tmp_path: Path) -> None:
    other = _refreshed(tmp_path, whole_globe=True)
    drawn = [
        file for file in edition.manifest.files if file.path.startswith(("rasters/", "vectors/", "tiles/", "pictures/"))
    ]
    assert len(drawn) > 40
    assert {file.path: file.sha256 for file in drawn} == {file.path: other.file(file.path).sha256 for file in drawn}


def test_a_box_across_the_antimeridian_finds_the_divided_hotspot(client: httpx.Client) -> None:
    asked = {"bbox": "179.5,-18.5,-179.5,-17", "filter": "dimension = 'all'", "filter-lang": "cql2-text"}
    found = client.get(
        f"/collections/{REGION}-hotspots/items", params=asked, headers={"Accept": "application/geo+json"}
    )
    assert found.status_code == 200, found.text
    (feature,) = found.json()["features"]
    assert shapely.is_valid(shape(feature["geometry"]))
    west, _, east, _ = feature["bbox"] if "bbox" in feature else found.json().get("bbox", (179, 0, -179, 0))
    assert west > east


@pytest.mark.parametrize("turns", [0, -360])
def test_an_area_across_the_antimeridian_has_its_people(client: httpx.Client, turns: int) -> None:
    rings = [[[lon + turns, lat] for lon, lat in ring] for ring in ACROSS]
    body = {"inputs": {"region": REGION, "area": {"type": "Polygon", "coordinates": rings}}}
    found = client.post("/processes/area-statistics/execution", json=body)
    assert found.status_code == 200, found.text
    # 6 x 6 cells of the town, and of the 12 x 18 around it the rest.
    assert found.json()["people"] == pytest.approx(36 * 3_000 + (12 * 18 - 36) * 2, rel=1e-6)


@pytest.mark.parametrize("lon", [179.99, -179.99])
def test_a_point_on_either_side_has_its_value(client: httpx.Client, lon: float) -> None:
    found = client.get(
        f"/regions/{REGION}/editions/current/point", params={"lon": lon, "lat": -17.75}, follow_redirects=True
    )
    assert found.status_code == 200, found.text
    values = {item["name"]: item["value"] for item in found.json()["values"]}
    assert values["people"] == 3_000.0


def test_boxes_say_that_they_cross(client: httpx.Client, edition: Edition) -> None:
    west, _, east, _ = json.loads(edition.path("vectors/admin.geojson").read_text())["bbox"]
    assert (west, east) == (177.0, -178.5)
    collection = client.get(f"/collections/{REGION}-admin", params={"f": "json"}).json()
    west, _, east, _ = collection["extent"]["spatial"]["bbox"][0]
    assert (west, east) == (177.0, -178.5)
    assert client.get(f"/map?region={REGION}").status_code == 200


def test_an_area_east_of_the_antimeridian_is_found(client: httpx.Client) -> None:
    ring = [[-179.1, -17.9], [-178.8, -17.9], [-178.8, -17.6], [-179.1, -17.6], [-179.1, -17.9]]
    body = {"inputs": {"region": REGION, "area": {"type": "Polygon", "coordinates": [ring]}}}
    found = client.post("/processes/area-statistics/execution", json=body).json()
    assert found["people"] == pytest.approx(36 * 2_000 + (18 * 18 - 36) * 2, rel=1e-6)
    assert [item["name"] for item in found["sources"]["first"]] == ["Tonga Point works"]
