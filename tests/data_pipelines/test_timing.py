"""When a region is due, by times that a person can look up in a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import load
from config.schedule import Schedule
from data_pipelines.timing import TRIES, due_at, next_time
from hotspots.editions import Job
from hotspots.editions.recovery import INTERRUPTED
from hotspots.errors import ConfigError
from tests import new_region

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # a Saturday
MONDAYS = Schedule(cron="30 2 * * 1", time_zone="America/Jamaica")


def job(state: str = "succeeded", outcome: str = "edition", requested: datetime = NOON) -> Job:
    at = requested.isoformat()
    return Job("1", "refresh", "jamaica", state, at, at, at, outcome, "", "{}", "", None, None, at)  # type: ignore[arg-type]


def test_half_past_two_on_monday_in_jamaica_is_half_past_seven_utc() -> None:
    assert next_time(MONDAYS, "jamaica", NOON) == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    later = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert next_time(MONDAYS, "jamaica", later) == datetime(2026, 11, 30, 7, 30, tzinfo=UTC)


def test_a_time_that_spring_skips_and_one_that_autumn_passes_twice() -> None:
    berlin = Schedule(cron="30 2 * * *", time_zone="Europe/Berlin")
    # 29 March 2026: 02:00 CET is 03:00 CEST, both 01:00 UTC. 25 October: 02:30 is 00:30 and 01:30 UTC.
    assert next_time(berlin, "r", datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    first = next_time(berlin, "r", datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_time(berlin, "r", first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_the_jitter_is_bounded_differs_by_region_and_is_the_same_each_time() -> None:
    plain = next_time(MONDAYS, "jamaica", NOON)
    spread = MONDAYS.model_copy(update={"jitter_minutes": 60})
    found = [next_time(spread, region, NOON) - plain for region in ("jamaica", "vietnam", "rhine", "california")]
    assert len(set(found)) == 4
    assert all(timedelta(0) <= late < timedelta(minutes=60) for late in found)
    assert next_time(spread, "jamaica", NOON) - plain == found[0]


def test_due() -> None:
    week_later = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert due_at(MONDAYS, "jamaica", (), NOON) == NOON
    assert due_at(MONDAYS, "jamaica", (job(),), NOON + timedelta(days=9)) == week_later
    assert due_at(MONDAYS, "jamaica", (job("failed", "no such file"),), NOON) == week_later
    for state in ("queued", "running"):
        assert due_at(MONDAYS, "jamaica", (job(state), job()), NOON) is None


def test_a_killed_refresh_is_begun_again_but_not_for_ever() -> None:
    killed = job("failed", INTERRUPTED)
    assert due_at(MONDAYS, "jamaica", (killed, job()), NOON) == NOON
    assert due_at(MONDAYS, "jamaica", (killed,) * (TRIES - 1), NOON) == NOON
    assert due_at(MONDAYS, "jamaica", (killed,) * TRIES, NOON) == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('cron = "61 2 * * 1"', r"schedule\.cron.*no cron expression"),
        ('cron = "0 0 30 2 *"', r"schedule\.cron.*(no time of the calendar|no cron expression)"),
        ('cron = "0 2 * * *"\ntime_zone = "Jamaica Time"', r"schedule\.time_zone.*no time zone"),
        ('cron = "0 2 * * *"\njitter_minutes = -1', r"schedule\.jitter_minutes"),
        ('cron = "0 2 * * *"\nkeep_editions = 1', r"schedule\.keep_editions"),
        ('time_zone = "UTC"', r"schedule\.cron"),
    ],
)
def test_a_faulty_schedule_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: str, told: str) -> None:
    folder = new_region.write(tmp_path / "config")
    file = folder / "regions" / "testland.toml"
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(folder))
    assert load.schedule("testland") is None
    plain = load.region("testland").fingerprint
    text = file.read_text()
    file.write_text(f'{text}\n[schedule]\ncron = "0 2 * * *"\nkeep_editions = 5\n')
    assert load.schedule("testland") == Schedule(cron="0 2 * * *", keep_editions=5)
    assert load.region("testland").fingerprint == plain  # when it runs changes nothing that is computed
    file.write_text(f"{text}\n[schedule]\n{lines}\n")
    with pytest.raises(ConfigError, match=told):
        load.schedule("testland")
