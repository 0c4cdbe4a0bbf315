"""Segments, and issues for one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("expression", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    live = sa.text("removed_at IS NULL")
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.create_index(
            "uq_segment_name", ["name"], unique=True, postgresql_where=live, sqlite_where=live
        )

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("segment_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("audience_name", sa.String(), server_default=sa.text("''"), nullable=False)
        )
        batch_op.add_column(sa.Column("audience", sa.JSON(none_as_null=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_issue_segment_id"), ["segment_id"], unique=False)

    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.create_index("ix_subscriber_state_id_language", ["state", "id", "language"], unique=False)
        batch_op.drop_index(batch_op.f("ix_subscriber_state"))


def downgrade() -> None:
    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriber_state"), ["state"], unique=False)
        batch_op.drop_index("ix_subscriber_state_id_language")

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_segment_id"))
        batch_op.drop_column("audience")
        batch_op.drop_column("audience_name")
        batch_op.drop_column("segment_id")

    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_index("uq_segment_name")

    op.drop_table("segment")
