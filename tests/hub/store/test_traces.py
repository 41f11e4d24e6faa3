"""Stories are found by how they stand, where, why and since when; pages stay right while orders move."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.call import worker_call
from hub.model.cases import RootCause
from hub.model.ids import mint
from hub.model.letters import ErrorClass
from hub.model.trace import HopKind, HopOutcome, TraceFilter, TraceState
from hub.model.vocabulary import SystemKind
from hub.ports import Hop
from hub.store.hops import put_hops
from hub.store.store import Store
from hub.store.tables import delivery, entity, exception_case, hold
from hub.store.traces import count_traces, list_traces
from tests.kit.orders import keep_rows

CALL = worker_call("acme")
START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def order(name: str, hours: int, **said: object) -> dict[str, object]:
    return {
        "kind": "ORDER",
        "id": name,
        "root_id": name,
        "doc": {},
        "updated_at": START + timedelta(hours=hours),
    } | said


def sent(root: str, state: str, **said: object) -> dict[str, object]:
    known = {"id": f"d-{root}", "kind": "ORDER", "action": "order.create", "key": "k", "content": {}, "hash": ""}
    return {"root_id": root, "source": "erp", "correlation_id": "c", "state": state, **known, **said}


def case(root: str, **said: object) -> dict[str, object]:
    known = {"code": "ORDER_STUCK", "severity": "S2", "queue": "CS", "title": "stuck", "dedup_key": root}
    return {"id": f"x-{root}", "root_id": root, "first_seen_at": START, **known, **said}


@pytest.fixture
async def kept(store: Store) -> Store:
    """Six orders, the later in the alphabet the later they moved; one of them was merged away."""
    names = ("calm", "dead", "held", "runs", "stuck", "waits")
    await keep_rows(store, entity, *(order(name, number) for number, name in enumerate(names)))
    await keep_rows(store, entity, order("zero", 9, redirect_to="calm"))
    rows = (
        sent("calm", "DONE"),
        sent("dead", "DEAD", error_class="VALIDATION", source="shop"),
        sent("runs", "CLAIMED", error_class="TRANSIENT"),
        sent("waits", "PENDING", error_class="THROTTLED", created_at=START),
    )
    for row in rows:
        await keep_rows(store, delivery, row)
    await keep_rows(store, exception_case, case("stuck", source="wms", root_cause="WMS_ACK"))
    await keep_rows(store, hold, {"id": "h", "root_id": "held", "dedup_key": "h", "doc": {}})
    hop = Hop(
        id=mint(), tenant="acme", correlation_id="c", kind=HopKind.SOURCE_CALL, system=SystemKind.ERP,
        operation="order.create", outcome=HopOutcome.FAILED, started_at=START, duration_ms=1,
        error="Unknown Payment Term", roots=("dead",),
    )  # fmt: skip
    async with store.shard(CALL) as tx:
        await put_hops(tx, [hop])
    return store


async def found(store: Store, **wanted: Any) -> list[str]:
    async with store.glance(CALL) as tx:
        listed = await list_traces(tx, "acme", TraceFilter(**wanted), 20)
        assert await count_traces(tx, "acme", TraceFilter(**wanted)) == len(listed)
    return [one.root_id for one in listed]


@pytest.mark.parametrize(
    ("wanted", "fit"),
    [
        ({}, ["waits", "stuck", "runs", "held", "dead", "calm"]),
        ({"state": (TraceState.DONE,)}, ["calm"]),
        ({"state": (TraceState.BLOCKED,)}, ["stuck", "held", "dead"]),
        ({"state": (TraceState.WAITING, TraceState.RUNNING)}, ["waits", "runs"]),
        ({"state": ()}, []),
        ({"source": ("erp",)}, ["waits", "runs", "calm"]),
        ({"source": ("wms",)}, ["stuck"]),
        ({"error_class": (ErrorClass.THROTTLED, ErrorClass.VALIDATION)}, ["waits", "dead"]),
        ({"error_class": (ErrorClass.VALIDATION,), "source": ("erp",)}, []),
        ({"error_class": (ErrorClass.VALIDATION,), "source": ("shop",)}, ["dead"]),
        ({"root_cause": (RootCause.WMS_ACK,)}, ["stuck"]),
        ({"standing_since_before": START + timedelta(hours=1)}, ["waits", "stuck"]),
        ({"moved_from": START + timedelta(hours=4)}, ["waits", "stuck"]),
        ({"moved_before": START + timedelta(hours=1)}, ["calm"]),
        ({"roots": ("runs", "calm", "zero")}, ["runs", "calm"]),
        ({"text": "payment term"}, ["dead"]),
        ({"text": "paymemt"}, []),
    ],
)
async def test_what_fits_is_listed_the_one_that_moved_last_first(
    kept: Store, wanted: dict[str, Any], fit: list[str]
) -> None:
    assert await found(kept, **wanted) == fit


async def test_a_page_goes_on_behind_the_last_one(kept: Store) -> None:
    async with kept.glance(CALL) as tx:
        first = await list_traces(tx, "acme", TraceFilter(), 2)
        second = await list_traces(tx, "acme", TraceFilter(), 3, first[-1])
        same = replace(second[-1], root_id="d")
        assert [one.root_id for one in await list_traces(tx, "acme", TraceFilter(), 9, same)] == ["calm"]
        assert await list_traces(tx, "beta", TraceFilter(), 9) == []
    assert [one.root_id for one in (*first, *second)] == ["waits", "stuck", "runs", "held", "dead"]
