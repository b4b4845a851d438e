"""The datasets of a region file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, model_validator

from config.catalogue import FROM, catalogued
from config.catalogue_file import Frequency, RemoteFile
from config.paths import data_file
from config.reading import Settings, check, did_you_mean
from hotspots.errors import ConfigError
from hotspots.region import DatasetRef

Options = TypeVar("Options", bound=BaseModel)
MAIN = "file"
"""The name of the file of a dataset that has only one."""


class DatasetTable(Settings):
    """``[datasets.<id>]`` of a region file, completed from the catalogue where it says ``from``."""

    catalogued_as: str | None = Field(default=None, alias=FROM, min_length=1)
    parameters: dict[str, Any] = Field(default_factory=dict)
    adapter: str = Field(min_length=1)
    path: str | None = Field(default=None, min_length=1)
    paths: dict[str, str] | None = Field(default=None, min_length=1)
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    citation: str = Field(min_length=1)
    contact: str | None = Field(default=None, min_length=1)
    url: str | None = None
    version: str | None = None
    year: int | None = Field(default=None, ge=1700, le=2100)
    redistribution: Literal["raw", "derived", "none"]
    confidential_counts: bool = False
    sensitive: bool = False
    quarantine_limit: float = Field(default=0.1, ge=0, le=1)
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way_to_name_files(self) -> Self:
        if self.path is not None and self.paths is not None:
            raise ValueError("give either 'path' (one file) or 'paths' (several named files)")
        if self.path is None and self.paths is None and self.catalogued_as is None:
            raise ValueError(
                "give either 'path' (one file) or 'paths' (several named files), or 'from' a dataset of the catalogue"
            )
        return self


@dataclass(frozen=True)
class DatasetConfig:
    """One input of a region: which adapter reads which files, and what an edition says about it.

    ``paths`` are as configured, by name (``file`` where there is one); ``quarantine_limit`` is the share of rows above
    which a refresh fails; ``options`` are the adapter's own, for `checked_options`. ``catalogued_as`` is the dataset of
    the catalogue that it is, and ``remote`` the files that a refresh downloads, by name.
    """

    id: str
    adapter: str
    paths: Mapping[str, str]
    ref: DatasetRef
    quarantine_limit: float
    options: Mapping[str, Any]
    config_file: Path
    catalogued_as: str | None = None
    frequency: Frequency | None = None
    remote: Mapping[str, RemoteFile] = field(default_factory=lambda: MappingProxyType({}))

    def file(self, name: str = MAIN) -> Path:
        """The file called ``name``, found beside the region file or under ``HOTSPOTS_DATA``.

        Raises
        ------
        ConfigError
            If the dataset names no such file, or the file is in neither place.
        """
        if name in self.remote:
            raise ConfigError(
                f"{self.remote[name].saved_as} has not been downloaded yet.",
                source=self.config_file,
                field=f"datasets.{self.id}",
                remedy=f"`hotspots refresh {self.config_file.stem}` downloads it.",
            )
        if name not in self.paths:
            raise ConfigError(
                f"the adapter {self.adapter!r} needs a file called {name!r}.",
                source=self.config_file,
                field=f"datasets.{self.id}.paths",
                remedy=did_you_mean(name, list(self.paths), "files"),
            )
        key = f"datasets.{self.id}." + ("path" if set(self.paths) == {MAIN} else f"paths.{name}")
        return data_file(self.paths[name], self.config_file, key)

    def files(self) -> dict[str, Path]:
        """All files by name; errors as `file`."""
        return {name: self.file(name) for name in (*self.paths, *self.remote)}

    def located(self, paths: Mapping[str, Path]) -> DatasetConfig:
        """The same with the files of ``remote`` at ``paths``, by name."""
        here = {name: str(paths[name]) for name in self.remote}
        return replace(self, paths=MappingProxyType({**self.paths, **here}), remote=MappingProxyType({}))


def dataset(
    dataset_id: str, table: DatasetTable, file: Path, remote: Mapping[str, RemoteFile] = MappingProxyType({})
) -> DatasetConfig:
    """The value of one dataset table of the region file ``file``; ``remote`` are its files to download, by name."""
    source = None if table.catalogued_as is None else catalogued(table.catalogued_as)
    ref = DatasetRef(
        id=dataset_id,
        title=table.title,
        publisher=table.publisher,
        licence=table.licence,
        citation=table.citation,
        url=table.url,
        version=table.version,
        year=table.year,
        redistribution=table.redistribution,
        confidential_counts=table.confidential_counts,
        sensitive=table.sensitive,
        contact=table.contact,
    )
    return DatasetConfig(
        id=dataset_id,
        adapter=table.adapter,
        paths=MappingProxyType(_paths(table)),
        ref=ref,
        quarantine_limit=table.quarantine_limit,
        options=MappingProxyType(dict(table.options)),
        config_file=file,
        catalogued_as=table.catalogued_as,
        frequency=None if source is None else source.entry.frequency,
        remote=MappingProxyType(dict(remote)),
    )


def _paths(table: DatasetTable) -> dict[str, str]:
    if table.paths is not None:
        return dict(table.paths)
    return {} if table.path is None else {MAIN: table.path}


def checked_options(model: type[Options], dataset: DatasetConfig) -> Options:
    """The options of ``dataset`` as the adapter's own ``model``.

    Raises
    ------
    ConfigError
        Naming the region file and the key under ``datasets.<id>.options``.
    """
    return check(model, dataset.options, dataset.config_file, ("datasets", dataset.id, "options"))
