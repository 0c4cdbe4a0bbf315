"""The welcome series."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "welcome_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_series")),
    )
    op.create_table(
        "welcome_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("delay_days", sa.Integer(), nullable=False),
        sa.Column("used_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_welcome_step_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_step")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_welcome_step_issue_id")),
    )


def downgrade() -> None:
    op.drop_table("welcome_step")
    op.drop_table("welcome_series")
