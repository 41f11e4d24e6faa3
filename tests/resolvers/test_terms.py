from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind, SystemKind
from hub.store.lists import LISTINGS
from hub.store.store import Store
from resolvers.context import Context
from resolvers.endpoint.ports import Asked
from resolvers.entities import SHOWN
from resolvers.filters import InvoiceFilterInput, MilestoneFilterInput, OrderFilterInput, ShipmentFilterInput
from resolvers.inputs import (
    DateFilterInput,
    DateTimeFilterInput,
    DecimalFilterInput,
    LookupInput,
    OrderStatusFilterInput,
    StringFilterInput,
)
from resolvers.terms import where_of
from tests.kit.graph import REP, Graph
from tests.kit.orders import NOON, Kept, keep_alone, keep_order, make_customer, make_order

SHIPPED, DONE = OrderStatus.SHIPPED, OrderStatus.COMPLETED


async def where(graph: Graph, given: Any) -> Any:  # Any: a filter input
    context = Context(graph.doors, REP, Asked(transport="http", kind="query"))
    return await where_of(context, given)


async def test_a_filter_means_what_it_says(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.CUSTOMER, make_customer())
    given = OrderFilterInput(
        status=OrderStatusFilterInput(not_in=[OrderStatus.CANCELLED]),
        is_late=True,
        missing_in=[SystemKind.ERP],
        sku=StringFilterInput(eq="MUG"),
        placed_at=DateTimeFilterInput(gte=NOON),
        total=DecimalFilterInput(lte=Decimal(9)),
        customer=LookupInput(identifier="ACME"),
    )
    assert await where(graph, given) == {
        "status": tuple(one for one in OrderStatus if one is not OrderStatus.CANCELLED),
        "is_late": True,
        "missing_in": (SystemKind.ERP,),
        "sku": ("MUG",),
        "placed_at_from": NOON,
        "total_to": Decimal(9),
        "customer": ("customer-ACME",),
    }
    assert await where(graph, None) == {}


@pytest.mark.parametrize(
    ("given", "fitting"),
    [
        (StringFilterInput(), None),
        (StringFilterInput(eq="a"), ("a",)),
        (StringFilterInput(in_=["a", "b"]), ("a", "b")),
        (StringFilterInput(eq="a", in_=["a", "b"]), ("a",)),
        (StringFilterInput(eq="c", in_=["a", "b"]), ()),
        (StringFilterInput(in_=[]), ()),
    ],
)
async def test_every_operator_must_hold(
    graph: Graph, given: StringFilterInput, fitting: tuple[str, ...] | None
) -> None:
    expected = {} if fitting is None else {"carrier": fitting}
    assert await where(graph, ShipmentFilterInput(carrier=given)) == expected


@pytest.mark.parametrize(
    ("given", "fitting"),
    [
        (OrderStatusFilterInput(in_=[SHIPPED, DONE], not_in=[DONE]), (SHIPPED,)),
        (OrderStatusFilterInput(eq=DONE, not_in=[DONE]), ()),
        (OrderStatusFilterInput(eq=DONE, not_in=[SHIPPED]), (DONE,)),
        (OrderStatusFilterInput(not_in=list(OrderStatus)), ()),
        (OrderStatusFilterInput(not_in=[]), None),
        (OrderStatusFilterInput(in_=[]), ()),
    ],
)
async def test_what_is_not_wanted_is_the_rest_of_the_closed_list(
    graph: Graph, given: OrderStatusFilterInput, fitting: tuple[OrderStatus, ...] | None
) -> None:
    expected = {} if fitting is None else {"status": fitting}
    assert await where(graph, OrderFilterInput(status=given)) == expected


async def test_days_begin_at_midnight_and_an_order_is_whatever_names_it(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order()))
    bill = InvoiceFilterInput(issue_date=DateFilterInput(gte=date(2026, 11, 21)), order=LookupInput(identifier="r7k2"))
    assert await where(graph, bill) == {
        "issue_date_from": datetime(2026, 11, 21, tzinfo=UTC),
        "order": ("order-R7K2",),
    }
    parcel = ShipmentFilterInput(
        status=MilestoneFilterInput(eq=ShipmentMilestone.PACKED), order=LookupInput(identifier="nobody")
    )
    assert await where(graph, parcel) == {"status": (ShipmentMilestone.PACKED,), "order": ()}


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.many)
def test_every_field_of_a_filter_is_a_term_of_its_listing(shown: Any) -> None:
    terms = LISTINGS[shown.kind].terms
    names = {spec.name for spec in shown.filter.__strawberry_definition__.fields}
    known = {name.removeprefix("not_") for name in terms}
    known |= {name.removesuffix(end) for name in terms for end in ("_from", "_before", "_to")}
    assert names <= known
