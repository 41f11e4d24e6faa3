"""Trace: whatever id somebody holds, the same story, with every boundary that was crossed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from sources.vendure.rehearsal.state import Order
from tests.kit.caller import Heard, Json
from tests.kit.hub import Running
from tests.kit.wait import until_so

TRACE = """query Trace($by: LookupInput!) {
  trace(by: $by) {
    state degraded missing correlationIds blocker { text }
    hops { id parentId depth kind system source operation outcome attempt correlationId } } }"""
CANCEL = """mutation Cancel($input: OrderCancelInput!) {
  orderCancel(input: $input) { correlationId operation { id } } }"""
FEED = "subscription { orderChanged(includeInitial: true) { cursor kind order { number status } } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """An order that came from the shop, was cancelled through the hub, and was heard of."""

    order: Order
    id: str
    operation: str
    correlation: str
    """Of the cancel."""


@pytest.fixture(scope="module")
async def lived(running: Running) -> Lived:
    """The order, its story complete."""
    async with running.rep.ws(FEED) as heard:
        await heard.started()
        order = await running.shop.place(2, 1)
        seen = await running.seen(order)
        given = {"order": {"identifier": order.code}, "reason": "CUSTOMER"}
        answer = await running.rep.ask(CANCEL, headers={"idempotency-key": f"trace-{order.code}"}, input=given)
        payload = answer.data["orderCancel"]
        cancelled = {"number": order.code, "status": "CANCELLED"}
        await heard.until(lambda one: any(event["order"] == cancelled for event in one.events))
    made = Lived(order=order, id=seen["id"], operation=payload["operation"]["id"], correlation=payload["correlationId"])

    async def is_complete() -> bool:
        before = await story(running, {"id": made.id})
        await asyncio.sleep(0.5)  # hops are written a little behind what they tell of
        after = await story(running, {"id": made.id})
        pushes = [hop["kind"] for hop in after["hops"]].count("PUSH")
        return before == after and after["missing"] == [] and pushes == heard_of(order, heard)

    await until_so(is_complete)
    return made


def heard_of(order: Order, heard: Heard) -> int:
    """How many changes of an order were heard."""
    return len([one for one in heard.changes if one["order"] and one["order"]["number"] == order.code])


async def story(running: Running, by: Json) -> Json:
    """The trace behind an id."""
    found: Json = (await running.rep.data(TRACE, by=by))["trace"]
    return found


async def test_every_id_leads_to_the_same_hops(running: Running, lived: Lived) -> None:
    ways: list[Json] = [
        {"identifier": lived.order.code},
        {"identifier": lived.order.payments[0].transaction},
        {"identifier": lived.correlation},
        {"exact": {"scheme": "CORRELATION_ID", "value": lived.correlation}},
        {"identifier": lived.operation},
        {"id": lived.operation},
        {"id": lived.id},
    ]
    stories = [await story(running, by) for by in ways]
    assert [one["hops"] for one in stories] == [stories[0]["hops"]] * len(ways)
    assert [(one["state"], one["missing"], one["degraded"], one["blocker"]) for one in stories] == [
        ("DONE", [], False, None)
    ] * len(ways)


async def test_every_boundary_is_there(running: Running, lived: Lived) -> None:
    told = await story(running, {"id": lived.id})
    by_cancel = {hop["kind"] for hop in told["hops"] if hop["correlationId"] == lived.correlation}
    by_shop = {hop["kind"] for hop in told["hops"] if hop["correlationId"] != lived.correlation}
    assert by_cancel == {"API_IN", "CHANGE", "DELIVERY", "SOURCE_CALL", "PUSH"}
    assert by_shop >= {"WEBHOOK_IN", "SOURCE_CALL", "CHANGE", "PUSH"}
    assert {hop["outcome"] for hop in told["hops"]} == {"OK"}
    (delivery,) = [hop for hop in told["hops"] if hop["kind"] == "DELIVERY"]
    assert (delivery["source"], delivery["operation"], delivery["attempt"]) == ("shop", "order.cancel", 1)


async def test_each_hop_hangs_under_what_caused_it(running: Running, lived: Lived) -> None:
    hops = (await story(running, {"id": lived.id}))["hops"]
    by_id = {hop["id"]: hop for hop in hops}
    entrances = {hop["kind"] for hop in hops if hop["parentId"] is None}
    assert {"WEBHOOK_IN", "API_IN"} <= entrances <= {"WEBHOOK_IN", "API_IN", "SWEEP"}
    below = [hop for hop in hops if hop["parentId"] is not None]
    assert all(hop["depth"] == by_id[hop["parentId"]]["depth"] + 1 for hop in below)
    called = [hop for hop in below if hop["kind"] == "SOURCE_CALL" and hop["operation"] == "order.cancel"]
    assert [by_id[hop["parentId"]]["kind"] for hop in called] == ["DELIVERY"]
    assert {by_id[hop["parentId"]]["kind"] for hop in below if hop["kind"] == "PUSH"} == {"CHANGE"}


async def test_a_trace_is_the_tenants_own_and_its_staffs(running: Running, lived: Lived) -> None:
    for by in ({"identifier": lived.order.code}, {"identifier": lived.correlation}, {"id": lived.operation}):
        for caller in (running.stranger, running.portal):
            assert await caller.data(TRACE, by=by) == {"trace": None}
