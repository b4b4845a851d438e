"""Several workers over one store: each serves what is current at the next request, and nothing that has gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx

from hotspots.editions import Store
from tests.hotspots.editions.publishing import WHEN, edition
from tests.serving import served

REGION = "miniature"


def test_every_worker_sees_a_publish_a_rollback_and_a_retirement_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = Store(home)
    first = edition(writer, tmp_path / "1", "first")
    with served(home) as one, served(home) as two, httpx.Client(trust_env=False) as client:

        def current() -> set[str]:
            return {client.get(f"{worker}/regions/{REGION}").json()["current"] for worker in (one, two)}

        def statuses(of: str) -> set[int]:
            return {client.get(f"{worker}/regions/{REGION}/editions/{of}").status_code for worker in (one, two)}

        assert current() == {first.id}
        assert statuses(first.id) == {200}
        second = edition(writer, tmp_path / "2", "second", created=WHEN + timedelta(days=1))
        assert current() == {second.id}
        writer.rollback(REGION)
        assert current() == {first.id}
        third = edition(writer, tmp_path / "3", "third", created=WHEN + timedelta(days=2))
        assert current() == {third.id}
        assert writer.retire(REGION, 2) == (first.id,)
        assert statuses(first.id) == {404}
        assert statuses(third.id) == {200}
