"""What goes wrong with PostgreSQL, as errors of the hub; no statement ever reaches a client (D12, F5-F10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from hub.errors import HubFault, StoreBusy

THROW_AWAY = ("08", "57P", "25006")
"""SQLSTATEs, or their beginnings, after which a connection is never used again (design section 11 rule 5)."""
_CONTENDED = ("40001", "40P01", "55P03")
_EXHAUSTED = ("53", "57014", "58")  # memory, disk, connections; a statement that took too long; input and output
_TAKEN = ("23505", "23P01")
_REFUSALS = {
    "28": "the database does not admit this account: check the URL, and run `opshub migrate` if that was never done",
    "3D": "the server has no database of that name: make it, or check the name in its URL",
}
"""By the first two characters of the SQLSTATE."""


class StoreContended(StoreBusy):
    """Two transactions were in each other's way (deadlock, long lock): the same again may well succeed (F9)."""


class StoreTaken(HubFault):
    """A row with this key exists already; `facts["constraint"]` names the unique constraint."""


def sqlstate(error: BaseException) -> str | None:
    """The five characters by which PostgreSQL names *error*; None where no server said it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else None


def connection_lost(error: BaseException) -> bool:
    """Whether the connection that met *error* must be closed: nobody knows what state it is in."""
    cause = error.__cause__ if isinstance(error, HubFault) and error.__cause__ is not None else error
    if isinstance(cause, DBAPIError):
        state = sqlstate(cause)
        return cause.connection_invalidated or state is None or state.startswith(THROW_AWAY)
    return not isinstance(cause, Exception) or isinstance(cause, OSError | asyncpg.InterfaceError)


def told(error: BaseException) -> HubFault:
    """The hub's error for what SQLAlchemy, asyncpg or the operating system raised."""
    state = sqlstate(error)
    facts = {"code": state or type(error).__name__}
    if state is not None and state.startswith(_CONTENDED):
        return StoreContended("the database had others in the way", **facts)
    if state is not None and state.startswith(_TAKEN):
        return StoreTaken("a row with this key exists already", constraint=_constraint(error), **facts)
    if isinstance(error, PoolExhausted):
        return StoreBusy("every connection to the database is in use", **facts)
    if connection_lost(error) or (state is not None and state.startswith(_EXHAUSTED)):
        return StoreBusy("the database is away, restarting or overloaded", **facts)
    return HubFault(_REFUSALS.get((state or "")[:2], "the database refused a statement"), **facts)


def _constraint(error: BaseException) -> str | None:
    driver = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else error
    name = getattr(driver, "constraint_name", None)
    return name if isinstance(name, str) else None


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the database or its driver raises in this block as errors of the hub."""
    try:
        yield
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise told(error) from error


@contextmanager
def asking() -> Iterator[None]:
    """As `translated`, for a block that does nothing but ask the database: a network error is then the database's."""
    try:
        with translated():
            yield
    except OSError as error:
        raise told(error) from error
