"""Files of the dataset catalogue: who publishes a dataset, under which licence, and where its files are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from config.reading import Settings, did_you_mean, read_model
from hotspots.errors import ConfigError

Frequency = Literal["never", "daily", "weekly", "monthly", "yearly"]
PERIOD_DAYS: Mapping[str, int] = {"daily": 1, "weekly": 7, "monthly": 31, "yearly": 366}
"""How long a copy is fresh after its publisher was last asked; datasets of the frequency ``never`` stay so."""
FileFormat = Literal["geotiff", "netcdf", "csv", "csv_gz", "geojson", "shapefile", "geopackage"]
Text = Annotated[str, StringConstraints(min_length=1)]
Scalar = str | int
_PLACE = re.compile(r"\{([a-z_]+)(?::(lower|upper|02))?\}")
_VARIABLE = r"^[A-Z][A-Z0-9_]+$"


class ParameterTable(Settings):
    """``[parameters.<name>]``: what a region fills in. ``pattern`` is a regular expression for the whole text."""

    meaning: Text
    pattern: Text
    default: Scalar | tuple[Scalar, ...] | None = None


class FileTable(Settings):
    """One of ``[[files]]``: a file, or where a parameter is a list one file for each of its values.

    ``name`` is what the adapter calls it; ``url``, ``saved_as`` (the last part of ``url`` unless given) and ``member``
    (of an archive, may hold ``*``) are templates too. ``size_bytes`` and ``sha256`` are as published for the download.
    """

    name: Text = "file"
    url: Annotated[str, StringConstraints(pattern=r"^https?://")]
    saved_as: Annotated[str, StringConstraints(pattern=r"^[^/\\]+$")] | None = None
    archive: Literal["zip", "gzip"] | None = None
    member: Text | None = None
    size_bytes: int | None = Field(default=None, gt=0)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="after")
    def _members_are_of_zip_files(self) -> Self:
        if (self.archive == "zip") != (self.member is not None):
            raise ValueError("'member' names the file in a zip archive: give it with archive = \"zip\" and only then")
        return self


class DatasetEntry(Settings):
    """A file of the catalogue; its id is the name of the file.

    Without ``files`` the dataset cannot be downloaded by itself, and ``obtain`` says how a person gets it.
    ``credentials`` is the environment variable that holds the token its publisher asks for.
    """

    title: Text
    publisher: Text
    contact: Text
    url: Text
    licence: Text
    redistribution: Literal["raw", "derived", "none"]
    citation: Text
    version: Text | None = None
    year: int | None = Field(default=None, ge=1700, le=2100)
    adapter: Text
    format: FileFormat
    frequency: Frequency
    quality: Literal["A", "B", "C", "D", "E"]
    credentials: Annotated[str, StringConstraints(pattern=_VARIABLE)] | None = None
    obtain: Text | None = None
    quarantine_limit: float = Field(default=0.1, ge=0, le=1)
    parameters: dict[str, ParameterTable] = Field(default_factory=dict)
    files: tuple[FileTable, ...] = ()
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        if not self.files and self.obtain is None:
            raise ValueError("give 'files' to download, or say in 'obtain' how the file is got")
        for template in self._templates():
            for name, _ in _PLACE.findall(template):
                if name not in self.parameters:
                    raise ValueError(f"{{{name}}} in {template!r} is none of its parameters")
        return self

    def _templates(self) -> Iterator[str]:
        yield self.title
        for file in self.files:
            yield from (text for text in (file.name, file.url, file.saved_as, file.member) if text)


@dataclass(frozen=True)
class RemoteFile:
    """One file to download.

    ``saved_as`` is the name it is kept under, ``member`` the file inside where it is a zip archive, ``format`` what the
    adapter reads in the end. ``size_bytes`` and ``sha256`` are those that the publisher states for the download.
    """

    name: str
    url: str
    saved_as: str
    archive: Literal["zip", "gzip"] | None
    member: str | None
    format: FileFormat
    size_bytes: int | None
    sha256: str | None
    credentials: str | None


@dataclass(frozen=True)
class CatalogueDataset:
    """One dataset of the catalogue, and the file that describes it."""

    id: str
    entry: DatasetEntry
    file: Path

    def remote_files(self, given: Mapping[str, Any], source: Path, key: str) -> tuple[RemoteFile, ...]:
        """The files for the parameters ``given`` under ``key`` of the region file ``source``.

        Raises
        ------
        ConfigError
            If a parameter is unknown, missing or does not fit, or there is nothing to download.
        """
        if not self.entry.files:
            raise ConfigError(
                f"{self.id} cannot be downloaded by itself.",
                source=source,
                field=key.removesuffix(".parameters"),
                remedy=f"{self.entry.obtain} Then name the file with path.",
            )
        values = self._values(given, source, key)
        files = tuple(_remote(self.entry, file, chosen) for file in self.entry.files for chosen in _each(values))
        if len({file.name for file in files}) < len(files):
            lists = [name for name in values if len(values[name]) > 1]
            raise ConfigError(
                f"several values of {' and '.join(lists)} would be one file.",
                source=source,
                field=f"{key}.{lists[0]}",
                remedy="Give one value here, and another dataset for each other one.",
            )
        return files

    def title(self, given: Mapping[str, Any]) -> str:
        """The title with the parameters ``given`` filled in; of those that are not, the names in brackets."""
        known = {name: table.default for name, table in self.entry.parameters.items() if table.default is not None}
        values = {name: _plain(value) for name, value in (known | dict(given)).items()}
        return _PLACE.sub(lambda place: values.get(place[1], f"[{place[1]}]"), self.entry.title)

    def _values(self, given: Mapping[str, Any], source: Path, key: str) -> dict[str, tuple[Scalar, ...]]:
        known = self.entry.parameters
        for name in given:
            if name not in known:
                raise ConfigError(
                    f"{self.id} has no parameter {name!r}.",
                    source=source,
                    field=f"{key}.{name}",
                    remedy=did_you_mean(name, list(known), "parameters"),
                )
        values = {}
        for name, table in known.items():
            value = given.get(name, table.default)
            if value is None:
                raise ConfigError(
                    "the parameter is missing.",
                    source=source,
                    field=f"{key}.{name}",
                    remedy=f"Give {table.meaning}, or name local files with path or paths.",
                )
            values[name] = tuple(value) if isinstance(value, list | tuple) else (value,)
            for item in values[name]:
                _check(item, table, source, f"{key}.{name}")
            if not values[name]:
                raise ConfigError("the list is empty.", source=source, field=f"{key}.{name}", remedy="Name one.")
        return values


def read(file: Path) -> CatalogueDataset:
    """The dataset that ``file`` describes; ConfigError for every fault in it."""
    return CatalogueDataset(file.stem, read_model(DatasetEntry, file), file)


def _check(value: Any, table: ParameterTable, source: Path, field: str) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int) or not re.fullmatch(table.pattern, str(value)):
        raise ConfigError(
            f"{value!r} does not fit.", source=source, field=field, remedy=f"Give {table.meaning} ({table.pattern})."
        )


def _each(values: Mapping[str, Sequence[Scalar]]) -> Iterator[dict[str, Scalar]]:
    """Every choice of one value for each parameter."""
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _remote(entry: DatasetEntry, file: FileTable, values: Mapping[str, Scalar]) -> RemoteFile:
    url = _filled(file.url, values)
    return RemoteFile(
        name=_filled(file.name, values),
        url=url,
        saved_as=_filled(file.saved_as, values) if file.saved_as else url.partition("?")[0].rpartition("/")[2],
        archive=file.archive,
        member=_filled(file.member, values) if file.member else None,
        format=entry.format,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        credentials=entry.credentials,
    )


def _filled(template: str, values: Mapping[str, Scalar]) -> str:
    def text(place: re.Match[str]) -> str:
        value = str(values[place[1]])
        return {"lower": value.lower(), "upper": value.upper(), "02": value.zfill(2)}.get(place[2] or "", value)

    return _PLACE.sub(text, template)


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
