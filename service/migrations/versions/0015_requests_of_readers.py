"""Requests of readers that wait for a yes, and reasons for leaving."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _id(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _reader(table: str, column: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            [column], ["subscriber.id"], name=op.f(f"fk_{table}_{column}_subscriber"), ondelete="CASCADE"
        ),
    ]


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "address_change",
        *_id("address_change"),
        *_reader("address_change", "subscriber_id"),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("old_said_yes_at", moment, nullable=True),
        sa.Column("new_said_yes_at", moment, nullable=True),
        sa.Column("done_at", moment, nullable=True),
    )
    op.create_index(op.f("ix_address_change_subscriber_id"), "address_change", ["subscriber_id"])
    op.create_table(
        "hand_over",
        *_id("hand_over"),
        *_reader("hand_over", "subscriber_id"),
        *_reader("hand_over", "colleague_id"),
        sa.Column("stays", sa.Boolean(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("done_at", moment, nullable=True),
    )
    op.create_index(op.f("ix_hand_over_subscriber_id"), "hand_over", ["subscriber_id"])
    op.create_index(op.f("ix_hand_over_colleague_id"), "hand_over", ["colleague_id"])
    op.create_table(
        "leaving_reason",
        *_id("leaving_reason"),
        sa.Column("at", moment, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index(op.f("ix_leaving_reason_at"), "leaving_reason", ["at"])


def downgrade() -> None:
    for table in ("leaving_reason", "hand_over", "address_change"):
        op.drop_table(table)
