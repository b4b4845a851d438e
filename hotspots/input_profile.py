"""What a dataset looks like in numbers, and what about it can hardly be right beside the last edition's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hotspots.region import PublishedTotal

REASONS: Final = {
    "ROWS_HALVED": "At most half as many rows, or values of a quantity, can be used as in the last edition.",
    "UNIT_CHANGED": "The median of a quantity is a hundred times that of the last edition, or a hundredth.",
    "SENTINEL_IN_VALUES": "A number that stands for missing (as -999) is among the values, or one that cannot be.",
    "VALUES_FROZEN": "The time is later than in the last edition and every value is the same.",
    "TIME_FROZEN": "There are more rows than in the last edition and none is later.",
    "TIME_WENT_BACK": "The newest time is before that of the last edition.",
    "TOTAL_DIFFERS": "The sum is further from the published total than its tolerance.",
}
"""Why inputs are not used until a person accepts them."""
REMEDIES: Final = {
    "ROWS_HALVED": "Download the file again and compare it with the last.",
    "UNIT_CHANGED": "Compare the unit with the publisher's note and set it in the dataset's options.",
    "SENTINEL_IN_VALUES": "Declare the number as missing in the file.",
    "VALUES_FROZEN": "Ask the publisher whether the values are those of the new time.",
    "TIME_FROZEN": "Ask the publisher why nothing newer has come.",
    "TIME_WENT_BACK": "Look whether the file is an old one, or was cut off.",
    "TOTAL_DIFFERS": "Compare the file with the publication, or correct the region's published_totals.",
}
FEWEST_ROWS = 4
YEAR = len("2020")
FEWEST_VALUES = 3
UNIT_FACTOR = 100.0
"""Between what a year may change (choice of the project) and the 1 000 of a unit."""
SENTINELS = (-999.0, -999.9, -9999.0, -99999.0, -32768.0, 99999.0, 999999.0, 1e20, -1e20, 9.969209968386869e36)
POSSIBLE = {"u10": (-75.0, 75.0), "v10": (-75.0, 75.0), "elevation_m": (-11_100.0, 9_000.0)}
"""What a mean can be of which a sentinel is part of no more; ocean trenches and summits, winds beyond any hour's."""


@dataclass(frozen=True)
class Level:
    """One quantity of a dataset. ``median`` is of what is not zero, without sign; NaN where all is zero."""

    count: int
    total: float
    median: float
    minimum: float
    maximum: float


@dataclass(frozen=True)
class DatasetProfile:
    """A dataset in numbers.

    ``levels`` by quantity; ``newest`` is the last time (ISO 8601), day or year that the values are of, ``digest`` the
    SHA-256 of all values.
    """

    dataset: str
    rows_used: int
    levels: Mapping[str, Level]
    newest: str | None
    digest: str

    def same_as(self, other: DatasetProfile | None) -> bool:
        """Whether both are of the same values; a median that is NaN on both sides is no difference."""
        return other is not None and (self.rows_used, self.newest, self.digest) == (
            other.rows_used,
            other.newest,
            other.digest,
        )

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> DatasetProfile:
        """The profile that `dataclasses.asdict` made ``document`` of, NaN being null."""
        levels = {}
        for name, level in document["levels"].items():
            stated: dict[str, Any] = {key: np.nan if value is None else value for key, value in level.items()}
            levels[name] = Level(**stated)
        return cls(**{**document, "levels": levels})


@dataclass(frozen=True)
class Finding:
    """What can hardly be right: a key of REASONS, the dataset and what was found."""

    reason: str
    dataset: str
    detail: str


def level_of(values: npt.ArrayLike) -> Level | None:
    """The level of the values that are known; None where none is."""
    numbers = np.asarray(values, dtype=np.float64).ravel()
    known = numbers[~np.isnan(numbers)]
    if not known.size:
        return None
    size = np.abs(known[known != 0])
    median = float(np.median(size)) if size.size else float("nan")
    return Level(known.size, float(known.sum()), median, float(known.min()), float(known.max()))


