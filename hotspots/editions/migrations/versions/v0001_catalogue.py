"""Regions, editions, pointers, jobs and audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first catalogue."""
    op.create_table(
        "regions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("current", sa.String),
        sa.Column("pointer_version", sa.Integer, nullable=False),
        sa.Column("stale_reason", sa.String),
        sa.Column("stale_since", sa.String),
    )
    op.create_table(
        "editions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("region", sa.String, sa.ForeignKey("regions.id"), nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("published_at", sa.String, nullable=False),
        sa.Column("content_sha256", sa.String, nullable=False),
        sa.Column("manifest_sha256", sa.String, nullable=False),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.UniqueConstraint("region", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pointer_history",
        sa.Column("region", sa.String, sa.ForeignKey("regions.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("edition", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("region", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("requested_at", sa.String, nullable=False),
        sa.Column("started_at", sa.String),
        sa.Column("finished_at", sa.String),
        sa.Column("outcome", sa.String),
        sa.Column("log", sa.String, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("region", sa.String),
        sa.Column("edition", sa.String),
        sa.Column("detail", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'the audit is append-only'; END$$"
        )
        op.execute(
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "EXECUTE FUNCTION audit_append_only()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )
