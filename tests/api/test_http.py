"""What every route answers."""

from __future__ import annotations

import gzip
import hashlib
import socket

import httpx
import pytest

from api.accept import prefers_html
from api.serve import serve
from api.settings import Settings
from hotspots.editions import Edition, Store
from hotspots.errors import ConfigError

GEOJSON = "vectors/hotspots.geojson"


@pytest.fixture(scope="module")
def base(edition: Edition) -> str:
    return f"/files/{edition.region}/{edition.id}"


def problem_of(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    return body


def test_landing_is_html_for_people_and_json_for_programs(client):
    page = client.get("/", headers={"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Miniature" in page.text
    data = client.get("/", headers={"Accept": "application/json"})
    assert {link["rel"] for link in data.json()["links"]} >= {"service-desc", "data"}
    assert "Accept" in data.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("", False),
        ("*/*", False),
        ("text/html", True),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=x", False),
    ],
)
def test_accept(accept, html):
    assert prefers_html(accept) is html


def test_regions_and_editions(client, edition):
    (region,) = client.get("/regions").json()["regions"]
    assert (region["id"], region["current"], region["stale"]) == ("miniature", edition.id, None)
    assert client.get("/regions/miniature").json() == region | {"inputs": []}
    (listed,) = client.get("/regions/miniature/editions").json()["editions"]
    assert listed["id"] == edition.id
    assert listed["current"] is True
    manifest = client.get(f"/regions/miniature/editions/{edition.id}")
    assert manifest.json()["edition"] == edition.id
    assert "immutable" in manifest.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/regions/miniature/editions/{}",
        f"/files/miniature/{{}}/{GEOJSON}?a=1",
        "/tiles/miniature/{}/hotspots.json",
        "/tiles/miniature/{}/hotspots/0/0/0.mvt",
    ],
)
def test_current_redirects_to_the_id(client, edition, path):
    answer = client.get(path.format("current"))
    assert answer.status_code == 307
    assert answer.headers["location"] == path.format(edition.id)
    assert answer.headers["cache-control"] == "no-cache"