def digest_of(parts: Iterable[bytes]) -> str:
    """SHA-256 of the parts, one after another."""
    return hashlib.sha256(b"\x00".join(parts)).hexdigest()


def suspect(new: DatasetProfile, last: DatasetProfile | None, totals: Iterable[PublishedTotal]) -> tuple[Finding, ...]:
    """What can hardly be right about ``new``: by itself, beside the last edition's, and beside published totals."""
    found = [*_sentinels(new), *_differing(new, totals)]
    if last is not None:
        found += [*_fewer_rows(new, last), *_units(new, last), *_frozen_time(new, last), *_frozen_values(new, last)]
    return tuple(found)


def _sentinels(new: DatasetProfile) -> Iterator[Finding]:
    for name, level in new.levels.items():
        low, high = POSSIBLE.get(name, (-np.inf, np.inf))
        for extreme in sorted({level.minimum, level.maximum}):
            if extreme in SENTINELS or not low <= extreme <= high:
                yield Finding("SENTINEL_IN_VALUES", new.dataset, f"{name}: {extreme:g}")


def _differing(new: DatasetProfile, totals: Iterable[PublishedTotal]) -> Iterator[Finding]:
    for published in totals:
        if published.dataset != new.dataset:
            continue
        level = new.levels.get(published.quantity)
        total = 0.0 if level is None else level.total
        if abs(total - published.value) > published.tolerance * published.value:
            said = f"{published.quantity}: {total:,.6g}, published {published.value:,.6g} ({published.citation})"
            yield Finding("TOTAL_DIFFERS", new.dataset, said)


def _fewer_rows(new: DatasetProfile, last: DatasetProfile) -> Iterator[Finding]:
    """Fewer rows or, where there are enough of them, of the values of a quantity: one file of several, or cells."""
    if last.rows_used >= FEWEST_ROWS and 2 * new.rows_used <= last.rows_used:
        yield Finding("ROWS_HALVED", new.dataset, f"{new.rows_used} rows, {last.rows_used} in the last edition")
        return
    for name, before in sorted(last.levels.items()):
        count = new.levels[name].count if name in new.levels else 0
        if before.count >= FEWEST_ROWS and 2 * count <= before.count:
            said = f"{name}: {count} values, {before.count} in the last edition"
            yield Finding("ROWS_HALVED", new.dataset, said)


def _units(new: DatasetProfile, last: DatasetProfile) -> Iterator[Finding]:
    for name in sorted(new.levels.keys() & last.levels.keys()):
        now, before = new.levels[name], last.levels[name]
        if min(now.count, before.count) < FEWEST_VALUES or not now.median > 0 or not before.median > 0:
            continue
        ratio = now.median / before.median
        if not 1 / UNIT_FACTOR < ratio < UNIT_FACTOR:
            said = f"{name}: median {now.median:g}, {before.median:g} in the last edition"
            yield Finding("UNIT_CHANGED", new.dataset, said)


def _frozen_time(new: DatasetProfile, last: DatasetProfile) -> Iterator[Finding]:
    if new.newest is None or last.newest is None or YEAR in (len(new.newest), len(last.newest)):
        return
    said = f"{new.rows_used} rows until {new.newest}, {last.rows_used} until {last.newest} in the last edition"
    if new.rows_used > last.rows_used and new.newest <= last.newest:
        yield Finding("TIME_FROZEN", new.dataset, said)
    elif new.newest < last.newest:
        yield Finding("TIME_WENT_BACK", new.dataset, said)


def _frozen_values(new: DatasetProfile, last: DatasetProfile) -> Iterator[Finding]:
    values = sum(level.count for level in new.levels.values())
    later = new.newest is not None and last.newest is not None and new.newest > last.newest
    if later and values >= FEWEST_VALUES and new.digest == last.digest:
        yield Finding("VALUES_FROZEN", new.dataset, f"{values} values of {last.newest} and of {new.newest}")
