"""A store of miniature editions: files small enough to check by eye, and drafts made from the miniature region."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import rasterio

from hotspots.editions import Edition, EditionDraft, Store, Unchanged, draft
from hotspots.policy import publishable
from tests.miniature import GRID, POLICY, assessment

WHEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_draft(folder: Path, *, inputs: str = "inputs", created: datetime = WHEN) -> EditionDraft:
    """A draft whose two input files say ``inputs``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: [folder / f"{name}.csv"] for name in ("census", "facilities")}
    for name, (path,) in files.items():
        path.write_text(f"{name} {inputs}\n")
    return draft(publishable(assessment(), POLICY), files, created=created, software_version="1.0")


def write_files(folder: Path, text: str = "first") -> None:
    """A few files such as the writers make, telling ``text``."""
    contents = {
        "map.html": f"<p>{text}</p>",
        "rasters/notes.txt": text,
        "report/quality.json": f'"{text}"',
        "report/CITATION.cff": "cite",
        "vectors/admin.csv": f"unit_id\n{text}\n",
    }
    for path, content in contents.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)


def write_layers(folder: Path) -> None:
    """The miniature's admin layer and its people raster, as the writers would."""
    (folder / "vectors").mkdir()
    (folder / "rasters").mkdir()
    assessment().units.to_parquet(folder / "vectors/admin.parquet")
    values = assessment().layers["people"].to_numpy().astype(np.float32)
    profile = {
        "driver": "GTiff",
        "height": GRID.rows,
        "width": GRID.cols,
        "count": 1,
        "dtype": "float32",
        "crs": GRID.crs_wkt,
        "transform": GRID.transform,
        "nodata": -1.0,
    }
    with rasterio.open(folder / "rasters/people.tif", "w", **profile) as file:
        file.write(np.where(np.isnan(values), -1, values), 1)


def publish(store: Store, scratch: Path, text: str = "first", *, created: datetime = WHEN) -> Edition | Unchanged:
    """Publish an edition that tells ``text``."""
    made = make_draft(scratch, created=created)
    with store.staging() as folder:
        write_files(folder, text)
        return store.publish(folder, made)


def edition(store: Store, scratch: Path, text: str = "first", *, created: datetime = WHEN) -> Edition:
    """Publish an edition that is new."""
    published = publish(store, scratch, text, created=created)
    assert isinstance(published, Edition)
    return published
