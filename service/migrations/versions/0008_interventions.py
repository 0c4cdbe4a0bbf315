"""Interventions, what databases say of them, and what changes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intervention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("tagged_by", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("levels", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["intervention.id"], name=op.f("fk_intervention_merged_into_intervention")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
        sa.UniqueConstraint("slug", name=op.f("uq_intervention_slug")),
    )
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervention_merged_into"), ["merged_into"], unique=False)
        batch_op.create_index(batch_op.f("ix_intervention_name"), ["name"], unique=False)

    op.create_table(
        "intervention_crawl",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("declared_total", sa.Integer(), nullable=True),
        sa.Column("parsed", sa.Integer(), nullable=False),
        sa.Column("parser_version", sa.String(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("guard", sa.String(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("gone", sa.JSON(), nullable=False),
        sa.Column("lost_fields", sa.JSON(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_crawl")),
        sa.UniqueConstraint(
            "source_key", "started_at", name=op.f("uq_intervention_crawl_source_key_started_at")
        ),
    )
    with op.batch_alter_table("intervention_crawl", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervention_crawl_source_key"), ["source_key"], unique=False)

    op.create_table(
        "intervention_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_link", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.String(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["intervention.id"],
            name=op.f("fk_intervention_fact_intervention_id_intervention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_fact")),
    )
    with op.batch_alter_table("intervention_fact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervention_fact_intervention_id"), ["intervention_id"], unique=False
        )

    op.create_table(
        "intervention_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["intervention.id"],
            name=op.f("fk_intervention_pair_intervention_id_intervention"),
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["intervention.id"], name=op.f("fk_intervention_pair_other_id_intervention")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_pair")),
        sa.UniqueConstraint(
            "intervention_id", "other_id", name=op.f("uq_intervention_pair_intervention_id_other_id")
        ),
    )
    with op.batch_alter_table("intervention_pair", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervention_pair_intervention_id"), ["intervention_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intervention_pair_state"), ["state"], unique=False)

    op.create_table(
        "intervention_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("parser_version", sa.String(), nullable=False),
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("missing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("missing_crawls", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched_by", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["intervention.id"],
            name=op.f("fk_intervention_record_intervention_id_intervention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_record")),
        sa.UniqueConstraint("source_key", "key", name=op.f("uq_intervention_record_source_key_key")),
    )
    with op.batch_alter_table("intervention_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervention_record_intervention_id"), ["intervention_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intervention_record_source_key"), ["source_key"], unique=False)

    op.create_table(
        "intervention_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["intervention.id"],
            name=op.f("fk_intervention_tag_intervention_id_intervention"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_tag")),
        sa.UniqueConstraint("intervention_id", "slug", name=op.f("uq_intervention_tag_intervention_id_slug")),
    )
    with op.batch_alter_table("intervention_tag", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_intervention_tag_intervention_id"), ["intervention_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intervention_tag_slug"), ["slug"], unique=False)

    op.create_table(
        "intervention_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("crawl_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crawl_id"],
            ["intervention_crawl.id"],
            name=op.f("fk_intervention_event_crawl_id_intervention_crawl"),
        ),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["intervention.id"],
            name=op.f("fk_intervention_event_intervention_id_intervention"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["intervention_record.id"],
            name=op.f("fk_intervention_event_record_id_intervention_record"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_event")),
    )
    with op.batch_alter_table("intervention_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervention_event_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_intervention_event_intervention_id"), ["intervention_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_intervention_event_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intervention_event_state"), ["state"], unique=False)

    op.create_table(
        "intervention_placing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["intervention_event.id"],
            name=op.f("fk_intervention_placing_event_id_intervention_event"),
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["intervention.id"], name=op.f("fk_intervention_placing_from_id_intervention")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["intervention.id"], name=op.f("fk_intervention_placing_to_id_intervention")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_placing")),
    )
    with op.batch_alter_table("intervention_placing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervention_placing_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intervention_placing_to_id"), ["to_id"], unique=False)

    op.create_table(
        "intervention_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parser_version", sa.String(), nullable=False),
        sa.Column("raw_hash", sa.String(), nullable=False),
        sa.Column("canonical_hash", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crawl_id"],
            ["intervention_crawl.id"],
            name=op.f("fk_intervention_snapshot_crawl_id_intervention_crawl"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["intervention_record.id"],
            name=op.f("fk_intervention_snapshot_record_id_intervention_record"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention_snapshot")),
    )
    with op.batch_alter_table("intervention_snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervention_snapshot_record_id"), ["record_id"], unique=False)

    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.add_column(sa.Column("intervention_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("event_id", sa.Integer(), nullable=True))
        # Blocks that are there already have no lines; without a default an old row would have nothing to hold.
        batch_op.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_index(batch_op.f("ix_block_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_block_intervention_id"), ["intervention_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_block_event_id_intervention_event"), "intervention_event", ["event_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_block_intervention_id_intervention"), "intervention", ["intervention_id"], ["id"]
        )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.alter_column("details", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_block_intervention_id_intervention"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_block_event_id_intervention_event"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_block_intervention_id"))
        batch_op.drop_index(batch_op.f("ix_block_event_id"))
        batch_op.drop_column("details")
        batch_op.drop_column("event_id")
        batch_op.drop_column("intervention_id")

    with op.batch_alter_table("intervention_snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_snapshot_record_id"))

    op.drop_table("intervention_snapshot")
    with op.batch_alter_table("intervention_placing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_placing_to_id"))
        batch_op.drop_index(batch_op.f("ix_intervention_placing_from_id"))

    op.drop_table("intervention_placing")
    with op.batch_alter_table("intervention_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_event_state"))
        batch_op.drop_index(batch_op.f("ix_intervention_event_record_id"))
        batch_op.drop_index(batch_op.f("ix_intervention_event_intervention_id"))
        batch_op.drop_index(batch_op.f("ix_intervention_event_at"))

    op.drop_table("intervention_event")
    with op.batch_alter_table("intervention_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_tag_slug"))
        batch_op.drop_index(batch_op.f("ix_intervention_tag_intervention_id"))

    op.drop_table("intervention_tag")
    with op.batch_alter_table("intervention_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_record_source_key"))
        batch_op.drop_index(batch_op.f("ix_intervention_record_intervention_id"))

    op.drop_table("intervention_record")
    with op.batch_alter_table("intervention_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_pair_state"))
        batch_op.drop_index(batch_op.f("ix_intervention_pair_intervention_id"))

    op.drop_table("intervention_pair")
    with op.batch_alter_table("intervention_fact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_fact_intervention_id"))

    op.drop_table("intervention_fact")
    with op.batch_alter_table("intervention_crawl", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_crawl_source_key"))

    op.drop_table("intervention_crawl")
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_intervention_name"))
        batch_op.drop_index(batch_op.f("ix_intervention_merged_into"))

    op.drop_table("intervention")
