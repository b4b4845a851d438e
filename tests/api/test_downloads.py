"""Whole files and packages as people fetch them: with curl, resumed, in ranges, many at once."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile

import httpx
import pytest

from api.packages import DOCUMENTS, package
from hotspots.errors import NotFoundError
from tests.serving import served

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
PATHS = ("rasters/people.tif", "vectors/hotspots.gpkg", "vectors/hotspots.csv", "packages/hotspots.zip")


@pytest.fixture(scope="module")
def base(edition):
    return f"/files/{edition.region}/{edition.id}"


def whole(client: httpx.Client, url: str) -> bytes:
    answer = client.get(url, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


def test_a_package_holds_the_layer_and_all_that_belongs_to_it(client, base, edition):
    data = whole(client, f"{base}/packages/hotspots.zip")
    folder = f"miniature-hotspots-{edition.id}"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = {name.removeprefix(f"{folder}/") for name in archive.namelist()}
        reports = {path.rpartition("/")[2] for path in DOCUMENTS}
        assert names == {"README.txt", "hotspots.gpkg", "hotspots.csv", "hotspots.qml"} | reports
        readme = " ".join(archive.read(f"{folder}/README.txt").decode().split())
        assert archive.read(f"{folder}/hotspots.gpkg") == edition.path("vectors/hotspots.gpkg").read_bytes()
    manifest = edition.manifest
    for told in (manifest.policy.disclaimer, manifest.policy.statement, manifest.policy.licence, edition.id):
        assert " ".join(told.split()) in readme
    with zipfile.ZipFile(io.BytesIO(whole(client, f"{base}/packages/people.zip"))) as archive:
        assert {f"miniature-people-{edition.id}/people.{suffix}" for suffix in ("tif", "qml")} <= set(
            archive.namelist()
        )


def test_a_package_is_the_same_every_time_and_known_before_it_is_sent(edition):
    one, two = package(edition, "sources"), package(edition, "sources")
    assert (one.etag, one.size_bytes) == (two.etag, two.size_bytes)
    data = b"".join(one.read(0, one.size_bytes))
    assert len(data) == one.size_bytes
    assert data == b"".join(two.read(0, two.size_bytes))
    for first, end in ((0, 1), (29, 31), (one.size_bytes - 1, one.size_bytes), (100, one.size_bytes - 100)):
        assert b"".join(one.read(first, end)) == data[first:end]
    assert package(edition, "hotspots").etag != one.etag
    with pytest.raises(NotFoundError, match="'rivers'"):
        package(edition, "rivers")


@pytest.mark.parametrize("layer", ["none", "..%2fmanifest", "hotspots%00"])
def test_packages_that_are_not(client, base, layer):
    assert client.get(f"{base}/packages/{layer}.zip").status_code == 404


def test_current_package_redirects(client, base):
    answer = client.get("/files/miniature/current/packages/hotspots.zip")
    assert (answer.status_code, answer.headers["location"]) == (307, f"{base}/packages/hotspots.zip")


@pytest.mark.parametrize("path", PATHS)
def test_conditional_and_partial_requests(client, base, path):
    url = f"{base}/{path}"
    data = whole(client, url)
    head = client.head(url, headers={"Accept-Encoding": "identity"})
    tag = head.headers["etag"]
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(data)
    assert head.headers["accept-ranges"] == "bytes"
    assert not tag.startswith("W/")
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    size = len(data)
    for asked, first, end in (("5-9", 5, 10), ("0-0", 0, 1), (f"{size - 3}-", size - 3, size), ("-4", size - 4, size)):
        part = client.get(url, headers={"Range": f"bytes={asked}", "If-Range": tag})
        assert (part.status_code, part.content) == (206, data[first:end]), asked
        assert part.headers["content-range"] == f"bytes {first}-{end - 1}/{size}"
    beyond = client.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert beyond.headers["content-type"] == "application/problem+json"
    for stale in ('"other"', f"W/{tag}"):
        answer = client.get(url, headers={"Range": "bytes=5-9", "If-Range": stale, "Accept-Encoding": "identity"})
        assert (answer.status_code, answer.content) == (200, data)


@pytest.mark.parametrize("path", PATHS)
def test_a_thousand_ranges_cost_no_more_than_the_whole(client, base, path):
    size = int(client.head(f"{base}/{path}", headers={"Accept-Encoding": "identity"}).headers["content-length"])
    many = ",".join(f"{2 * i}-{2 * i}" for i in range(1000))
    answer = client.get(f"{base}/{path}", headers={"Range": f"bytes={many}", "Accept-Encoding": "identity"})
    assert (answer.status_code, len(answer.content)) == (200, size)


@needs_curl
@pytest.mark.parametrize("path", PATHS)
def test_curl_resumes(address, base, client, path, tmp_path):
    data = whole(client, f"{base}/{path}")
    target = tmp_path / "part"
    target.write_bytes(data[: len(data) // 3])
    command = ["curl", "-sS", "--fail", "-C", "-", "-o", str(target), f"{address}{base}/{path}"]
    subprocess.run(command, check=True, timeout=60)
    assert hashlib.sha256(target.read_bytes()).digest() == hashlib.sha256(data).digest()


def test_a_file_that_is_not_what_was_published_is_not_sent(store):
    edition = store.current("miniature")
    with edition.path("vectors/hotspots.gpkg").open("ab") as file:
        file.write(b"more")
    with served(store.layout.home) as address:
        answer = httpx.get(f"{address}/files/miniature/{edition.id}/vectors/hotspots.gpkg", trust_env=False)
    assert answer.status_code == 500
    assert str(store.layout.home) not in answer.text


@needs_curl
def test_curl_names_what_it_saves(address, edition, base, tmp_path):
    for path, name in (("packages/admin.zip", "admin"), ("vectors/admin.gpkg", "admin")):
        command = ["curl", "-sS", "--fail", "-OJ", f"{address}{base}/{path}"]
        subprocess.run(command, check=True, timeout=60, cwd=tmp_path)
        assert (tmp_path / f"miniature-{name}-{edition.id}.{path.rpartition('.')[2]}").is_file()


def test_the_page_links_the_packages(client, base):
    page = client.get("/map?region=miniature").text
    for layer in ("hotspots", "sources", "people"):
        assert f'href="{base[1:]}/packages/{layer}.zip"' in page
