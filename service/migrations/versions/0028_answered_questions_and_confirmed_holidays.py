"""Questions of webinars have answers that became items, and years of holidays are confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changed_holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("holiday", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed_holiday")),
        sa.UniqueConstraint("year", "holiday", "scope", name=op.f("uq_changed_holiday_year_holiday_scope")),
    )
    op.create_table(
        "confirmed_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days_hash", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_confirmed_year")),
    )
    op.create_table(
        "answered_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_answered_question_item_id_item")),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar.id"],
            name=op.f("fk_answered_question_webinar_id_webinar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_question")),
        sa.UniqueConstraint("key", name=op.f("uq_answered_question_key")),
    )
    with op.batch_alter_table("answered_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answered_question_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_answered_question_webinar_id"), ["webinar_id"], unique=False)

    with op.batch_alter_table("brought_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_id", sa.Integer(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_brought_question_item_id"))
        batch_op.create_index(batch_op.f("ix_brought_question_answered_id"), ["answered_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_brought_question_answered_id_answered_question"),
            "answered_question",
            ["answered_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.drop_column("tags")
        batch_op.drop_column("replied_at")
        batch_op.drop_column("reply")
        batch_op.drop_column("item_id")

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_at")

    with op.batch_alter_table("brought_question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("item_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reply", sa.String(), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.drop_constraint(
            batch_op.f("fk_brought_question_answered_id_answered_question"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_brought_question_answered_id"))
        batch_op.create_index(batch_op.f("ix_brought_question_item_id"), ["item_id"], unique=False)
        batch_op.drop_column("answered_id")

    with op.batch_alter_table("answered_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answered_question_webinar_id"))
        batch_op.drop_index(batch_op.f("ix_answered_question_item_id"))

    op.drop_table("answered_question")
    op.drop_table("confirmed_year")
    op.drop_table("changed_holiday")
