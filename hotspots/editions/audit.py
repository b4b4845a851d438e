"""The append-only audit: who did what to the store, and when, each row chained to the one before."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from hotspots.editions.tables import AUDIT, AUDIT_CHAIN

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
    "checkpoint",
    "seed_consent",
    "record_consent",
    "approve_consent",
    "withdraw",
    "restore",
    "keep_restricted",
    "read_restricted",
    "accept_inputs",
]

START = "0" * 64
"""What the first row follows."""


@dataclass(frozen=True)
class AuditRow:
    """One act in the append-only audit. ``sha256`` stands for it and for all rows before it."""

    number: int
    at: str
    actor: str
    act: str
    region: str | None
    edition: str | None
    detail: str
    sha256: str = ""


def write_audit(
    connection: Connection, act: Act, region: str | None, edition: str | None, detail: str, actor: str | None = None
) -> AuditRow:
    """Add a row in the caller's writing transaction; the ``actor`` is this process's user unless named."""
    chain = connection.execute(select(AUDIT_CHAIN)).one()
    bare = AuditRow(chain.head + 1, now(), actor or process_user(), act, region, edition, detail)
    row = {**asdict(bare), "sha256": chained(chain.head_sha256, bare)}
    connection.execute(insert(AUDIT).values(row))
    connection.execute(update(AUDIT_CHAIN).values(head=row["number"], head_sha256=row["sha256"]))
    return AuditRow(**row)


def chained(previous_sha256: str, row: AuditRow) -> str:
    """SHA-256 of the hash of the row before and this row's canonical JSON: keys sorted, no spaces, ASCII."""
    content = {key: value for key, value in asdict(row).items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(f"{previous_sha256}{text}".encode("ascii")).hexdigest()


def process_user() -> str:
    """Who runs this process, as the audit has it."""
    return f"uid {os.getuid()}"


def now() -> str:
    """The time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
