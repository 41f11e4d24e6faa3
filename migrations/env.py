"""How alembic runs here: on a connection that `hub.store.migrate` made, as the owner, one migrator at a time."""

from alembic import context
from sqlalchemy import Connection, text

from hub.store.roles import SCHEMA, Role
from hub.store.tables import metadata

MIGRATORS = 7_310_001  # number of the advisory lock; any will do, but for ever this one
WAIT_FOR_OTHERS = "120s"
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "600s"


def run(connection: Connection) -> None:
    """Migrate as the owner role; a second migrator waits, a lock that is not had in 4 s fails instead of queueing."""
    connection.execute(text(f"set lock_timeout = '{WAIT_FOR_OTHERS}'"))
    connection.execute(text(f"select pg_advisory_lock({MIGRATORS})"))
    try:
        connection.execute(text(f"set role {Role.OWNER.value}"))
        connection.execute(text(f"set search_path = {SCHEMA}"))
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"set statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=metadata, compare_type=True, compare_server_default=True
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(text("reset role"))
        connection.execute(text(f"select pg_advisory_unlock({MIGRATORS})"))
        connection.commit()


given = context.config.attributes.get("connection")
if given is None:
    message = "migrations run through `opshub migrate`"
    raise SystemExit(message)
run(given)
