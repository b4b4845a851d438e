"""Downloads from a publisher that misbehaves: what arrives is whole and what was asked for, or nothing does."""

from __future__ import annotations

import hashlib
import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from config.catalogue_file import RemoteFile
from data_pipelines.fetching import network
from data_pipelines.fetching.download import Downloaded, Downloader, NotModified, Patience, Validators
from data_pipelines.fetching.network import NetworkSettings
from hotspots.errors import ConfigError, InputError
from tests.data_pipelines.fetching.bad_server import (
    Answer,
    BadServer,
    Request,
    always,
    bad_server,
    dripping,
    dropping,
    first,
    whole,
)

BODY = b"id,name\n" + b"".join(b"%d,Works %d\n" % (n, n) for n in range(400))
HERE = (ipaddress.ip_network("127.0.0.0/8"),)
PATIENCE = Patience(
    attempts=4, connect_s=2, read_s=2, backoff_s=0.1, longest_wait_s=40, slow_window_s=0.2, slow_bytes=64
)


@pytest.fixture
def server() -> Iterator[BadServer]:
    with bad_server() as running:
        yield running


class Getter:
    """A downloader whose waiting is written down and takes no time."""

    def __init__(self, folder: Path, settings: NetworkSettings) -> None:
        self.waited: list[float] = []
        self.folder = folder
        self.told: list[tuple[int, int | None]] = []
        self.downloader = Downloader(settings, PATIENCE, self.waited.append)

    def __call__(self, file: RemoteFile, known: Validators | None = None) -> Downloaded | NotModified:
        return self.downloader.get(file, self.folder, known, lambda done, total: self.told.append((done, total)))


@pytest.fixture
def get(tmp_path: Path) -> Iterator[Getter]:
    getter = Getter(tmp_path / "partial", NetworkSettings(private=HERE))
    yield getter
    getter.downloader.close()


def remote(url: str, **more: object) -> RemoteFile:
    file = RemoteFile("file", url, "table.csv", None, None, "csv", None, None, None)
    return replace(file, **more)


def downloaded(got: Downloaded | NotModified) -> bytes:
    assert isinstance(got, Downloaded)
    content = got.path.read_bytes()
    assert got.sha256 == hashlib.sha256(content).hexdigest()
    assert got.size_bytes == len(content)
    return content


def nothing_left(get: Getter) -> bool:
    return not get.folder.exists() or not (get.folder / "data").exists()


def test_a_file_arrives_with_its_validators(server: BadServer, get: Getter) -> None:
    got = get(remote(server.url("/a", whole(BODY))))
    assert downloaded(got) == BODY
    assert isinstance(got, Downloaded)
    assert got.validators == Validators('"one"', "Wed, 21 Oct 2015 07:28:00 GMT", len(BODY))
    assert get.told[-1] == (len(BODY), len(BODY))
    assert server.of("/a")[0].headers["Accept-Encoding"] == "identity"


def test_dropped_at_half_it_is_resumed_and_only_the_rest_is_sent(server: BadServer, get: Getter) -> None:
    assert downloaded(get(remote(server.url("/a", dropping(BODY, 0.5, times=1))))) == BODY
    _, second = server.of("/a")
    assert second.headers["Range"] == f"bytes={len(BODY) // 2}-"
    assert second.headers["If-Range"] == '"one"'
    assert 0.075 <= get.waited[0] <= 0.125


def test_another_run_goes_on_where_one_was_killed(server: BadServer, get: Getter) -> None:
    with pytest.raises(InputError, match="tried 4 times"):
        get(remote(server.url("/a", dropping(BODY, 0.5, times=9))))
    assert (get.folder / "data").stat().st_size == len(BODY) // 2
    server.seen.clear()
    assert downloaded(get(remote(server.url("/a", whole(BODY))))) == BODY
    assert server.of("/a")[0].headers["Range"] == f"bytes={len(BODY) // 2}-"


def test_tries_end_and_wait_longer_each_time(server: BadServer, get: Getter) -> None:
    with pytest.raises(InputError, match=r"tried 4 times: the server answers 500.*HOTSPOTS_OFFLINE"):
        get(remote(server.url("/a", always(500, {}))))
    assert len(server.of("/a")) == 4
    # 0.1, 0.2, 0.4 s, each by a quarter less or more; none after the last
    assert [0.75 * s <= w <= 1.25 * s for w, s in zip(get.waited, (0.1, 0.2, 0.4), strict=True)] == [True] * 3


