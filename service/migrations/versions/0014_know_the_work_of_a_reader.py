"""Know the work of a reader, and behind each subscription the consent for it.

A subscription that is there gets the last event in which its reader said yes to that stream. One without such an event
cannot be shown to be wanted, and ends here: nothing may be mailed on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

CONSENT = (
    "UPDATE subscription SET consent_id = (SELECT max(consent_event.id) FROM consent_event "
    "WHERE consent_event.subscriber_id = subscription.subscriber_id "
    "AND consent_event.kind IN ('confirmed', 'restored') "
    "AND CAST(consent_event.streams AS TEXT) LIKE '%\"' || subscription.stream || '\"%')"
)


def upgrade() -> None:
    # Not in batch mode: a trigger of consent_event reads this table, which must not be away for a moment.
    for name in ("domain", "policy_kind", "strategy_step"):
        op.add_column(
            "subscriber", sa.Column(name, sa.String(), nullable=False, server_default=sa.text("''"))
        )
    op.add_column("subscriber", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("subscriber", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscriber", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "subscriber", sa.Column("unanswered", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )

    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consent_id", sa.Integer(), nullable=True))
    op.execute(CONSENT)
    op.execute("DELETE FROM subscription WHERE consent_id IS NULL")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.alter_column("consent_id", nullable=False, existing_type=sa.Integer())
        batch_op.create_foreign_key(
            batch_op.f("fk_subscription_consent_id_consent_event"),
            "consent_event",
            ["consent_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_index(batch_op.f("ix_subscription_consent_id"), ["consent_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_consent_id"))
        batch_op.drop_constraint(batch_op.f("fk_subscription_consent_id_consent_event"), type_="foreignkey")
        batch_op.drop_column("consent_id")

    for name in (
        "unanswered", "asked_at", "paused_until", "shared", "strategy_step", "policy_kind", "domain",
    ):  # fmt: skip
        op.drop_column("subscriber", name)
