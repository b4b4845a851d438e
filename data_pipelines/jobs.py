"""One queued job, run to its end in a process of its own."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from config import load
from data_pipelines.notifications import Notice, channels, send
from data_pipelines.refresh import refresh
from hotspots.editions import Job, Store
from hotspots.errors import BusyError, HotspotsError
from hotspots.progress import Silent


def run_job(home: Path, job_id: str) -> None:
    """Run a queued job of the store in ``home``, let go of editions that need not be kept, and tell how it ended.

    The one who starts the process stops it with SIGTERM; Ctrl-C, which reaches the whole group, is his to handle. A
    region that somebody else has begun to work on leaves the job queued.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    store = Store(home)
    job = store.jobs.get(job_id)
    try:
        _run(store, job)
    except BusyError as error:
        _say(job, f"{error} The job waits.")
        return
    except HotspotsError as error:
        # What the refresh has written to the job's row, the notice tells.
        _say(job, str(error))
    finally:
        tell_end(store, job_id)


def _run(store: Store, job: Job) -> None:
    with store.lock(job.region):
        if job.kind == "rollback":
            _rollback(store, job)
        elif job.region not in load.region_ids():
            store.fail_job(store.start_job("refresh", job.region, job.id), "no such region is configured any more")
        else:
            refresh(job.region, store, Silent(), queued=job.id)
            schedule = load.schedule(job.region)
            if schedule is not None and schedule.keep_editions is not None:
                store.retire(job.region, schedule.keep_editions)


def _rollback(store: Store, job: Job) -> None:
    store.start_job("rollback", job.region, job.id)
    try:
        store.rollback(job.region, json.loads(job.parameters)["edition"], job=job.id)
    except HotspotsError as error:
        store.fail_job(job.id, str(error))
        raise


def tell_end(store: Store, job_id: str) -> None:
    """Send the notice of a job that has ended, if one is wanted."""
    job = store.jobs.get(job_id)
    if job.state in ("queued", "running"):
        return
    state = next((known for known in store.regions() if known.id == job.region), None)
    stale_since = state.stale_since if state is not None and state.current is not None else None
    events = ("finished",) if job.state == "succeeded" else ("failed", "stale") if stale_since else ("failed",)
    edition = state.current if state is not None else None
    outcome = job.outcome or ""
    for problem in send(
        channels(),
        Notice(events, job.id, job.kind, job.region, outcome, edition, stale_since, job.duration_s),
    ):
        _say(job, f"notice not delivered: {problem}")


def _say(job: Job, text: str) -> None:
    sys.stderr.write(f"{job.kind} {job.region} {job.id}: {text}\n")
