"""Sources are feeds, databases or documents: what kind, how much of their texts may be shown, and where a visit goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

ADDED = (("kind", "feed"), ("rights", "open"), ("attribution", ""), ("position", ""))


def upgrade() -> None:
    with op.batch_alter_table("source") as batch:
        for name, before in ADDED:
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=before))
    with op.batch_alter_table("source") as batch:
        for name, _before in ADDED:
            batch.alter_column(name, existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("source") as batch:
        for name, _before in ADDED:
            batch.drop_column(name)
