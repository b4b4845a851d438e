"""What an authority has agreed to have published, and the codes that say so in other people's vocabularies.

Reasons are those of the Protocol on Pollutant Release and Transfer Registers (Kyiv, 2003), article 12, paragraph 1;
access rights those of the EU Vocabularies' authority table; confidentiality codes those of SDMX's CL_CONF_STATUS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    # The command names precisions in its help, which answers at once: nothing heavy is imported here.
    from hotspots.region import DatasetRef

ALL_LAYERS = "all"
CELLS_DEG = (0.1, 0.01, 0.001)
"""The cells that coordinates can be generalised to, in degrees."""


class Precision(StrEnum):
    """How much of a dataset may be published, from everything to nothing."""

    OPEN = "open"
    GENERALISED = "generalised"
    AGGREGATED = "aggregated"
    WITHHELD = "withheld"


class Reason(StrEnum):
    """Why something is not published as it is: the classes of article 12, paragraph 1, in its order."""

    SECURITY = "security"
    JUSTICE = "justice"
    COMMERCIAL = "commercial"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    PERSONAL_DATA = "personal_data"

    @property
    def article(self) -> str:
        """Where the Protocol gives it."""
        return f"Kyiv Protocol art. 12(1)({'abcde'[list(Reason).index(self)]})"

    @property
    def protects(self) -> str:
        """What it protects, in words."""
        return _TITLES[self]

    @property
    def directive(self) -> str:
        """Where Directive 2003/4/EC gives the same ground."""
        return f"Directive 2003/4/EC art. 4(2)({_DIRECTIVE[self]})"

    @property
    def bars_emissions(self) -> bool:
        """Whether that directive lets nobody refuse information on emissions for it (article 4(2), second paragraph).

        It names points (a), (d), (f), (g) and (h); (a), (g) and (h) are no reasons of the Protocol's paragraph.
        """
        return _DIRECTIVE[self] in "adfgh"


_TITLES = {
    Reason.SECURITY: "international relations, national defence or public security",
    Reason.JUSTICE: "the course of justice",
    Reason.COMMERCIAL: "commercial and industrial information that the law protects",
    Reason.INTELLECTUAL_PROPERTY: "intellectual property",
    Reason.PERSONAL_DATA: "personal data of somebody who has not consented",
}
_DIRECTIVE = {
    Reason.SECURITY: "b",
    Reason.JUSTICE: "c",
    Reason.COMMERCIAL: "d",
    Reason.INTELLECTUAL_PROPERTY: "e",
    Reason.PERSONAL_DATA: "f",
}


@dataclass(frozen=True)
class Consent:
    """What one authority has said of one dataset of a region.

    Attributes
    ----------
    country:
        ISO 3166-1 alpha-3: for rows that lie there, and for whole datasets of a region that does.
    layer:
        A layer that repeats the dataset's rows, which may be withheld while what is derived from it stays; else
        ALL_LAYERS, the dataset itself and everything computed from it.
    cell_deg:
        The cell of CELLS_DEG that coordinates are generalised to; None for other precisions.
    valid_from, valid_until:
        First and last day: it ends at the midnight that ends the last day.
    time_zone:
        Whose midnights: names of the IANA list, several with commas between them for a country of several. It is in
        force only where it is in each of them.
    evidence:
        Where the authority's word is kept, e.g. a letter's number; never published.
    restricted_reading:
        Whether holders of the right to read restricted data of the country may read what is not published of it.
    """

    region: str
    dataset: str
    country: str
    authority: str
    purpose: str
    precision: Precision
    evidence: str
    valid_from: date
    layer: str = ALL_LAYERS
    cell_deg: float | None = None
    reason: Reason | None = None
    valid_until: date | None = None
    time_zone: str = "UTC"
    restricted_reading: bool = False

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What a later word of the same authority takes the place of."""
        return (self.region, self.dataset, self.country, self.layer, self.authority)

    def begins(self) -> datetime:
        """The instant from which it is valid, UTC."""
        return max(self._midnights(self.valid_from))

    def ends(self) -> datetime | None:
        """The instant from which it is no longer valid, UTC; None for one without end."""
        return None if self.valid_until is None else min(self._midnights(self.valid_until + timedelta(days=1)))

    def _midnights(self, day: date) -> list[datetime]:
        """The midnights that begin ``day``, UTC: where one comes twice the first, where one is skipped the change."""
        zones = [ZoneInfo(name.strip()) for name in self.time_zone.split(",")]
        return [datetime.combine(day, time(), zone).astimezone(UTC) for zone in zones]


@dataclass(frozen=True)
class Decision:
    """What may be published of a dataset in one country, who says so, why and until when.

    ``basis`` is ``consent``, ``licence`` (nothing is recorded, and the licence rules), ``sensitive`` (nothing is
    recorded for a sensitive dataset), ``expired`` or ``not_yet_valid``. ``ends_at`` is when it must be decided anew,
    UTC. ``restricted_reading``: holders of the right to read restricted data of the country may read all of it.
    """

    dataset: str
    country: str
    precision: Precision
    basis: str
    layer: str = ALL_LAYERS
    cell_deg: float | None = None
    authority: str = ""
    purpose: str = ""
    reason: Reason | None = None
    valid_until: date | None = None
    ends_at: datetime | None = None
    restricted_reading: bool = False

    @property
    def strictness(self) -> tuple[int, float]:
        """Orders decisions: the greater one publishes less."""
        return strictness(self.precision, self.cell_deg)

    @property
    def access_right(self) -> str:
        """Code of the EU Vocabularies' access rights."""
        if self.precision is Precision.OPEN:
            return "PUBLIC"
        return "NON_PUBLIC" if self.precision is Precision.WITHHELD else "RESTRICTED"

    @property
    def conf_status(self) -> str:
        """Code of SDMX's CL_CONF_STATUS of the data as recorded: F free, C confidential, N internal use only."""
        if self.precision is Precision.OPEN:
            return "F"
        confidential = (Reason.COMMERCIAL, Reason.INTELLECTUAL_PROPERTY, Reason.PERSONAL_DATA)
        return "C" if self.reason in confidential else "N"


@dataclass(frozen=True)
class Applied:
    """What the policy did to the inputs.

    Attributes
    ----------
    decisions:
        What was decided, of every dataset.
    digests:
        SHA-256 of what was let in of each dataset that is not open throughout, in place of that of its file.
    positions:
        ``generalised`` or ``aggregated`` for each source whose position is no longer its own.
    withheld:
        Datasets of which nothing was even read.
    """

    decisions: tuple[Decision, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    positions: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[DatasetRef, ...] = ()


def strictness(precision: Precision, cell_deg: float | None) -> tuple[int, float]:
    """Orders what may be published: the greater one publishes less."""
    return list(Precision).index(precision), cell_deg or 0.0
