"""The description is sound, and every answer to made-up requests is one that it tells of."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
KNOWN = {"region": "miniature", "collection": "miniature-hotspots", "layer": "hotspots"}
"""Path parameters that exist: without them nearly every made-up request would end at 404."""


def test_the_description_is_valid_openapi(client):
    validate(client.get("/openapi.json").json())


def test_every_operation_tells_its_errors(client):
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            assert {"400", "500", "503"} <= set(responses), path
            assert "422" not in responses, path
            assert "application/problem+json" in responses["400"]["content"], path
            if "{" in path:
                assert "404" in responses, path


def test_every_json_answer_says_what_it_holds(client):
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status in {"200", "201"} & set(operation["responses"]):
                for media_type, content in operation["responses"][status].get("content", {}).items():
                    if "json" in media_type:
                        name = content["schema"]["$ref"].rpartition("/")[2]
                        assert document["components"]["schemas"][name]["required"], (path, media_type)


AREA = {"type": "Polygon", "coordinates": [[[10, 20], [10.08, 20], [10.08, 20.06], [10, 20.06], [10, 20]]]}
BODIES = {"executeAreaStatistics": {"inputs": {"region": "miniature", "area": AREA}}, "searchStacByBody": {}}


def test_every_described_answer_is_as_described(client, edition):
    """Each is asked for once by what exists: made-up requests mostly miss."""
    document = client.get("/openapi.json").json()
    feature = client.get("/collections/miniature-hotspots/items?limit=1").json()["features"][0]["id"]
    known = KNOWN | {"edition": edition.id, "feature": feature, "tile_matrix_set": "WebMercatorQuad"}
    asked = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name, content = operation["operationId"], operation["responses"].get("200", {}).get("content", {})
            if path.startswith(("/jobs", "/restricted")) or not any("json" in media_type for media_type in content):
                continue
            if "{before}" in path:  # There is nothing to compare the one edition with.
                continue
            collection = {"collection": "miniature-people"} if "/map/" in path else {}
            place = {"lon": "10.01", "lat": "20.01"} if name == "getPoint" else {}
            answer = client.request(method, path.format(**known | collection), params=place, json=BODIES.get(name))
            assert answer.status_code == 200, (path, answer.text)
            schema = content[answer.headers["content-type"].partition(";")[0]]["schema"]
            Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
            asked.add(name)
    assert asked >= {"getRegion", "getEdition", "getPoint", "executeAreaStatistics", "getItems", "getStacItem"}


def ask(document: dict[str, object], address: str, edition: str, examples: int) -> None:
    """Put ``examples`` made-up requests to every operation; the same ones every time."""
    for found in schemathesis.openapi.from_dict(document).get_all_operations():

        @seed(0)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.ok().as_strategy(), real=st.booleans())
        def put(case, real):
            if real:
                known = {**KNOWN, "edition": edition}
                case.path_parameters = {
                    name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
                }
            case.call_and_validate(base_url=address, checks=CHECKS)

        put()


def test_made_up_requests_get_answers_that_the_description_tells_of(client, address, edition):
    ask(client.get("/openapi.json").json(), address, edition.id, examples=12)


@pytest.mark.soak
def test_ten_thousand_made_up_requests(client, address, edition):
    document = client.get("/openapi.json").json()
    count = sum(len(operations) for operations in document["paths"].values())
    ask(document, address, edition.id, examples=10_000 // count + 1)


def test_what_is_described_is_what_is_sent(client, edition):
    paths = client.get("/openapi.json").json()["paths"]
    base = f"/tiles/miniature/{edition.id}"
    for template, address in (
        ("/tiles/{region}/{edition}/{layer}/{z}/{x}/{y}.mvt", f"{base}/hotspots/0/0/0.mvt"),
        ("/tiles/{region}/{edition}/{layer}/{z}/{x}/{y}.png", f"{base}/people/0/0/0.png"),
        ("/wmts/1.0.0/WMTSCapabilities.xml", "/wmts/1.0.0/WMTSCapabilities.xml"),
        ("/files/{region}/{edition}/packages/{layer}.zip", f"/files/miniature/{edition.id}/packages/people.zip"),
        ("/collections/{collection}/items", "/collections/miniature-hotspots/items"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        told = paths[template]["get"]["responses"]["200"]["content"]
        assert answer.headers["content-type"].partition(";")[0] in told, address
