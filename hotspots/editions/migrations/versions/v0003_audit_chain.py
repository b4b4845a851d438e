"""Each row of the audit holds a hash of itself and the row before; rows leave only up to a checkpoint."""

import json
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COLUMNS = ("number", "at", "actor", "act", "region", "edition", "detail")
START = "0" * 64


def upgrade() -> None:
    """Chain the rows there are, and guard them anew."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for trigger in ("audit_append_only",) if postgres else ("audit_no_update", "audit_no_delete"):
        op.execute(f"DROP TRIGGER {trigger}{' ON audit' if postgres else ''}")
    op.add_column("audit", sa.Column("sha256", sa.String, nullable=False, server_default=""))
    chain = op.create_table(
        "audit_chain",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kept_after", sa.Integer, nullable=False),
        sa.Column("kept_after_sha256", sa.String, nullable=False),
        sa.Column("head", sa.Integer, nullable=False),
        sa.Column("head_sha256", sa.String, nullable=False),
    )
    number, head = _chain()
    first = {"id": 1, "kept_after": 0, "kept_after_sha256": START, "head": number, "head_sha256": head}
    op.bulk_insert(chain, [first])
    if postgres:
        _guard_postgres()
    else:
        _guard_sqlite()


def _chain() -> tuple[int, str]:
    """Give every row its hash; the number and the hash of the last one."""
    audit = sa.table("audit", *(sa.column(name) for name in (*COLUMNS, "sha256")))
    connection = op.get_bind()
    number, head = 0, START
    for row in connection.execute(sa.select(*(audit.c[name] for name in COLUMNS)).order_by(audit.c.number)).all():
        text = json.dumps(dict(row._mapping), sort_keys=True, separators=(",", ":"))
        number, head = row.number, sha256(f"{head}{text}".encode("ascii")).hexdigest()
        connection.execute(sa.update(audit).where(audit.c.number == number).values(sha256=head))
    return number, head


def _guard_sqlite() -> None:
    refuse = "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
    op.execute(f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit {refuse}")
    op.execute(
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        f"WHEN OLD.number > (SELECT kept_after FROM audit_chain) {refuse}"
    )


def _guard_postgres() -> None:
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR TRUNCATE ON audit EXECUTE FUNCTION audit_append_only()"
    )
    op.execute(
        "CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN IF OLD.number > (SELECT kept_after FROM audit_chain) THEN "
        "RAISE EXCEPTION 'the audit is append-only'; END IF; RETURN OLD; END$$"
    )
    op.execute("CREATE TRIGGER audit_kept BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_kept()")
