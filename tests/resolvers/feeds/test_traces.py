"""`traceChanged`: whatever moves a story is heard of, under the order that it is the story of."""

from __future__ import annotations

from hub.model.vocabulary import Kind
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import ERP, SHOP, order, seen

WATCH = """subscription Q($filter: TraceEventFilterInput) {
  traceChanged(includeInitial: true, filter: $filter) {kind event orderId correlationId
    trace {state identifiers {value} hops {kind}}}}"""


async def test_a_trace_is_heard_of_as_it_goes_on(hub: Listening) -> None:
    await hub.looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1")))
    await hub.relay.turn()
    async with hub.to(WATCH, filter={"order": {"identifier": "C1"}}) as events:
        snapshot, end = await take(events, 2)
        await hub.looking.write(seen((SHOP, Kind.ORDER, "2"), order("C2")))
        await hub.looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1", status="SHIPPED"), 5))
        await hub.relay.turn()
        moved = await anext(events)
    assert (snapshot["kind"], end["kind"], moved["kind"]) == ("SNAPSHOT", "SNAPSHOT_END", "UPDATED")
    assert snapshot["orderId"] == moved["orderId"]
    assert moved["trace"]["state"] == "DONE"
    assert {"CHANGE"} <= {hop["kind"] for hop in moved["trace"]["hops"]}


async def test_what_fits_nothing_and_a_confined_caller_hear_of_none(hub: Listening) -> None:
    await hub.looking.write(seen((ERP, Kind.ORDER, "1"), order("C1")))
    await hub.relay.turn()
    async with hub.to(WATCH, filter={"order": {"identifier": "NOBODY"}}) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"
    async with hub.to(WATCH, PORTAL) as events:
        assert (await anext(events))["kind"] == "SNAPSHOT_END"