def test_file_is_whole_named_and_tagged(client, edition, base):
    answer = client.get(f"{base}/{GEOJSON}", headers={"Accept-Encoding": "identity"})
    data = edition.path(GEOJSON).read_bytes()
    assert answer.content == data
    assert answer.headers["etag"] == f'"{hashlib.sha256(data).hexdigest()}"'
    assert answer.headers["content-type"].startswith("application/geo+json")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert f'filename="miniature-hotspots-{edition.id}.geojson"' in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_conditional_requests(client, base):
    tag = client.get(f"{base}/{GEOJSON}", headers={"Accept-Encoding": "identity"}).headers["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = client.get(f"{base}/{GEOJSON}", headers={"If-None-Match": held})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"].removeprefix("W/") == tag
    assert client.get(f"{base}/{GEOJSON}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_ranges_resume_only_the_same_file(client, edition, base):
    data = edition.path(GEOJSON).read_bytes()
    part = client.get(f"{base}/{GEOJSON}", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, data[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
    other = client.get(
        f"{base}/{GEOJSON}", headers={"Range": "bytes=10-19", "If-Range": '"other"', "Accept-Encoding": "identity"}
    )
    assert (other.status_code, other.content) == (200, data)
    assert client.get(f"{base}/{GEOJSON}", headers={"Range": f"bytes={len(data)}-"}).status_code == 416


def test_head_tells_without_sending(client, edition, base):
    answer = client.head(f"{base}/rasters/people.tif")
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == edition.file("rasters/people.tif").size_bytes


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("path", [GEOJSON, "vectors/hotspots.csv", "report/CITATION.cff"])
def test_compressed_text_has_a_weak_tag(client, edition, base, path, coding):
    plain = client.get(f"{base}/{path}", headers={"Accept-Encoding": "identity"})
    with client.stream("GET", f"{base}/{path}", headers={"Accept-Encoding": coding}) as answer:
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["etag"] == f"W/{plain.headers['etag']}"
        assert len(b"".join(answer.iter_raw())) < len(plain.content)
    held = client.get(f"{base}/{path}", headers={"If-None-Match": plain.headers["etag"]})
    assert held.status_code == 304
    for told in (plain, answer, held):
        assert "Accept-Encoding" in told.headers["vary"]


def test_what_is_compressed_already_is_left_alone(client, base):
    for path in ("rasters/people.tif", "packages/hotspots.zip", "vectors/hotspots.parquet"):
        answer = client.get(f"{base}/{path}", headers={"Accept-Encoding": "gzip, br, zstd"})
        assert "content-encoding" not in answer.headers
        assert answer.headers["etag"].startswith('"')


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
@pytest.mark.parametrize(
    "path",
    ["/", "/regions", "/collections", "/collections/miniature-hotspots/schema", "/stac", "/openapi.json", "/map"],
)
def test_every_answer_that_may_be_kept_is_tagged_by_its_bytes(client, path, accept):
    asked = {"Accept": accept, "Accept-Encoding": "identity"}
    answer = client.get(path, headers=asked)
    tag = answer.headers["etag"]
    assert tag == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    assert client.head(path, headers=asked).headers["etag"] == tag
    held = client.get(path, headers={**asked, "If-None-Match": tag})
    assert (held.status_code, held.content) == (304, b"")
    assert held.headers.get("cache-control") == answer.headers.get("cache-control")
    assert "etag" not in client.get("/health").headers


@pytest.mark.parametrize(
    "path",
    [
        "/regions/nowhere",
        "/regions/miniature/editions/2026-01-01-000000000000",
        "/files/miniature/current/../../../catalogue.sqlite",
        "/nothing",
        "/map?region=nowhere",
        "/map?region=..%2F..",
    ],
)
def test_what_is_not_there_is_a_problem(client, path):
    problem_of(client.get(path, follow_redirects=True), 404)


@pytest.mark.parametrize(
    "path",
    [
        "%2e%2e/%2e%2e/%2e%2e/catalogue.sqlite",
        "..%2f..%2f..%2fcatalogue.sqlite",
        "vectors/%2e%2e/manifest.json",
        "%00",
        "vectors",
        "",
    ],
)
def test_only_listed_files_are_served(client, base, path):
    url = httpx.URL(str(client.base_url)).copy_with(raw_path=f"{base}/{path}".encode())
    body = problem_of(client.get(url), 404)
    assert str(Store) not in str(body)


def test_problems_name_no_path_of_the_machine(client, home, base):
    assert str(home) not in client.get(f"{base}/none").text


def test_tile_and_tilejson(client, edition):
    described = client.get(f"/tiles/miniature/{edition.id}/hotspots.json").json()
    assert described["tilejson"] == "3.0.0"
    url = described["tiles"][0].format(z=0, x=0, y=0)
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in packed.headers["cache-control"]
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    assert plain.content != gzip.compress(plain.content)
    assert b"hotspots_points" in plain.content
    held = client.get(url, headers={"If-None-Match": packed.headers["etag"]})
    assert held.status_code == 304


def test_tiles_outside(client, edition):
    base = f"/tiles/miniature/{edition.id}"
    assert client.get(f"{base}/hotspots/12/0/0.mvt").status_code == 204
    problem_of(client.get(f"{base}/none/0/0/0.mvt"), 404)
    problem_of(client.get(f"{base}/hotspots/31/0/0.mvt"), 400)
    problem_of(client.get(f"{base}/hotspots/1/-1/0.mvt"), 400)


def test_health(client):
    assert client.get("/health").json() == {"live": True, "ready": True, "regions": 1}
    assert client.get("/health/live").json() == {"live": True}


def test_no_page_loads_from_elsewhere(client):
    for path in ("/docs", "/redoc"):
        problem_of(client.get(path), 404)
    assert client.get("/openapi.json").status_code == 200
    policy = client.get("/map").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_page_lists_hotspots_without_scripts(client, edition):
    html = client.get("/map?region=miniature").text
    assert html.index("Eastend") < html.index("Westend")
    assert "not assessed" in html
    assert edition.manifest.policy.disclaimer in html
    assert edition.id in html


def test_stale_region_says_so(client, home):
    store = Store(home)
    store.mark_stale("miniature", "census <b>truncated</b>")
    try:
        html = client.get("/map").text
        assert "census &lt;b&gt;truncated&lt;/b&gt;" in html
        assert client.get("/regions/miniature").json()["stale"]["reason"] == "census <b>truncated</b>"
    finally:
        store.clear_stale("miniature")


def test_taken_port_is_said_in_words(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="is taken"):
            serve(Settings(home), port=taken.getsockname()[1])


def test_a_browser_reads_errors_as_a_page(client):
    html = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    unknown = client.get("/map?region=atlantis", headers=html)
    assert unknown.status_code == 404
    assert unknown.headers["content-type"].startswith("text/html")
    assert "atlantis" in unknown.text
    assert 'href="web/css/page.css"' in unknown.text
    deeper = client.get("/regions/atlantis", headers=html)
    assert 'href="../web/css/page.css"' in deeper.text
    assert client.get("/map?region=atlantis").headers["content-type"] == "application/problem+json"
    assert client.get("/map?region=atlantis").headers["vary"] == "Accept"


def test_the_page_links_every_raster(client, edition):
    page = client.get("/map?region=miniature").text
    for entry in edition.manifest.rasters:
        assert f"rasters/{entry.name}.tif" in page
