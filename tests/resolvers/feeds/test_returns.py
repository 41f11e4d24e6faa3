"""`returnChanged`: by order and by what happened."""

from __future__ import annotations

from hub.model.observation import Content
from hub.model.returns import ReturnGroups, ReturnRequestFacts
from hub.model.vocabulary import Kind
from tests.kit.listening import Listening, take
from tests.kit.merging import ERP, SHOP, key, order, seen

WATCH = """subscription Q($filter: ReturnEventFilterInput) {
  returnChanged(includeInitial: true, filter: $filter) {kind event returnId return {number status}}}"""


def said(status: str) -> Content:
    return Content(
        return_=ReturnGroups(request=ReturnRequestFacts()),
        number="RMA-1",
        status=status,
        raw_status=status.lower(),
        refers=(key("shop.code", "A1"),),
    )


async def test_a_return_is_heard_of_by_its_order_and_by_its_steps(hub: Listening) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    asked = {"order": {"identifier": "A1"}, "event": {"in": ["return.authorized", "return.received"]}}
    async with hub.to(WATCH, filter=asked) as events:
        await take(events, 1)
        for moment, status in enumerate(("REQUESTED", "AUTHORIZED", "IN_TRANSIT", "RECEIVED")):
            await hub.write(seen((ERP, Kind.RETURN, "r1"), said(status), 5 * moment))
        told = await take(events, 2)
    assert [(one["event"], one["return"]["number"]) for one in told] == [
        ("return.authorized", "RMA-1"), ("return.received", "RMA-1"),
    ]  # fmt: skip
