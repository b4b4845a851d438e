"""When a region is refreshed by itself: ``[schedule]`` of its file."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator

from config.reading import Settings

NEVER = "no time of the calendar fits"


class Schedule(Settings):
    """``[schedule]``: times by a cron expression in a time zone.

    Each time is put off by up to ``jitter_minutes``, by a share that depends on the region and the time alone, so that
    regions with the same expression do not start together. ``keep_editions`` bounds the editions kept after a refresh;
    all are kept where it is not given.
    """

    cron: str
    time_zone: str = "UTC"
    jitter_minutes: int = Field(default=0, ge=0, le=24 * 60)
    keep_editions: int | None = Field(default=None, ge=2)

    @field_validator("cron")
    @classmethod
    def _can_happen(cls, cron: str) -> str:
        try:
            next(CronSim(cron, datetime.now(UTC)))
        except CronSimError as error:
            raise ValueError(f"is no cron expression of five fields: {error}") from error
        except StopIteration as error:
            raise ValueError(NEVER) from error
        return cron

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is no time zone of the IANA list, e.g. America/Jamaica") from error
        return name
