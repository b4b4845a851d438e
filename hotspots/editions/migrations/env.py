"""Run by alembic: applies the scripts in versions/ on the connection that database.migrate() hands over."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
