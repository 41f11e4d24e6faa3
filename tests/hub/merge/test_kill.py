"""All at once or nothing, through the one writer: the hub calls the order off itself, everywhere, once."""

from __future__ import annotations

from dataclasses import replace

from hub.merge.work import Applied, Work
from hub.model.manifest import SourceBinding
from hub.model.order import PartialPolicy
from hub.model.vocabulary import Kind, SystemKind
from hub.store.store import Store
from hub.write.desk import Asking
from hub.write.entering import Submitted, entries_of
from tests.kit.entering import REP, desk_of, opened, sources, submission, wanted
from tests.kit.merging import CALL, SHOP, WMS, Looking, line, manifest, seen
from tests.kit.routed import PLAIN, Routed, bought, lying, placed
from tests.kit.stock import MUG

KILL = PartialPolicy.FILL_OR_KILL
WHY = "1 of MUG is missing, and all was wanted or nothing, by plain version 1"
COMMANDS = "select client, operation, input ->> 'reason', input ->> 'note' from command where operation = 'orderCancel'"
DELIVERIES = "select source, action, state, content ->> 'reason' from delivery order by source"


async def wake(hub: Routed) -> None:
    ((root,),) = await hub.rows("select root_id from entity where kind = 'ORDER'")
    await hub.writer.write(CALL, Work(wake=(root,)))


async def entered_by(store: Store) -> Routed:
    """A hub that orders enter through, with two mugs."""
    await opened(store)
    known = sources()
    wms = SourceBinding(source=WMS, tenant=known.tenant, system=SystemKind.WMS, manifest=manifest(WMS))
    hub = Routed(store, replace(known, sources={**known.sources, WMS: wms}))
    await hub.by(PLAIN)
    await hub.write(lying(2))
    return hub


async def test_an_order_of_a_shop_that_cannot_be_filled_is_cancelled_there_for_want_of_stock(store: Store) -> None:
    hub = Routed(store)
    await hub.by()
    await hub.write(lying(2))
    await hub.write(bought("C0", line(quantity=3, sku=MUG), partial=KILL))
    assert await hub.stands() == []
    assert await hub.rows(COMMANDS) == [("hub", "orderCancel", "INVENTORY", WHY)]
    assert await hub.rows(DELIVERIES) == [(SHOP, "order.cancel", "PENDING", "INVENTORY")]
    assert await hub.rows("select code from exception_case") == []
    assert (await hub.order())["routing_decision"]["outcome"] == "REFUSED"
    await hub.write(lying(9))
    await wake(hub)
    assert (await hub.stands(), len(await hub.rows(COMMANDS)), len(await hub.rows(DELIVERIES))) == ([], 1, 1)
    gone = placed("C0", line(quantity=3, sku=MUG, cancelled=3), partial=KILL, status="CANCELLED")
    await hub.write(seen((SHOP, Kind.ORDER, "C0"), gone, 60))
    assert (await hub.order())["status"] == "CANCELLED"
    assert (await hub.stands(), len(await hub.rows(COMMANDS))) == ([], 1)


async def test_an_order_born_in_the_hub_is_cancelled_at_once_and_nobody_else_ever_hears_of_it(store: Store) -> None:
    hub = await entered_by(store)
    command = await submission(hub, lines=(wanted("3"),), partial_policy=KILL)
    await desk_of(Looking(store, hub.landscape)).submit(REP, command, Asking(key="order-1"))
    assert await hub.rows(COMMANDS) == [("hub", "orderCancel", "INVENTORY", WHY)]
    assert await hub.rows("select status from entity where kind = 'ORDER'") == [("CANCELLED",)]
    assert (await hub.rows(DELIVERIES), await hub.stands()) == ([], [])
    await wake(hub)
    assert (len(await hub.rows(COMMANDS)), await hub.rows(DELIVERIES)) == (1, [])


async def test_who_is_killed_among_those_who_enter_together_bears_the_correlation_of_its_own_caller(
    store: Store,
) -> None:
    hub = await entered_by(store)
    plenty = await submission(hub, lines=(wanted("3"),), partial_policy=KILL)
    asked = [
        Submitted(call=replace(REP, correlation_id=name), command=command, key=name)
        for name, command in (("first", replace(plenty, lines=(wanted("1"),))), ("killed", plenty))
    ]
    entries = await entries_of(store, hub.landscape, asked)
    works = [(one.call, entry.work(one.call)) for one, entry in zip(asked, entries, strict=True)]
    entered = [one for one in await hub.writer.enter(works) if isinstance(one, Applied)]
    stands = (
        "select c.correlation_id, e.status from command c join entity e on e.id = c.root_id where c.operation = :of"
    )
    assert await hub.rows(stands, of="orderCancel") == [("killed", "CANCELLED")]
    assert await hub.rows("select status from entity where id = :id", id=entered[0].order_id) != [("CANCELLED",)]


async def test_who_can_be_filled_is_not_killed(store: Store) -> None:
    hub = Routed(store)
    await hub.by()
    await hub.write(lying(3))
    await hub.write(bought("C0", line(quantity=3, sku=MUG), partial=KILL))
    assert [state for *_, state in await hub.stands()] == ["ACTIVE"]
    assert await hub.rows(COMMANDS) == []


async def test_where_no_system_can_be_asked_to_cancel_somebody_must_look(store: Store) -> None:
    hub = Routed(store)
    shop = hub.landscape.sources[SHOP]
    deaf = replace(shop, manifest=replace(shop.manifest, writes={}))
    hub = Routed(store, replace(hub.landscape, sources={**hub.landscape.sources, SHOP: deaf}))
    await hub.by()
    await hub.write(lying(2))
    await hub.write(bought("C0", line(quantity=3, sku=MUG), partial=KILL))
    assert await hub.rows("select code from exception_case") == [("STOCKOUT",)]
    assert await hub.rows(COMMANDS) == []