def test_a_connection_that_drips_is_given_up_and_resumed(server: BadServer, get: Getter) -> None:
    assert downloaded(get(remote(server.url("/a", dripping(BODY, 0.03, times=1))))) == BODY
    assert len(server.of("/a")) == 2
    assert server.of("/a")[1].headers["Range"] != "bytes=0-"


@pytest.mark.parametrize("claimed", [len(BODY) + 100, 2 * len(BODY)])
def test_less_than_was_claimed_is_not_a_file(server: BadServer, get: Getter, claimed: int) -> None:
    url = server.url("/a", always(200, {"Content-Length": str(claimed)}, BODY))
    with pytest.raises(InputError, match="tried 4 times"):
        get(remote(url))


def test_more_than_was_claimed_is_caught_by_the_published_size(server: BadServer, get: Getter) -> None:
    url = server.url("/a", always(200, {"Content-Length": str(len(BODY) - 100)}, BODY))
    with pytest.raises(InputError, match=r"has the size|tried 4 times"):
        get(remote(url, size_bytes=len(BODY)))
    assert nothing_left(get)


def test_a_published_hash_is_held_against_what_arrived(server: BadServer, get: Getter) -> None:
    url = server.url("/a", whole(BODY))
    right = hashlib.sha256(BODY).hexdigest()
    assert downloaded(get(remote(url, sha256=right))) == BODY
    with pytest.raises(InputError, match=r"has the SHA-256 .*, but 0{64} was published"):
        get(remote(url, sha256="0" * 64))
    assert nothing_left(get)


def test_a_file_changed_between_two_parts_is_begun_anew(server: BadServer, get: Getter) -> None:
    new = BODY.replace(b"Works", b"Plant")
    url = server.url("/a", dropping(BODY, 0.5, times=1, then=whole(new, '"two"')))
    assert downloaded(get(remote(url))) == new


def test_a_server_that_ignores_if_range_cannot_mix_two_versions(server: BadServer, get: Getter) -> None:
    new = BODY.replace(b"Works", b"Plant")

    def careless(request: Request) -> None:
        if request.method == "HEAD":
            return request.send(405, {})
        if "Range" not in request.headers:
            return request.send(200, {"ETag": '"two"'}, new)
        begin = int(request.headers["Range"][6:-1])
        content_range = f"bytes {begin}-{len(new) - 1}/{len(new)}"
        return request.send(206, {"ETag": '"two"', "Content-Range": content_range}, new[begin:])

    url = server.url("/a", dropping(BODY, 0.5, times=1, then=careless))
    assert downloaded(get(remote(url))) == new


def test_a_file_written_over_while_it_is_sent_is_fetched_again(server: BadServer, get: Getter) -> None:
    new = BODY.replace(b"Works", b"Plant")
    half = len(BODY) // 2

    def overwritten(request: Request) -> None:
        if request.number or request.method == "HEAD":
            return whole(new, '"two"')(request)
        return request.send(200, {"ETag": '"one"'}, BODY[:half] + new[half:])

    assert downloaded(get(remote(server.url("/a", overwritten)))) == new


def test_a_download_that_was_finished_but_not_kept_is_begun_anew(server: BadServer, get: Getter) -> None:
    file = remote(server.url("/a", whole(BODY)))
    assert downloaded(get(file)) == BODY
    assert downloaded(get(file)) == BODY  # the server answers 416 to the rest of a whole file
    assert [request.headers.get("Range") for request in server.of("/a")] == [None, f"bytes={len(BODY)}-", None]


def test_without_a_strong_validator_nothing_is_resumed(server: BadServer, get: Getter) -> None:
    weak = dropping(BODY, 0.5, times=0, then=whole(BODY, 'W/"one"'))

    def answer(request: Request) -> None:
        if request.number == 0 and request.method == "GET":
            return request.send(200, {"ETag": 'W/"one"', "Content-Length": str(len(BODY))}, BODY[:100])
        return weak(request)

    assert downloaded(get(remote(server.url("/a", answer)))) == BODY
    assert "Range" not in server.of("/a")[1].headers


