"""An order that enters through the hub: ten clicks at once are one order, over HTTP, on a hub whose loops run."""

from __future__ import annotations

import asyncio

from tests.kit.caller import Answer, Json
from tests.kit.hub import Running

SUBMIT = """mutation Submit($input: OrderSubmitInput!) {
  orderSubmit(input: $input) {
    order { id number status statusText operations { id } }
    userErrors { code field message } operation { id state } dryRun replayed } }"""
BUYER = "query Buyer { customers(first: 1) { nodes { id } } products(first: 1) { nodes { sku } } }"
HOME = {"name": "Kim", "lines": ["Rue Haute 1"], "city": "Brussels", "country": "BE"}


async def wish(running: Running, **more: object) -> Json:
    """Two of the first item for the first customer."""
    known = await running.rep.data(BUYER)
    return {
        "channel": "shop",
        "customer": {"id": known["customers"]["nodes"][0]["id"]},
        "currencyCode": "EUR",
        "lines": [{"lineRef": "1", "sku": known["products"]["nodes"][0]["sku"], "quantity": "2"}],
        "shipTo": HOME,
        "poNumber": "PO-TEN",
        **more,
    }


async def submit(running: Running, given: Json, key: str) -> Answer:
    """Ask for an order under a key."""
    return await running.rep.ask(SUBMIT, headers={"idempotency-key": key}, input=given)


async def orders(running: Running, number: str) -> int:
    """How many orders bear a number of the hub's."""
    ((found,),) = await running.rows("select count(*) from entity where kind = 'ORDER' and number = :n", n=number)
    return int(found)


async def test_the_same_submit_ten_times_at_once_is_one_order(running: Running) -> None:
    given = await wish(running)
    answers = await asyncio.gather(*(submit(running, given, "ten") for _ in range(10)))
    late = [one for one in answers if one.codes]
    assert {code for one in late for code in one.codes} <= {"IDEMPOTENCY_IN_PROGRESS"}
    said = [one.data["orderSubmit"] for one in answers if not one.codes]
    assert [one["userErrors"] for one in said] == [[]] * len(said)
    assert {one["order"]["number"] for one in said} == {said[0]["order"]["number"]}
    assert [one["replayed"] for one in said].count(False) == 1
    assert await orders(running, said[0]["order"]["number"]) == 1
    ((commands,),) = await running.rows("select count(*) from command where key = 'ten'")
    assert commands == 1


async def test_an_order_is_found_at_once_by_the_number_it_was_given(running: Running) -> None:
    said = (await submit(running, await wish(running, poNumber="PO-ONE"), "one")).data["orderSubmit"]
    number = said["order"]["number"]
    assert said["order"]["status"] == "ACCEPTED"
    spoken = f"{number[:5]} {number[5:]}".lower()
    found = await running.rep.data("query F($n: String!) { order(by: {identifier: $n}) { number } }", n=spoken)
    assert found["order"] == {"number": number}


async def test_bad_input_is_answered_in_kind_and_leaves_no_trace(running: Running) -> None:
    lines = [{"lineRef": str(at), "sku": f"S{at}", "quantity": "1"} for at in range(10_000)]
    for key, more in (
        ("many", {"lines": lines}),
        ("none", {"lines": []}),
        ("day", {"requestedDeliveryDate": "2020-01-01"}),
    ):
        answer = await submit(running, await wish(running, **more), key)
        assert answer.status in (200, 400, 413), answer.text
        if answer.status == 200 and not answer.codes:
            assert answer.data["orderSubmit"]["userErrors"] != []
        assert await running.rows("select 1 from command where key = :k", k=key) == []
