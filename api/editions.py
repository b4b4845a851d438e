"""What the routes read: editions and their tile files, kept open because an edition never changes."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

from api.features.store import FeatureStore
from api.kept import Kept
from api.packages import Package, package
from api.settings import Settings
from data_pipelines.outputs.feature_store import FOLDER
from hotspots.editions import Edition, Store
from hotspots.errors import NotFoundError
from tiles.cog import CogLevels
from tiles.read import TileArchive

CURRENT = "current"


class Editions:
    """The editions of one store."""

    def __init__(self, settings: Settings) -> None:
        self.store = Store(settings.home)
        self._editions: Kept[tuple[str, str], Edition] = Kept(settings.max_open_layers)
        self._tiles: Kept[tuple[str, str, str], TileArchive] = Kept(settings.max_open_layers)
        self._levels: Kept[tuple[str, str, str], CogLevels] = Kept(settings.max_open_layers)
        self._features: Kept[tuple[str, str, str], FeatureStore] = Kept(settings.max_open_layers)
        self._packages: Kept[tuple[str, str, str], Package] = Kept(settings.max_open_layers)
        self._documents: Kept[tuple[str, str, str], Any] = Kept(settings.max_open_layers)

    def current_id(self, region: str) -> str:
        """The id of the current edition of ``region``; NotFoundError if there is none."""
        state = self.store.region(region)
        return state.current or self.store.current(region).id

    def get(self, region: str, edition: str) -> Edition:
        """An edition by its id; NotFoundError if there is none such, WithdrawnError if it was withdrawn."""
        found = self._editions.get((region, edition), lambda: self.store.edition(region, edition))
        if found.folder.is_dir() and self.store.policy.allows(found):
            return found
        # It has been retired or withdrawn since, and nothing of it is kept; the store knows.
        for kept in (self._tiles, self._levels, self._features, self._packages, self._documents):
            kept.forget(lambda key: key[:2] == (region, edition))
        self._editions.forget(lambda key: key == (region, edition))
        return self.store.edition(region, edition)

    def at_hand(self, region: str, edition: str, layer: str) -> Edition | None:
        """An edition of which the tiles of a layer are open, if all that is known without asking the catalogue."""
        found = self._editions.held((region, edition))
        if found is None or self._tiles.held((region, edition, layer)) is None:
            return None
        return found if found.consent_ends_at is None and found.folder.is_dir() else None

    def tiles(self, edition: Edition, layer: str) -> TileArchive:
        """The prebuilt tiles of a layer; NotFoundError if the edition has none of it."""
        path = edition.path(f"tiles/{layer}.pmtiles")
        return self._tiles.get((edition.region, edition.id, layer), lambda: TileArchive(path))

    def levels(self, edition: Edition, raster: str, extensive: bool) -> CogLevels:
        """A raster and its overviews; NotFoundError if the edition has none of it."""
        path = edition.path(f"rasters/{raster}.tif")
        return self._levels.get((edition.region, edition.id, raster), lambda: CogLevels(path, extensive))

    def features(self, edition: Edition, layer: str) -> FeatureStore:
        """The features of a layer; NotFoundError if the edition has none of it."""
        path = edition.path(f"{FOLDER}/{layer}.sqlite")
        return self._features.get((edition.region, edition.id, layer), lambda: FeatureStore(path))

    def package(self, edition: Edition, layer: str) -> Package:
        """The ZIP file of a layer; NotFoundError if the edition has none such."""
        return self._packages.get((edition.region, edition.id, layer), lambda: package(edition, layer))

    def document(self, edition: Edition, path: str) -> Any:
        """A JSON file of the edition, parsed. Not to be changed by the caller.

        Raises
        ------
        NotFoundError
            If the manifest does not list it.
        """
        file = edition.path(path)
        return self._documents.get(
            (edition.region, edition.id, path), lambda: json.loads(file.read_text(encoding="utf-8"))
        )

    def has(self, edition: Edition, path: str) -> bool:
        """Whether the manifest lists a file at ``path``."""
        try:
            edition.file(path)
        except NotFoundError:
            return False
        return True


async def editions_of(request: Request) -> Editions:
    """The editions the application was made with (a FastAPI dependency; async, for others cost a thread's turn)."""
    editions: Editions = request.app.state.editions
    return editions
