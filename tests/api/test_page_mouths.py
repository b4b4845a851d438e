"""River mouths on the map: off at first, drawn when switched on, told of under the pointer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image
from shapely.geometry import Point

from hotspots.fields import vector_layers
from hotspots.tables.typed import typed
from tests.api.publishing import publish
from tests.api.test_page import DESKTOP, WAIT_MS, opened, pytestmark  # noqa: F401  # skips where it cannot run
from tests.api.test_page_languages import browser  # noqa: F401  # one browser for this module
from tests.miniature import POLLUTANTS, assessment
from tests.serving import served

WATER = (0x2B, 0x6C, 0xB0)


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The miniature with one mouth in its middle."""
    columns = {"mouth_id": ["m1"], "name": ["Harbour"], "rank": [1], "plastic_t_yr": [12.5], "people_upstream": [400.0]}
    place = gpd.GeoSeries([Point(10.04, 20.05)], crs="OGC:CRS84")
    mouths = typed(vector_layers(POLLUTANTS.values())["river_mouths"], columns, place, 1)
    with served(publish(tmp_path_factory.mktemp("coast"), replace(assessment(), river_mouths=mouths))) as address:
        yield address


def test_a_mouth_is_drawn_when_asked_for_and_told_of(browser, coast):  # noqa: F811
    page = opened(browser, coast, DESKTOP, color_scheme="light").page
    page.wait_for_selector("html[data-map=ready]", timeout=WAIT_MS)

    def blue() -> np.ndarray:
        """Row and column (n, 2) of the pixels of the mouth's colour that lie beside the layer card."""
        card = page.locator(".layers").bounding_box()
        with Image.open(io.BytesIO(page.locator("#map canvas").screenshot())) as shot:
            pixels = np.asarray(shot.convert("RGB")).astype(int)
        pixels[:, : int(card["width"]) + 40] = 0
        return np.argwhere((np.abs(pixels - WATER) < 12).all(axis=2))

    assert len(blue()) < 20
    page.locator("[data-layer=river_mouths]").check()
    page.wait_for_timeout(1000)
    found = blue()
    assert len(found) > 60
    y, x = (int(at) for at in found[len(found) // 2])
    box = page.locator("#map canvas").bounding_box()
    page.mouse.move(box["x"] + x - 3, box["y"] + y)
    page.wait_for_timeout(500)
    page.mouse.move(box["x"] + x, box["y"] + y)
    told = page.locator(".maplibregl-popup-content")
    told.wait_for()
    assert told.inner_text().split("\n") == ["1 · Harbour", "Plastic that arrives: 12.5 t/yr", "People upstream: 400"]
    page.close()
