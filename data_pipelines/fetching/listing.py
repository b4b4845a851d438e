"""The dataset catalogue as it stands here: what is downloaded, how old it is, and which regions need it."""

from __future__ import annotations

from dataclasses import dataclass

from config import catalogue, load
from config.catalogue_file import CatalogueDataset
from config.dataset_file import DatasetConfig
from data_pipelines.fetching.input_store import InputStore, Kept
from hotspots.errors import ConfigError


@dataclass(frozen=True)
class Listed:
    """One dataset of the catalogue.

    ``regions`` take it; ``files`` are those that they download of it, ``kept`` the copies that are here.
    """

    dataset: CatalogueDataset
    regions: tuple[str, ...]
    files: int
    kept: tuple[Kept, ...]

    @property
    def size_bytes(self) -> int:
        """Of all copies together."""
        return sum(copy.size_bytes for copy in self.kept)


def listed(inputs: InputStore) -> tuple[Listed, ...]:
    """Every dataset of the catalogue by id; a region whose file is faulty needs none."""
    used: dict[str, list[tuple[str, DatasetConfig]]] = {}
    for region in load.region_ids():
        for dataset in _datasets(region):
            if dataset.catalogued_as is not None:
                used.setdefault(dataset.catalogued_as, []).append((region, dataset))
    return tuple(_listed(catalogue.catalogued(name), used.get(name, []), inputs) for name in catalogue.dataset_ids())


def _listed(dataset: CatalogueDataset, users: list[tuple[str, DatasetConfig]], inputs: InputStore) -> Listed:
    files = {file.url: file for _, user in users for file in user.remote.values()}
    kept = [inputs.kept(file) for file in files.values()]
    regions = tuple(dict.fromkeys(region for region, _ in users))
    return Listed(dataset, regions, len(files), tuple(copy for copy in kept if copy is not None))


def _datasets(region: str) -> tuple[DatasetConfig, ...]:
    try:
        return tuple(load.region(region).datasets.values())
    except ConfigError:
        return ()
