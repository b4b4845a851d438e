"""Tiles of an edition at hand are answered at once, by no thread that others may hold; once it is gone, not at all."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest

from api.routes import tiles
from hotspots.editions import Edition, Store
from tests.hotspots.editions.publishing import WHEN, edition
from tests.serving import served
from tiles.mercator import tiles_over

LAYERS = ("admin/{}.mvt", "people/{}.png")


def test_a_tile_at_hand_waits_for_no_thread(home: Path, edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    tile = next(iter(tiles_over(edition.grid, 8)))
    paths = [f"/tiles/miniature/{edition.id}/{layer}".format(f"{tile.z}/{tile.x}/{tile.y}") for layer in LAYERS]
    with served(home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        first = [client.get(path) for path in paths]
        monkeypatch.setattr(tiles, "run_in_threadpool", _no_thread)
        again = [client.get(path) for path in paths]
        drawn = client.get(paths[1], params={"resampling": "bilinear"})
    assert [answer.status_code for answer in (*first, *again)] == [200] * 4
    assert [answer.content for answer in first] == [answer.content for answer in again]
    assert [answer.headers["etag"] for answer in first] == [answer.headers["etag"] for answer in again]
    assert drawn.status_code == 500


def test_a_tile_of_a_retired_edition_is_not_at_hand(store: Store, tmp_path: Path) -> None:
    old = store.current("miniature")
    paths = [f"/tiles/miniature/{old.id}/{layer}".format("0/0/0") for layer in LAYERS]
    with served(old.folder.parents[2]) as address, httpx.Client(base_url=address, trust_env=False) as client:
        assert [client.get(path).status_code for path in paths * 2] == [200, 200] * 2
        edition(store, tmp_path / "next", created=WHEN + timedelta(days=1))
        assert store.retire("miniature", 1) == (old.id,)
        assert [client.get(path).status_code for path in paths] == [404, 404]


async def _no_thread(*_: Any) -> NoReturn:
    raise RuntimeError("a thread was asked for")
