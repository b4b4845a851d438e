"""What is known of countries beside the regions' files: their time zones, and who belongs to the European Union."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from babel.core import get_global
from pydantic import Field

from config.reading import Settings, read_model
from config.region_file import Country, Text


class EuropeanUnion(Settings):
    """``european_union.toml``: whom Directive 2003/4/EC binds, and of what data it lets less be refused."""

    source: Text
    members: frozenset[Country]
    emissions: Annotated[frozenset[str], Field(min_length=1)]
    """What datasets provide that is information on emissions into the environment."""


def read_union(file: Path) -> EuropeanUnion:
    """The file's content; ConfigError for any fault in it."""
    return read_model(EuropeanUnion, file)


def time_zones(country: str) -> tuple[str, ...]:
    """The time zones of a country (ISO 3166-1 alpha-3), IANA names, sorted; none where CLDR knows none."""
    named = get_global("territory_aliases").get(country, [])
    return tuple(sorted(zone for zone, territory in get_global("zone_territories").items() if territory in named))
