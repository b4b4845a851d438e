"""What a refresh would do now: what it would fetch, how long it may take, and whether there is room for it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Literal

from config.catalogue_file import RemoteFile
from config.region_file import RegionConfig
from data_pipelines.fetching.download import Downloader
from data_pipelines.fetching.input_store import InputStore
from data_pipelines.fetching.network import NetworkSettings
from hotspots.editions import Job, Store

SPARE_BYTES = 256 * 2**20
State = Literal["download", "not changed", "not asked for", "missing, and offline"]


@dataclass(frozen=True)
class PlannedFile:
    """One file of a dataset that is not the region's own. ``size_bytes`` is what would be sent, None if unknown."""

    dataset: str
    file: RemoteFile
    state: State
    size_bytes: int | None


@dataclass(frozen=True)
class Plan:
    """What a refresh would do.

    ``last`` is the last successful refresh, None before the first. ``edition_bytes`` is the size of the current
    edition, about what the next one takes. ``free_bytes`` is what the disk of the store has left.
    """

    files: tuple[PlannedFile, ...]
    last: Job | None
    edition_bytes: int
    free_bytes: int

    @property
    def download_bytes(self) -> int:
        """What is known to be sent."""
        return sum(file.size_bytes or 0 for file in self.files)

    @property
    def of_unknown_size(self) -> int:
        """How many downloads there are whose size the publisher does not say."""
        return sum(file.state == "download" and file.size_bytes is None for file in self.files)

    @property
    def needed_bytes(self) -> int:
        """Room for downloads, for as much again where they are archives, for an edition, and some to spare."""
        packed = sum(file.size_bytes or 0 for file in self.files if file.file.archive is not None)
        return self.download_bytes + packed + self.edition_bytes + SPARE_BYTES


def planned(config: RegionConfig, store: Store) -> Plan:
    """What a refresh of ``config`` would do now; publishers are asked for sizes, nothing is downloaded.

    Raises
    ------
    InputError
        If a file cannot be had.
    ConfigError
        If a setting of the environment is faulty, or a token is missing.
    """
    settings = NetworkSettings.of_environment()
    inputs = InputStore(store.layout.inputs)
    downloader = Downloader(settings)
    try:
        files = tuple(
            _file(dataset.id, dataset.frequency == "never", file, inputs, None if settings.offline else downloader)
            for _, dataset in sorted(config.datasets.items())
            for file in dataset.remote.values()
        )
    finally:
        downloader.close()
    jobs = [job for job in store.jobs.of_region(config.region.id, "refresh", 20) if job.state == "succeeded"]
    current = {state.id: state.current for state in store.regions()}.get(config.region.id)
    size = store.current(config.region.id).manifest.size_bytes if current else 0
    return Plan(files, jobs[0] if jobs else None, size, shutil.disk_usage(store.layout.home).free)


def _file(
    dataset: str, never: bool, file: RemoteFile, inputs: InputStore, downloader: Downloader | None
) -> PlannedFile:
    kept = inputs.kept(file)
    if downloader is None or (kept is not None and never):
        return PlannedFile(dataset, file, "missing, and offline" if kept is None else "not asked for", 0)
    now = downloader.look(file)
    if kept is not None and now is not None and now.conditions() and not now.differs_from(kept.validators):
        return PlannedFile(dataset, file, "not changed", 0)
    return PlannedFile(dataset, file, "download", None if now is None else now.size_bytes)
