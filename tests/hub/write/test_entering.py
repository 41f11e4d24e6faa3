"""Orders that enter through the hub: durable once per key and per order of a channel, refused without a trace (D4)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hub.errors import Denied, KeyReused
from hub.merge.work import Work
from hub.model.command import UserErrorCode
from hub.model.effects import CREATE_ORDER
from hub.model.ids import OWN_NUMBER
from hub.model.policy import Shortage
from hub.model.schemes import ORDER_CODE
from hub.model.values import Money
from hub.model.vocabulary import Kind, SystemKind
from hub.store.store import Store
from hub.write.desk import Asking, Desk
from tests.kit.entering import REP, booking, desk_of, opened, sources, submission, wanted
from tests.kit.merging import ERP, SHOP, WMS, Looking, key, line, order, seen
from tests.kit.routed import PLAIN, Routed, lying

KEY = Asking(key="k")


@pytest.fixture
async def hub(store: Store) -> Looking:
    return await opened(store)


@pytest.fixture
def desk(hub: Looking) -> Desk:
    return desk_of(hub)


async def written(hub: Looking) -> tuple[Any, ...]:  # Any: a row of counts
    rows = await hub.rows(
        "select (select count(*) from entity where kind = 'ORDER'), (select count(*) from record),"
        " (select count(*) from command), (select count(*) from outbox), (select count(*) from root)"
    )
    return tuple(rows[0])


async def test_an_order_enters_with_its_record_its_number_and_its_command_in_one_go(hub: Looking, desk: Desk) -> None:
    events = await hub.count("outbox")
    applied = await desk.submit(REP, await submission(hub, po_number="PO-1", channel_order_id="77"), KEY)
    assert (applied.user_errors, applied.replayed, applied.roots) == ((), False, (applied.order_id,))
    ((number, status, managed, flow, account, customer),) = await hub.rows(
        "select e.number, e.status, r.managed_by, r.flow_version, e.account, e.customer_id is not null"
        " from entity e join root r on r.tenant = e.tenant and r.id = e.root_id where e.kind = 'ORDER'"
    )
    assert re.fullmatch(OWN_NUMBER, number)
    assert (status, managed, flow, account, customer) == ("ACCEPTED", "HUB", 1, "acme", True)
    assert await hub.rows("select source_id = entity_id, source_id from record where source = 'hub'") == [
        (True, applied.order_id)
    ]
    schemes = dict(await hub.rows("select scheme, value from identity where kind = 'ORDER'"))
    assert schemes == {"hub.ORDER.id": applied.order_id, ORDER_CODE: number, "channel.order": "CS/77"}
    assert await hub.rows("select id, operation, root_id from command") == [
        (applied.command_id, "orderSubmit", applied.order_id)
    ]
    told = [row[0] for row in (await hub.rows("select type from outbox order by id"))[events:]]
    assert told == ["order.accepted", "operation.applied"]


async def test_an_order_that_waits_for_stock_is_queued_until_the_erp_has_it(store: Store) -> None:
    """Accepted is not applied (design D4)."""
    await opened(store)
    known = sources()
    erp = known.sources[ERP]
    writes = {**erp.manifest.writes, CREATE_ORDER: erp.manifest.writes["order.cancel"]}
    takes = replace(erp, manifest=replace(erp.manifest, writes=writes))
    wms = replace(erp, source=WMS, system=SystemKind.WMS)
    hub = Routed(store, replace(known, sources={**known.sources, ERP: takes, WMS: wms}))
    await hub.by(replace(PLAIN, shortage=Shortage.WAIT))
    await hub.write(lying(2))
    applied = await desk_of(hub).submit(REP, await submission(hub, lines=(wanted("3"),)), KEY)
    stands = "select c.state, c.is_done, (select count(*) from delivery) from command c"
    assert await hub.rows(stands) == [("QUEUED", False, 0)]
    (told,) = await hub.rows("select type from outbox where aggregateid = :id", id=applied.command_id)
    assert told == ("operation.created",)
    ((number,),) = await hub.rows("select number from entity where kind = 'ORDER'")
    sale = order("SO-1", line(quantity=3, sku="MUG"), status="VALIDATED", refers=(key(ORDER_CODE, number),))
    await hub.write(seen((ERP, Kind.ORDER, "317"), sale))
    assert await hub.rows(stands) == [("APPLIED", True, 0)]


async def test_the_document_says_everything_that_was_ordered(hub: Looking, desk: Desk) -> None:
    lines = (
        wanted(unit_price=Money(amount=Decimal("7.50"), currency_code="EUR")),
        wanted("2", line_ref="2", unit="CS", unit_price=Money(amount=Decimal(60), currency_code="EUR")),
    )
    await desk.submit(REP, await submission(hub, lines=lines, po_number="PO-1"), KEY)
    ((doc,),) = await hub.rows("select doc from entity where kind = 'ORDER'")
    head = doc["groups"]["commercial"]
    assert (head["channel"], head["po_number"], head["net"]) == (
        "CS",
        "PO-1",
        {"amount": "210.00", "currency_code": "EUR"},
    )
    assert doc["groups"]["parties"]["ship_to"]["city"] == "Brussels"
    assert [(one["line_no"], one["sku"], one["unit"], one["quantities"]["ordered"]) for one in doc["lines"]] == [
        (1, "MUG", "C62", "12"),
        (2, "MUG", "C62", "24"),
    ]
    assert doc["lines"][1]["unit_price"]["amount"] == "5"


async def test_the_same_key_answers_what_the_first_one_did_whatever_has_become_of_the_customer(
    hub: Looking, desk: Desk
) -> None:
    first = await desk.submit(REP, await submission(hub), KEY)
    before = await written(hub)
    again = await desk.submit(REP, replace(await submission(hub), order_id="another"), KEY)
    assert (again.replayed, again.command_id, again.order_id) == (True, first.command_id, first.order_id)
    with pytest.raises(KeyReused):
        await desk.submit(REP, await submission(hub, lines=()), KEY)
    assert await written(hub) == before


async def test_ten_at_once_are_one_order(hub: Looking, desk: Desk) -> None:
    command = await submission(hub, po_number="PO-1")
    told = await asyncio.gather(*(desk.submit(REP, command, KEY) for _ in range(10)))
    assert len({one.order_id for one in told}) == 1
    assert [one.replayed for one in told].count(False) == 1
    assert await hub.rows("select count(*) from entity where kind = 'ORDER'") == [(1,)]


async def test_the_same_order_of_a_channel_comes_to_the_same_order(hub: Looking, desk: Desk) -> None:
    command = await submission(hub, channel_order_id="77")
    first = await desk.submit(REP, command, KEY)
    before = await written(hub)
    again = await desk.submit(REP, command, Asking(key="another"))
    assert [(one.code, one.field) for one in again.user_errors] == [
        (UserErrorCode.DUPLICATE_ORDER, ("channelOrderId",))
    ]
    assert (again.order_id, again.command_id) == (first.order_id, None)
    assert await written(hub) == before


async def test_an_order_that_the_channel_tells_itself_is_refused_before_and_joined_after(
    hub: Looking, desk: Desk
) -> None:
    told = order("C7", bears=(key(ORDER_CODE, "C7"),))
    early = await desk.submit(REP, await submission(hub, channel=SHOP, channel_order_id="C8"), Asking(key="8"))
    await hub.write(seen((SHOP, Kind.ORDER, "7"), told))
    late = await desk.submit(REP, await submission(hub, channel=SHOP, channel_order_id="C7"), Asking(key="7"))
    assert [one.code for one in late.user_errors] == [UserErrorCode.DUPLICATE_ORDER]
    await hub.write(seen((SHOP, Kind.ORDER, "8"), order("C8", bears=(key(ORDER_CODE, "C8"),))))
    assert await hub.rows("select distinct entity_id from record where source_id = '8' and kind = 'ORDER'") == [
        (early.order_id,)
    ]


async def test_what_the_caller_can_fix_is_said_at_once_and_writes_nothing(hub: Looking, desk: Desk) -> None:
    before = await written(hub)
    lines = (wanted("-1"), wanted(sku="NONE"))
    refused = await desk.submit(REP, await submission(hub, "BETA", lines=lines, channel="MOON"), KEY)
    assert {(one.code.value, ".".join(one.field or ())) for one in refused.user_errors} == {
        ("CUSTOMER_BLOCKED", "customer"),
        ("NOT_FOUND", "channel"),
        ("QUANTITY_INVALID", "lines.0.quantity"),
        ("UNKNOWN_SKU", "lines.1.sku"),
        ("DUPLICATE_LINE", "lines.1.lineRef"),
    }
    assert await written(hub) == before
    assert not (await desk.submit(REP, await submission(hub), KEY)).replayed


async def test_a_dry_run_says_the_same_and_writes_nothing(hub: Looking, desk: Desk) -> None:
    before = await written(hub)
    dry = await desk.submit(REP, await submission(hub), Asking(key=None, dry_run=True))
    assert (dry.user_errors, dry.command_id, dry.order_id) == ((), None, None)
    assert [one.text for one in dry.consequences] == ["erp takes no orders: somebody must enter it there."]
    assert await written(hub) == before
    assert (await desk.submit(REP, await submission(hub), KEY)).consequences == dry.consequences


async def test_the_same_purchase_order_twice_is_two_orders_with_a_case(hub: Looking, desk: Desk) -> None:
    for name in ("a", "b"):
        applied = await desk.submit(REP, await submission(hub, po_number="PO-1"), Asking(key=name))
        assert applied.user_errors == ()
    assert await hub.rows("select count(*) from entity where kind = 'ORDER'") == [(2,)]
    assert await hub.rows("select code, count(*) from exception_case group by code") == [("DUPLICATE_ORDER", 2)]


async def test_a_portal_orders_for_its_own_account_alone(hub: Looking, desk: Desk) -> None:
    portal = replace(REP, account="beta")
    refused = await desk.submit(portal, await submission(hub), KEY)
    assert [(one.code, one.field) for one in refused.user_errors] == [(UserErrorCode.NOT_FOUND, ("customer",))]
    own = replace(REP, account="acme")
    assert (await desk.submit(own, await submission(hub), KEY)).user_errors == ()


async def test_who_may_not_write_may_not_submit(hub: Looking, desk: Desk) -> None:
    with pytest.raises(Denied):
        await desk.submit(replace(REP, scopes=frozenset()), await submission(hub), Asking(key=None, dry_run=True))


async def test_another_look_at_an_order_that_has_entered_finds_nothing_new(store: Store) -> None:
    hub = await opened(store, booking())
    applied = await desk_of(hub).submit(REP, await submission(hub, po_number="PO-1"), KEY)
    assert applied.order_id is not None
    assert await hub.rows("select source, action, state from delivery") == [("erp", "order.create", "PENDING")]
    stands = """
        select e.version, e.doc, r.version, r.line_numbers, r.wake_at
        from entity e join root r using (tenant, id) order by id
    """
    before = await hub.rows(stands)
    again = await hub.writer.write(REP, Work(wake=(applied.order_id,)))
    assert again.roots == ()
    assert await hub.rows(stands) == before
