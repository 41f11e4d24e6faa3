from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from hub.call import Call
from hub.codec import decode
from hub.model.cases import CaseQueue, CaseStatus, ExceptionCase, ExceptionCode, Hold, HoldType, RootCause, Severity
from hub.model.entities import ENTITIES
from hub.model.intents import DeliveryState
from hub.model.place import Warehouse
from hub.model.vocabulary import Kind
from hub.read.whole import Shared, Stored
from hub.store import tables
from hub.store.reading import documents, members, whole_orders
from hub.store.store import Store
from resolvers.context import MEMBERS
from tests.kit.orders import (
    NOON,
    Kept,
    keep_alone,
    keep_order,
    keep_rows,
    make_line,
    make_order,
    make_record,
    make_shipment,
)
from tests.kit.things import make_return
from tests.kit.wholes import make_accepted, make_sent

UNDER = sorted(MEMBERS.keys() - {Kind.CUSTOMER})
CALL = Call(actor="rep", tenant="acme", correlation_id="correlation-1")


async def stored(serving: Store, *ids: str, account: str | None = None) -> dict[str, Stored]:
    async with serving.glance(CALL) as tx:
        answer = await whole_orders(tx, "acme", account, ids)
        lean = await members(tx, ("acme", account), UNDER, ids)
    found = {one.order.id: one for one in (decode(said, Stored) for said in answer.parts)}
    for order, one in found.items():  # who asks for nothing but members sees the same
        for kind in UNDER:
            docs = [row.doc for row in lean if (row.order_id, row.kind) == (order, kind)]
            assert tuple(decode(doc, ENTITIES[kind]) for doc in docs) == getattr(one.members, MEMBERS[kind])
    assert {row.order_id for row in lean} <= found.keys()
    return found


async def test_everything_under_an_order_comes_with_it(store: Store, serving: Store) -> None:
    case = ExceptionCase(
        id="x", version=1, code=ExceptionCode.DEAD_LETTER, severity=Severity.S2, status=CaseStatus.NEW,
        queue=CaseQueue.CS, title="It failed", root_cause=RootCause.UNKNOWN, occurrences=1, first_seen_at=NOON,
    )  # fmt: skip
    hold = Hold(id="h", type=HoldType.CREDIT, placed_by="hub", placed_at=NOON)
    sent = make_sent(DeliveryState.PENDING, next_attempt_at=NOON)
    kept = Kept(
        order=make_order(), records=[make_record()], deliveries=[sent], commands=[make_accepted()], holds=[hold],
        cases=[case], missing_in=["ERP"], members={Kind.SHIPMENT: [make_shipment()]},
    )  # fmt: skip
    await keep_order(store, kept)
    one = (await stored(serving, "order-R7K2"))["order-R7K2"]
    assert one.order == kept.order
    assert one.records == (make_record(),)
    assert one.commands == (make_accepted(),)
    assert one.holds == (hold,)
    assert one.missing_in == ("ERP",)
    assert one.members.shipments == (make_shipment(),)
    assert [(case.id, case.title) for case in one.cases] == [("x", "It failed")]
    assert [(row.key, row.state, row.content) for row in one.deliveries] == [(sent.key, sent.state, sent.content)]


async def test_what_is_linked_from_another_root_comes_too(store: Store, serving: Store) -> None:
    for number in ("A1", "B2"):
        await keep_order(store, Kept(order=make_order(number)))
    shared = make_shipment(order_ids=("order-A1", "order-B2"))
    await keep_alone(store, Kind.SHIPMENT, shared)
    for number in ("A1", "B2"):
        row = {"source": "wms", "kind": "SHIPMENT", "source_id": "317", "scheme": "shop.code", "value": number}
        await keep_rows(store, tables.link, row | {"entity_id": shared.id, "target_id": f"order-{number}"})
    both = await stored(serving, "order-A1", "order-B2")
    assert [one.members.shipments for one in both.values()] == [(shared,), (shared,)]
    confined = await stored(serving, "order-A1", account="acme")
    assert confined == {}


async def test_a_confined_caller_sees_no_member_of_another_account(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order("A1"), account="acme"))
    await keep_alone(store, Kind.SHIPMENT, make_shipment(order_ids=("order-A1",)), account="beta")
    row = {"source": "wms", "kind": "SHIPMENT", "source_id": "317", "scheme": "shop.code", "value": "A1"}
    await keep_rows(store, tables.link, row | {"entity_id": "shipment-317", "target_id": "order-A1"})
    assert (await stored(serving, "order-A1"))["order-A1"].members.shipments != ()
    assert (await stored(serving, "order-A1", account="acme"))["order-A1"].members.shipments == ()


