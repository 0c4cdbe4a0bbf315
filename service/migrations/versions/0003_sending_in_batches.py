"""Sending in batches."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("key", name=op.f("uq_allowance_key")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_delivery_message_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_state_due_at"))
        batch_op.create_index(
            "ix_delivery_lease_until",
            ["lease_until"],
            unique=False,
            postgresql_where=sa.text("state IN ('claimed', 'handed_over')"),
            sqlite_where=sa.text("state IN ('claimed', 'handed_over')"),
        )
        batch_op.create_index(
            "ix_delivery_mailing_id_state_due_at", ["mailing_id", "state", "due_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_delivery_urgent",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("urgent AND state IN ('planned', 'deferred')"),
            sqlite_where=sa.text("urgent AND state IN ('planned', 'deferred')"),
        )

    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("pause", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("pause_reply", sa.String(), nullable=False, server_default=""))

    # What was written before this had only letters that somebody waits for; the defaults were for their rows alone.
    op.execute("UPDATE mailing SET urgent = true WHERE issue_id IS NULL")
    op.execute("UPDATE delivery SET urgent = true WHERE mailing_id IN (SELECT id FROM mailing WHERE urgent)")
    for table, column in (
        ("delivery", "urgent"),
        ("mailing", "urgent"),
        ("mailing", "pause"),
        ("mailing", "pause_reply"),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.drop_column("pause_reply")
        batch_op.drop_column("pause")
        batch_op.drop_column("urgent")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_urgent",
            postgresql_where=sa.text("urgent AND state IN ('planned', 'deferred')"),
            sqlite_where=sa.text("urgent AND state IN ('planned', 'deferred')"),
        )
        batch_op.drop_index("ix_delivery_mailing_id_state_due_at")
        batch_op.drop_index(
            "ix_delivery_lease_until",
            postgresql_where=sa.text("state IN ('claimed', 'handed_over')"),
            sqlite_where=sa.text("state IN ('claimed', 'handed_over')"),
        )
        batch_op.create_index(batch_op.f("ix_delivery_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_message_id"), ["message_id"], unique=False)
        batch_op.drop_column("first_tried_at")
        batch_op.drop_column("urgent")

    op.drop_table("allowance")
