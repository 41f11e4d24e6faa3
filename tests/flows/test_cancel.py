"""Mutation to systems: a cancel is accepted once, carried out once, and told truthfully, whatever the shop does."""

from __future__ import annotations

import asyncio

from sources.kit.rehearsal.faults import Trouble
from sources.vendure.rehearsal.state import Order
from tests.kit.caller import Answer, Caller, Json
from tests.kit.hub import Running, Shop
from tests.kit.wait import until_so

CANCEL = """mutation Cancel($input: OrderCancelInput!) {
  orderCancel(input: $input) {
    order { number status version }
    lines { lineNo requested cancelled pending refused refusedBecause }
    dryRun replayed correlationId
    userErrors { code field message retryable }
    consequences { system source text reversible }
    operation { id state done perSystem { system source state number attempts error } } } }"""
STATE = """query State($code: String!) {
  order(by: {identifier: $code}) {
    status statusText
    lines { lineNo quantities { ordered cancelled shipped } }
    systems { source state message }
    exceptionCases { code severity title suggestedActions { action enabled reasonText } }
    operations { id state done perSystem { state attempts error } } } }"""
FOLLOW = "subscription Follow($id: ID!) { operationChanged(ids: [$id]) { cursor kind operation { state done } } }"
EFFECT = "cancelOrder("
PATIENT = {"waitFor": {"systems": ["COMMERCE"], "seconds": 8}}


async def cancel(caller: Caller, order: Order, key: str | None, **more: object) -> Answer:
    """Ask to cancel an order under a key of its own."""
    given = {"order": {"identifier": order.code}, "reason": "CUSTOMER", **more}
    headers = {"idempotency-key": f"{key}-{order.code}"} if key else {}
    return await caller.ask(CANCEL, headers=headers, input=given)


async def done(caller: Caller, order: Order, key: str, **more: object) -> Json:
    """The payload of a cancel that the graph took."""
    payload: Json = (await cancel(caller, order, key, **more)).data["orderCancel"]
    return payload


async def refusals(running: Running, order: Order, key: str, **more: object) -> list[tuple[str, object]]:
    """The user errors of a cancel that was not accepted; nothing was done."""
    payload = await done(running.rep, order, key, **more)
    assert payload["operation"] is None
    assert await commands(running, key, order) == 0
    return [(one["code"], one["field"]) for one in payload["userErrors"]]


async def state(running: Running, order: Order) -> Json:
    """How the order stands in the hub."""
    found: Json = (await running.rep.data(STATE, code=order.code))["order"]
    return found


async def commands(running: Running, key: str, order: Order) -> int:
    """How many commands were accepted under a key."""
    ((found,),) = await running.rows("select count(*) from command where key = :key", key=f"{key}-{order.code}")
    return int(found)


async def until_state(running: Running, order: Order, wanted: str) -> Json:
    """How the order stands once its operation is in a state."""

    async def is_so() -> bool:
        return (await state(running, order))["operations"][-1]["state"] == wanted  # type: ignore[no-any-return]  # JSON

    await until_so(is_so)
    return await state(running, order)


async def in_shop(shop: Shop, order: Order) -> tuple[str, list[int]]:
    """State and quantities of an order by the shop's own Admin API, which shows lines in any order."""
    found = await shop.hands.order(str(order.id))
    return found["state"], [line["quantity"] for line in sorted(found["lines"], key=lambda line: int(line["id"]))]


