"""So many requests compute at once, so many wait, the others are sent away."""

from __future__ import annotations

import threading
import time

import pytest

from api.routes import features, processes
from api.slots import Slots
from hotspots.errors import BusyError


def test_one_computes_one_waits_the_third_is_sent_away():
    slots = Slots(at_once=1, waiting=1, wait_s=60.0)
    done = threading.Event()

    def wait():
        with slots.taken():
            done.set()

    waiting = threading.Thread(target=wait)
    with slots.taken():
        waiting.start()
        while slots._admitted._value:  # type: ignore[attr-defined]
            time.sleep(0.001)
        with pytest.raises(BusyError), slots.taken():
            pass
        assert not done.is_set()
    waiting.join()
    assert done.is_set()
    with slots.taken():
        pass


def test_who_waits_too_long_is_sent_away_and_frees_the_place():
    slots = Slots(at_once=1, waiting=1, wait_s=0.01)
    with slots.taken():
        for _ in range(3):
            with pytest.raises(BusyError), slots.taken():
                pass
    with slots.taken():
        pass


def test_pages_of_features_and_areas_are_bounded(client, monkeypatch):
    slots = Slots(at_once=1, waiting=0, wait_s=0.0)
    monkeypatch.setattr(features, "HEAVY", slots)
    monkeypatch.setattr(processes, "AREAS", slots)
    area = {"type": "Polygon", "coordinates": [[[10, 20], [10.05, 20], [10.05, 20.05], [10, 20]]]}

    def statuses():
        page = client.get("/collections/miniature-hotspots/items")
        figures = client.post(
            "/processes/area-statistics/execution", json={"inputs": {"region": "miniature", "area": area}}
        )
        return [(answer.status_code, answer.headers.get("retry-after")) for answer in (page, figures)]

    with slots.taken():
        assert statuses() == [(503, "5"), (503, "5")]
        assert client.get("/health/ready").status_code == 200
    assert statuses() == [(200, None), (200, None)]