def test_what_has_not_changed_is_not_sent_again(server: BadServer, get: Getter) -> None:
    file = remote(server.url("/a", whole(BODY)))
    got = get(file)
    assert isinstance(got, Downloaded)
    got.path.unlink()  # as the input store does, which moves it
    assert isinstance(get(file, got.validators), NotModified)
    assert server.of("/a")[1].headers["If-None-Match"] == '"one"'


def test_a_304_that_nobody_asked_for_is_refused(server: BadServer, get: Getter) -> None:
    with pytest.raises(InputError, match="the server answers 304"):
        get(remote(server.url("/a", always(304, {}))))


def test_retry_after_is_obeyed(server: BadServer, get: Getter) -> None:
    assert downloaded(get(remote(server.url("/a", first(429, {"Retry-After": "7"}, 1, whole(BODY)))))) == BODY
    assert get.waited == [7.0]


def test_retry_after_may_be_a_date(server: BadServer, get: Getter) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert downloaded(get(remote(server.url("/a", first(503, {"Retry-After": soon}, 1, whole(BODY)))))) == BODY
    assert 20 < get.waited[0] <= 30


def test_who_asks_to_wait_too_long_is_told_apart(server: BadServer, get: Getter) -> None:
    with pytest.raises(InputError, match=r"come back in 3600 s.*Refresh again then"):
        get(remote(server.url("/a", always(429, {"Retry-After": "3600"}))))
    assert get.waited == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("csv", b"<!DOCTYPE html><html><body>Please log in</body></html>"),
        ("csv", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
        ("csv", b'{"error": "not found"}'),
        ("csv", b"PK\x03\x04 not a table"),
        ("csv", b""),
        ("geotiff", b"<html>Service unavailable</html>"),
        ("geotiff", b"id,name\n1,2\n"),
        ("netcdf", b"II*\x00"),
        ("geojson", b"id,name\n"),
        ("geopackage", b"version https://git-lfs.github.com/spec/v1\n"),
    ],
)
def test_a_page_sent_with_200_is_no_data(server: BadServer, get: Getter, kind: str, body: bytes) -> None:
    with pytest.raises(InputError, match=r"web page|something else|empty") as raised:
        get(remote(server.url("/a", always(200, {}, body)), format=kind))
    assert raised.value.source == server.address + "/a"
    assert nothing_left(get)


def test_an_archive_must_be_one(server: BadServer, get: Getter) -> None:
    with pytest.raises(InputError, match="something else than zip"):
        get(remote(server.url("/a", always(200, {}, b"II*\x00....")), archive="zip", member="*", format="geotiff"))


@pytest.mark.parametrize(("status", "remedy"), [(404, "Check the parameters"), (403, "log-in"), (418, "browser")])
def test_what_will_not_change_is_not_tried_again(server: BadServer, get: Getter, status: int, remedy: str) -> None:
    with pytest.raises(InputError, match=rf"the server answers {status}.*{remedy}"):
        get(remote(server.url("/a", always(status, {}))))
    assert len(server.seen) == 1


# Where requests may go


def test_a_redirect_is_followed_to_an_allowed_address(server: BadServer, get: Getter) -> None:
    server.url("/b", whole(BODY))
    assert downloaded(get(remote(server.url("/a", always(302, {"Location": "/b"}))))) == BODY


def test_redirects_end(server: BadServer, get: Getter) -> None:
    with pytest.raises(InputError, match="redirects more than 8 times"):
        get(remote(server.url("/a", always(302, {"Location": "/a"}))))


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
    ],
)
def test_a_redirect_into_a_private_network_is_refused(server: BadServer, get: Getter, target: str) -> None:
    with pytest.raises(InputError, match=r"no public address.*HOTSPOTS_ALLOW_PRIVATE"):
        get(remote(server.url("/a", always(302, {"Location": target}))))


@pytest.mark.parametrize("target", ["ftp://example.org/x", "file:///etc/passwd"])
def test_only_the_web_is_fetched(server: BadServer, get: Getter, target: str) -> None:
    with pytest.raises(InputError, match="addresses are not fetched"):
        get(remote(server.url("/a", always(302, {"Location": target}))))


