"""Imports of subscribers."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscriber_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("basis_kind", sa.String(), nullable=False),
        sa.Column("basis_text", sa.String(), nullable=False),
        sa.Column("basis_since", sa.Date(), nullable=True),
        sa.Column("streams", sa.JSON(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber_import")),
    )
    with op.batch_alter_table("subscriber_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriber_import_state"), ["state"], unique=False)

    op.create_table(
        "subscriber_import_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("address_key", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["subscriber_import.id"],
            name=op.f("fk_subscriber_import_line_import_id_subscriber_import"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_subscriber_import_line_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber_import_line")),
    )
    with op.batch_alter_table("subscriber_import_line", schema=None) as batch_op:
        batch_op.create_index("ix_subscriber_import_line_address", ["import_id", "address_key"], unique=False)
        batch_op.create_index("ix_subscriber_import_line_number", ["import_id", "number"], unique=True)
        batch_op.create_index(
            batch_op.f("ix_subscriber_import_line_subscriber_id"), ["subscriber_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("subscriber_import_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriber_import_line_subscriber_id"))
        batch_op.drop_index("ix_subscriber_import_line_number")
        batch_op.drop_index("ix_subscriber_import_line_address")

    op.drop_table("subscriber_import_line")
    with op.batch_alter_table("subscriber_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriber_import_state"))

    op.drop_table("subscriber_import")
