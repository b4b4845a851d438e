"""Where things lie under $HOTSPOTS_HOME."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from hotspots.errors import EditionError

CATALOGUE_VARIABLE = "HOTSPOTS_CATALOGUE"
LEDGER_VARIABLE = "HOTSPOTS_LEDGER"
_REGION_ID = re.compile(r"[a-z0-9_]+")
_EDITION_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{12}")


def default_home() -> Path:
    """$HOTSPOTS_HOME, else the user's data folder. Read when called, never at import."""
    named = os.environ.get("HOTSPOTS_HOME")
    return Path(named).expanduser().absolute() if named else user_data_path("hotspots", appauthor=False)


def default_catalogue() -> str | None:
    """$HOTSPOTS_CATALOGUE, the URL of a PostgreSQL database; None for a file in the store's folder."""
    return os.environ.get(CATALOGUE_VARIABLE) or None


def default_ledger() -> Path | None:
    """$HOTSPOTS_LEDGER, the file that is kept up to date with every consent and withdrawal; None for none."""
    named = os.environ.get(LEDGER_VARIABLE)
    return Path(named).expanduser().absolute() if named else None


def check_region_id(region: str) -> str:
    """``region``, if it can be a region's id (and so a folder's name)."""
    if not _REGION_ID.fullmatch(region):
        raise EditionError(
            f"{region!r} is no region id.", remedy="Region ids are lower-case letters, digits and underscores."
        )
    return region


def is_edition_id(text: str) -> bool:
    """Whether ``text`` reads like an edition's id: a date and twelve hexadecimal digits."""
    return _EDITION_ID.fullmatch(text) is not None


@dataclass(frozen=True)
class Layout:
    """The folders of one store."""

    home: Path

    @property
    def catalogue(self) -> Path:
        """The SQLite database that says which edition is current."""
        return self.home / "catalogue.sqlite"

    @property
    def inputs(self) -> Path:
        """Downloads, by SHA-256."""
        return self.home / "inputs"

    @property
    def cache(self) -> Path:
        """Results of finished stages; may be deleted at any time."""
        return self.home / "cache"

    @property
    def locks(self) -> Path:
        """Files whose locks the operating system releases when their holder dies."""
        return self.home / "locks"

    @property
    def staging(self) -> Path:
        """Editions in the making."""
        return self.home / "staging"

    @property
    def editions(self) -> Path:
        """Published editions, by region."""
        return self.home / "editions"

    @property
    def comparisons(self) -> Path:
        """Comparisons of two editions, by region and later edition; may be deleted at any time, and made again."""
        return self.home / "comparisons"

    def remains(self, region: str = "", edition: str = "") -> Path:
        """What is left of a retired edition; the folder of all of the region, or of all, where none is named."""
        return self.home / "remains" / region / edition

    @property
    def restricted(self) -> Path:
        """What only holders of a right may read, by region and edition; no route for files or tiles leads here."""
        return self.home / "restricted"

    @property
    def damaged(self) -> Path:
        """Folders found among the editions that are no whole editions, set aside."""
        return self.home / "damaged"

    def lock(self, name: str) -> Path:
        """The lock file of ``name``."""
        return self.locks / f"{name}.lock"

    def edition(self, region: str, edition: str) -> Path:
        """The folder of one edition."""
        return self.editions / region / edition

    def restricted_edition(self, region: str, edition: str) -> Path:
        """The folder of what is kept beside one edition."""
        return self.restricted / region / edition
