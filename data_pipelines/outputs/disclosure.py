"""The audit of confidential counts, and the blocks they are merged into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio

from data_pipelines.outputs.notice import notice
from hotspots.policy import Publishable
from hotspots.policy.disclosure import COUNT_BLOCKS, DISCLOSURE_AUDIT


def write(publishable: Publishable, folder: Path) -> Iterator[Path]:
    """``report/disclosure_audit.json`` and ``report/count_blocks.tif``; neither where no count is confidential."""
    disclosure = publishable.disclosure
    if disclosure is None:
        return
    path = folder / DISCLOSURE_AUDIT
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**asdict(disclosure.audit), "passed": disclosure.audit.passed}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    yield path
    if disclosure.block is not None:
        path = folder / COUNT_BLOCKS
        _write_blocks(publishable, disclosure.block, path)
        yield path


def _write_blocks(publishable: Publishable, block: npt.NDArray[np.int32], path: Path) -> None:
    """int32, 0 = nobody known; cells of one number share their people evenly."""
    meaning = "Cells of one number are one block: their people are known together only, and spread evenly over them."
    tags = notice(publishable, "Blocks of confidential counts", meaning)
    grid = publishable.grid
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=grid.rows,
        width=grid.cols,
        count=1,
        dtype="int32",
        nodata=0,
        crs=grid.crs_wkt,
        transform=grid.transform,
        compress="deflate",
        predictor=2,
        tiled=True,
    ) as file:
        file.write(block, 1)
        file.update_tags(**{key.upper(): text for key, text in tags.items()})