def test_this_machine_is_refused_unless_allowed(server: BadServer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"leads to 127\.0\.0\.1, which is no public address"):
        Getter(tmp_path, NetworkSettings())(remote(server.url("/a", whole(BODY))))
    assert server.seen == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(
    get: Getter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network.socket, "getaddrinfo", answering("93.184.215.14", "10.1.1.1"))
    with pytest.raises(InputError, match=r"leads to 10\.1\.1\.1"):
        get(remote("http://data.example.org/a.csv"))


def test_the_address_that_was_checked_is_the_one_connected_to(
    server: BadServer, get: Getter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers differently the second time leads nowhere else."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *args: object, **more: object) -> object:
        if host != "data.example.org":
            return real(host, *args, **more)
        asked.append(host)
        return answering("127.0.0.1")(host) if len(asked) % 2 else answering("10.1.1.1")(host)

    monkeypatch.setattr(network.socket, "getaddrinfo", rebinding)
    port = server.address.rpartition(":")[2]
    server.url("/a", always(200, {}, BODY))
    assert downloaded(get(remote(f"http://data.example.org:{port}/a"))) == BODY
    assert asked == ["data.example.org"]
    assert server.of("/a")[0].headers["Host"] == f"data.example.org:{port}"


def answering(*addresses: str) -> object:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


def test_a_proxy_of_the_environment_is_used(server: BadServer, get: Getter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    monkeypatch.setenv("no_proxy", "")
    server.answers["http://data.example.org/a.csv"] = always(200, {}, BODY)  # as a proxy is asked
    assert downloaded(get(remote("http://data.example.org/a.csv"))) == BODY
    with pytest.raises(InputError, match="no public address"):
        get(remote("http://10.0.0.1/a.csv"))


def test_settings_of_the_environment() -> None:
    found = NetworkSettings.of_environment({"HOTSPOTS_OFFLINE": "1", "HOTSPOTS_ALLOW_PRIVATE": "10.1.0.0/16 ::1"})
    assert found == NetworkSettings(True, (ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("::1")))
    for faulty in ({"HOTSPOTS_OFFLINE": "perhaps"}, {"HOTSPOTS_ALLOW_PRIVATE": "10.1.0.1/16"}):
        with pytest.raises(ConfigError):
            NetworkSettings.of_environment(faulty)


# Tokens


def test_a_token_comes_from_the_environment_and_goes_to_its_publisher_only(
    server: BadServer, get: Getter, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = remote("", credentials="TEST_TOKEN")
    other = server.address.replace("127.0.0.1", "127.0.0.2")
    ours = replace(file, url=server.url("/a", always(302, {"Location": f"{other}/b"})))
    with pytest.raises(ConfigError, match="TEST_TOKEN: is not set"):
        get(ours)
    monkeypatch.setenv("TEST_TOKEN", "secret-42")
    with pytest.raises(InputError) as raised:
        get(ours)  # nobody listens at the other address
    assert "secret-42" not in str(raised.value)
    assert server.of("/a")[0].headers["Authorization"] == "Bearer secret-42"
    server.url("/b", whole(BODY))
    assert downloaded(get(replace(file, url=server.url("/c", always(302, {"Location": "/b"}))))) == BODY
    assert server.of("/b")[0].headers["Authorization"] == "Bearer secret-42"


def test_size_and_version_are_asked_for_without_the_file(server: BadServer, get: Getter) -> None:
    said = get.downloader.look(remote(server.url("/a", whole(BODY))))
    assert said == Validators('"one"', "Wed, 21 Oct 2015 07:28:00 GMT", len(BODY))
    assert get.downloader.look(remote(server.url("/b", always(405, {})))) is None
    assert server.of("/a") == []
    with pytest.raises(InputError, match="404"):
        get.downloader.look(remote(server.url("/c", always(404, {}))))


def test_a_file_that_does_not_fit_the_disk_is_not_begun(server: BadServer, get: Getter) -> None:
    def huge(request: Request) -> None:
        request.send(200, {"Content-Length": str(10**15)}, b"id,name\n")

    answer: Answer = huge
    with pytest.raises(InputError, match=r"needs 1,000,000,000,000,000 bytes.*hotspots gc"):
        get(remote(server.url("/a", answer)))
    assert nothing_left(get)
