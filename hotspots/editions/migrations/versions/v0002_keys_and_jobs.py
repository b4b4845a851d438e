"""API keys; what a job was asked for, by whom, and how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table of keys and the columns of jobs."""
    op.create_table(
        "keys",
        sa.Column("prefix", sa.String, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("scopes", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("expires_at", sa.String, nullable=False),
        sa.Column("last_used_at", sa.String),
        sa.Column("revoked_at", sa.String),
    )
    for column in (
        sa.Column("parameters", sa.String, nullable=False, server_default="{}"),
        sa.Column("requested_by", sa.String, nullable=False, server_default=""),
        sa.Column("stage", sa.String),
        sa.Column("progress", sa.Integer),
        sa.Column("updated_at", sa.String, nullable=False, server_default=""),
    ):
        op.add_column("jobs", column)
    op.execute("UPDATE jobs SET updated_at = COALESCE(finished_at, started_at, requested_at)")
