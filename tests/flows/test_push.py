"""Webhook to push: what moves in the shop is heard, once and in order, by those who may hear it, drops included."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import monotonic

from sources.vendure.rehearsal.state import Order
from tests.kit.caller import Heard, Json
from tests.kit.hub import Running, Shop
from tests.kit.letters import letter, send

FEED = """subscription Feed($after: String) {
  orderChanged(after: $after, includeInitial: true) {
    cursor kind event version changedFields orderId correlationId order { number status } } }"""


def about(order: Order, heard: Heard) -> list[Json]:
    """Changes of one order."""
    return [one for one in heard.changes if one["order"] and one["order"]["number"] == order.code]


def facts(changes: list[Json]) -> list[tuple[str, int]]:
    """What tells one change from another."""
    return [(one["orderId"], one["version"]) for one in changes]


async def test_a_change_in_the_shop_is_pushed_over_socket_and_event_stream_alike(running: Running, shop: Shop) -> None:
    async with running.rep.ws(FEED) as socket, running.rep.sse(FEED) as stream:
        await socket.started()
        await stream.started()
        order = await shop.place(2, 1)
        await socket.until(lambda heard: bool(about(order, heard)))
        await shop.hands.ship(str(order.id))
        for heard in (socket, stream):
            await heard.until(reaching(order, "SHIPPED"))
        first, *_, last = about(order, socket)
        assert (first["kind"], first["event"], first["version"]) == ("CREATED", "order.allocated", 1)
        assert (last["kind"], last["order"]) == ("UPDATED", {"number": order.code, "status": "SHIPPED"})
        assert facts(about(order, socket)) == facts(about(order, stream))
        assert socket.errors == stream.errors == []


async def test_seconds_from_the_shop_to_the_push_are_printed(running: Running, shop: Shop) -> None:
    taken: list[float] = []
    async with running.rep.ws(FEED) as heard:
        await heard.started()
        for _ in range(5):
            order = await shop.place(1)
            began = monotonic()
            await heard.until(lambda one, order=order: bool(about(order, one)))  # type: ignore[misc]  # bound early
            taken.append(monotonic() - began)
    print(f"\nshop to push, 5 orders: median {statistics.median(taken):.3f} s, at most {max(taken):.3f} s")
    assert len(taken) == 5


async def test_who_drops_and_resumes_hears_what_was_missed_once_and_in_order(running: Running, shop: Shop) -> None:
    async with running.rep.ws(FEED) as steady:
        await steady.started()
        async with running.rep.ws(FEED) as socket, running.rep.sse(FEED) as stream:
            for heard in (socket, stream):
                await heard.started()
            order = await shop.place(3)
            for heard in (socket, stream):
                await heard.until(lambda one: bool(about(order, one)))
        missed = await shop.place(1, 1)
        await shop.hands.ship(str(order.id))
        await steady.until(reaching(order, "SHIPPED"))
        async with running.rep.ws(FEED, after=socket.cursor) as again:
            await again.until(reaching(order, "SHIPPED"))
        async with running.rep.sse(FEED, last=stream.cursor) as anew:
            await anew.until(reaching(order, "SHIPPED"))
            await shop.hands.deliver(str(order.id))
            await shop.hands.take_off(str(missed.id), str(missed.lines[0].id), 1)
            await shop.hands.take_off(str(missed.id), str(missed.lines[1].id), 1)
            for heard in (steady, anew):
                await heard.until(reaching(missed, "CANCELLED"))
    whole = facts(steady.changes)
    assert len(set(whole)) == len(whole)
    before, after = facts(stream.changes), facts(anew.changes)
    assert before + after == whole
    before, after = facts(socket.changes), facts(again.changes)
    assert before + after == whole[: len(before) + len(after)]
    assert all(one["kind"] != "SNAPSHOT" for heard in (again, anew) for one in heard.events)


async def test_a_cursor_is_good_for_nobody_else(running: Running, shop: Shop) -> None:
    async with running.rep.ws(FEED) as heard:
        await heard.started()
    for caller in (running.portal, running.stranger, running.clerk):
        async with caller.ws(FEED, after=heard.cursor) as refused:
            await refused.until(lambda one: bool(one.errors))
        assert [one["extensions"]["code"] for one in refused.errors] == ["CURSOR_INVALID"]
        assert refused.events == []


async def test_another_tenant_and_another_account_hear_nothing(running: Running, shop: Shop) -> None:
    portal, neighbour, stranger = running.portal, running.neighbour, running.stranger
    async with portal.ws(FEED) as own, neighbour.sse(FEED) as next_door, stranger.ws(FEED) as outside:
        for heard in (own, next_door, outside):
            await heard.started()
        moved = shop.order(shop.stand.scene.step_of("ACME"))
        await own.until(lambda one: bool(about(moved, one)))
        # what follows in the log is theirs: it comes, and nothing before it
        theirs = shop.order(shop.stand.scene.step_of("GAMMA"))
        foreign = await running.other.place(1)
        await next_door.until(lambda one: bool(about(theirs, one)))
        await outside.until(lambda one: bool(about(foreign, one)))
    assert codes(next_door) == {theirs.code}
    assert codes(outside) == {foreign.code}
    assert codes(own) == {moved.code}
    acme = {order.code for order in shop.orders if order.customer and order.customer.group == "ACME"}
    assert {one["order"]["number"] for one in own.events if one["order"]} == acme


async def test_a_lost_webhook_is_made_good_by_the_sweep(running: Running, deaf: Shop) -> None:
    async with running.rep.sse(FEED) as heard:
        await heard.started()
        placed = await deaf.place(4)
        old = deaf.some("Shipped")
        await deaf.hands.deliver(str(old.id))
        await running.sweep()
        await heard.until(lambda one: bool(about(placed, one)) and bool(about(old, one)))
    assert [one["event"] for one in about(placed, heard)] == ["order.allocated"]
    assert [one["event"] for one in about(old, heard)] == ["order.delivered"]


async def test_a_webhook_that_comes_twice_is_kept_once_and_changes_nothing(running: Running, deaf: Shop) -> None:
    order = await deaf.place(1)
    body = letter(order)
    async with running.rep.ws(FEED) as heard:
        await heard.started()
        assert [await send(running.url, body) for _ in range(3)] == [202, 200, 200]
        await heard.until(lambda one: bool(about(order, one)))
        await another(running, deaf, heard)
        told = about(order, heard)
        assert await send(running.url, letter(order)) == 202  # another one, of the same state
        await another(running, deaf, heard)
    assert about(order, heard) == told, "the repeated state was told"
    assert facts(told) == [(told[0]["orderId"], 1)], told


async def another(running: Running, deaf: Shop, heard: Heard) -> None:
    """Let another order be placed and heard of: whatever came before has been worked through."""
    sentinel = await deaf.place(1)
    assert await send(running.url, letter(sentinel)) == 202
    await heard.until(lambda one: bool(about(sentinel, one)))


async def test_webhooks_out_of_order_never_turn_the_order_back(running: Running, deaf: Shop) -> None:
    order = await deaf.place(2)
    settled = letter(order)
    await deaf.hands.ship(str(order.id))
    shipped = letter(order)
    await deaf.hands.deliver(str(order.id))
    delivered = letter(order)
    async with running.rep.ws(FEED) as heard:
        await heard.started()
        for body in (delivered, settled, shipped):
            assert await send(running.url, body) == 202
            await heard.until(lambda one: bool(about(order, one)))
        sentinel = await deaf.place(1)
        assert await send(running.url, letter(sentinel)) == 202
        await heard.until(lambda one: bool(about(sentinel, one)))
    seen = about(order, heard)
    assert {one["order"]["status"] for one in seen} == {"SHIPPED"}
    assert [one["version"] for one in seen] == sorted({one["version"] for one in seen})


def reaching(order: Order, status: str) -> Callable[[Heard], bool]:
    """Whether the last change heard of an order shows a status."""

    def holds(heard: Heard) -> bool:
        found = about(order, heard)
        return bool(found) and found[-1]["order"]["status"] == status

    return holds


def codes(heard: Heard) -> set[str]:
    """The orders whose changes were heard."""
    return {one["order"]["number"] for one in heard.changes if one["order"]}
