"""Pacing of sources, what each visit decided, and versions of items.

Columns that are new get a value in the rows that are there; the models give it themselves, so the database keeps no default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ADDED = {
    "fetch": (
        ("changed_items", sa.Integer(), "0"),
        ("trouble", sa.String(), ""),
        ("next_at", sa.DateTime(timezone=True), None),
        ("why", sa.String(), ""),
        ("moved_to", sa.String(), ""),
    ),
    "item": (("published_estimated", sa.Boolean(), sa.false()), ("versions", sa.Integer(), "0")),
    "source": (
        ("wait_why", sa.String(), ""),
        ("rhythm", sa.Integer(), "3600"),
        ("last_trouble", sa.String(), ""),
        ("refusals", sa.Integer(), "0"),
        ("moved_to", sa.String(), ""),
        ("moved_hits", sa.Integer(), "0"),
        ("identity_policy", sa.String(), "guid"),
    ),
}


def upgrade() -> None:
    op.create_table(
        "item_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_version_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_version")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_item_version_item_id_number")),
    )
    for table, columns in ADDED.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind, value in columns:
                batch_op.add_column(sa.Column(name, kind, nullable=value is None, server_default=value))
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, kind, value in columns:
                if value is not None:
                    batch_op.alter_column(
                        name, existing_type=kind, existing_nullable=False, server_default=None
                    )


def downgrade() -> None:
    for table, columns in reversed(ADDED.items()):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, _kind, _value in reversed(columns):
                batch_op.drop_column(name)
    op.drop_table("item_version")
