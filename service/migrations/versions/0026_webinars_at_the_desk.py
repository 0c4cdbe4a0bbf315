"""Webinars at the desk: pictures have words, materials can be files, and issues announce webinars."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webinar_material_file",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["material_id"],
            ["webinar_material.id"],
            name=op.f("fk_webinar_material_file_material_id_webinar_material"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_webinar_material_file")),
    )
    with op.batch_alter_table("webinar_speaker_picture", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alt", sa.String(), nullable=False, server_default=sa.text("''")))
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("webinar_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reminds_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_issue_webinar_id"), ["webinar_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_issue_webinar_id_webinar"), "webinar", ["webinar_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_issue_reminds_id_issue"), "issue", ["reminds_id"], ["id"])
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.add_column(sa.Column("webinar_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_block_webinar_id"), ["webinar_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_block_webinar_id_webinar"), "webinar", ["webinar_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_block_webinar_id_webinar"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_block_webinar_id"))
        batch_op.drop_column("webinar_id")
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_issue_reminds_id_issue"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_issue_webinar_id_webinar"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_issue_webinar_id"))
        batch_op.drop_column("reminds_id")
        batch_op.drop_column("webinar_id")
    with op.batch_alter_table("webinar_speaker_picture", schema=None) as batch_op:
        batch_op.drop_column("alt")
    op.drop_table("webinar_material_file")
