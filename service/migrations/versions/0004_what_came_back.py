"""What came back: facts on a delivery, and the messages that were taken in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "returned_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("done", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_returned_mail_delivery_id_delivery"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_mail")),
        sa.UniqueConstraint("digest", name=op.f("uq_returned_mail_digest")),
    )
    with op.batch_alter_table("returned_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_mail_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_returned_mail_delivery_id"), ["delivery_id"], unique=False)

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("bounce_kind", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("bounce_status", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("bounce_reason", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(sa.Column("complained_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_delivery_came_back",
            ["mailing_id"],
            unique=False,
            postgresql_where=sa.text("bounced_at IS NOT NULL OR complained_at IS NOT NULL"),
            sqlite_where=sa.text("bounced_at IS NOT NULL OR complained_at IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_delivery_came_back",
            postgresql_where=sa.text("bounced_at IS NOT NULL OR complained_at IS NOT NULL"),
            sqlite_where=sa.text("bounced_at IS NOT NULL OR complained_at IS NOT NULL"),
        )
        batch_op.drop_column("complained_at")
        batch_op.drop_column("bounce_reason")
        batch_op.drop_column("bounce_status")
        batch_op.drop_column("bounce_kind")
        batch_op.drop_column("bounced_at")

    with op.batch_alter_table("returned_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_returned_mail_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_returned_mail_at"))

    op.drop_table("returned_mail")