async def test_a_dry_run_says_what_the_real_run_with_the_same_key_then_does(running: Running, shop: Shop) -> None:
    order = await shop.place(2, 3)
    await running.seen(order)
    dry = await done(running.rep, order, "whole", dryRun=True)
    assert (dry["dryRun"], dry["operation"], dry["userErrors"]) == (True, None, [])
    assert await in_shop(shop, order) == ("PaymentSettled", [2, 3])
    assert await commands(running, "whole", order) == 0
    real = await done(running.rep, order, "whole", **PATIENT)
    assert (real["dryRun"], real["replayed"], real["userErrors"]) == (False, False, [])
    assert real["consequences"] == dry["consequences"]
    assert sorted((one["requested"], one["cancelled"], one["pending"]) for one in real["lines"]) == [
        ("2", "2", "0"),
        ("3", "3", "0"),
    ]
    assert real["operation"]["perSystem"] == [
        {"system": "COMMERCE", "source": "shop", "state": "APPLIED", "number": order.code, "attempts": 1, "error": None}
    ]
    assert await in_shop(shop, order) == ("Cancelled", [0, 0])


async def test_units_of_a_line_are_cancelled_and_nothing_else(running: Running, shop: Shop) -> None:
    order = await shop.place(5, 3)
    lines = (await running.seen(order))["lines"]
    five = next(line["lineNo"] for line in lines if line["quantities"]["ordered"] == "5")
    payload = await done(running.rep, order, "part", lines=[{"lineNo": five, "quantity": "2"}], **PATIENT)
    assert [(one["lineNo"], one["cancelled"]) for one in payload["lines"]] == [(five, "2")]
    assert await in_shop(shop, order) == ("PaymentSettled", [3, 3])

    async def is_read_back() -> bool:
        lines = (await state(running, order))["lines"]
        return {line["lineNo"]: line["quantities"]["cancelled"] for line in lines} == {five: "2", 3 - five: "0"}

    await until_so(is_read_back)


async def test_the_same_key_again_answers_what_the_first_one_did(running: Running, shop: Shop) -> None:
    order = await shop.place(4)
    await running.seen(order)
    part = {"lines": [{"lineNo": 1, "quantity": "1"}]}
    first = await done(running.rep, order, "again", **part, **PATIENT)
    second = await done(running.rep, order, "again", **part)
    assert (first["replayed"], second["replayed"]) == (False, True)
    same = ("correlationId", "consequences", "lines")
    assert {name: second[name] for name in same} == {name: first[name] for name in same}
    assert second["operation"]["id"] == first["operation"]["id"]
    other = await cancel(running.rep, order, "again", lines=[{"lineNo": 1, "quantity": "2"}])
    assert (other.status, other.codes) == (200, ["IDEMPOTENCY_KEY_REUSED"])
    assert await in_shop(shop, order) == ("PaymentSettled", [3])


async def test_ten_parallel_sends_of_one_key_are_one_command_with_one_effect(running: Running, shop: Shop) -> None:
    order = await shop.place(20)
    await running.seen(order)
    part = {"lines": [{"lineNo": 1, "quantity": "1"}]}
    answers = await asyncio.gather(*(cancel(running.rep, order, "ten", **part) for _ in range(10)))
    taken = [one.body["data"]["orderCancel"] for one in answers if not one.codes]
    assert {code for one in answers for code in one.codes} <= {"IDEMPOTENCY_IN_PROGRESS"}
    assert [one["replayed"] for one in taken].count(False) == 1
    assert len({one["operation"]["id"] for one in taken}) == 1
    assert await commands(running, "ten", order) == 1
    await until_state(running, order, "APPLIED")
    assert await in_shop(shop, order) == ("PaymentSettled", [19])


async def test_a_mutation_without_a_key_or_the_scope_is_not_taken(running: Running, shop: Shop) -> None:
    order = await shop.place(1)
    await running.seen(order)
    assert (await cancel(running.rep, order, None)).codes == ["IDEMPOTENCY_KEY_REQUIRED"]
    assert (await cancel(running.clerk, order, "clerk")).codes == ["FORBIDDEN"]
    assert await commands(running, "clerk", order) == 0
    assert await in_shop(shop, order) == ("PaymentSettled", [1])


