"""Run by alembic with a live connection that the caller puts into `config.attributes`."""

from alembic import context

# A migration that cannot get its lock quickly gives up instead of queueing all writers up behind it.
LOCK_TIMEOUT = "4s"

connection = context.config.attributes["connection"]
connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
