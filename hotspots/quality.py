"""The quality report: what became of every row that was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from hotspots.input_profile import DatasetProfile, Finding
from hotspots.region import Override

Outcome = Literal["flagged", "quarantined"]

COMMON_ISSUES: dict[str, str] = {
    "COORDINATE_MISSING": "No latitude or longitude.",
    "COORDINATE_INVALID": "Latitude or longitude is not a number.",
    "COORDINATE_OUT_OF_RANGE": "Latitude or longitude is outside the Earth.",
    "ZERO_COORDINATE": "Latitude and longitude are both 0.",
    "PRESUMED_SWAPPED_COORDINATE": "The position lies in its country only with latitude and longitude swapped.",
    "COUNTRY_COORDINATE_MISMATCH": "The position lies outside the country the row names.",
    "OUTSIDE_REGION": "The position lies outside the region and its transboundary margin.",
    "NEGATIVE_RELEASE": "The released amount is negative.",
    "RELEASE_INVALID": "The released amount is not a finite number.",
    "YEAR_IN_FUTURE": "The year lies in the future.",
    "TEXT_DAMAGED": "The text was damaged by a wrong encoding before it was received.",
    "DUPLICATE_FACILITY": "The facility stands in the table more than once.",
    "DUPLICATE_ID": "The identifier stands in the table more than once.",
    "OUTLIER_X1000": "The value is a thousand times its peers': the unit is suspect.",
    "FUEL_UNKNOWN": "The fuel is missing or has no emission factor; releases are not assessed.",
    "NON_EMITTING": "The power plant burns nothing and releases nothing; it is no source.",
    "CAPACITY_MISSING": "The power plant's capacity is not stated; releases are not assessed.",
    "RELEASES_UNKNOWN": "No release is stated and none can be computed; releases are not assessed.",
    "SECTOR_UNKNOWN": "The sector is not mapped to one of the configured sectors.",
    "COUNTRY_UNKNOWN": "The country is not an ISO 3166-1 alpha-3 code.",
    "ID_MISSING": "The row has no identifier.",
    "NUMBER_INVALID": "A number is negative or is not a number.",
    "STACK_IMPOSSIBLE": "A stack's height or diameter, or the speed or temperature of its gas, is none or impossible.",
    "STACK_INCOMPLETE": "Not all of a stack's height, diameter, gas speed and temperature are known: no plume rise.",
    "UNIT_UNKNOWN": "The unit is unknown or does not measure what it should.",
    "ROW_MALFORMED": "The row does not have as many fields as the header.",
    "NO_VALUES": "Nothing was measured, or no value of it can be used.",
    "NEGATIVE_VALUE": "A measured value is negative, as -999 for missing is; it is left out.",
    "POLLUTANT_UNKNOWN": "The pollutant is not mapped to one of the configured pollutants.",
    "POLLUTANT_NOT_ASSESSED": "The substance is none of the configured pollutants; the rest of the row is used.",
    "PART_OF_YEAR": "Not every month of the year is stated; the year's amount is not known.",
    "OTHER_POLLUTANT": "What the row measures is none of the configured pollutants.",
    "TIME_MISSING": "The row has no time.",
    "OTHER_YEAR": "The row is of another year than the dataset's.",
    "FACILITY_UNUSABLE": "The facility that the row belongs to is not in the table of facilities, or was put aside.",
    "HEADER_REPEATED": "The row repeats the header, where files were joined.",
    "DATE_INVALID": "The date is none; the value is used without it.",
    "NOT_OPERATING": "The facility is closed or suspended and releases nothing to air.",
    "GEOMETRY_REPAIRED": "The geometry was invalid and has been repaired.",
    "GEOMETRY_MISSING": "The row has no geometry.",
    "STATUS_EXCLUDED": "Its status or designation is excluded, as UNEP-WCMC advises.",
    "AREA_MISSING": "A point without a reported area covers nothing that can be summed.",
    "GRID_VOID": "The grid has no value in cells where nobody lives; what is released there is not known.",
    "VALUE_MISSING": "The value is missing; it is not assessed.",
    "GROUP_EXCEEDS_TOTAL": "A group of the people is larger than all of them; its share is not assessed there.",
    "UNIT_MISSING": "The administrative unit has no partner in the other table.",
    "INLAND_SINK": "Water ends inside the land in an endorheic basin; what reaches the cell counts as stored there.",
    "DEAD_END": "Water ends inside the land without an endorheic basin; nothing that drains there is assessed.",
    "FLOW_CIRCLE": "Water flows in a circle; nothing that drains there is assessed.",
    "ELEVATION_VOID": "Elevation is missing inside the land; these cells, and those below that mostly drain them, "
    "are not assessed.",
    "DISCHARGE_NOT_POSITIVE": "The discharge is missing, zero or negative; these cells are not assessed.",
    "RUNOFF_INVALID": "The runoff or precipitation is missing or negative there; it is not taken for zero.",
    "NO_STREAM_IN_REACH": "No stream lies within the snapping distance; what is released there is not routed.",
    "DRAINS_NOWHERE": "Its stream comes to a dead end or flows in a circle; what is released there is not routed.",
    "WIND_MISSING": "A wind is missing; points of the winds with too few values are not assessed by.",
    "TERRAIN_VOID": "The terrain has points without a height; what needs it is not assessed there.",
    "PLACE_MOVED_TO_UNIT": "The place lies just outside the units and was matched by code or distance.",
}
"""Reason codes and what they mean; adapters use these and no others."""


@dataclass(frozen=True)
class Issue:
    """One thing noticed about one row. ``row`` counts the file's data rows from 1."""

    dataset: str
    file: str
    row: int
    reason: str
    outcome: Outcome
    detail: str


