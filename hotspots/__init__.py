"""The domain: frozen values and pure functions over NumPy, xarray and GeoDataFrames. No network, no web."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotspots.editions import Edition


def open(region: str, home: str | Path | None = None) -> Edition:  # noqa: A001  # the name users are promised
    """The current edition of ``region``: ``hotspots.open("jamaica").layer("hotspots")``.

    Parameters
    ----------
    region:
        The region's id.
    home:
        The store; $HOTSPOTS_HOME, else the user's data folder, unless given.

    Raises
    ------
    hotspots.errors.NotFoundError
        If the region has no current edition.
    """
    # The store brings SQLAlchemy; the domain is importable without it.
    from hotspots.editions import Store  # noqa: PLC0415

    return Store(home).current(region)
