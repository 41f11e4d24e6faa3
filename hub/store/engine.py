"""Connections of one role: prepared, limited in time, never reset, thrown away when in doubt (design D11, F5-F8)."""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson
from asyncpg.connect_utils import SessionAttribute
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub import codec
from hub.spans import begin_statement, end_statement
from hub.store.faults import THROW_AWAY, sqlstate
from hub.store.roles import SCHEMA, Role

CONNECT_PATIENCE = 5.0  # seconds
POOL_PATIENCE = 5.0  # seconds a caller waits for a connection to become free
STATEMENT_SECONDS = {Role.SERVE: 10, Role.WORK: 60, Role.TAIL: 10, Role.OWNER: 600}
PRIMARY = SessionAttribute("primary")
LOCK_SECONDS = 4
IDLE_SECONDS = 15  # inside a transaction: a process that was paused must not hold its locks for ever
HALF_OPEN_GRACE = 5  # seconds after the statement's own limit when we stop believing in the connection (F8)
PREPARED = 500  # statements a connection keeps prepared
TENANT = "opshub.tenant"
"""Key of a pooled connection's `info`: the tenant its session is set to; None while that is not confirmed."""


def open_engine(url: str, role: Role, *, pooled: bool, size: int) -> AsyncEngine:
    """An engine for *role*, connecting lazily to the primary, with at most *size* connections.

    `pooled` says that PgBouncer in transaction mode lies between; limits then come from the roles' own settings.
    """

    async def connect() -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(
            url, timeout=CONNECT_PATIENCE, command_timeout=STATEMENT_SECONDS[role] + HALF_OPEN_GRACE,
            server_settings=session_settings(role, pooled=pooled), target_session_attrs=PRIMARY,
        )  # fmt: skip

    engine = create_async_engine(
        f"postgresql+asyncpg://?prepared_statement_cache_size={PREPARED}", async_creator=connect, pool_size=size,
        logging_name=role.value,
        max_overflow=0, pool_timeout=POOL_PATIENCE, pool_reset_on_return=None, pool_use_lifo=True,
        hide_parameters=True, json_serializer=codec.written, json_deserializer=orjson.loads,
    )  # fmt: skip
    event.listen(engine.sync_engine, "checkout", _refuse_doubtful)
    event.listen(engine.sync_engine, "handle_error", _throw_away)
    event.listen(engine.sync_engine, "before_cursor_execute", _asked)
    event.listen(engine.sync_engine, "after_cursor_execute", _answered)
    return engine


def session_settings(role: Role, *, pooled: bool) -> dict[str, str]:
    """What a connection says about itself when it opens. Milliseconds where PostgreSQL takes a number."""
    name = {"application_name": f"opshub {role.name.lower()}"}
    if pooled:
        return name
    return name | {
        "search_path": SCHEMA,
        "statement_timeout": str(STATEMENT_SECONDS[role] * 1000),
        "lock_timeout": str(LOCK_SECONDS * 1000),
        "idle_in_transaction_session_timeout": str(IDLE_SECONDS * 1000),
        "timezone": "UTC",
        "jit": "off",
    }


def _refuse_doubtful(connection: Any, record: Any, _: object) -> None:  # Any: SQLAlchemy's pool types
    """Let the pool replace what the server has closed meanwhile, and what has an unconfirmed tenant."""
    if connection.driver_connection.is_closed() or record.info.get(TENANT, "") is None:
        raise DisconnectionError


def _asked(*said: Any) -> None:  # Any: as SQLAlchemy tells it: connection, cursor, statement, values, context, many
    said[4].span = begin_statement(said[2])


def _answered(*said: Any) -> None:  # Any: as above
    end_statement(said[4].span)


def _throw_away(context: ExceptionContext) -> None:
    """A failed-over, shut down or broken server spoils its connection, and every other of the pool (rule 5)."""
    end_statement(getattr(context.execution_context, "span", None), context.original_exception)
    state = sqlstate(context.original_exception)
    if state is not None and state.startswith(THROW_AWAY):
        context.is_disconnect = True
