"""Jobs: what is asked for, what runs, how far it is and how it ended. Nothing here computes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from hotspots.editions.audit import now, process_user, write_audit
from hotspots.editions.database import Database
from hotspots.editions.tables import JOBS
from hotspots.errors import BusyError, EditionError, NotFoundError

JobState = Literal["queued", "running", "succeeded", "failed"]
JobKind = Literal["refresh", "rollback"]
MAX_QUEUED = 100
"""So that a key that went astray cannot fill the disk."""


@dataclass(frozen=True)
class Job:
    """One piece of work on a region.

    Times are ISO 8601 in UTC; ``parameters`` is a JSON object; ``progress`` is the share of ``stage`` in percent.
    """

    id: str
    kind: JobKind
    region: str
    state: JobState
    requested_at: str
    started_at: str | None
    finished_at: str | None
    outcome: str | None
    log: str
    parameters: str
    requested_by: str
    stage: str | None
    progress: int | None
    updated_at: str

    @property
    def duration_s(self) -> float | None:
        """From its start to its end or, while it runs, to its last sign of life; None before it starts."""
        if self.started_at is None:
            return None
        end = datetime.fromisoformat(self.finished_at or self.updated_at)
        return max((end - datetime.fromisoformat(self.started_at)).total_seconds(), 0.0)


@dataclass(frozen=True)
class JobEnd:
    """How a job ended."""

    job: str
    state: Literal["succeeded", "failed"]
    outcome: str


class Jobs:
    """The job table of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, state: JobState | None = None) -> tuple[Job, ...]:
        """Jobs (in ``state``), oldest first."""
        query = select(JOBS).order_by(JOBS.c.requested_at, JOBS.c.id)
        if state is not None:
            query = query.where(JOBS.c.state == state)
        return self._found(query)

    def newest(self, limit: int, offset: int = 0) -> tuple[Job, ...]:
        """At most ``limit`` jobs, newest first, after the first ``offset``."""
        order = (JOBS.c.requested_at.desc(), JOBS.c.id)
        return self._found(select(JOBS).order_by(*order).limit(limit).offset(offset))

    def of_region(self, region: str, kind: JobKind, limit: int) -> tuple[Job, ...]:
        """The last ``limit`` jobs of one kind on ``region``, newest first."""
        these = select(JOBS).where((JOBS.c.region == region) & (JOBS.c.kind == kind))
        return self._found(these.order_by(JOBS.c.requested_at.desc(), JOBS.c.id).limit(limit))

    def get(self, job: str) -> Job:
        """One job; NotFoundError if there is none of this id."""
        for found in self._found(select(JOBS).where(JOBS.c.id == job)):
            return found
        raise NotFoundError(f"there is no job {job!r}.", remedy="`hotspots jobs` lists them.")

    def ask(self, kind: JobKind, region: str, parameters: dict[str, str], requested_by: str) -> Job:
        """Queue a job for the schedule to run. The same thing asked twice before it starts is one job.

        Raises
        ------
        BusyError
            If too many jobs wait already.
        """
        with self._database.writing() as connection:
            job = ask(connection, kind, region, parameters, requested_by)
        return self.get(job)

    def start(self, kind: JobKind, region: str) -> str:
        """Record a job that runs from now on; its id."""
        job = _new(kind, region, "running", "{}", process_user())
        with self._database.writing() as connection:
            connection.execute(insert(JOBS).values(job))
        return str(job["id"])

    def take(self, job: str) -> None:
        """A queued job runs from now on.

        Raises
        ------
        EditionError
            If it is no longer queued.
        """
        waiting = (JOBS.c.id == job) & (JOBS.c.state == "queued")
        values = {"state": "running", "started_at": now(), "updated_at": now()}
        with self._database.writing() as connection:
            if connection.execute(update(JOBS).where(waiting).values(values)).rowcount != 1:
                raise EditionError("does not wait any more.", source=f"job {job}", remedy="See `hotspots jobs`.")

    def report(self, job: str, stage: str, progress: int, line: str = "") -> None:
        """How far a running job is (percent of ``stage``), and a line for its log."""
        values: dict[str, Any] = {"stage": stage, "progress": progress, "updated_at": now()}
        if line:
            values["log"] = JOBS.c.log + f"{now()} {line}\n"
        with self._database.writing() as connection:
            connection.execute(update(JOBS).where(JOBS.c.id == job).values(values))

    def finish(self, end: JobEnd) -> None:
        """Record how a job ended."""
        with self._database.writing() as connection:
            finish(connection, end)

    def _found(self, query: Any) -> tuple[Job, ...]:
        with self._database.reading() as connection:
            return tuple(_job(row) for row in connection.execute(query))


def ask(connection: Connection, kind: JobKind, region: str, parameters: dict[str, str], requested_by: str) -> str:
    """Queue a job in the caller's transaction, unless the same waits already: its id; errors as `Jobs.ask`."""
    text = json.dumps(parameters, sort_keys=True)
    waiting = JOBS.c.state == "queued"
    same = waiting & (JOBS.c.kind == kind) & (JOBS.c.region == region) & (JOBS.c.parameters == text)
    known = connection.execute(select(JOBS.c.id).where(same)).scalar()
    if known is not None:
        return str(known)
    if connection.execute(select(func.count()).select_from(JOBS).where(waiting)).scalar_one() >= MAX_QUEUED:
        raise BusyError(f"{MAX_QUEUED} jobs wait already.", source="jobs", remedy="Start `hotspots schedule run`.")
    job = _new(kind, region, "queued", text, requested_by)
    connection.execute(insert(JOBS).values(job))
    write_audit(connection, "request_job", region, None, f"{kind} {job['id']}", requested_by)
    return str(job["id"])


def finish(connection: Connection, end: JobEnd) -> None:
    """Record how a job ended, in the caller's transaction."""
    at = now()
    values = {"state": end.state, "outcome": end.outcome, "finished_at": at, "updated_at": at}
    connection.execute(update(JOBS).where(JOBS.c.id == end.job).values(values))


def _new(kind: JobKind, region: str, state: JobState, parameters: str, requested_by: str) -> dict[str, Any]:
    at = now()
    return {
        "id": secrets.token_hex(6),
        "kind": kind,
        "region": region,
        "state": state,
        "requested_at": at,
        "started_at": at if state == "running" else None,
        "log": "",
        "parameters": parameters,
        "requested_by": requested_by,
        "updated_at": at,
    }


def _job(row: Row[Any]) -> Job:
    return Job(**dict(row._mapping))
