"""Consents as they were recorded, and the editions that were withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "consents",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("region", sa.String, nullable=False),
        sa.Column("dataset", sa.String, nullable=False),
        sa.Column("country", sa.String, nullable=False),
        sa.Column("layer", sa.String, nullable=False),
        sa.Column("authority", sa.String, nullable=False),
        sa.Column("purpose", sa.String, nullable=False),
        sa.Column("precision", sa.String, nullable=False),
        sa.Column("cell_deg", sa.Float),
        sa.Column("reason", sa.String),
        sa.Column("evidence", sa.String, nullable=False),
        sa.Column("valid_from", sa.String, nullable=False),
        sa.Column("valid_until", sa.String),
        sa.Column("time_zone", sa.String, nullable=False),
        sa.Column("recorded_at", sa.String, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("recorded_owner", sa.String, nullable=False),
        sa.Column("approved_at", sa.String),
        sa.Column("approved_by", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tombstones",
        sa.Column("region", sa.String, primary_key=True),
        sa.Column("edition", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("dataset", sa.String, nullable=False),
        sa.Column("basis", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("files", sa.String, nullable=False),
    )
