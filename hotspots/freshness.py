"""How old the inputs of an edition are, and since when and why one is behind its publisher."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Copy:
    """One downloaded file.

    ``published`` is the day its server says it was last changed, ``retrieved`` the day these bytes arrived, ``checked``
    the day the publisher last said that they are still the newest.
    """

    url: str
    sha256: str
    published: date | None
    retrieved: date
    checked: date


@dataclass(frozen=True)
class InputAge:
    """The age of one dataset on the day it was described.

    ``year`` is that of its data. ``frequency`` says how often its publisher renews it, and a copy that was last checked
    more than ``period_days`` ago is stale, ``stale_since`` a day and ``because`` of something; ``words`` says it all.
    Without ``copies`` it is a file of the region's own, of which no more is known.
    """

    dataset: str
    year: int | None
    frequency: str | None
    period_days: int | None
    copies: tuple[Copy, ...]
    stale_since: date | None = None
    because: str | None = None
    words: str = ""


def as_of(age: InputAge, today: date) -> InputAge:
    """``age`` with what is to be said of it ``today``."""
    if not age.copies:
        return replace(age, stale_since=None, because=None, words=_sentence([_data_of(age), "a file of the region"]))
    checked = min(copy.checked for copy in age.copies)
    late = age.period_days is not None and (today - checked).days > age.period_days
    since = checked + timedelta(days=age.period_days) if late and age.period_days is not None else None
    because = f"it is renewed {age.frequency} and its publisher was last asked on {checked}" if late else None
    published = [copy.published for copy in age.copies if copy.published is not None]
    parts = [
        _data_of(age),
        f"published on {max(published)}" if published else "",
        f"retrieved on {min(copy.retrieved for copy in age.copies)}",
        "not renewed by its publisher" if age.period_days is None else f"renewed {age.frequency}",
        "" if age.period_days is None or late else f"the newest as of {checked}",
        f"stale since {since} because {because}" if late else "",
    ]
    return replace(age, stale_since=since, because=because, words=_sentence(parts))


def rechecked(age: InputAge, checked: dict[tuple[str, str], date]) -> InputAge:
    """``age`` with the days on which its copies, by address and SHA-256, were checked since."""
    copies = (replace(copy, checked=checked.get((copy.url, copy.sha256), copy.checked)) for copy in age.copies)
    return replace(age, copies=tuple(copies))


def _data_of(age: InputAge) -> str:
    return "" if age.year is None else f"data of {age.year}"


def _sentence(parts: list[str]) -> str:
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "."
