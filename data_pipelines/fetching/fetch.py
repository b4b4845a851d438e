"""A region's datasets with all their files here: downloaded where they are missing or the publisher has newer ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from config.catalogue_file import RemoteFile
from config.dataset_file import DatasetConfig
from config.region_file import RegionConfig
from data_pipelines.fetching.download import Downloader, NotModified
from data_pipelines.fetching.input_store import InputStore, Kept
from data_pipelines.fetching.network import OFFLINE_VARIABLE, NetworkSettings
from hotspots.editions import Store
from hotspots.errors import InputError
from hotspots.progress import Progress

STEP_BYTES = 2**20


def fetched(config: RegionConfig, store: Store, progress: Progress) -> RegionConfig:
    """``config`` with every file to download in the input store, asked for from its publisher where that may change.

    Raises
    ------
    InputError
        If a file cannot be had or is not what it should be; what was kept before stays.
    ConfigError
        If a setting of the environment is faulty, or a token is missing.
    """
    if not any(dataset.remote for dataset in config.datasets.values()):
        return config
    settings = NetworkSettings.of_environment()
    downloader = Downloader(settings)
    try:
        fetcher = _Fetcher(store, settings, downloader, progress)
        return _with(config, {key: fetcher.located(dataset) for key, dataset in config.datasets.items()})
    finally:
        downloader.close()


def kept_files(config: RegionConfig, store: Store) -> RegionConfig:
    """``config`` with those datasets located whose files are all in the input store; nobody is asked for anything."""
    inputs = InputStore(store.layout.inputs)
    return _with(config, {key: _if_kept(dataset, inputs) for key, dataset in config.datasets.items()})


class _Fetcher:
    def __init__(self, store: Store, settings: NetworkSettings, downloader: Downloader, progress: Progress) -> None:
        self._store = store
        self._inputs = InputStore(store.layout.inputs)
        self._settings = settings
        self._downloader = downloader
        self._progress = progress

    def located(self, dataset: DatasetConfig) -> DatasetConfig:
        """The dataset with its files here."""
        if not dataset.remote:
            return dataset
        return dataset.located({name: self._file(dataset, file) for name, file in dataset.remote.items()})

    def _file(self, dataset: DatasetConfig, file: RemoteFile) -> Path:
        # One process downloads a file, the others wait and find it there.
        with self._store.exclusive(f"input-{self._inputs.partial(file).name}", wait=True):
            return self._inputs.readable(file, self._kept(dataset, file))

    def _kept(self, dataset: DatasetConfig, file: RemoteFile) -> Kept:
        kept = self._inputs.kept(file)
        if kept is not None and (self._settings.offline or dataset.frequency == "never"):
            return kept
        if self._settings.offline:
            raise InputError(
                "is not here, and nothing may be downloaded.",
                source=file.url,
                remedy=f"Unset {OFFLINE_VARIABLE}, or name a local file with path.",
            )
        return self._asked(file, kept)

    def _asked(self, file: RemoteFile, kept: Kept | None) -> Kept:
        steps = _Steps(self._progress, file.saved_as)
        validators = None if kept is None else kept.validators
        got = self._downloader.get(file, self._inputs.partial(file), validators, steps.arrived)
        if isinstance(got, NotModified):
            if kept is None:
                raise TypeError("only what is kept can be unchanged")
            steps.finish("not changed since")
            return self._inputs.still_current(kept)
        steps.finish(f"{got.size_bytes / 1e6:.1f} MB downloaded")
        return self._inputs.add(file, got)


class _Steps:
    """Progress of one download in steps of a mebibyte."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress, self._name = progress, name
        self._told: int | None = None

    def arrived(self, done: int, total: int | None) -> None:
        if self._told is None:
            self._progress.start(self._name, -(-(total or 0) // STEP_BYTES))
            self._told = 0
        # A download that begins anew moves on only once it is further than before.
        for _ in range(self._told, done // STEP_BYTES):
            self._progress.advance(self._name)
        self._told = max(self._told, done // STEP_BYTES)

    def finish(self, note: str) -> None:
        if self._told is None:
            self._progress.start(self._name, 1)
        self._progress.finish(self._name, note)


def _if_kept(dataset: DatasetConfig, inputs: InputStore) -> DatasetConfig:
    kept = {name: inputs.kept(file) for name, file in dataset.remote.items()}
    paths = {name: inputs.readable(dataset.remote[name], copy) for name, copy in kept.items() if copy is not None}
    return dataset.located(paths) if len(paths) == len(dataset.remote) else dataset


def _with(config: RegionConfig, datasets: Mapping[str, DatasetConfig]) -> RegionConfig:
    return replace(config, datasets=MappingProxyType(dict(datasets)))
