"""The append-only audit: who did what to the store, and when."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, insert

from hotspots.editions.tables import AUDIT

Act = Literal[
    "publish",
    "unchanged",
    "reinstate",
    "rollback",
    "adopt",
    "set_aside",
    "mark_stale",
    "clear_stale",
    "retire",
    "request_job",
    "create_key",
    "revoke_key",
]


@dataclass(frozen=True)
class AuditRow:
    """One act in the append-only audit."""

    number: int
    at: str
    actor: str
    act: str
    region: str | None
    edition: str | None
    detail: str


def write_audit(
    connection: Connection, act: Act, region: str | None, edition: str | None, detail: str, actor: str | None = None
) -> None:
    """Add a row in the caller's transaction; the ``actor`` is this process's user unless named."""
    row = {
        "at": now(),
        "actor": actor or process_user(),
        "act": act,
        "region": region,
        "edition": edition,
        "detail": detail,
    }
    connection.execute(insert(AUDIT).values(row))


def process_user() -> str:
    """Who runs this process, as the audit has it."""
    return f"uid {os.getuid()}"


def now() -> str:
    """The time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
