"""Segments are counted from indexes alone."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = (("membership", "organisation_id"), ("interest", "slug"), ("subscription", "stream"))


def upgrade() -> None:
    for table, column in TABLES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
        op.create_index(op.f(f"ix_{table}_{column}_subscriber_id"), table, [column, "subscriber_id"])


def downgrade() -> None:
    for table, column in TABLES:
        op.drop_index(op.f(f"ix_{table}_{column}_subscriber_id"), table_name=table)
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