async def test_what_cannot_be_cancelled_is_said_and_nothing_is_done(running: Running, shop: Shop) -> None:
    order, foreign = await shop.place(2), await running.other.place(2)
    await running.seen(order)
    await running.seen(foreign, by=running.stranger)
    assert await refusals(running, foreign, "foreign") == [("NOT_FOUND", ["order"])]
    assert await in_shop(running.other, foreign) == ("PaymentSettled", [2])
    assert await refusals(running, order, "old", expectedVersion=7) == [("CONFLICT", ["expectedVersion"])]
    assert await refusals(running, shop.some("Shipped"), "gone") == [("ALREADY_SHIPPED", None)]
    assert await refusals(running, shop.some("Cancelled"), "over") == [("NOT_ALLOWED_IN_STATUS", None)]
    none = await refusals(running, order, "none", lines=[{"lineNo": 9, "quantity": "1"}])
    many = await refusals(running, order, "many", lines=[{"lineNo": 1, "quantity": "3"}])
    half = await refusals(running, order, "half", lines=[{"lineNo": 1, "quantity": "0.5"}])
    assert none == [("NOT_FOUND", ["lines", "0", "lineNo"])]
    assert many == half == [("QUANTITY_INVALID", ["lines", "0", "quantity"])]
    assert await in_shop(shop, order) == ("PaymentSettled", [2])


async def test_with_the_shop_dead_a_cancel_is_accepted_queued_and_applied_once_it_is_back(
    running: Running, shop: Shop
) -> None:
    order = await shop.place(3)
    await running.seen(order)
    shop.suffer(Trouble.REFUSE)
    payload = await done(running.rep, order, "dead")
    assert (payload["operation"]["state"], payload["userErrors"]) == ("QUEUED", [])
    async with running.rep.sse(FOLLOW, id=payload["operation"]["id"]) as heard:
        await heard.started()
        assert heard.events[0]["operation"] == {"state": "QUEUED", "done": False}

        async def has_failed() -> bool:
            (target,) = (await state(running, order))["operations"][0]["perSystem"]
            return target["error"] is not None

        await until_so(has_failed)
        shown = await state(running, order)
        assert shown["operations"][0]["state"] == "QUEUED"
        assert "cancel at COMMERCE (shop) not confirmed" in shown["statusText"]
        assert (order.state, order.lines[0].quantity) == ("PaymentSettled", 3)
        shop.heal()
        await running.hurry()
        await heard.until(lambda one: bool(one.changes) and one.changes[-1]["operation"]["done"])
    assert heard.changes[-1]["operation"] == {"state": "APPLIED", "done": True}
    assert await in_shop(shop, order) == ("Cancelled", [0])


async def test_a_lost_answer_is_unknown_until_it_is_found_applied_exactly_once(running: Running, deaf: Shop) -> None:
    order = await deaf.place(6)
    await running.sweep()
    await running.seen(order)
    deaf.suffer(Trouble.DROP, holding=EFFECT, times=1)
    part = {"lines": [{"lineNo": 1, "quantity": "2"}]}
    await done(running.rep, order, "lost", **part)
    shown = await until_state(running, order, "UNKNOWN")
    assert "its answer was lost and is being looked up" in shown["statusText"]
    assert (await done(running.rep, order, "lost", **part))["operation"]["state"] == "UNKNOWN"
    assert await in_shop(deaf, order) == ("PaymentSettled", [4])
    await running.hurry()
    assert (await until_state(running, order, "APPLIED"))["operations"][0]["perSystem"][0]["attempts"] == 1
    assert await in_shop(deaf, order) == ("PaymentSettled", [4])


