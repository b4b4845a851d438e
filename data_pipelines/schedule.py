"""The one process that runs what is queued or due. Nothing else is needed for a year of unattended refreshes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess

from config import load
from config.schedule import Schedule
from data_pipelines.jobs import run_job, tell_end
from data_pipelines.notifications import channels
from data_pipelines.timing import TRIES, due_at
from hotspots.editions import Job, Store
from hotspots.errors import BusyError, ConfigError

REQUESTED_BY = "schedule"
STOPPED_WITHIN_S = 30


@dataclass(frozen=True)
class Options:
    """``parallel`` jobs at most run at once; the queue and the clock are looked at every ``poll_s`` seconds."""

    parallel: int = 1
    poll_s: float = 5.0


def run(store: Store, options: Options, tell: Callable[[str], None], stop: threading.Event, once: bool) -> None:
    """Run queued jobs and regions that are due until ``stop`` is set or, with ``once``, until none is left.

    Jobs that run when it stops are ended; they are begun again when it next runs, from the last finished stage.

    Raises
    ------
    BusyError
        If another process runs the schedule of this store.
    ConfigError
        If the notifications are not set up as they should.
    """
    channels()
    with store.exclusive("schedule"):
        store.recover()
        scheduler = _Scheduler(store, options, tell)
        try:
            scheduler.queue_due()
            while not stop.is_set():
                scheduler.turn()
                if once and scheduler.idle:
                    return
                stop.wait(options.poll_s)
                if not once:
                    scheduler.queue_due()
        finally:
            scheduler.end()


def upcoming(store: Store, schedules: Mapping[str, Schedule], now: datetime) -> dict[str, datetime | None]:
    """When each region with a schedule is refreshed next; None where a refresh waits or runs."""
    return {
        region: due_at(schedule, region, store.jobs.of_region(region, "refresh", TRIES), now)
        for region, schedule in schedules.items()
    }


class _Scheduler:
    """The processes that run now, by region."""

    def __init__(self, store: Store, options: Options, tell: Callable[[str], None]) -> None:
        self._store = store
        self._options = options
        self._tell = tell
        self._running: dict[str, tuple[str, SpawnProcess]] = {}
        self._told: set[str] = set()

    @property
    def idle(self) -> bool:
        """Whether nothing runs; after a turn, then nothing that waits can run."""
        return not self._running

    def queue_due(self) -> None:
        """Withdraw what rests on a consent that has ended, and queue the regions that are due."""
        for state in self._store.regions():
            for edition in self._store.policy.enforce(state.id, requested_by=REQUESTED_BY):
                self._tell(f"{state.id}: edition {edition} withdrawn, since a consent has ended")
        for region, at in upcoming(self._store, schedules(self._tell_once), datetime.now(UTC)).items():
            if at is not None and at <= datetime.now(UTC):
                self._store.jobs.ask("refresh", region, {}, REQUESTED_BY)

    def turn(self) -> None:
        """See which jobs have ended, and start as many as may run."""
        for region, (job, process) in list(self._running.items()):
            if not process.is_alive():
                process.join()
                del self._running[region]
                self._ended(self._store.jobs.get(job), process.exitcode)
        for waiting in self._store.jobs.all("queued"):
            if len(self._running) >= self._options.parallel:
                return
            if waiting.region not in self._running and self._free(waiting):
                self._start(waiting)

    def end(self) -> None:
        """End what runs."""
        for _, process in self._running.values():
            process.terminate()
        for _, process in self._running.values():
            process.join(STOPPED_WITHIN_S)
            if process.is_alive():
                process.kill()
                process.join()
        self._store.recover()

    def _start(self, job: Job) -> None:
        process = multiprocessing.get_context("spawn").Process(
            target=run_job, args=(self._store.layout.home, job.id), name=f"{job.kind} {job.region}"
        )
        process.start()
        self._running[job.region] = (job.id, process)
        self._tell(f"{job.kind} {job.region}: job {job.id} begins")

    def _free(self, job: Job) -> bool:
        try:
            with self._store.lock(job.region):
                return True
        except BusyError as error:
            self._tell_once(f"{job.kind} {job.region}: job {job.id} waits: {error.message}")
            return False

    def _ended(self, job: Job, code: int | None) -> None:
        """Settle a job whose process has ended: one that was killed, or could not even begin, has not said so."""
        died = job.state == "running" or (job.state == "queued" and code != 0)
        if died:
            with suppress(BusyError), self._store.lock(job.region):
                if job.state == "queued":
                    self._store.start_job(job.kind, job.region, job.id)
                    self._store.fail_job(job.id, f"its process could not begin (exit code {code})")
            if job.kind == "refresh":
                self._store.mark_stale(job.region, f"the refresh was killed (exit code {code})")
            tell_end(self._store, job.id)
        ended = self._store.jobs.get(job.id)
        self._tell(f"{job.kind} {job.region}: job {job.id} {ended.state}: {ended.outcome or 'waits again'}")

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text)


def schedules(tell: Callable[[str], None]) -> dict[str, Schedule]:
    """The regions that have a schedule; of files that cannot be read, ``tell`` hears why."""
    found: dict[str, Schedule] = {}
    for region in load.region_ids():
        try:
            schedule = load.schedule(region)
        except ConfigError as error:
            tell(str(error))
        else:
            if schedule is not None:
                found[region] = schedule
    return found
