"""The catalogue's tables, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

METADATA = MetaData()

REGIONS = Table(
    "regions",
    METADATA,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("current", String),
    Column("pointer_version", Integer, nullable=False),
    Column("stale_reason", String),
    Column("stale_since", String),
)

EDITIONS = Table(
    "editions",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("region", String, ForeignKey("regions.id"), nullable=False),
    Column("id", String, nullable=False),
    Column("published_at", String, nullable=False),
    Column("content_sha256", String, nullable=False),
    Column("manifest_sha256", String, nullable=False),
    # SQLite's integers are of 64 bits under either name; catalogues of the first version say INTEGER.
    Column("size_bytes", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    UniqueConstraint("region", "id"),
    sqlite_autoincrement=True,
)

POINTER_HISTORY = Table(
    "pointer_history",
    METADATA,
    Column("region", String, ForeignKey("regions.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("edition", String, nullable=False),
    Column("at", String, nullable=False),
    Column("act", String, nullable=False),
)

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("region", String, nullable=False),
    Column("state", String, nullable=False),
    Column("requested_at", String, nullable=False),
    Column("started_at", String),
    Column("finished_at", String),
    Column("outcome", String),
    Column("log", String, nullable=False),
    Column("parameters", String, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("stage", String),
    Column("progress", Integer),
    Column("updated_at", String, nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("prefix", String, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("scopes", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("last_used_at", String),
    Column("revoked_at", String),
    Column("countries", String, nullable=False, server_default=""),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("region", String),
    Column("edition", String),
    Column("detail", String, nullable=False),
    Column("sha256", String, nullable=False),
    sqlite_autoincrement=True,
)

AUDIT_CHAIN = Table(
    "audit_chain",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("kept_after", Integer, nullable=False),
    Column("kept_after_sha256", String, nullable=False),
    Column("head", Integer, nullable=False),
    Column("head_sha256", String, nullable=False),
)
"""One row: the last row of the audit that was removed (0 none), and the newest row."""

CONSENTS = Table(
    "consents",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("region", String, nullable=False),
    Column("dataset", String, nullable=False),
    Column("country", String, nullable=False),
    Column("layer", String, nullable=False),
    Column("authority", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("precision", String, nullable=False),
    Column("cell_deg", Float),
    Column("reason", String),
    Column("evidence", String, nullable=False),
    Column("valid_from", String, nullable=False),
    Column("valid_until", String),
    Column("time_zone", String, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("recorded_owner", String, nullable=False),
    Column("approved_at", String),
    Column("approved_by", String),
    Column("restricted_reading", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)
"""What was said of consents; of one key the newest that is approved counts."""

SENSITIVE = Table(
    "sensitive",
    METADATA,
    Column("region", String, primary_key=True),
    Column("dataset", String, primary_key=True),
)
"""Datasets that were once marked sensitive: of them nothing is published unless a consent is recorded."""

TOMBSTONES = Table(
    "tombstones",
    METADATA,
    Column("region", String, primary_key=True),
    Column("edition", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("dataset", String, nullable=False),
    Column("basis", String, nullable=False),
    Column("reason", String),
    Column("files", String, nullable=False),
)
"""Editions that were withdrawn; ``files`` is a JSON list of what is out."""
