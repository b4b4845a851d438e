"""Host, public address, prefixes and origins: what a client says of us is not what we say of ourselves."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from api.serve import own_hosts
from api.settings import Settings, checked_public_url, from_environment
from hotspots.errors import ConfigError
from tests.serving import served

PUBLIC = "https://data.example.org/pollution"
LINKING = (
    "/",
    "/collections",
    "/collections/miniature-hotspots",
    "/collections/miniature-hotspots/items?limit=1",
    "/collections/miniature-hotspots/queryables",
    "/stac",
    "/stac/search",
    "/regions/miniature/dcat",
    "/processes",
)


@pytest.fixture(scope="module")
def public(home):
    with served(home, public_url=PUBLIC) as address, httpx.Client(base_url=address, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    "forged",
    ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost@evil.example", "evil example", "", "[::1"],
)
@pytest.mark.parametrize("path", ["/", "/stac", "/nothing", "/web/css/page.css"])
def test_a_forged_host_is_refused(client, path, forged):
    answer = client.get(path, headers={"Host": forged})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    if forged:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1", "[::1]:1"])
def test_loopback_names_are_allowed_and_linked_to(client, host):
    links = client.get("/stac", headers={"Host": host}).json()["links"]
    assert {urlsplit(link["href"]).netloc for link in links} == {host}


def test_two_hosts_are_none(client):
    port = urlsplit(str(client.base_url)).port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET /stac HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_an_allowed_host_is_linked_to(home):
    with served(home, allowed_hosts=frozenset({"maps.example.org"})) as address:
        answer = httpx.get(f"{address}/stac", headers={"Host": "maps.example.org"}, trust_env=False)
        assert answer.json()["links"][0]["href"] == "http://maps.example.org/stac"
        assert httpx.get(f"{address}/stac", trust_env=False).status_code == 400


@pytest.mark.parametrize("path", LINKING)
def test_links_lead_to_the_public_address_whatever_the_host(public, path):
    answer = public.get(path, headers={"Host": "evil.example", "Accept": "application/json"})
    assert answer.status_code == 200
    assert "evil" not in answer.text
    assert "127.0.0.1" not in answer.text
    found = [value for value in _texts(answer.json()) if value.startswith(PUBLIC)]
    assert found
    # Behind the proxy, which takes the prefix away, the link is answered.
    assert public.get(found[0].removeprefix(PUBLIC)).status_code == 200


def _texts(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def test_redirects_and_pages_keep_the_prefix(public, edition):
    answer = public.get("/files/miniature/current/report/CITATION.cff")
    assert answer.headers["location"] == f"/pollution/files/miniature/{edition.id}/report/CITATION.cff"
    page = public.get("/regions/atlantis", headers={"Accept": "text/html"})
    assert 'href="../web/css/page.css"' in page.text
    assert public.get("/web/css/page.css").status_code == 200
    listed = public.get("/collections", headers={"Accept": "text/html"}).text
    assert 'href="web/css/page.css"' in listed
    assert public.get("/openapi.json").json()["servers"][0]["url"] == "/pollution"


@pytest.mark.parametrize("text", ["https://data.example.org/", "http://[::1]:8000", "http://localhost:8000/a/b/"])
def test_public_urls(text):
    assert checked_public_url(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "data.example.org",
        "ftp://a",
        "https://",
        "https://a?b",
        "https://a#b",
        "https://u@a",
        "https://a b",
        "http://a:x",
    ],
)
def test_what_is_no_public_url(text):
    with pytest.raises(ConfigError, match="--public-url"):
        checked_public_url(text)


def test_settings_reach_the_workers(tmp_path):
    for settings in (Settings(tmp_path), Settings(tmp_path, PUBLIC, frozenset({"a", "[::1]"}))):
        assert from_environment(settings.environment()) == settings


def test_own_hosts():
    assert own_hosts("127.0.0.1") == {"127.0.0.1", "localhost", "[::1]"}
    assert "[fe80::1]" in own_hosts("FE80::1")
    assert {"127.0.0.1", socket.gethostname().lower()} <= own_hosts("0.0.0.0")
    assert "0.0.0.0" not in own_hosts("0.0.0.0")


@pytest.mark.parametrize("path", ["/files/miniature/current/manifest.json", "/stac/search", "/nothing"])
def test_a_browser_may_ask_from_anywhere(client, path):
    asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "GET"}
    answer = client.options(path, headers={**asked, "Access-Control-Request-Headers": "range"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Range" in answer.headers["access-control-allow-headers"]
    assert "authorization" not in answer.headers["access-control-allow-headers"].lower()
    assert "credentials" not in json.dumps(dict(answer.headers))


@pytest.mark.parametrize("path", ["/", "/files/miniature/{}/manifest.json", "/health", "/nothing", "/web/css/page.css"])
def test_every_answer_may_be_read_by_every_origin(client, edition, path):
    plain = client.get(path.format(edition.id))
    crossing = client.get(path.format(edition.id), headers={"Origin": "https://portal.example"})
    for answer in (plain, crossing):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "Origin" not in answer.headers.get("vary", "")
