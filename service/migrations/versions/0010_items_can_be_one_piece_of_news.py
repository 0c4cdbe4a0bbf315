"""Items of several sources can be one piece of news."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cluster_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cluster_evidence", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_item_cluster_id"), ["cluster_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_cluster_id"))
        batch_op.drop_column("cluster_evidence")
        batch_op.drop_column("cluster_id")
