from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub.call import Call
from hub.clock import SystemClock
from hub.errors import Ambiguous, CursorInvalid, InvalidInput
from hub.model.finding import Lookup
from hub.model.ids import global_id
from hub.model.order import OrderCommercial, OrderStatus
from hub.model.values import Identifier, Money
from hub.model.vocabulary import IdentifierScheme, Kind, SystemKind
from hub.read.pages import PageWanted
from hub.read.reader import Reader
from hub.read.sources import SourceState
from hub.seal import Seal
from hub.store import tables
from hub.store.listing import Sort, Where
from hub.store.lists import OrderSortField
from hub.store.store import Store
from tests.kit.orders import (
    NOON,
    Kept,
    keep_alone,
    keep_order,
    keep_rows,
    landscape,
    make_customer,
    make_order,
    make_record,
    make_shipment,
)
from tests.kit.statements import counted

REP = Call(actor="rep", tenant="acme", correlation_id="correlation-1")


@pytest.fixture
def reader(serving: Store) -> Reader:
    return Reader(serving, {"acme": landscape()}, Seal(b"secret"), SystemClock())


def identifier(scheme: IdentifierScheme, value: str, source: str = "shop") -> Identifier:
    return Identifier(scheme=scheme, value=value, source=source)


async def whole_of(reader: Reader, call: Call, typed: str) -> str | None:
    found = await reader.find(call, Lookup(identifier=typed), Kind.ORDER)
    return None if found is None else (await reader.wholes(call, [found]))[found].order.number


async def test_an_order_is_found_and_read_whole_in_two_statements(store: Store, reader: Reader) -> None:
    order = replace(make_order(), customer_id="customer-ACME")
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    shipment = make_shipment(order_ids=(order.id,))
    await keep_order(store, Kept(order=order, records=[make_record()], members={Kind.SHIPMENT: [shipment]}))
    with counted() as sent:
        found = await reader.find(REP, Lookup(identifier="1z999aa10123456784"), Kind.ORDER)
        assert found is not None
        whole = (await reader.wholes(REP, [found]))[found]
    assert len(sent) == 2, sent
    assert whole.order == order
    assert whole.stored.records == (make_record(),)
    assert whole.stored.members.shipments == (shipment,)
    assert [one.number for one in whole.stored.members.customers] == ["ACME"]


@pytest.mark.parametrize("typed", ["R7K2", "r7k2", " #R7-K2 "])
async def test_an_order_answers_to_what_is_typed(store: Store, reader: Reader, typed: str) -> None:
    await keep_order(store, Kept(order=make_order()))
    assert await whole_of(reader, REP, typed) == "R7K2"


async def test_an_exact_identifier_beats_a_normalised_one(store: Store, reader: Reader) -> None:
    await keep_order(store, Kept(order=make_order("r7-k2")))
    await keep_order(store, Kept(order=make_order("R7K2")))
    assert await whole_of(reader, REP, "R7K2") == "R7K2"
    assert await whole_of(reader, REP, "r7-k2") == "r7-k2"


async def test_what_fits_two_orders_is_said_with_both(store: Store, reader: Reader) -> None:
    for number in ("A1", "B2"):
        po = identifier(IdentifierScheme.PO_NUMBER, "PO-7781")
        await keep_order(store, Kept(order=make_order(number, identifiers=(po,))))
    with pytest.raises(Ambiguous) as said:
        await reader.find(REP, Lookup(identifier="PO-7781"), Kind.ORDER)
    assert said.value.facts["candidates"] == [
        {"id": global_id("Order", f"order-{number}"), "scheme": "PO_NUMBER", "value": "PO-7781", "source": "shop"}
        for number in ("A1", "B2")
    ]


async def test_an_exact_scheme_tells_bare_numbers_apart(store: Store, reader: Reader) -> None:
    sale = make_order("A1", identifiers=(identifier(IdentifierScheme.ERP_ORDER, "317", "erp"),))
    parcel = make_shipment("317", order_ids=("order-B2",))
    await keep_order(store, Kept(order=sale))
    await keep_order(store, Kept(order=make_order("B2"), members={Kind.SHIPMENT: [parcel]}))
    assert await reader.find(REP, Lookup(value="317", scheme=IdentifierScheme.ERP_ORDER), Kind.ORDER) == "order-A1"
    assert await reader.find(REP, Lookup(value="317", scheme=IdentifierScheme.WMS_SHIPMENT), Kind.ORDER) == "order-B2"
    assert await reader.find(REP, Lookup(value="317", scheme=IdentifierScheme.RMA), Kind.ORDER) is None
    with pytest.raises(Ambiguous):
        await reader.find(REP, Lookup(identifier="317"), Kind.ORDER)


