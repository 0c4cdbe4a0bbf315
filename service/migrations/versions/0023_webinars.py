"""Webinars."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "government_domain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_government_domain")),
        sa.UniqueConstraint("domain", name=op.f("uq_government_domain_domain")),
    )
    op.create_table(
        "webinar_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_series")),
        sa.UniqueConstraint("slug", name=op.f("uq_webinar_series_slug")),
    )
    op.create_table(
        "webinar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("for_whom", sa.String(), nullable=False),
        sa.Column("room_kind", sa.String(), nullable=False),
        sa.Column("room_address", sa.String(), nullable=False),
        sa.Column("room_reference", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("previous_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("attendance_known_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evaluated_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["series_id"], ["webinar_series.id"], name=op.f("fk_webinar_series_id_webinar_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar")),
        sa.UniqueConstraint("slug", name=op.f("uq_webinar_slug")),
        sa.UniqueConstraint("uid", name=op.f("uq_webinar_uid")),
    )
    with op.batch_alter_table("webinar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webinar_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webinar_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_webinar_status"), ["status"], unique=False)

    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("took_over_from_id", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_registration_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_registration_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["took_over_from_id"],
            ["registration.id"],
            name=op.f("fk_registration_took_over_from_id_registration"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"], ["webinar.id"], name=op.f("fk_registration_webinar_id_webinar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("reference", name=op.f("uq_registration_reference")),
        sa.UniqueConstraint(
            "webinar_id", "subscriber_id", name=op.f("uq_registration_webinar_id_subscriber_id")
        ),
    )
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registration_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_registration_subscriber_id"), ["subscriber_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_registration_took_over_from_id"), ["took_over_from_id"], unique=False
        )
        batch_op.create_index(
            "ix_registration_webinar_id_standing_queued_at",
            ["webinar_id", "standing", "queued_at", "id"],
            unique=False,
        )

    op.create_table(
        "webinar_material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("captions", sa.Boolean(), nullable=False),
        sa.Column("processing", sa.Boolean(), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar.id"],
            name=op.f("fk_webinar_material_webinar_id_webinar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_material")),
    )
    with op.batch_alter_table("webinar_material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webinar_material_webinar_id"), ["webinar_id"], unique=False)

    op.create_table(
        "webinar_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar.id"],
            name=op.f("fk_webinar_question_webinar_id_webinar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_question")),
        sa.UniqueConstraint("webinar_id", "position", name=op.f("uq_webinar_question_webinar_id_position")),
    )
    op.create_table(
        "webinar_speaker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar.id"],
            name=op.f("fk_webinar_speaker_webinar_id_webinar"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_speaker")),
    )
    with op.batch_alter_table("webinar_speaker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webinar_speaker_webinar_id"), ["webinar_id"], unique=False)

    op.create_table(
        "webinar_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("recording_only", sa.Integer(), nullable=False),
        sa.Column("watched", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_webinar_total_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"], ["webinar.id"], name=op.f("fk_webinar_total_webinar_id_webinar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_total")),
        sa.UniqueConstraint(
            "webinar_id", "organisation_id", name=op.f("uq_webinar_total_webinar_id_organisation_id")
        ),
    )
    with op.batch_alter_table("webinar_total", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webinar_total_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_attendance_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "registration_id", "joined_at", name=op.f("uq_attendance_registration_id_joined_at")
        ),
    )
    op.create_table(
        "brought_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_brought_question_registration_id_registration"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"], ["webinar.id"], name=op.f("fk_brought_question_webinar_id_webinar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_question")),
    )
    with op.batch_alter_table("brought_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_brought_question_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_brought_question_registration_id"), ["registration_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_brought_question_webinar_id"), ["webinar_id"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("will_use", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_evaluation_registration_id_registration"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"], ["webinar.id"], name=op.f("fk_evaluation_webinar_id_webinar")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_evaluation_registration_id")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_webinar_id"), ["webinar_id"], unique=False)

    op.create_table(
        "registration_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["webinar_question.id"],
            name=op.f("fk_registration_answer_question_id_webinar_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_answer_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_answer")),
        sa.UniqueConstraint(
            "registration_id", "question_id", name=op.f("uq_registration_answer_registration_id_question_id")
        ),
    )
    with op.batch_alter_table("registration_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_answer_question_id"), ["question_id"], unique=False)

    op.create_table(
        "webinar_speaker_picture",
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["speaker_id"],
            ["webinar_speaker.id"],
            name=op.f("fk_webinar_speaker_picture_speaker_id_webinar_speaker"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("speaker_id", name=op.f("pk_webinar_speaker_picture")),
    )
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("webinar_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("occasion", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mailing_webinar_id"), ["webinar_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_mailing_occasion"), ["occasion"])
        batch_op.create_foreign_key(
            batch_op.f("fk_mailing_webinar_id_webinar"), "webinar", ["webinar_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mailing_webinar_id_webinar"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_mailing_occasion"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_mailing_webinar_id"))
        batch_op.drop_column("occasion")
        batch_op.drop_column("webinar_id")

    op.drop_table("webinar_speaker_picture")
    with op.batch_alter_table("registration_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_answer_question_id"))

    op.drop_table("registration_answer")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_webinar_id"))

    op.drop_table("evaluation")
    with op.batch_alter_table("brought_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_brought_question_webinar_id"))
        batch_op.drop_index(batch_op.f("ix_brought_question_registration_id"))
        batch_op.drop_index(batch_op.f("ix_brought_question_item_id"))

    op.drop_table("brought_question")
    op.drop_table("attendance")
    with op.batch_alter_table("webinar_total", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_total_organisation_id"))

    op.drop_table("webinar_total")
    with op.batch_alter_table("webinar_speaker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_speaker_webinar_id"))

    op.drop_table("webinar_speaker")
    op.drop_table("webinar_question")
    with op.batch_alter_table("webinar_material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_material_webinar_id"))

    op.drop_table("webinar_material")
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_index("ix_registration_webinar_id_standing_queued_at")
        batch_op.drop_index(batch_op.f("ix_registration_took_over_from_id"))
        batch_op.drop_index(batch_op.f("ix_registration_subscriber_id"))
        batch_op.drop_index(batch_op.f("ix_registration_organisation_id"))

    op.drop_table("registration")
    with op.batch_alter_table("webinar", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_status"))
        batch_op.drop_index(batch_op.f("ix_webinar_starts_at"))
        batch_op.drop_index(batch_op.f("ix_webinar_series_id"))

    op.drop_table("webinar")
    op.drop_table("webinar_series")
    op.drop_table("government_domain")
