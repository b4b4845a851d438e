"""sectors.toml: one table a sector."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, RootModel, model_validator

from config.reading import read_model
from config.region_file import Identifier, Text
from config.tag_settings import TagSettings
from hotspots.sectors import InventoryGroup, LandSite, Sector


class SectorTable(TagSettings):
    """``[<sector id>]``."""

    title: Text
    themes: tuple[Identifier, ...] = ()
    effective_height_m: float = Field(ge=0, le=1000)
    land_weight: float = Field(default=0.0, ge=0)
    land_site: LandSite | None = None
    inventory_group: InventoryGroup | None = None
    citation: Text

    @model_validator(mode="after")
    def _sites_have_a_kind(self) -> Self:
        if (self.land_weight > 0) != (self.land_site is not None):
            raise ValueError("a land_weight above 0 and a land_site go together")
        return self


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
        land_site=table.land_site,
        inventory_group=table.inventory_group,
        citation=table.citation,
        tags=table.tags(),
    )
