"""Which edition a page shows, of those there are, and what of its address could not be followed."""

from __future__ import annotations

from dataclasses import dataclass

from api.editions import CURRENT, Editions
from api.i18n import N_
from hotspots.editions import Edition, EditionRecord
from hotspots.errors import NotFoundError

NO_EDITION = N_("The address names an edition that is not there. This is the current one.")
NO_HOTSPOT = N_("The address names a hotspot that is not among those listed.")


@dataclass(frozen=True)
class EditionChoice:
    """The edition that is shown, all of its region, newest first, and the region's current one.

    ``asked`` is the edition as the address names it, empty where it names none that is there; ``notices`` are messages
    to translate.
    """

    edition: Edition
    records: tuple[EditionRecord, ...]
    current: str
    asked: str
    notices: tuple[str, ...]

    @property
    def older(self) -> bool:
        """Whether the edition shown is not the current one."""
        return self.edition.id != self.current

    @property
    def published_at(self) -> str:
        """When the edition shown was published, ISO 8601."""
        return next(record.published_at for record in self.records if record.id == self.edition.id)


def edition_choice(editions: Editions, region: str | None, edition: str) -> EditionChoice:
    """The edition that an address asks for, else the current one of its region, else of the first region.

    Raises
    ------
    NotFoundError
        If there is no such region, or none has been published.
    """
    name = region if region is not None else _first(editions)
    current = editions.current_id(name)
    records = editions.store.editions(name)
    known = any(record.id == edition for record in records)
    broken = edition not in ("", CURRENT) and not known
    return EditionChoice(
        editions.get(name, edition if known else current),
        records,
        current,
        edition if known else "",
        (NO_EDITION,) if broken else (),
    )


def _first(editions: Editions) -> str:
    for state in editions.store.regions():
        if state.current is not None:
            return state.id
    raise NotFoundError("no region has been published yet.", remedy="Run `hotspots refresh REGION`.")
