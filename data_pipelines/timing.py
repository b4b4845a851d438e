"""When a region is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from cronsim import CronSim

from config.schedule import Schedule
from hotspots.editions import Job
from hotspots.editions.recovery import INTERRUPTED

TRIES = 3
"""A refresh whose process was killed is begun again at once, so many times in all; then at its next time."""


def next_time(schedule: Schedule, region: str, after: datetime) -> datetime:
    """The first time of the schedule after ``after``, put off by its jitter; UTC.

    A time that the clocks skip in spring is made up for at once, one that they pass twice in autumn happens once, as
    Debian's cron has it.
    """
    tick = next(CronSim(schedule.cron, after.astimezone(ZoneInfo(schedule.time_zone))))
    return tick.astimezone(UTC) + _jitter(schedule, region, tick)


def due_at(schedule: Schedule, region: str, latest: Sequence[Job], now: datetime) -> datetime | None:
    """When the region is to be refreshed next; ``now`` if it never was, None while a refresh waits or runs.

    Parameters
    ----------
    latest:
        The last refreshes of the region, newest first, at least TRIES of them where there are so many. Refreshes by
        hand count: what was just refreshed is not refreshed again before the next time.
    """
    if not latest:
        return now
    if latest[0].state in ("queued", "running"):
        return None
    interrupted = [job.outcome == INTERRUPTED for job in latest[:TRIES]]
    if interrupted[0] and not (len(interrupted) == TRIES and all(interrupted)):
        return now
    return next_time(schedule, region, datetime.fromisoformat(latest[0].requested_at))


def _jitter(schedule: Schedule, region: str, tick: datetime) -> timedelta:
    digest = sha256(f"{region} {tick.isoformat()}".encode()).digest()
    share = int.from_bytes(digest[:8]) / 2**64
    return share * timedelta(minutes=schedule.jitter_minutes)