@dataclass(frozen=True)
class DatasetQuality:
    """The count of one dataset: rows_in = rows_used + rows_quarantined, always."""

    dataset: str
    file: str
    rows_in: int
    rows_used: int
    rows_quarantined: int
    issues: tuple[Issue, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.rows_in != self.rows_used + self.rows_quarantined:
            raise ValueError(
                f"{self.dataset}: {self.rows_in} rows in, but {self.rows_used} used + "
                f"{self.rows_quarantined} quarantined"
            )

    def by_reason(self) -> dict[tuple[str, Outcome], int]:
        """How many issues there are of each reason and outcome."""
        counts: dict[tuple[str, Outcome], int] = {}
        for issue in self.issues:
            key = (issue.reason, issue.outcome)
            counts[key] = counts.get(key, 0) + 1
        return dict(sorted(counts.items()))


@dataclass(frozen=True)
class NotTaken:
    """An amount of a joined facility that another inventory states better."""

    dataset: str
    record_id: str
    pollutant: str
    medium: str
    release_kg_yr: float
    method: str


@dataclass(frozen=True)
class FacilityMatch:
    """One facility of several inventories, counted once.

    ``pairs`` are what it was recognised by: two identifiers, their distance in m and how alike their names are (0 to
    100).
    """

    kept: str
    joined: tuple[str, ...]
    datasets: tuple[str, ...]
    sector: str
    names: tuple[str, ...]
    pairs: tuple[tuple[str, str, float, float], ...]
    not_taken: tuple[NotTaken, ...]


@dataclass(frozen=True)
class AppliedOverride:
    """A correction that the region's configuration makes, and the value before it, as text.

    ``found`` is False where no record has the identifier: nothing was changed.
    """

    override: Override
    found: bool
    before: str = ""


@dataclass(frozen=True)
class QualityReport:
    """The quality of all datasets of one refresh, and what was decided about single records.

    ``left_apart`` are pairs of records that could be one facility and were not joined. ``profiles`` are the datasets in
    numbers, ``accepted`` what could hardly be right about them and was accepted by a person.
    """

    datasets: tuple[DatasetQuality, ...]
    matches: tuple[FacilityMatch, ...] = ()
    left_apart: tuple[tuple[str, str], ...] = ()
    overrides: tuple[AppliedOverride, ...] = ()
    profiles: tuple[DatasetProfile, ...] = ()
    accepted: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[DatasetQuality]) -> QualityReport:
        """The report over ``parts``, ordered by dataset."""
        return cls(tuple(sorted(parts, key=lambda part: (part.dataset, part.file))))
