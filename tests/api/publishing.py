"""A store with one edition of a changed miniature, for tests of what readers then see."""

from __future__ import annotations

from pathlib import Path

from data_pipelines.outputs.write import write_all
from hotspots.editions import Store, draft
from hotspots.policy import publishable
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests.hotspots.editions.publishing import WHEN
from tests.miniature import POLICY


def publish(home: Path, assessment: Assessment) -> Path:
    """Publish ``assessment`` as the real writers do; the store's folder."""
    made = publishable(assessment, POLICY)
    files = {}
    for name in ("census", "facilities"):
        files[name] = [home / f"{name}.csv"]
        files[name][0].write_text(name)
    store = Store(home / "store")
    with store.staging() as folder:
        write_all(made, folder, Silent())
        store.publish(folder, draft(made, files, created=WHEN, software_version="1.0"))
    return home / "store"
