"""Points and areas of the miniature region."""

from __future__ import annotations

import json

import pytest
from shapely import box, to_geojson
from shapely.geometry import Point, mapping

EXECUTE = "/processes/area-statistics/execution"
WHOLE = json.loads(to_geojson(box(9.9, 19.9, 10.2, 20.2)))
BOW_TIE = {"type": "Polygon", "coordinates": [[[10, 20], [11, 21], [10, 21], [11, 20], [10, 20]]]}
HALVES = ((9.9, 19.9, 10.0437, 20.2), (10.0437, 19.9, 10.2, 20.2))


def asked(area: object, **more: object) -> dict[str, object]:
    return {"inputs": {"region": "miniature", "area": area, **more}}


def test_the_whole_region_has_all_its_people(client, edition):
    found = client.post(EXECUTE, json=asked(WHOLE)).json()
    assert found["people"] == pytest.approx(1000.0)
    assert found["edition"] == edition.id
    assert found["disclaimer"]
    rasters = {item["name"]: item for item in found["rasters"]}
    assert rasters["people"]["total"] == pytest.approx(1000.0)
    assert sum(item["people"] for item in rasters["air_pressure"]["classes"]) == pytest.approx(1000.0)
    assert not any(name.endswith("_gi_z") for name in rasters)
    assert found["hotspots"]["count"] == 2
    assert [item["rank"] for item in found["hotspots"]["first"]] == [1, 2]
    assert found["protected"] is None


def test_two_halves_are_the_whole(client):
    halves = [client.post(EXECUTE, json=asked(json.loads(to_geojson(box(*half))))).json() for half in HALVES]
    assert sum(half["people"] for half in halves) == pytest.approx(1000.0)
    whole = client.post(EXECUTE, json=asked(WHOLE)).json()
    assert sum(half["area_km2"] for half in halves) == pytest.approx(whole["area_km2"])
    assert [item["name"] for item in halves[0]["hotspots"]["first"]] == ["Westend"]


def test_a_feature_and_a_pinned_edition_are_taken_too(client, edition):
    feature = {"type": "Feature", "properties": {}, "geometry": WHOLE}
    assert client.post(EXECUTE, json=asked(feature, edition=edition.id)).json()["people"] == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (json.dumps(asked(mapping(Point(10, 20)))).encode(), "no polygon"),
        (json.dumps(asked(BOW_TIE)).encode(), "not valid"),
        (json.dumps(asked(mapping(box(50, 50, 51, 51)))).encode(), "outside the region"),
        (json.dumps(asked(mapping(box(1000, 20, 2000, 21)))).encode(), "longitude"),
        (json.dumps(asked({"type": "Polygon"})).encode(), "cannot be read"),
        (json.dumps(asked(WHOLE, extra=1)).encode(), "extra"),
        (json.dumps(asked(mapping(Point(10.04, 20.03).buffer(0.02, quad_segs=2000)))).encode(), "vertices"),
        (b" " * 1_000_001, "longer"),
    ],
)  # fmt: skip
def test_faults_are_named(client, body, said):
    answer = client.post(EXECUTE, content=body)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_unknown_region_and_edition(client):
    assert client.post(EXECUTE, json={"inputs": {"region": "atlantis", "area": WHOLE}}).status_code == 404
    assert client.post(EXECUTE, json=asked(WHOLE, edition="2020-01-01-000000000000")).status_code == 404


def test_a_process_describes_itself(client):
    listed = client.get("/processes").json()["processes"]
    summary = next(process for process in listed if process["id"] == "area-statistics")
    links = {link["rel"]: link["href"] for link in summary["links"]}
    about = client.get(links["self"]).json()
    assert about["inputs"]["area"]["minOccurs"] == 1
    assert about["inputs"]["edition"]["minOccurs"] == 0


def test_a_point(client, edition):
    base = f"/regions/miniature/editions/{edition.id}/point"
    values = {item["name"]: item["value"] for item in client.get(f"{base}?lon=10.06&lat=20.025").json()["values"]}
    assert values["people"] > 0
    assert client.get(f"{base}?lon=50&lat=20").status_code == 400
    assert client.get(f"{base}?lon=nan&lat=20").status_code == 400
    assert client.get(f"{base}?lon=10.06").status_code == 400
    assert client.get("/regions/miniature/editions/current/point?lon=10.06&lat=20.025").status_code == 307
