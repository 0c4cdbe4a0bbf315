"""Consent events are only ever added: triggers that refuse to change or remove them while the reader exists.

The statements are copied from `subscribers.consent`, since a migration must not change when the code does; a test
compares what both make. On SQLite a later migration that makes consent_event anew must make these anew too.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TRIGGER consent_event_no_update BEFORE UPDATE ON consent_event "
    "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END",
    "CREATE TRIGGER consent_event_no_delete BEFORE DELETE ON consent_event "
    "WHEN EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id) "
    "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END",
    "CREATE TRIGGER consent_event_no_replace BEFORE INSERT ON consent_event "
    "WHEN EXISTS (SELECT 1 FROM consent_event WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'consent_event is append-only'); END",
)

POSTGRESQL = (
    "CREATE FUNCTION consent_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' THEN "
    "IF NOT EXISTS (SELECT 1 FROM subscriber WHERE id = OLD.subscriber_id) THEN RETURN OLD; END IF; "
    "END IF; "
    "RAISE EXCEPTION 'consent_event is append-only'; END $$",
    "CREATE TRIGGER consent_event_rows BEFORE UPDATE OR DELETE ON consent_event "
    "FOR EACH ROW EXECUTE FUNCTION consent_event_append_only()",
    "CREATE TRIGGER consent_event_table BEFORE TRUNCATE ON consent_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION consent_event_append_only()",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("no_replace", "no_delete", "no_update"):
            op.execute(f"DROP TRIGGER consent_event_{name}")
        return
    op.execute("DROP TRIGGER consent_event_table ON consent_event")
    op.execute("DROP TRIGGER consent_event_rows ON consent_event")
    op.execute("DROP FUNCTION consent_event_append_only")
