"""How Alembic runs here: always on a connection that `service.migrating` hands in, inside its transaction."""

from alembic import context

from service.migrating import COMPARISON
from service.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    # SQLite alters a table by making it anew; a first revision only creates, and reads better without.
    render_as_batch=context.script.get_current_head() is not None,
    **COMPARISON,
)
with context.begin_transaction():
    context.run_migrations()