async def test_an_email_gives_hits_and_never_the_order(store: Store, reader: Reader) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    own = identifier(IdentifierScheme.EMAIL, "buyer@acme.test")
    await keep_order(store, Kept(order=make_order(customer_id="customer-ACME", identifiers=(own,))))
    assert await whole_of(reader, REP, "buyer@acme.test") is None
    found = (await reader.search(REP, "buyer@acme.test", None, 10)).hits
    assert [(one.kind, one.orders) for one in found] == [
        (Kind.ORDER, ("order-R7K2",)),
        (Kind.CUSTOMER, ("order-R7K2",)),
    ]


async def test_someone_elses_order_is_missing(store: Store, reader: Reader) -> None:
    await keep_order(store, Kept(order=make_order("A1"), account="acme/north"))
    await keep_order(store, Kept(order=make_order("B2", id="order-B2"), tenant="beta"))
    north, south = replace(REP, account="acme/north"), replace(REP, account="acme/south")
    above, likewise = replace(REP, account="acme"), replace(REP, account="acme/no")
    assert await whole_of(reader, north, "A1") == "A1"
    assert await whole_of(reader, above, "A1") == "A1"
    for stranger in (south, likewise, replace(REP, tenant="beta")):
        assert await whole_of(reader, stranger, "A1") is None
        assert await reader.wholes(stranger, ["order-A1"]) == {}
        assert await reader.find(stranger, Lookup(id=global_id("Order", "order-A1")), Kind.ORDER) is None
        assert (await reader.search(stranger, "A1", None, 10)).hits == ()
        assert (await reader.documents(stranger, [(Kind.ORDER, "order-A1")])) == {}
        assert [one.number for one, _ in (await reader.lists.page(stranger, PageWanted())).rows] == (
            ["B2"] if stranger.tenant == "beta" else []
        )
        assert await reader.lists.count(stranger, PageWanted()) == (1 if stranger.tenant == "beta" else 0)


async def test_a_merged_order_answers_under_its_old_id(store: Store, reader: Reader) -> None:
    await keep_order(store, Kept(order=make_order("A1")))
    loser = {"kind": "ORDER", "id": "order-old", "root_id": "order-old", "redirect_to": "order-A1", "doc": {}}
    await keep_rows(store, tables.entity, loser)
    assert await reader.find(REP, Lookup(id=global_id("Order", "order-old")), Kind.ORDER) == "order-A1"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 201])
async def test_an_identifier_has_a_sane_length(reader: Reader, typed: str) -> None:
    with pytest.raises(InvalidInput):
        await reader.find(REP, Lookup(identifier=typed), Kind.ORDER)


async def test_the_id_of_something_else_is_refused(reader: Reader) -> None:
    with pytest.raises(InvalidInput, match="id of a Shipment"):
        await reader.find(REP, Lookup(id=global_id("Shipment", "s")), Kind.ORDER)


async def test_a_search_ranks_exact_before_normalised_before_beginnings(store: Store, reader: Reader) -> None:
    for number in ("R7K29", "r7-k2", "R7K2"):
        await keep_order(store, Kept(order=make_order(number)))
    found = (await reader.search(REP, "R7K2", None, 10)).hits
    assert [(one.matched.value, one.exact, one.score) for one in found] == [
        ("R7K2", True, 1.0),
        ("r7-k2", False, 0.9),
        ("R7K29", False, 0.64),
    ]
    assert (await reader.search(REP, "R7K2", [Kind.SHIPMENT], 10)).hits == ()
    with pytest.raises(InvalidInput):
        await reader.search(REP, "R7K2", None, 101)


def placed(day: int, **said: Any) -> Mapping[str, Any]:
    total = Money(amount=Decimal(day), currency_code="EUR")
    return {"commercial": OrderCommercial(placed_at=NOON + timedelta(days=day), total=total, **said)}


async def numbers(reader: Reader, wanted: PageWanted) -> list[str]:
    return [one.number for one, _ in (await reader.lists.page(REP, wanted)).rows]


