import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.call import Call, worker_call
from hub.clock import SystemClock
from hub.model.finding import Lookup
from hub.model.manifest import Landscape, Read
from hub.model.vocabulary import Kind
from hub.read.fresher import Fresher, Miss
from hub.read.sources import BreakerState, Source, SourceState
from hub.store import tables
from hub.store.store import Store
from tests.kit.clock import StoppedClock
from tests.kit.orders import ERP, SHOP, Kept, keep_order, landscape, make_order, make_record
from tests.kit.wait import until_so
from tests.kit.wholes import down, make_whole

CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")
HURRIED = replace(CALL, deadline=0.0)  # no time at all
MINUTE = timedelta(minutes=1)
BOTH = landscape(erp=True)
ASKING = Landscape(
    tenant="acme",
    sources={
        **BOTH.sources,
        "erp": replace(BOTH.sources["erp"], manifest=replace(ERP, questions=("order.find",))),
    },
)


@pytest.fixture
def fresher(serving: Store) -> Fresher:
    """Its patience never ends: it returns by what comes about, or not at all."""
    return Fresher(serving, StoppedClock(at=datetime(2026, 11, 2, tzinfo=UTC)))


async def hints(store: Store) -> list[tuple[str, str]]:
    async with store.glance(worker_call("acme")) as tx:
        found = (await tx.execute(tables.hint.select().order_by(tables.hint.c.source))).all()
    return [(one.source, one.source_id) for one in found]


async def until_asked(store: Store, count: int) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    async def are_there() -> bool:
        found[:] = await hints(store)
        return len(found) == count

    await until_so(are_there)
    return found


def source(name: str, **said: Any) -> Source:  # Any: fields of a source
    usual: dict[str, Any] = {
        "id": name, "source": name, "system": ASKING.sources[name].system, "name": name, "state": SourceState.UP,
        "state_text": "", "breaker": BreakerState.CLOSED,
    }  # fmt: skip
    return Source(**(usual | said))


async def test_only_what_is_older_is_asked_for(store: Store, fresher: Fresher) -> None:
    assert await fresher.again(CALL, make_whole(), timedelta(minutes=5)) is False
    assert await hints(store) == []


async def test_every_old_record_is_asked_for_and_a_silent_source_is_not_waited_for(
    store: Store, fresher: Fresher
) -> None:
    records = (make_record(), make_record("erp"))
    whole = make_whole(None, *records, landscape=BOTH, states=(down("erp"),))
    await keep_order(store, Kept(order=make_order(), records=records))

    async def serve() -> None:
        assert await until_asked(store, 2) == [("erp", "erp-R7K2"), ("shop", "shop-R7K2")]
        async with store.shard(worker_call("acme")) as tx:
            read = tables.record.update().where(tables.record.c.source == "shop")
            await tx.execute(read.values(started=whole.now, finished=whole.now))

    asked, _ = await asyncio.gather(fresher.again(CALL, whole, MINUTE), serve())
    assert asked is True


async def test_sources_that_are_all_silent_cost_no_wait(store: Store, fresher: Fresher) -> None:
    whole = make_whole(states=(down(),))
    assert await fresher.again(CALL, whole, MINUTE) is True
    assert await hints(store) == [("shop", "shop-R7K2")]


async def test_a_miss_asks_every_source_that_can_be_and_the_first_that_knows_is_enough(
    store: Store, fresher: Fresher
) -> None:
    known: list[str] = []

    async def find() -> str | None:
        return known[0] if known else None

    async def serve() -> None:
        assert await until_asked(store, 2) == [("erp", "?R7K2"), ("shop", "?R7K2")]
        known.append("order-R7K2")  # the shop's answer; the ERP never gives one

    miss = Miss(lookup=Lookup(identifier=" R7K2 "), landscape=ASKING, sources=(source("erp"), source("shop")))
    found, _ = await asyncio.gather(fresher.looked_up(CALL, miss, find), serve())
    assert found == "order-R7K2"


@pytest.mark.parametrize(
    ("lookup", "sources", "asked"),
    [
        (Lookup(value="R7K2", source="erp"), (source("erp"), source("shop")), [("erp", "?R7K2")]),
        (Lookup(identifier="R7K2"), (source("erp", breaker=BreakerState.OPEN), source("shop")), [("shop", "?R7K2")]),
        (Lookup(identifier="R7K2"), (source("erp", state=SourceState.PAUSED),), []),
        (Lookup(id="x"), (source("erp"), source("shop")), []),
    ],
)
async def test_who_is_asked(
    store: Store, serving: Store, lookup: Lookup, sources: tuple[Source, ...], asked: list[tuple[str, str]]
) -> None:
    async def find() -> str | None:
        return None

    miss = Miss(lookup=lookup, landscape=ASKING, sources=sources)
    assert await Fresher(serving, SystemClock()).looked_up(HURRIED, miss, find) is None
    assert await hints(store) == asked


async def test_what_comes_with_another_object_is_read_with_it(store: Store, fresher: Fresher) -> None:
    carrying = replace(SHOP, reads={Kind.ORDER: Read(batch=10)}, carried={Kind.SHIPMENT: Kind.ORDER})
    binding = replace(landscape().sources["shop"], manifest=carrying)
    parcel = make_record("shop", "317", kind=Kind.SHIPMENT, source_id="9", entity_id="shipment-317")
    other = make_record("erp")
    sources = Landscape(tenant="acme", sources={**BOTH.sources, "shop": binding})
    whole = make_whole(None, make_record(), parcel, other, landscape=sources, states=(down(), down("erp")))
    assert await fresher.again(HURRIED, whole, MINUTE, "shipment-317") is True
    assert await hints(store) == [("shop", "shop-R7K2")]
    assert await fresher.again(CALL, whole, MINUTE, "nobody") is False


async def test_what_no_source_can_be_asked_for_is_as_old_as_it_is(store: Store, fresher: Fresher) -> None:
    parcel = make_record("erp", "317", kind=Kind.SHIPMENT, source_id="9", entity_id="shipment-317")
    assert await fresher.again(CALL, make_whole(None, parcel, landscape=BOTH), MINUTE) is False
    assert await hints(store) == []
