"""Instants and intervals as the parameter ``datetime`` has them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hotspots.errors import QueryError

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", re.ASCII)
OPEN = {"", ".."}


def interval(text: str) -> tuple[datetime | None, datetime | None]:
    """From when until when; None where it is open. A day without time is its midnight in UTC, an instant both ends.

    Raises
    ------
    QueryError
        If it is no RFC 3339 instant or interval, or ends before it begins.
    """
    parts = text.split("/")
    if len(parts) > 2 or text in OPEN:
        raise _no_time(text)
    first, last = _instant(parts[0], text), _instant(parts[-1], text)
    if first is not None and last is not None and first > last:
        raise _no_time(text)
    return first, last


def _instant(part: str, text: str) -> datetime | None:
    if part in OPEN:
        return None
    if not _INSTANT.fullmatch(part):
        raise _no_time(text)
    try:
        moment = datetime.fromisoformat(part)
    except ValueError:
        raise _no_time(text) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _no_time(text: str) -> QueryError:
    return QueryError(
        f"{text!r} is no instant or interval.", field="datetime", remedy="Give RFC 3339 times, e.g. 2020-01-01/.."
    )
