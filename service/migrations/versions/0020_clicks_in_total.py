"""Clicks are counted in total; a reader may show what they read."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_mail_link_issue_id_issue")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_mail_link_block_id_block")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_link")),
        sa.UniqueConstraint("issue_id", "block_id", name=op.f("uq_mail_link_issue_id_block_id")),
        sa.UniqueConstraint("code", name=op.f("uq_mail_link_code")),
    )
    op.create_table(
        "shared_reading",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_shared_reading_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent_event.id"],
            name=op.f("fk_shared_reading_consent_id_consent_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_shared_reading")),
    )
    op.create_index(op.f("ix_shared_reading_consent_id"), "shared_reading", ["consent_id"])
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["shared_reading.subscriber_id"],
            name=op.f("fk_reading_subscriber_id_shared_reading"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["link_id"], ["mail_link.id"], name=op.f("fk_reading_link_id_mail_link")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("subscriber_id", "link_id", name=op.f("uq_reading_subscriber_id_link_id")),
    )
    op.create_index(op.f("ix_reading_link_id"), "reading", ["link_id"])
    op.create_index(op.f("ix_reading_at"), "reading", ["at"])


def downgrade() -> None:
    for table in ("reading", "shared_reading", "mail_link"):
        op.drop_table(table)
