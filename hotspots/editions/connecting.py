"""Which database holds the catalogue."""

from __future__ import annotations

from hotspots.editions.database import Database
from hotspots.editions.layout import Layout
from hotspots.editions.sqlite import SqliteDatabase


def database_at(layout: Layout, url: str | None) -> Database:
    """The PostgreSQL database at ``url``, else the file in the store's folder."""
    if url is None:
        return SqliteDatabase(layout.catalogue)
    # Only who has such a catalogue needs the driver.
    from hotspots.editions.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url, layout.home)
