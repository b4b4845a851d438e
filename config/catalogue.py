"""The dataset catalogue, and regions' datasets that are taken from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config import catalogue_file
from config.catalogue_file import CatalogueDataset, RemoteFile
from config.paths import config_file, folders
from config.reading import did_you_mean
from hotspots.errors import ConfigError

FOLDER = "datasets"
FROM, PARAMETERS = "from", "parameters"
_ID = r"[a-z0-9_]+"
_TAKEN = (
    "publisher",
    "contact",
    "licence",
    "redistribution",
    "citation",
    "version",
    "url",
    "adapter",
    "quarantine_limit",
)


def dataset_ids() -> tuple[str, ...]:
    """The ids of all datasets of the catalogue, sorted; the files are not opened."""
    found = {file.stem for folder in folders() for file in (folder / FOLDER).glob("*.toml")}
    return tuple(sorted(name for name in found if re.fullmatch(_ID, name)))


def catalogued(dataset_id: str, source: str | Path = "datasets", field: str | None = None) -> CatalogueDataset:
    """One dataset of the catalogue; ConfigError, at ``field`` of ``source``, if there is none or its file is faulty."""
    known = list(dataset_ids())
    if dataset_id not in known:
        raise ConfigError(
            f"the catalogue has no dataset {dataset_id!r}.",
            source=source,
            field=field,
            remedy=did_you_mean(dataset_id, known, "datasets"),
        )
    return catalogue_file.read(config_file(FOLDER, f"{dataset_id}.toml"))


def completed(table: Mapping[str, Any], dataset_id: str, file: Path) -> dict[str, Any]:
    """The raw table of a region's dataset, with what the catalogue says wherever the region says nothing.

    A table without ``from`` comes back as it is.
    """
    name = table.get(FROM)
    if not isinstance(name, str):
        return dict(table)
    dataset = catalogued(name, file, f"datasets.{dataset_id}.{FROM}")
    given = _parameters(table)
    known = dataset.entry.model_dump(exclude_none=True)
    year = {"year": given["year"]} if type(given.get("year")) is int else {}
    taken = {key: known[key] for key in (*_TAKEN, "year") if key in known}
    options = known["options"] | dict(table.get("options") or {})
    stated = {"year": table["year"]} if "year" in known["parameters"] and type(table.get("year")) is int else {}
    return taken | year | {"title": dataset.title(stated | given)} | dict(table) | {"options": options}


def remote_files(table: Mapping[str, Any], dataset_id: str, file: Path) -> dict[str, RemoteFile]:
    """The files to download for a region's dataset that names none of its own, by name; errors as `completed`."""
    if FROM not in table or table.get("path") or table.get("paths"):
        return {}
    key = f"datasets.{dataset_id}"
    dataset = catalogued(table[FROM], file, f"{key}.{FROM}")
    return {item.name: item for item in dataset.remote_files(_parameters(table), file, f"{key}.{PARAMETERS}")}


def _parameters(table: Mapping[str, Any]) -> dict[str, Any]:
    given = table.get(PARAMETERS)
    return dict(given) if isinstance(given, Mapping) else {}
