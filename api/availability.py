"""Whether a region could be refreshed here: its file is sound and its data are there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

from config import load
from config.paths import DATA_VARIABLE, built_in
from hotspots.errors import ConfigError


@dataclass(frozen=True)
class Availability:
    """One configured region.

    ``state`` is `ready`; `no_data` where it comes with the project, reads data that do not, and HOTSPOTS_DATA, which
    would say where they are, is not set; `broken` where its file is faulty or names a file that is not there.
    ``reason`` says why it is not ready. ``title`` is its id where its file is faulty.
    """

    region: str
    title: str
    state: Literal["ready", "no_data", "broken"]
    datasets: int = 0
    reason: str = ""


def availability(region: str) -> Availability:
    """Look at the files of one configured region."""
    try:
        config = load.region(region)
    except ConfigError as error:
        return Availability(region, region, "broken", reason=str(error))
    title, datasets = config.region.title, len(config.datasets)
    try:
        for dataset in config.datasets.values():
            for name in dataset.paths:  # those to download come with a refresh
                dataset.file(name)
    except ConfigError as error:
        if DATA_VARIABLE not in os.environ and config.file.is_relative_to(built_in()):
            return Availability(region, title, "no_data", datasets, f"data not found: set {DATA_VARIABLE}")
        return Availability(region, title, "broken", datasets, str(error))
    return Availability(region, title, "ready", datasets)
