"""MapLibre on a page of another origin draws the service's vector and raster tiles from their TileJSON alone."""

from __future__ import annotations

import functools
import io
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from tiles.assets import VENDOR

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PAGE = """<!doctype html><meta charset="utf-8">
<style>html, body, #map { margin: 0; height: 100% }</style><div id="map"></div>
<script type="module">
import * as maplibre from "./maplibre-gl/maplibre-gl.mjs";
const { bounds, tiles } = WHERE;
const map = new maplibre.Map({ container: "map", bounds, style: { version: 8, layers: [], sources: {} } });
window.faults = [];
map.on("error", (event) => window.faults.push(String(event.error)));
map.on("load", () => {
  map.addSource("people", { type: "raster", url: tiles + "people.json", tileSize: 256 });
  map.addSource("admin", { type: "vector", url: tiles + "admin.json" });
  map.addLayer({ id: "people", type: "raster", source: "people" });
  map.addLayer({ id: "admin", type: "line", source: "admin", "source-layer": "admin" });
  map.once("idle", () => {
    const found = map.queryRenderedFeatures({ layers: ["admin"] });
    window.seen = [...new Set(found.map((feature) => feature.properties.name))];
  });
});
</script>
"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: MapLibre is NOT tested"),
    pytest.mark.skipif(not (VENDOR / "maplibre-gl").is_dir(), reason="run `make setup`: maplibre-gl is not installed"),
]


class Quiet(SimpleHTTPRequestHandler):
    """Files without a log; the module type that browsers insist on."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(service, tmp_path: Path) -> Iterator[str]:
    """A page that knows nothing of the service but the address of its tiles; another port is another origin."""
    west, south, east, north = service.edition.manifest.bounds
    tiles = f"{service.address}/tiles/{service.region}/current/"
    where = json.dumps({"bounds": [[west, south], [east, north]], "tiles": tiles})
    (tmp_path / "index.html").write_text(PAGE.replace("WHERE", where))
    (tmp_path / "maplibre-gl").symlink_to(VENDOR / "maplibre-gl")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_page_elsewhere_draws_the_tiles(service, elsewhere):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 600, "height": 600})
        page.goto(elsewhere)
        page.wait_for_function("window.seen || window.faults.length", timeout=30_000)
        assert page.evaluate("window.faults") == []
        seen = page.evaluate("window.seen")
        picture = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    names = set(service.edition.layer("admin")["name"])
    assert set(seen) <= names
    assert len(seen) > len(names) / 2
    classes = json.loads((service.edition.folder / "pictures" / "people.json").read_text())["classes"]
    drawn = {colour for _, colour in picture.convert("RGB").getcolors(maxcolors=1_000_000)}
    assert len(drawn & {tuple(bytes.fromhex(item["colour"][1:])) for item in classes}) > len(classes) / 2
