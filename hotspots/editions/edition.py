"""One published edition, read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import xarray as xr
from pyproj import CRS
from rasterio.windows import Window

from hotspots.editions.catalogue import EditionRecord
from hotspots.editions.durable import files_and_others, sha256_files
from hotspots.editions.manifest import MANIFEST, EditionFile, Manifest, decode
from hotspots.errors import CorruptEditionError, NotFoundError
from hotspots.grid import AnalysisGrid
from hotspots.policy.disclosure import COUNT_BLOCKS
from hotspots.tags import joined, tagged


@dataclass(frozen=True)
class Problem:
    """Where an edition on disk differs from what was published."""

    kind: Literal["missing", "changed", "extra", "withdrawn"]
    path: str


@dataclass(frozen=True)
class Edition:
    """An immutable published set for one region. It stays readable while others are published."""

    region: str
    id: str
    folder: Path
    manifest: Manifest

    @cached_property
    def rests_on_consent(self) -> bool:
        """Whether an authority's consent is needed to publish it, and may be withdrawn."""
        return any(item.basis == "consent" for item in self.manifest.consents)

    @cached_property
    def consent_ends_at(self) -> datetime | None:
        """The first moment from which it must be asked whether it may still be read; None for never."""
        return min((item.ends_at for item in self.manifest.consents if item.ends_at is not None), default=None)

    @cached_property
    def _files(self) -> dict[str, EditionFile]:
        return {file.path: file for file in self.manifest.files}

    def file(self, relative: str) -> EditionFile:
        """What the manifest says of the file at ``relative``.

        Raises
        ------
        NotFoundError
            If the manifest does not list it.
        """
        try:
            return self._files[relative]
        except KeyError:
            raise NotFoundError(
                f"has no file {relative!r}.",
                source=f"edition {self.region}/{self.id}",
                remedy="The manifest lists the files there are.",
            ) from None

    def path(self, relative: str) -> Path:
        """Where a file of the edition lies: the manifest or one that it lists, and nothing else.

        Raises
        ------
        NotFoundError
            If the manifest does not list it.
        """
        return self.folder / (relative if relative == MANIFEST else self.file(relative).path)

    def layer(self, name: str, tags: Iterable[str] = ()) -> gpd.GeoDataFrame:
        """The features of layer ``name``, in longitude and latitude; with ``tags`` those that carry every one of them.

        Raises
        ------
        NotFoundError
            If the edition has no such feature layer, or its features carry no tags.
        """
        self._require(name, [entry.name for entry in self.manifest.vectors], "feature layer")
        table = gpd.read_parquet(self.path(f"vectors/{name}.parquet"))
        wanted = list(tags)
        if not wanted:
            return table
        if "tags" not in table:
            raise NotFoundError(
                f"its features carry no tags, so not {joined(wanted)} either.",
                source=f"edition {self.region}/{self.id}",
                field=name,
                remedy="Hotspots and sources carry tags.",
            )
        return tagged(table, wanted)

    def raster(self, name: str, window: tuple[slice, slice] | None = None) -> xr.DataArray:
        """Raster ``name`` (y, x) as floating point, NaN = not assessed; attributes ``title``, ``unit``, ``crs_wkt``.

        ``window`` are the rows and columns to read, all unless given.

        Raises
        ------
        NotFoundError
            If the edition has no such raster.
        """
        self._require(name, [entry.name for entry in self.manifest.rasters], "raster")
        entry = next(entry for entry in self.manifest.rasters if entry.name == name)
        with rasterio.open(self.path(f"rasters/{name}.tif"), driver="GTiff") as file:
            grid = AnalysisGrid.from_transform(CRS.from_wkt(file.crs.to_wkt()), file.transform, file.shape)
            part = None if window is None else Window.from_slices(*window)
            values = file.read(1, masked=True, window=part)
        shown = grid if window is None else grid.window(*window)
        array = shown.dataarray(values.astype(np.promote_types(values.dtype, np.float32)).filled(np.nan), name)
        return array.assign_attrs(title=entry.title, unit=entry.unit)

    @cached_property
    def count_blocks(self) -> npt.NDArray[np.int32] | None:
        """The block of confidential counts that each cell of the grid belongs to (rows, cols), from 1, 0 none.

        None where no count of people is confidential.
        """
        if COUNT_BLOCKS not in self._files:
            return None
        with rasterio.open(self.path(COUNT_BLOCKS), driver="GTiff") as file:
            found: npt.NDArray[np.int32] = file.read(1)
        return found

    @cached_property
    def grid(self) -> AnalysisGrid:
        """The grid of all its rasters.

        Raises
        ------
        NotFoundError
            If it has none.
        """
        names = [entry.name for entry in self.manifest.rasters]
        # The policy may withhold any one of them, people too.
        name = names[0] if names else "people"
        self._require(name, names, "raster")
        with rasterio.open(self.path(f"rasters/{name}.tif"), driver="GTiff") as file:
            return AnalysisGrid.from_transform(CRS.from_wkt(file.crs.to_wkt()), file.transform, file.shape)

    def _require(self, name: str, names: list[str], kind: str) -> None:
        if name not in names:
            raise NotFoundError(
                f"has no {kind} {name!r}.",
                source=f"edition {self.region}/{self.id}",
                remedy=f"It has {', '.join(names) or 'none'}.",
            )


def read_edition(record: EditionRecord, folder: Path) -> Edition:
    """The edition of ``record`` in ``folder``.

    Raises
    ------
    CorruptEditionError
        If its manifest is missing or not the one that was published.
    """
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CorruptEditionError("is missing.", source=path, remedy=_REMEDY) from error
    if hashlib.sha256(data).hexdigest() != record.manifest_sha256:
        raise CorruptEditionError("is not the manifest that was published.", source=path, remedy=_REMEDY)
    return Edition(record.region, record.id, folder, decode(data, str(path)))


_REMEDY = "Restore the edition from a backup, or roll back to another one and refresh the region."


def compare_files(folder: Path, manifest: Manifest) -> tuple[Problem, ...]:
    """Every difference between the files in ``folder`` and ``manifest``, by path; all files are hashed."""
    listed = {file.path: file for file in manifest.files}
    files, others = files_and_others(folder)
    there = [path for path in files if path != MANIFEST]
    # A link is never followed: whatever it leads to, it is not the file that was published.
    hashes: dict[str, str | None] = dict(zip(there, sha256_files(folder / path for path in there), strict=True))
    hashes |= dict.fromkeys(others)
    problems = [Problem("missing", path) for path in listed if path not in hashes]
    problems += [Problem("extra", path) for path in hashes if path not in listed]
    problems += [
        Problem("changed", path) for path, sha256 in hashes.items() if path in listed and sha256 != listed[path].sha256
    ]
    return tuple(sorted(problems, key=lambda problem: problem.path))
