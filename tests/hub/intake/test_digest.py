"""What was taken in is read once and ends with what it said; what cannot be read is dead and says why (w1-w5)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hub.clock import SystemClock
from hub.errors import HubFault, SourceGarbled, StoreBusy
from hub.gate.lookout import Lookout
from hub.intake.digest import ATTEMPTS, Digest
from hub.model.ids import mint
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import HintSeen, WebhookDelivery
from hub.store.inbox import Arrival, put_arrival
from hub.store.store import Store
from tests.kit.merging import SHOP, TENANT, Looking, landscape, manifest, order
from tests.kit.scripted_shop import ScriptedAdapter, ScriptedShop
from tests.kit.wait import until_so

AT_ONCE = timedelta()


@dataclass
class Reading(ScriptedAdapter):
    """An adapter that reads the word `order` as a whole order, `half` as garbage, and all else as hints."""

    errors: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(ScriptedShop())

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen | Seen]:
        if self.errors:
            raise self.errors.pop(0)
        said = delivery.body.decode()
        if said == "half":
            message = "half a JSON"
            raise SourceGarbled(message, source=SHOP)
        if said == "order":
            return [Seen(kind=Kind.ORDER, source_id="7", version=3, content=order("C7"))]
        return [HintSeen(kind=Kind.ORDER, source_id=one) for one in said.split()]


async def arrive(store: Store, *bodies: str, source: str = SHOP, tenant: str = TENANT) -> None:
    async with store.across() as tx:
        for body in bodies:
            arrival = Arrival(
                id=mint(), tenant=tenant, source=source, delivery_id=mint(), headers={}, body=body.encode(),
                correlation_id=f"correlation-of-{body.replace(' ', '-')}",
            )  # fmt: skip
            await put_arrival(tx, arrival)


async def inbox(looking: Looking) -> list[Any]:  # Any: rows
    found = await looking.rows(
        "select convert_from(body, 'UTF8'), state, attempts, error, error_class from inbox order by received_at, id"
    )
    return [tuple(row) for row in found]


async def hints(looking: Looking) -> list[Any]:  # Any: rows
    found = await looking.rows("select source, kind, source_id, reason, priority from hint order by source_id")
    return [tuple(row) for row in found]


@pytest.fixture
def looking(store: Store) -> Looking:
    return Looking(store, landscape({SHOP: manifest(SHOP, versions=True)}))


def digest_of(looking: Looking, adapter: Reading, **how: Any) -> Digest:  # Any: how long rows are hidden
    lookout = Lookout(looking.store, SystemClock(), [], fresh=0.0)
    return Digest(looking.store, looking.writer, {(TENANT, SHOP): adapter}, lookout, **how)


async def test_a_delivery_becomes_its_hints_and_its_row_ends_with_them(looking: Looking) -> None:
    await arrive(looking.store, "1 2")
    digest = digest_of(looking, Reading())
    assert await digest.turn() == 1
    assert await digest.turn() == 0
    assert await hints(looking) == [(SHOP, "ORDER", "1", "webhook", 3), (SHOP, "ORDER", "2", "webhook", 3)]
    assert await inbox(looking) == [("1 2", "DONE", 1, None, None)]


async def test_a_whole_body_is_a_pushed_observation_under_the_deliverys_correlation_id(looking: Looking) -> None:
    await arrive(looking.store, "order")
    await digest_of(looking, Reading()).turn()
    assert await looking.rows("select number from entity") == [("C7",)]
    assert await looking.rows("select payload ->> 'correlation_id' from outbox") == [("correlation-of-order",)]


async def test_what_cannot_be_read_is_dead_at_once_and_the_others_go_on(looking: Looking) -> None:
    await arrive(looking.store, "half", "1")
    await arrive(looking.store, "2", source="gone")
    assert await digest_of(looking, Reading()).turn() == 3
    assert sorted(await inbox(looking)) == [
        ("1", "DONE", 1, None, None),
        ("2", "DEAD", 1, "no such source is configured", "BUG"),
        ("half", "DEAD", 1, "half a JSON", "MAPPING"),
    ]
    assert [row[2] for row in await hints(looking)] == ["1"]


async def test_what_fails_otherwise_is_tried_later_and_dead_after_enough_tries(looking: Looking) -> None:
    await arrive(looking.store, "1")
    digest = digest_of(looking, Reading(errors=[HubFault("the mapping has a bug")] * ATTEMPTS))
    for attempt in range(1, ATTEMPTS):
        ((before,),) = await looking.rows("select clock_timestamp()")
        assert await digest.turn() == 1
        ((later,),) = await looking.rows("select next_attempt_at from inbox")
        assert later >= before + timedelta(seconds=2**attempt), "it waits"
        assert await inbox(looking) == [("1", "PENDING", attempt, "the mapping has a bug", "BUG")]
        await hurry(looking)
    assert await digest.turn() == 1
    assert await inbox(looking) == [("1", "DEAD", ATTEMPTS, "the mapping has a bug", "BUG")]
    assert await hints(looking) == []


async def test_a_row_that_takes_its_digester_with_it_each_time_is_dead_in_the_end(looking: Looking) -> None:
    await arrive(looking.store, "1")
    digest = digest_of(looking, Reading(errors=[KeyError("a bug")] * ATTEMPTS), invisible=AT_ONCE)
    for _ in range(ATTEMPTS):
        with pytest.raises(KeyError):
            await digest.turn()
    await digest.turn()
    ((_, state, _, error, kind),) = await inbox(looking)
    assert (state, error, kind) == ("DEAD", "it was taken 8 times and whoever took it never came back", "BUG")


async def test_where_the_store_is_away_the_row_stays_as_it_is(looking: Looking) -> None:
    await arrive(looking.store, "1")
    with pytest.raises(StoreBusy):
        await digest_of(looking, Reading(errors=[StoreBusy("away")]), invisible=AT_ONCE).turn()
    assert await inbox(looking) == [("1", "PENDING", 1, None, None)]
    assert await digest_of(looking, Reading()).turn() == 1
    assert await inbox(looking) == [("1", "DONE", 2, None, None)]


async def test_it_goes_on_until_cancelled(looking: Looking) -> None:
    running = asyncio.create_task(digest_of(looking, Reading()).run())

    async def is_digested() -> bool:
        return all(row[1] == "DONE" for row in await inbox(looking))

    for body in ("1", "2"):
        await arrive(looking.store, body)
        await until_so(is_digested)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [row[2] for row in await hints(looking)] == ["1", "2"]


async def hurry(looking: Looking) -> None:
    async with looking.store.across() as tx:
        await tx.execute(text("update inbox set next_attempt_at = clock_timestamp() - interval '1 second'"))
