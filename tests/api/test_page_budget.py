"""What the page costs, counted where it leaves the server: requests, and bytes with their headers, as compressed.

The budgets leave room for a real region, whose tiles, list and picture weigh more than the miniature's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.api.test_page import DESKTOP, WAIT_MS, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module
from tests.serving import served
from tiles.assets import VENDOR

LIST_KB, LIST_REQUESTS = 60, 10
MAP_KB, MAP_REQUESTS = 550, 25
REAL_LIST_KB, REAL_TILES, REAL_TILES_KB = 24.5, 9, 50
"""What a country needs beyond the miniature: list and picture (Viet Nam, measured); the most tiles that a region can
meet on a screen of 1440 pixels, 3 by 3, and their bytes."""


@dataclass
class Count:
    """What has left the server: path and bytes of each answer."""

    sent: list[tuple[str, int]] = field(default_factory=list)

    def around(self, app: ASGIApp) -> ASGIApp:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            sent_bytes = 0

            async def count(message: Message) -> None:
                nonlocal sent_bytes
                if message["type"] == "http.response.start":
                    sent_bytes += sum(len(name) + len(value) + 4 for name, value in message["headers"])
                else:
                    sent_bytes += len(message.get("body", b""))
                    if not message.get("more_body", False):
                        self.sent.append((scope["path"], sent_bytes))
                await send(message)

            await app(scope, receive, count)

        return counted

    def up_to(self, stop: str | None = None) -> tuple[int, float]:
        """Requests and kilobytes, those for ``stop`` and all after it left out."""
        paths = [path for path, _ in self.sent]
        end = next((place for place, path in enumerate(paths) if stop and stop in path), len(paths))
        return end, sum(size for _, size in self.sent[:end]) / 1000


@pytest.fixture(scope="module")
def count() -> Count:
    return Count()


@pytest.fixture(scope="module")
def counted(home: Path, count: Count) -> Iterator[str]:
    with served(home, around=count.around) as found:
        yield found


@pytest.fixture(scope="module")
def packed() -> None:
    if not (VENDOR / "maplibre-gl" / "maplibre-gl.mjs.br").is_file():
        pytest.fail("the map library is not packed: run `python -m api.vendor`")


def page_of(browser: Browser, count: Count, **context: object) -> Page:  # noqa: F811
    count.sent.clear()
    return browser.new_page(viewport=DESKTOP, **context)


@pytest.mark.usefixtures("packed")
def test_list_and_map_keep_to_their_budgets(browser, counted, count):  # noqa: F811
    page = page_of(browser, count)
    page.goto(f"{counted}/map?region=miniature&lang=ar")
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    page.wait_for_load_state("networkidle")
    requests, kilobytes = count.up_to("stage.js")
    assert requests <= LIST_REQUESTS, count.sent
    assert kilobytes + REAL_LIST_KB <= LIST_KB, count.sent
    requests, kilobytes = count.up_to()
    tiles = [path.split("/")[4:] for path, _ in count.sent if path.startswith("/tiles/")]
    assert {layers for layers, *_ in tiles} == {"admin,hotspots,sources"}, "what is hidden is not asked for"
    assert len(tiles) <= 2, "places outside the layers are not asked for"
    assert requests - len(tiles) + REAL_TILES <= MAP_REQUESTS, count.sent
    assert kilobytes + REAL_LIST_KB + REAL_TILES_KB <= MAP_KB, count.sent
    page.close()


@pytest.mark.parametrize("way", ["header", "connection"])
def test_who_saves_data_stays_on_the_picture_until_asked(browser, counted, count, way):  # noqa: F811
    page = page_of(browser, count, extra_http_headers={"Save-Data": "on"} if way == "header" else {})
    if way == "connection":
        page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { effectiveType: '3g' } })")
    page.goto(f"{counted}/map?region=miniature")
    page.wait_for_selector("html[data-map=picture]", timeout=WAIT_MS)
    page.wait_for_load_state("networkidle")
    assert page.locator("#picture").is_visible()
    _, kilobytes = count.up_to()
    assert not any("maplibre" in path or "/tiles/" in path for path, _ in count.sent)
    assert kilobytes + REAL_LIST_KB <= LIST_KB + 15, "legend and layers come after the list"
    page.get_by_role("button", name="Load the interactive map").click()
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)
    assert page.locator("#map-notice").is_hidden()
    page.close()


def test_what_is_packed_is_sent_so_to_those_who_take_it(client):
    path = "/web/vendor/maplibre-gl/maplibre-gl.css"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    for coding in ("br", "gzip"):
        answer = client.get(path, headers={"Accept-Encoding": coding})
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["content-type"] == plain.headers["content-type"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.content == plain.content
        again = client.get(path, headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    refused = client.get(path, headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert "content-encoding" not in refused.headers


def test_there_is_no_other_style_sheet(client):
    assert client.get("/web/sheets/map.css").headers["content-type"].startswith("text/css")
    assert client.get("/web/sheets/tokens.css").status_code == 404
