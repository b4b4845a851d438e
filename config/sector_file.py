"""sectors.toml: one table a sector."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel

from config.reading import read_model
from config.region_file import Identifier, Text
from config.tag_settings import TagSettings
from hotspots.sectors import Sector


class SectorTable(TagSettings):
    """``[<sector id>]``."""

    title: Text
    themes: tuple[Identifier, ...] = ()
    effective_height_m: float = Field(ge=0, le=1000)
    land_weight: float = Field(default=0.0, ge=0)
    citation: Text


class SectorsTable(RootModel[dict[Identifier, SectorTable]]):
    """The whole file."""

    root: Annotated[dict[Identifier, SectorTable], Field(min_length=1)]


def read(file: Path) -> dict[str, Sector]:
    """The sectors of a file by id.

    Raises
    ------
    ConfigError
        For every fault in the file.
    """
    tables = read_model(SectorsTable, file).root
    return {key: _sector(key, table) for key, table in tables.items()}


def _sector(key: str, table: SectorTable) -> Sector:
    return Sector(
        id=key,
        title=table.title,
        themes=table.themes,
        effective_height_m=table.effective_height_m,
        land_weight=table.land_weight,
        citation=table.citation,
        tags=table.tags(),
    )
