from typing import Any

from hub.model.place import Warehouse
from hub.model.shipment import FulfillmentOrder, FulfillmentRequestStatus, ShipmentLine, ShipmentMilestone
from hub.model.values import Speaker
from hub.model.vocabulary import FieldGroup, Kind
from hub.read.presence import NOBODY
from hub.store.store import Store
from tests.kit.graph import Graph
from tests.kit.orders import Kept, keep_alone, keep_order, make_order, make_record, make_shipment
from tests.kit.statements import counted

QUERY = """{order(by: {identifier: "317"}) {
  shipments {
    statusText systems {source state number} provenance {group source} lines {sku quantity orderLine {lineNo}}
    milestones {milestone isInferred}
  }
  fulfillmentOrders {requestStatus warehouse {code} shipments {number}}
}}"""


async def test_a_parcel_says_where_it_is_known_and_who_said_so(graph: Graph, store: Store) -> None:
    order = make_order(lines=(make_order().lines[0],))
    line = ShipmentLine(sku="MUG", quantity=order.lines[0].quantities.ordered, order_line_id="line-1")
    speaker = Speaker(group=FieldGroup.FULFILLMENT, source="shop", kind=Kind.SHIPMENT, source_id="9")
    parcel = make_shipment(order_ids=(order.id,), lines=(line,), speakers=(speaker,), warehouse_id="w")
    record = make_record("shop", "317", kind=Kind.SHIPMENT, source_id="9", entity_id=parcel.id)
    asked = FulfillmentOrder(
        id="f", version=1, request_status=FulfillmentRequestStatus.ACCEPTED, order_ids=(order.id,), warehouse_id="w",
        shipment_ids=(parcel.id,),
    )  # fmt: skip
    await keep_alone(store, Kind.WAREHOUSE, Warehouse(id="w", version=1, code="WH"))
    members: dict[Kind, list[Any]] = {Kind.SHIPMENT: [parcel], Kind.FULFILLMENT_ORDER: [asked]}
    await keep_order(store, Kept(order=order, records=[make_record(), record], members=members))
    with counted() as sent:
        said = (await graph.data(QUERY))["order"]
    assert len(sent) <= 3
    (shown,) = said["shipments"]
    assert shown["statusText"] == "Shipped."
    assert [one for one in shown["systems"] if one["source"] == "shop"] == [
        {"source": "shop", "state": "PRESENT", "number": "317"}
    ]
    assert shown["provenance"] == [{"group": "FULFILLMENT", "source": "shop"}]
    assert shown["lines"] == [{"sku": "MUG", "quantity": "12", "orderLine": None}]  # no such line of the order's id
    assert said["fulfillmentOrders"] == [
        {"requestStatus": "ACCEPTED", "warehouse": {"code": "WH"}, "shipments": [{"number": "317"}]}
    ]


async def test_a_line_leads_to_its_order_line(graph: Graph, store: Store) -> None:
    order = make_order()
    named = f"{order.id}/1"
    order = make_order(lines=(type(order.lines[0])(id=named, line_no=1, sku="MUG"),))
    line = ShipmentLine(sku="MUG", quantity=order.lines[0].quantities.ordered, order_line_id=named)
    parcel = make_shipment(order_ids=(order.id,), lines=(line,), status=ShipmentMilestone.PACKED)
    await keep_order(store, Kept(order=order, members={Kind.SHIPMENT: [parcel]}))
    (shown,) = (await graph.data(QUERY))["order"]["shipments"]
    assert shown["lines"][0]["orderLine"] == {"lineNo": 1}
    assert shown["statusText"] == "Packed."


async def test_a_parcel_of_no_order_yet_speaks_for_itself(graph: Graph, store: Store) -> None:
    await keep_alone(store, Kind.SHIPMENT, make_shipment())
    told = make_record("shop", "317", kind=Kind.SHIPMENT, source_id="9", entity_id="shipment-317")
    await keep_order(store, Kept(order=make_order(), records=[told]))
    query = '{search(text: "317") {hits {node {... on Shipment {number systems {source state} provenance {group}}}}}}'
    (hit,) = (await graph.data(query))["search"]["hits"]
    systems = [(one["source"], one["state"]) for one in hit["node"]["systems"]]
    assert systems == [("shop", "PRESENT"), *[(NOBODY, "NOT_EXPECTED")] * 3]
    assert hit["node"]["provenance"] == []
