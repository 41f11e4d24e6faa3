"""The one writer on PostgreSQL: what goes in, what stands in the tables, what is told."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from hub.errors import Overtaken
from hub.merge.work import AcceptedCommand, Fence, HintRaise, ServedHint
from hub.model.changes import Origin
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.finding import normalised
from hub.model.ids import mint
from hub.model.observation import Content
from hub.model.party import CustomerGroups, CustomerProfile
from hub.model.sweeping import SweepMark
from hub.model.values import Identifier
from hub.model.vocabulary import IdentifierScheme, Kind
from hub.store.cursors import begin_run
from hub.store.inbox import Arrival, put_arrival
from hub.store.store import Store
from tests.kit.merging import (
    CALL,
    ERP,
    SHOP,
    TENANT,
    WMS,
    Looking,
    at,
    key,
    landscape,
    line,
    manifest,
    order,
    own,
    seen,
    shipment,
)

S0, E1, W1 = (SHOP, Kind.ORDER, "s0"), (ERP, Kind.ORDER, "1"), (WMS, Kind.SHIPMENT, "1")


@pytest.fixture
def hub(store: Store) -> Looking:
    return Looking(store)


async def test_a_first_sight_makes_record_entity_root_and_one_fact(hub: Looking) -> None:
    applied = await hub.write(seen(S0, order()))
    ((entity, root, version, number, status),) = await hub.rows(
        "select id, root_id, version, number, status from entity where tenant = :tenant"
    )
    assert (root, version, number, status) == (entity, 1, "C0", "ACCEPTED")
    assert applied.roots == (entity,)
    assert applied.kept == 1
    ((event, event_root),) = await hub.rows("select type, root_id from outbox")
    assert (event, event_root) == ("order.accepted", entity)
    assert await hub.rows("select scheme, source, value, entity_id from identity order by 1") == [
        ("shop.ORDER.id", "shop", "s0", entity),
        ("shop.code", "shop", "C0", entity),
    ]


async def test_the_same_answer_again_writes_no_fact_and_only_the_interval(hub: Looking) -> None:
    await hub.write(seen(S0, order()))
    again = await hub.write(seen(S0, order(), 5))
    assert again.roots == ()
    assert await hub.count("outbox") == 1
    ((version, moved),) = await hub.rows(
        "select e.version, r.started = '2026-11-01 12:00:05+00' from entity e, record r"
    )
    assert (version, moved) == (1, True)


async def test_a_shipment_lies_under_its_order_in_either_order_of_arrival(hub: Looking) -> None:
    await hub.write(seen(W1, shipment(own(SHOP, Kind.ORDER, "s0"))))
    await hub.write(seen(S0, order()))
    rows = await hub.rows(
        "select kind, root_id = (select id from entity where kind = 'ORDER') from entity order by kind"
    )
    assert rows == [("ORDER", True), ("SHIPMENT", True)]
    events = [row[0] for row in await hub.rows("select type from outbox order by id")]
    assert events == ["shipment.confirmed", "order.shipped", "shipment.updated"]
    ((doc,),) = await hub.rows("select doc -> 'order_ids' from entity where kind = 'SHIPMENT'")
    assert len(doc) == 1


async def test_two_orders_that_waited_for_one_key_become_one(hub: Looking) -> None:
    code = key("shop.code", "C0")
    erp = order("9", bears=(), refers=(code,))
    await hub.each(seen(E1, erp), seen((ERP, Kind.ORDER, "2"), erp))
    assert await hub.count("entity where redirect_to is null") == 2
    await hub.write(seen(S0, order()))
    assert await hub.count("entity where redirect_to is null") == 1
    assert await hub.rows("select count(distinct entity_id) from record") == [(1,)]
    merged = await hub.rows("select aggregateid, root_id from outbox where type = 'entity.merged' order by 1")
    assert len(merged) == 2


async def test_a_record_whose_reference_was_typed_over_moves_with_a_case(hub: Looking) -> None:
    """ERP order 1 says C0 by mistake, then C1: both orders of arrival end alike."""
    c0, c1 = key("shop.code", "C0"), key("shop.code", "C1")
    await hub.each(seen(S0, order("C0")), seen((SHOP, Kind.ORDER, "s1"), order("C1")))
    await hub.write(seen(E1, order("9", bears=(), refers=(c0,))))
    await hub.write(seen(E1, order("9", bears=(), refers=(c1,)), 5))
    assert await groups(hub) == {("erp/1", "shop/s1"), ("shop/s0",)}
    assert await hub.rows("select distinct code from exception_case") == [("ORDER_CONFLICT",)]


async def test_a_key_that_comes_late_joins_what_waited_for_it(hub: Looking) -> None:
    number = key("erp.number", "S-1")
    await hub.write(seen(E1, order("9", bears=())))
    await hub.write(seen(S0, order("C0", refers=(number,))))
    assert len(await groups(hub)) == 2
    await hub.write(seen(E1, order("9", bears=(number,)), 3))
    assert await groups(hub) == {("erp/1", "shop/s0")}


async def test_equal_references_to_nothing_known_never_join(hub: Looking) -> None:
    typed = key("shop.code", "PO7")
    await hub.each(*(seen((ERP, Kind.ORDER, name), order(name, bears=(), refers=(typed,))) for name in ("1", "2")))
    assert await groups(hub) == {("erp/1",), ("erp/2",)}


async def test_two_shops_with_one_code_are_two_orders_and_a_reference_to_it_leads_nowhere(store: Store) -> None:
    hub = Looking(store, landscape({name: manifest(name) for name in (SHOP, "shop-b", ERP)}))
    code = key("shop.code", "1001")
    await hub.each(seen(S0, order("1001")), seen(E1, order("9", bears=(), refers=(code,))))
    assert await groups(hub) == {("erp/1", "shop/s0")}
    await hub.write(seen(("shop-b", Kind.ORDER, "b0"), order("1001")))
    assert await groups(hub) == {("erp/1",), ("shop/s0",), ("shop-b/b0",)}


async def test_an_id_that_comes_back_is_a_new_record_with_a_case(hub: Looking) -> None:
    await hub.write(seen(E1, order("9", bears=()), birth="0001"))
    await hub.write(seen(E1, order("10", bears=()), 25, birth="0020"))
    assert await hub.rows("select birth, gone_at is null from record order by birth") == [
        ("0001", False),
        ("0020", True),
    ]
    assert [row[0] for row in await hub.rows("select code from exception_case where source = 'erp'")] == ["OTHER"]


async def test_a_shipment_for_two_orders_is_a_root_of_its_own_and_told_to_both(hub: Looking) -> None:
    both = (key("shop.code", "C0"), key("shop.code", "C1"))
    await hub.each(seen(S0, order("C0")), seen((SHOP, Kind.ORDER, "s1"), order("C1")))
    await hub.write(seen(W1, shipment(*both)))
    assert await hub.rows("select root_id = id from entity where kind = 'SHIPMENT'") == [(True,)]
    told = await hub.rows("select root_id from outbox where type = 'shipment.confirmed'")
    assert {row[0] for row in told} == {row[0] for row in await hub.rows("select id from entity where kind = 'ORDER'")}


async def test_a_merge_waits_for_a_delivery_in_flight_and_goes_on_when_woken(hub: Looking) -> None:
    code = key("shop.code", "C0")
    waiting = [seen((ERP, Kind.ORDER, name), order(name, bears=(), refers=(code,))) for name in ("1", "2")]
    await hub.each(*waiting)
    ((busy,), *_) = await hub.rows("select id from entity order by id")
    await put_delivery(hub, busy, "CLAIMED")
    await hub.write(seen(S0, order("C0")))
    assert len(await groups(hub)) == 2
    assert {row[0] for row in await hub.rows("select wake_at is not null from root")} == {True}
    await put_delivery(hub, busy, "DONE")
    roots = tuple(row[0] for row in await hub.rows("select id from root"))
    await hub.write(wake=roots)
    assert await groups(hub) == {("erp/1", "erp/2", "shop/s0")}
    assert await hub.rows("select root_id = (select min(id) from entity) from delivery") == [(True,)]


async def test_the_loser_of_a_merge_leads_to_the_survivor_whose_version_goes_on(hub: Looking) -> None:
    code = key("shop.code", "C0")
    await hub.each(*(seen((ERP, Kind.ORDER, name), order(name, bears=(), refers=(code,))) for name in ("1", "2")))
    await hub.write(seen(S0, order("C0")))
    ((low, redirect, version), (_, onward, _)) = await hub.rows(
        "select id, redirect_to, version from entity order by id"
    )
    assert (redirect, onward, version) == (None, low, 2)
    assert await hub.rows("select distinct entity_id = (select min(id) from entity) from record") == [(True,)]
    assert await hub.rows("select distinct entity_id = (select min(id) from entity) from identity") == [(True,)]


async def test_an_answer_in_doubt_raises_a_hint_that_only_a_later_read_closes(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0"), 0, 5))
    await hub.write(seen(S0, order("C0", raw_status="Shipped"), 3, 8))
    assert await hub.rows("select in_doubt, rival is not null from record") == [(True, True)]
    ((counter, reason, is_open),) = await hub.rows("select counter, reason, is_open from hint")
    assert (reason, is_open) == ("doubt", True)
    served = (ServedHint(source=SHOP, kind=Kind.ORDER, source_id="s0", counter=counter),)
    await hub.write(seen(S0, order("C0", raw_status="Shipped"), 9, 10), served=served)
    assert await hub.rows("select is_open, counter from hint") == [(False, counter)]


async def test_a_hint_whose_counter_moved_since_the_read_began_stays_open(hub: Looking) -> None:
    raised = HintRaise(source=SHOP, kind=Kind.ORDER, source_id="s0", reason="webhook", priority=3)
    await hub.write(hints=(raised,))
    await hub.write(hints=(raised,))
    served = (ServedHint(source=SHOP, kind=Kind.ORDER, source_id="s0", counter=1),)
    await hub.write(seen(S0, order()), served=served)
    assert await hub.rows("select is_open, counter from hint") == [(True, 2)]


async def test_a_pushed_body_without_version_is_no_more_than_a_hint(hub: Looking) -> None:
    await hub.write(seen(S0, order(), pushed=True))
    assert await hub.count("record") == 0
    assert await hub.rows("select source_id, reason, is_open from hint") == [("s0", "webhook", True)]


async def test_not_found_is_kept_even_where_nothing_was_seen(hub: Looking) -> None:
    await hub.write(seen(S0, None, 5))
    await hub.write(seen(S0, order(), 0))
    assert await hub.rows("select gone_at is not null from record") == [(True,)]


async def test_marks_and_digested_rows_end_with_what_they_brought(hub: Looking) -> None:
    async with hub.store.shard(CALL) as tx:
        await begin_run(tx, TENANT, (SHOP, Kind.ORDER, "open"), restart=True)
        arrival = Arrival(
            id="in-1", tenant=TENANT, source=SHOP, delivery_id="d", headers={}, body=b"", correlation_id="c"
        )
        await put_arrival(tx, arrival)
    mark = SweepMark(source=SHOP, kind=Kind.ORDER, sweep="open", cursor={"page": 2}, covered_through=at(9), seen=1)
    await hub.write(seen(S0, order()), marks=(mark,), digested=("in-1",), origin=Origin.BASELINE)
    assert await hub.rows("select cursor, seen from cursor") == [({"page": 2}, 1)]
    assert await hub.rows("select through from coverage") == [(at(9),)]
    assert await hub.rows("select state from inbox") == [("DONE",)]
    assert await hub.rows("select payload ->> 'origin' from outbox") == [("BASELINE",)]


async def test_an_owner_that_was_overtaken_writes_nothing(hub: Looking) -> None:
    with pytest.raises(Overtaken):
        await hub.write(seen(S0, order()), fence=Fence(source=SHOP, epoch=3))
    assert (await hub.count("record"), await hub.count("entity"), await hub.count("outbox")) == (0, 0, 0)


async def test_an_order_that_becomes_cancelled_is_told_as_such(hub: Looking) -> None:
    await hub.write(seen(S0, order("C0", line("1", 1))))
    await hub.write(seen(S0, order("C0", line("1", 1, cancelled=1), status="CANCELLED"), 5))
    assert [row[0] for row in await hub.rows("select type from outbox order by id")] == [
        "order.accepted",
        "order.cancelled",
    ]


async def test_what_finds_an_order_follows_its_document(hub: Looking) -> None:
    mail = Identifier(scheme=IdentifierScheme.EMAIL, value="Ann@Example.org", source=SHOP)
    found = "select value, normalised, entity_id = root_id from identifier where scheme = 'EMAIL'"
    await hub.write(seen(S0, order("C0", identifiers=(mail,))))
    assert await hub.rows(found) == [("Ann@Example.org", normalised("Ann@Example.org"), True)]
    await hub.write(seen(S0, order("C0", identifiers=()), 5))
    assert await hub.rows(found) == []


async def test_an_order_learns_its_customer_and_a_customer_s_change_leaves_its_orders_alone(hub: Looking) -> None:
    name = (SHOP, Kind.CUSTOMER, "c")
    await hub.write(seen(S0, order("C0", refers=(own(*name),))))
    await hub.write(seen(name, Content(customer=CustomerGroups(profile=CustomerProfile(name="Ann")), number="7")))
    ((customer, told),) = await hub.rows(
        "select id, (select customer_id from entity where kind = 'ORDER') from entity where kind = 'CUSTOMER'"
    )
    assert told == customer
    before = await hub.rows("select version from entity where kind = 'ORDER'")
    await hub.write(seen(name, Content(customer=CustomerGroups(profile=CustomerProfile(name="Bea")), number="7"), 5))
    assert await hub.rows("select version from entity where kind = 'ORDER'") == before
    assert (await hub.rows("select type from outbox order by id desc limit 1"))[0][0] == "customer.updated"


@pytest.mark.parametrize("kind", [Kind.RETURN, Kind.PRODUCT])
async def test_things_that_name_an_order_are_entities_of_their_own(hub: Looking, kind: Kind) -> None:
    said = Content(number="R1", refers=(key("shop.code", "C0"),))
    for moment in (0, 5):
        await hub.write(seen((ERP, kind, "r"), said, moment), seen(S0, order(), moment))
    assert await hub.rows("select count(*), count(distinct entity_id) from record") == [(2, 2)]


async def test_commands_of_both_orders_live_on_in_the_survivor_of_a_merge(hub: Looking) -> None:
    code = key("shop.code", "C0")
    await hub.each(
        *(seen((ERP, Kind.ORDER, name), order(name, line("1", 3), bears=(), refers=(code,))) for name in "12")
    )
    for name in [row[0] for row in await hub.rows("select id from entity order by id")]:
        command = CancelCommand(order_id=name, reason=CancelReason.CUSTOMER)
        accepted = AcceptedCommand(id=mint(), client="r", operation="orderCancel", key=name, hash=name, command=command)
        applied = await hub.write(command=accepted)
        assert applied.command_id == accepted.id
    await hub.write(seen(S0, order("C0", line("1", 3))))
    low = (await hub.rows("select min(id) from entity"))[0][0]
    assert await hub.rows("select distinct root_id from command") == [(low,)]
    assert await hub.rows("select distinct root_id from delivery") == [(low,)]
    assert await hub.rows("select count(*) from record where source = 'hub' and entity_id = :low", low=low) == [(2,)]


async def groups(hub: Looking) -> set[tuple[str, ...]]:
    """The records that are one entity, for every entity."""
    rows = await hub.rows(
        """select array_agg(source || '/' || source_id order by source, source_id) from record
        where kind = 'ORDER' group by entity_id"""
    )
    return {tuple(row[0]) for row in rows}


async def put_delivery(hub: Looking, root: str, state: str) -> None:
    """A delivery in a state of our choice, as a claim or a settlement would leave it."""
    async with hub.store.shard(CALL) as tx:
        await tx.execute(
            text("""insert into delivery (tenant, id, root_id, source, kind, source_id, action, key, state, content,
            hash, correlation_id) values (:tenant, 'd1', :root, 'erp', 'ORDER', '1', 'order.cancel', 'cancel:x', :state,
            cast(:content as jsonb), 'h', 'c') on conflict (tenant, id) do update set state = excluded.state"""),
            {"tenant": TENANT, "root": root, "state": state, "content": '{"lines": [], "reason": "OTHER"}'},
        )
