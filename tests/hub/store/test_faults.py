"""What the database says, as errors of the hub (design D12): typed, without SQL, without values."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from hub.call import worker_call
from hub.errors import HubFault, StoreBusy
from hub.store.faults import StoreContended, StoreTaken, asking, connection_lost, sqlstate, told, translated
from hub.store.store import Store

ACME = worker_call("acme")


def wrapped(state: str | None) -> DBAPIError:
    """What SQLAlchemy raises for an error of that SQLSTATE."""
    original = RuntimeError("canary: a value")
    if state is not None:
        original.sqlstate = state  # type: ignore[attr-defined] # as SQLAlchemy's adapter does
    return DBAPIError("select 'canary'", {"value": "canary"}, original)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("40001", StoreContended), ("40P01", StoreContended), ("55P03", StoreContended), ("23505", StoreTaken),
        ("57P01", StoreBusy), ("57P03", StoreBusy), ("25006", StoreBusy), ("08006", StoreBusy), ("53100", StoreBusy),
        ("53300", StoreBusy), ("57014", StoreBusy), ("58030", StoreBusy), (None, StoreBusy), ("42P01", HubFault),
        ("42501", HubFault), ("22012", HubFault), ("23514", HubFault),
    ],
)  # fmt: skip
def test_each_state_has_its_error_and_none_tells_sql_or_values(state: str | None, kind: type[HubFault]) -> None:
    error = told(wrapped(state))
    assert type(error) is kind
    assert "canary" not in f"{error!r} {error.message} {error.facts}"


def test_a_refused_account_and_a_missing_database_are_named() -> None:
    assert told(wrapped("28P01")).message.startswith("the database does not admit this account")
    assert told(wrapped("28000")).message.startswith("the database does not admit this account")
    assert told(wrapped("3D000")).message.startswith("the server has no database of that name")


@pytest.mark.parametrize("state", ["57P01", "57P02", "57P03", "08000", "08006", "25006", None])
def test_after_these_nobody_knows_what_state_the_connection_is_in(state: str | None) -> None:
    error = wrapped(state)
    assert connection_lost(error)
    fault = told(error)
    fault.__cause__ = error
    assert connection_lost(fault)


@pytest.mark.parametrize("state", ["23505", "40001", "57014", "53100", "42501"])
def test_after_these_the_connection_lives_on(state: str) -> None:
    assert not connection_lost(wrapped(state))


def test_a_full_pool_a_dead_socket_and_a_closed_connection_are_busy() -> None:
    for error in (PoolExhausted(), ConnectionRefusedError(), TimeoutError(), asyncpg.InterfaceError("closed")):
        assert type(told(error)) is StoreBusy
    assert not connection_lost(PoolExhausted())
    assert connection_lost(TimeoutError())


def test_the_callers_own_errors_pass_but_a_network_error_while_asking_is_the_databases() -> None:
    with pytest.raises(FileNotFoundError), translated():
        raise FileNotFoundError
    with pytest.raises(StoreBusy), asking():
        raise ConnectionResetError
    with pytest.raises(LookupError), asking():
        raise LookupError


def test_an_error_of_the_driver_bears_its_state() -> None:
    assert sqlstate(asyncpg.AdminShutdownError()) == "57P01"
    assert sqlstate(LookupError()) is None


async def test_a_key_that_exists_names_its_constraint(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text("insert into root (tenant, id, kind) values ('acme', '1', 'order')"))
    with pytest.raises(StoreTaken) as caught:
        await repeat(store)
    assert caught.value.facts == {"constraint": "root_pkey", "code": "23505"}


async def repeat(store: Store) -> None:
    async with store.shard(ACME) as tx:
        await tx.execute(text("insert into root (tenant, id, kind) values ('acme', '1', 'order')"))