async def test_a_request_that_never_arrived_is_found_absent_and_sent_again(running: Running, deaf: Shop) -> None:
    order = await deaf.place(6)
    await running.sweep()
    await running.seen(order)
    deaf.suffer(Trouble.ERROR, holding=EFFECT, times=1)
    await done(running.rep, order, "absent", lines=[{"lineNo": 1, "quantity": "2"}])
    await until_state(running, order, "UNKNOWN")
    assert await in_shop(deaf, order) == ("PaymentSettled", [6])

    async def is_applied() -> bool:
        await running.hurry()  # the hold, then the wait before the next attempt
        (operation,) = (await state(running, order))["operations"]
        return bool(operation["state"] == "APPLIED")

    await until_so(is_applied)
    assert (await state(running, order))["operations"][0]["perSystem"][0]["attempts"] == 2
    assert await in_shop(deaf, order) == ("PaymentSettled", [4])


async def test_a_cancel_that_came_too_late_is_rejected_in_the_shops_words_with_a_case(
    running: Running, deaf: Shop
) -> None:
    order = await deaf.place(2)
    await running.sweep()
    await running.seen(order)
    await deaf.hands.ship(str(order.id))  # the hub does not hear of it
    await done(running.rep, order, "late")
    shown = await until_state(running, order, "REJECTED")
    words = "the order is Shipped; line 1: 2 of 2 cannot be taken back"
    assert shown["operations"][0]["done"]
    assert shown["operations"][0]["perSystem"] == [{"state": "REJECTED", "attempts": 1, "error": words}]
    assert [one["code"] for one in shown["exceptionCases"]] == ["CANCEL_TOO_LATE"]
    again = await done(running.rep, order, "late")
    assert [(one["refused"], one["cancelled"], one["pending"]) for one in again["lines"]] == [("2", "0", "0")]
    assert again["lines"][0]["refusedBecause"] == words
    assert await in_shop(deaf, order) == ("Shipped", [2])


async def test_what_the_shop_grants_in_part_is_partly_cancelled_and_the_rest_refused(
    running: Running, deaf: Shop
) -> None:
    order = await deaf.place(5)
    await running.sweep()
    await running.seen(order)
    rehearsed = deaf.stand.shop
    parcel = rehearsed.fulfil(order, [(order.lines[0].id, 2)], "carrier", "")
    rehearsed.move_parcel(order, parcel, "Shipped")  # the hub does not hear of it
    await done(running.rep, order, "rest")
    shown = await until_state(running, order, "PARTIALLY_APPLIED")
    assert [one["code"] for one in shown["exceptionCases"]] == ["CANCEL_TOO_LATE"]
    (line,) = (await done(running.rep, order, "rest"))["lines"]
    assert (line["requested"], line["cancelled"], line["refused"], line["pending"]) == ("5", "3", "2", "0")
    assert await in_shop(deaf, order) == ("PartiallyShipped", [2])

    async def is_read_back() -> bool:
        quantities: Json = (await state(running, order))["lines"][0]["quantities"]
        return quantities == {"ordered": "5", "cancelled": "3", "shipped": "2"}

    await until_so(is_read_back)


async def test_what_failed_for_good_is_a_dead_letter_that_everybody_sees(running: Running, shop: Shop) -> None:
    order = await shop.place(2)
    await running.seen(order)
    shop.suffer(Trouble.HTML, holding="HubOrders(")
    await done(running.rep, order, "garbled")

    async def is_dead() -> bool:
        return bool((await state(running, order))["exceptionCases"])

    await until_so(is_dead)
    shown = await state(running, order)
    assert [one["code"] for one in shown["exceptionCases"]] == ["DEAD_LETTER"]
    assert (shown["operations"][0]["state"], shown["operations"][0]["done"]) == ("QUEUED", False)
    assert (shown["status"], shown["systems"][0]["state"]) == ("ALLOCATED", "PRESENT")
    assert shown["systems"][0]["message"].startswith("order.cancel failed: the source answered text/html")
    (source,) = (await running.rep.data("{ sources { openDeadLetters state stateText } }"))["sources"]
    assert (source["openDeadLetters"], source["state"]) == (1, "DEGRADED")
    assert await in_shop(shop, order) == ("PaymentSettled", [2])
