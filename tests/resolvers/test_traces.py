from dataclasses import replace
from datetime import timedelta

from hub.model.ids import global_id
from hub.model.intents import DeliveryState
from hub.model.vocabulary import Kind
from hub.store.store import Store
from resolvers.traces import summary_of
from tests.kit.graph import REP, Graph
from tests.kit.orders import NOON, Kept, keep_order, make_order, make_shipment
from tests.kit.wholes import make_accepted, make_sent, make_whole

QUERY = """query Q($by: LookupInput!) {trace(by: $by) {
  state correlationIds identifiers {scheme value} missing blocker {rootCause text attempt}
  hops {kind operation parentId}
}}"""


async def test_every_id_of_an_order_tells_the_same_story(graph: Graph, store: Store) -> None:
    sent = make_sent(DeliveryState.PENDING, attempts=1, error="503", next_attempt_at=NOON + timedelta(hours=1))
    parcel = make_shipment(order_ids=("order-R7K2",))
    members = {Kind.SHIPMENT: [parcel]}
    kept = Kept(order=make_order(), commands=[make_accepted()], deliveries=[sent], members=members)
    await keep_order(store, kept)
    ways = (
        {"identifier": "R7K2"},
        {"identifier": "317"},
        {"exact": {"scheme": "TRACKING", "value": "1Z999AA10123456784"}},
        {"identifier": "correlation-1"},
        {"id": global_id("Order", "order-R7K2")},
        {"id": global_id("Shipment", "shipment-317")},
        {"id": global_id("Operation", "c1")},
    )
    stories = [(await graph.data(QUERY, variables={"by": by}))["trace"] for by in ways]
    for one in stories:
        assert (one["state"], one["correlationIds"]) == ("WAITING", ["correlation-1"])
        assert one["hops"] == stories[0]["hops"]
        assert one["blocker"]["attempt"] == 1
    assert stories[1]["identifiers"] == [{"scheme": "WMS_SHIPMENT", "value": "317"}]
    assert stories[3]["identifiers"] == [{"scheme": "CORRELATION_ID", "value": "correlation-1"}]


async def test_nothing_known_is_null(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), account="acme", commands=[make_accepted()]))
    assert await graph.data(QUERY, variables={"by": {"identifier": "nothing"}}) == {"trace": None}
    assert await graph.data(QUERY, variables={"by": {"id": global_id("Order", "nobody")}}) == {"trace": None}


async def test_traces_are_for_staff(graph: Graph, store: Store) -> None:
    await keep_order(store, Kept(order=make_order(), account="acme", commands=[make_accepted()]))
    portal = replace(REP, account="acme")
    for text in ("R7K2", "correlation-1"):
        assert await graph.data(QUERY, portal, variables={"by": {"identifier": text}}) == {"trace": None}


def test_a_summary_knows_the_state_without_hops() -> None:
    assert summary_of(make_whole()).state == "DONE"
    waiting = make_sent(DeliveryState.UNKNOWN, error="lost", attempts=1, next_attempt_at=NOON)
    assert summary_of(make_whole(deliveries=(waiting,), commands=(make_accepted(),))).state == "WAITING"
    dead = make_sent(DeliveryState.DEAD, error="422", error_class="REJECTED_BY_TARGET", attempts=1)
    story = summary_of(make_whole(deliveries=(dead,)))
    assert story.state == "BLOCKED"
    assert story.blocker is not None
    assert (story.blocker.root_cause, story.blocker.source) == ("PARTNER_ERROR", "shop")
