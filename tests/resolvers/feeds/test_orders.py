"""`orderChanged`: what there is, then what happens; resumed without a seam; what leaves is told."""

from __future__ import annotations

import pytest

from hub.errors import CursorInvalid
from hub.model.ids import global_id
from hub.model.vocabulary import Kind
from tests.kit.listening import PORTAL, Listening, take
from tests.kit.merging import ERP, SHOP, key, line, order, seen

WATCH = """subscription Q($after: String, $initial: Boolean, $filter: OrderEventFilterInput) {
  orderChanged(after: $after, includeInitial: $initial, filter: $filter) {
    cursor kind event version changedFields merged orderId order {number version}}}"""


async def test_a_stream_begins_with_what_there_is_and_goes_on(hub: Listening) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    async with hub.to(WATCH, initial=True) as events:
        snapshot, end = await take(events, 2)
        await hub.write(seen((SHOP, Kind.ORDER, "2"), order("B2"), 5))
        created = await anext(events)
    assert (snapshot["kind"], snapshot["event"], snapshot["order"]["number"]) == ("SNAPSHOT", None, "A1")
    assert (end["kind"], end["orderId"], end["order"]) == ("SNAPSHOT_END", None, None)
    assert (created["kind"], created["event"], created["merged"]) == ("CREATED", "order.accepted", 0)
    assert (created["version"], created["order"]) == (1, {"number": "B2", "version": 1})
    assert created["orderId"] is not None


async def test_a_cursor_resumes_behind_its_event(hub: Listening) -> None:
    async with hub.tailed():
        async with hub.graph.listening(WATCH, variables={"initial": True}) as events:
            (end,) = await take(events, 1)
        await hub.write(*(seen((SHOP, Kind.ORDER, number), order(number), 0) for number in ("A1", "B2", "C3")))
        async with hub.graph.listening(WATCH, variables={"after": end["cursor"], "initial": True}) as events:
            first = await take(events, 3)
        async with hub.graph.listening(WATCH, variables={"after": first[0]["cursor"]}) as events:
            assert await take(events, 2) == first[1:]
    assert [one["order"]["number"] for one in first] == ["A1", "B2", "C3"]


async def test_the_entity_is_as_it_stands_now(hub: Listening) -> None:
    async with hub.to(WATCH, initial=True) as events:
        await take(events, 1)
        await hub.write(
            seen((SHOP, Kind.ORDER, "1"), order("A1"), 0),
            seen((SHOP, Kind.ORDER, "1"), order("A1", raw_status="Shipped", status="SHIPPED"), 5),
        )
        created, updated = await take(events, 2)
    assert (created["version"], created["order"]["version"]) == (1, 2)
    assert (updated["kind"], updated["version"], updated["order"]["version"]) == ("UPDATED", 2, 2)


async def test_a_portal_hears_of_his_account_alone(hub: Listening) -> None:
    async with hub.to(WATCH, PORTAL, initial=True) as events:
        await take(events, 1)
        said = (("A1", "beta"), ("B2", None), ("C3", "acme/north"))
        await hub.write(*(seen((SHOP, Kind.ORDER, number), order(number, account=who), 0) for number, who in said))
        assert (await anext(events))["order"]["number"] == "C3"


async def test_an_order_that_goes_to_another_account_is_told_once_more_without_itself(hub: Listening) -> None:
    async with hub.to(WATCH, PORTAL, initial=True) as events:
        await take(events, 1)
        await hub.write(seen((SHOP, Kind.ORDER, "1"), order("A1", account="acme"), 0))
        mine = await anext(events)
        await hub.write(
            seen((SHOP, Kind.ORDER, "1"), order("A1", account="beta"), 5),
            seen((SHOP, Kind.ORDER, "1"), order("A1", account="beta", raw_status="Paid"), 9),
            seen((SHOP, Kind.ORDER, "2"), order("B2", account="acme"), 9),
        )
        gone, other = await take(events, 2)
    assert (gone["kind"], gone["orderId"], gone["order"]) == ("DELETED", mine["orderId"], None)
    assert other["order"]["number"] == "B2"


async def test_an_order_that_leaves_the_filter_is_told_once_more_and_shows_why(hub: Listening) -> None:
    asked = {"status": {"in": ["ACCEPTED"]}}
    async with hub.to(WATCH, initial=True, filter=asked) as events:
        await take(events, 1)
        await hub.write(
            seen((SHOP, Kind.ORDER, "1"), order("A1"), 0),
            seen((SHOP, Kind.ORDER, "1"), order("A1", raw_status="Cancelled", status="CANCELLED"), 5),
        )
        came, left = await take(events, 2)
    assert (came["kind"], left["kind"], left["event"]) == ("CREATED", "DELETED", "order.cancelled")
    assert left["order"]["number"] == "A1"


async def test_events_are_filtered_by_every_step_that_was_taken(hub: Listening) -> None:
    async with hub.to(WATCH, initial=True, filter={"event": {"eq": "order.created"}}) as events:
        await take(events, 1)
        await hub.write(
            seen((SHOP, Kind.ORDER, "1"), order("A1"), 0),
            seen((SHOP, Kind.ORDER, "1"), order("A1", raw_status="Paid"), 5),
            seen((SHOP, Kind.ORDER, "2"), order("B2"), 9),
        )
        told = await take(events, 2)
    assert [one["order"]["number"] for one in told] == ["A1", "B2"]
    assert {one["event"] for one in told} == {"order.accepted"}


async def test_who_follows_an_order_by_its_id_goes_on_with_what_it_merged_into(hub: Listening) -> None:
    code = key("shop.code", "C0")
    waiting = order("9", bears=(), refers=(code,))
    await hub.write(seen((ERP, Kind.ORDER, "1"), waiting), seen((ERP, Kind.ORDER, "2"), waiting))
    survivor, loser = [row[0] for row in await hub.looking.rows("select id from entity order by id")]
    async with hub.to(WATCH, initial=True, filter={"id": {"eq": global_id("Order", loser)}}) as events:
        await take(events, 2)
        await hub.write(seen((SHOP, Kind.ORDER, "s0"), order("C0"), 5))
        gone, merged = await take(events, 2)
        await hub.write(seen((SHOP, Kind.ORDER, "s0"), order("C0", line(), line("2", sku="B")), 9))
        later = await anext(events)
    assert (gone["kind"], gone["event"], gone["order"]["number"]) == ("DELETED", "entity.merged", "C0")
    assert gone["orderId"] == global_id("Order", loser)
    assert (merged["event"], merged["orderId"]) == ("entity.merged", global_id("Order", survivor))
    assert (later["orderId"], later["kind"]) == (global_id("Order", survivor), "UPDATED")


async def test_a_cursor_of_another_filter_or_caller_is_refused(hub: Listening) -> None:
    await hub.write(seen((SHOP, Kind.ORDER, "1"), order("A1"), 0))
    async with hub.tailed():
        async with hub.graph.listening(WATCH, variables={"initial": True}) as events:
            cursor = (await take(events, 2))[1]["cursor"]
        for call, asked in ((PORTAL, {}), (None, {"filter": {"status": {"eq": "ACCEPTED"}}})):
            others = hub.graph.listening(WATCH, *filter(None, [call]), variables={"after": cursor} | asked)
            with pytest.raises(CursorInvalid):
                async with others as events:
                    await anext(events)