@pytest.mark.parametrize("field", list(OrderSortField))
@pytest.mark.parametrize("descending", [True, False])
async def test_pages_cover_every_order_once_both_ways(
    store: Store, reader: Reader, field: OrderSortField, *, descending: bool
) -> None:
    for day in range(7):
        told = placed(day // 2, promised_ship_at=NOON) if day else {"commercial": OrderCommercial()}
        order = make_order(f"N{day}", status_since=None if day == 3 else NOON + timedelta(hours=day), **told)
        await keep_order(store, Kept(order=order))
    wanted = PageWanted(sort=Sort(field=field, descending=descending), size=3)
    everything = await numbers(reader, replace(wanted, size=100))
    assert sorted(everything) == [f"N{day}" for day in range(7)]
    seen, cursor = [], None
    while True:
        page = await reader.lists.page(REP, replace(wanted, cursor=cursor))
        seen += [one.number for one, _ in page.rows]
        assert page.has_previous is (cursor is not None)
        if not page.has_next:
            break
        cursor = page.rows[-1][1]
    assert seen == everything
    back: list[str] = []
    cursor = None
    while True:
        page = await reader.lists.page(REP, replace(wanted, cursor=cursor, backward=True))
        back = [one.number for one, _ in page.rows] + back
        if not page.has_previous:
            break
        cursor = page.rows[0][1]
    assert back == everything


async def test_a_page_stays_stable_while_orders_arrive(store: Store, reader: Reader) -> None:
    for day in range(4):
        await keep_order(store, Kept(order=make_order(f"N{day}", **placed(day))))
    first = await reader.lists.page(REP, PageWanted(size=2))
    await keep_order(store, Kept(order=make_order("N9", **placed(9))))
    rest = await reader.lists.page(REP, PageWanted(size=2, cursor=first.rows[-1][1]))
    assert [one.number for one, _ in (*first.rows, *rest.rows)] == ["N3", "N2", "N1", "N0"]


async def test_a_cursor_is_bound_to_caller_filter_and_sort(store: Store, reader: Reader) -> None:
    await keep_order(store, Kept(order=make_order()))
    cursor = (await reader.lists.page(REP, PageWanted())).rows[0][1]
    other = PageWanted(cursor=cursor, where={"is_partial": True})
    for call, wanted in (
        (REP, other),
        (REP, PageWanted(cursor=cursor, sort=Sort(field=OrderSortField.PLACED_AT, descending=False))),
        (replace(REP, actor="else"), PageWanted(cursor=cursor)),
        (replace(REP, account="acme"), PageWanted(cursor=cursor)),
        (REP, PageWanted(cursor="rubbish")),
    ):
        with pytest.raises(CursorInvalid):
            await reader.lists.page(call, wanted)


async def test_a_page_has_at_most_a_hundred(reader: Reader) -> None:
    with pytest.raises(InvalidInput):
        await reader.lists.page(REP, PageWanted(size=101))


@pytest.mark.parametrize(
    ("wanted", "fitting"),
    [
        ({}, ["N2", "N1"]),
        ({"status": (OrderStatus.SHIPPED,)}, ["N2"]),
        ({"status": ()}, []),
        ({"not_status": (OrderStatus.SHIPPED,)}, ["N1"]),
        ({"is_late": True}, ["N1"]),
        ({"is_late": False}, ["N2"]),
        ({"is_partial": True}, ["N2"]),
        ({"is_stuck": True}, []),
        ({"is_stuck": False}, ["N2", "N1"]),
        ({"missing_in": (SystemKind.ERP, SystemKind.WMS)}, ["N1"]),
        ({"channel": ("web",)}, ["N1"]),
        ({"customer": ("customer-ACME",)}, ["N2"]),
        ({"customer": ()}, []),
        ({"warehouse": ("WH",)}, []),
        ({"sku": ("MUG", "PEN")}, ["N2", "N1"]),
        ({"sku": ("PEN",)}, []),
        ({"placed_at_from": NOON + timedelta(days=2)}, ["N2"]),
        ({"placed_at_before": NOON + timedelta(days=2)}, ["N1"]),
        ({"total_from": Decimal(2)}, ["N2"]),
        ({"total_to": Decimal("1.00")}, ["N1"]),
    ],
)
async def test_filters(store: Store, reader: Reader, wanted: Where, fitting: list[str]) -> None:
    late = NOON - timedelta(days=400)
    first = make_order("N1", **placed(1, channel="web", promised_ship_at=late))
    second = make_order("N2", status=OrderStatus.SHIPPED, is_partial=True, customer_id="customer-ACME",
                        **placed(2, promised_ship_at=late))  # fmt: skip
    await keep_order(store, Kept(order=first, missing_in=["ERP"]))
    await keep_order(store, Kept(order=second))
    assert await numbers(reader, PageWanted(where=wanted)) == fitting
    assert await reader.lists.count(REP, PageWanted(where=wanted)) == len(fitting)


async def test_sources_that_never_were_swept_say_so(reader: Reader) -> None:
    (source,) = await reader.sources(REP)
    assert (source.source, source.state) == ("shop", SourceState.NEVER_SYNCED)
