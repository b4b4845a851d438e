"""Comparisons of two editions, kept beside them; none of an edition's own files, for any two can be compared."""

from __future__ import annotations

import os
from pathlib import Path

from hotspots.editions.catalogue import Catalogue
from hotspots.editions.durable import disk_errors_named, make_folder, remove_tree
from hotspots.editions.layout import Layout
from hotspots.errors import NotFoundError


class Comparisons:
    """The comparisons of a store: a folder for each two editions of a region, the later one first."""

    def __init__(self, layout: Layout, catalogue: Catalogue) -> None:
        self._layout = layout
        self._catalogue = catalogue

    def of(self, region: str, after: str) -> tuple[str, ...]:
        """The editions that ``after`` has been compared with, newest first; NotFoundError for an unknown region."""
        return tuple(record for record in self._known(region) if self._folder(region, after, record).is_dir())

    def folder(self, region: str, after: str, before: str) -> Path:
        """The files of one comparison.

        Raises
        ------
        NotFoundError
            If the two have not been compared.
        """
        if {after, before} <= set(self._known(region)):
            found = self._folder(region, after, before)
            if found.is_dir():
                return found
        raise NotFoundError(
            f"editions {before} and {after} of {region} have not been compared.",
            remedy=f"Run `hotspots compare {region} {before} {after} --keep`.",
        )

    def keep(self, region: str, after: str, before: str, staged: Path) -> Path:
        """Put the files in ``staged`` (of `Store.staging`) in place of what is kept of the two; where they are then.

        Raises
        ------
        EditionError
            If the disk is full.
        """
        target = self._folder(region, after, before)
        with disk_errors_named("keeping the comparison", target):
            make_folder(target.parent)
            remove_tree(target)
            os.rename(staged, target)  # noqa: PTH104
        return target

    def drop(self, region: str, edition: str) -> None:
        """Remove whatever compares ``edition`` with another."""
        folder = self._layout.comparisons / region
        for path in (folder / edition, *folder.glob(f"*/{edition}")):
            remove_tree(path)

    def _known(self, region: str) -> list[str]:
        self._catalogue.region(region)
        return [record.id for record in self._catalogue.editions(region)]

    def _folder(self, region: str, after: str, before: str) -> Path:
        return self._layout.comparisons / region / after / before