async def test_only_the_kinds_that_are_asked_for_are_read(store: Store, serving: Store) -> None:
    under: dict[Kind, list[Any]] = {
        Kind.SHIPMENT: [make_shipment("S2"), make_shipment("S1")],
        Kind.RETURN: [make_return()],
    }
    for number in ("A1", "B2"):
        await keep_order(store, Kept(order=make_order(number), members=under if number == "A1" else {}))
    async with serving.glance(CALL) as tx:
        found = await members(tx, ("acme", None), [Kind.SHIPMENT], ["order-A1", "order-B2", "nobody"])
    assert [(one.order_id, one.kind, one.id) for one in found] == [
        ("order-A1", Kind.SHIPMENT, "shipment-S1"),
        ("order-A1", Kind.SHIPMENT, "shipment-S2"),
    ]


async def test_warehouses_of_lines_and_parcels_come_once(store: Store, serving: Store) -> None:
    await keep_alone(store, Kind.WAREHOUSE, Warehouse(id="w", version=1, code="WH"))
    order = make_order(lines=(replace(make_line(), warehouse_id="w"),))
    await keep_order(store, Kept(order=order, members={Kind.SHIPMENT: [make_shipment(warehouse_id="w")]}))
    one = (await stored(serving, order.id))[order.id]
    assert [place.code for place in one.warehouses] == ["WH"]


async def test_records_say_what_was_pushed_gone_or_in_doubt(store: Store, serving: Store) -> None:
    records = [
        make_record("a", entity_id="order-R7K2", started=None),
        make_record("b", entity_id="order-R7K2", lives=False, in_doubt=True),
    ]
    await keep_order(store, Kept(order=make_order(), records=records))
    assert list((await stored(serving, "order-R7K2"))["order-R7K2"].records) == records


async def test_a_record_whose_object_cannot_be_read_now_is_in_doubt(store: Store, serving: Store) -> None:
    await keep_order(store, Kept(order=make_order(), records=[make_record()]))
    hints = [
        {"source": "shop", "kind": "ORDER", "source_id": name, "reason": "dirty", "is_open": is_open, "error": "odd"}
        for name, is_open in ((make_record().source_id, False), ("another", True))
    ]
    await keep_rows(store, tables.hint, *hints)
    told = [await doubts(serving)]
    for error in (None, "$.total: odd"):
        async with store.across() as tx:
            await tx.execute(text("update hint set is_open = true, error = :error"), {"error": error})
        told.append(await doubts(serving))
    assert told == [[False], [False], [True]]


async def doubts(serving: Store) -> list[bool]:
    return [record.in_doubt for record in (await stored(serving, "order-R7K2"))["order-R7K2"].records]


async def test_what_all_orders_share_is_said_once(store: Store, serving: Store) -> None:
    through = NOON - timedelta(hours=1)
    rows = [("changed", NOON), ("full", through)]
    for sweep, at in rows:
        await keep_rows(store, tables.coverage, {"source": "shop", "kind": "ORDER", "sweep": sweep, "through": at})
    await keep_rows(store, tables.source_state, {"source": "shop", "breaker": "OPEN"})
    async with serving.glance(CALL) as tx:
        answer = await whole_orders(tx, "acme", None, ["nobody"])
    shared = decode(answer.shared, Shared)
    assert answer.parts == []
    assert [(one.source, one.kind, one.through) for one in shared.coverage] == [("shop", Kind.ORDER, NOON)]
    assert [(one.source, one.breaker) for one in shared.states] == [("shop", "OPEN")]


async def test_documents_come_by_kind_and_id(store: Store, serving: Store) -> None:
    await keep_alone(store, Kind.SHIPMENT, make_shipment(), account="acme/north")
    keys = [(Kind.SHIPMENT, "shipment-317"), (Kind.ORDER, "shipment-317")]
    async with serving.glance(CALL) as tx:
        assert list(await documents(tx, "acme", None, keys)) == keys[:1]
        assert list(await documents(tx, "acme", "acme", keys)) == keys[:1]
        assert await documents(tx, "acme", "acme/south", keys) == {}


async def test_master_data_without_an_account_is_shown_to_whoever_was_led_to_it(store: Store, serving: Store) -> None:
    await keep_alone(store, Kind.WAREHOUSE, Warehouse(id="w", version=1, code="WH"))
    await keep_alone(store, Kind.SHIPMENT, make_shipment())
    keys = [(Kind.WAREHOUSE, "w"), (Kind.SHIPMENT, "shipment-317")]
    async with serving.glance(CALL) as tx:
        assert list(await documents(tx, "acme", "acme", keys)) == keys[:1]
