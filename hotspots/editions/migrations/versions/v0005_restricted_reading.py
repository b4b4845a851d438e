"""Who may read what is not published: the consents that allow it, the countries of keys; what was ever sensitive."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns of consents and keys, and the table of sensitive datasets."""
    op.add_column("consents", sa.Column("restricted_reading", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("keys", sa.Column("countries", sa.String, nullable=False, server_default=""))
    op.create_table(
        "sensitive",
        sa.Column("region", sa.String, primary_key=True),
        sa.Column("dataset", sa.String, primary_key=True),
    )
