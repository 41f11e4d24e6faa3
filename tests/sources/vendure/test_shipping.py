"""What has left, told to the shop: one parcel, with what is left to pack."""

import asyncio
from typing import Any

from hub.errors import OutcomeCause
from hub.model.effects import ShipGoods
from hub.model.intents import Outcome, OutcomeState
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.shipping import pack_input
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.made import line, order, parcel
from tests.sources.vendure.wanted import goods, shipping, vendure

PARCELS = "query($id:ID!){order(id:$id){state fulfillments{id state method trackingCode lines{quantity}}}}"


async def executed(shop: Stage, intent: Any) -> Outcome:  # Any: an intent to ship
    async with Bench(shop).adapter() as adapter:
        return await adapter.execute(CALL, intent)


async def shown(shop: Stage, order_id: str) -> Any:  # Any: the answer's JSON
    return await vendure(shop).hands.admin(PARCELS, id=order_id)


async def line_of(shop: Stage, order_id: str) -> str:
    (found,) = (await shop.truth(order_id)).lines
    return found


async def test_a_part_leaves_then_the_rest_and_then_there_is_nothing_left(shop: Stage) -> None:
    placed = await shop.place(5)
    at = await line_of(shop, placed)
    first = await executed(shop, shipping(placed, "C/1", goods("x", 2, at), tracking=("T1", "T2")))
    rest = await executed(shop, shipping(placed, "C/2", goods("x", 9, at)))
    none = await executed(shop, shipping(placed, "C/3", goods("x", 1, at)))
    found = await shown(shop, placed)
    assert [first.state, rest.state, none.state] == [OutcomeState.DONE, OutcomeState.DONE, OutcomeState.REFUSED]
    assert none.words == "the order is Shipped; none of the 1 units is still to be packed"
    assert found["state"] == "Shipped"
    assert [(one["method"], one["trackingCode"], one["lines"]) for one in found["fulfillments"]] == [
        ("DHL [C/1]", "T1, T2", [{"quantity": 2}]),
        ("DHL [C/2]", "", [{"quantity": 3}]),
    ]


async def test_a_repeated_shipment_without_tracking_is_known_by_its_reference(shop: Stage) -> None:
    placed = await shop.place(5)
    intent = shipping(placed, "C/4", goods("x", 2, await line_of(shop, placed)))
    told = [await executed(shop, intent) for _ in range(3)]
    assert len({outcome.source_id for outcome in told}) == 1
    assert len((await shown(shop, placed))["fulfillments"]) == 1


async def test_a_parcel_that_a_person_packed_with_the_tracking_is_sent_off_not_doubled(shop: Stage) -> None:
    placed = await shop.place(5)
    await shop.ship(placed)
    outcome = await executed(
        shop, shipping(placed, "C/5", goods("x", 5, await line_of(shop, placed)), tracking=(f"TRACK{placed}",))
    )
    assert outcome.state is OutcomeState.DONE
    assert len((await shown(shop, placed))["fulfillments"]) == 1


async def test_two_at_one_moment_leave_one_parcel(shop: Stage) -> None:
    placed = await shop.place(4)
    intent = shipping(placed, "C/6", goods("x", 2, await line_of(shop, placed)), tracking=("T6",))
    async with Bench(shop).adapter() as one, Bench(shop).adapter() as other:
        await asyncio.gather(*(adapter.execute(CALL, intent) for adapter in (one, other)))
        settled = await one.execute(CALL, intent)
    states = sorted(parcel["state"] for parcel in (await shown(shop, placed))["fulfillments"])
    assert settled.state is OutcomeState.DONE
    assert states in (["Cancelled", "Shipped"], ["Shipped"])


async def test_a_shop_that_goes_away_between_the_two_steps_leaves_a_part_that_is_gone_on_with(shop: Stage) -> None:
    placed = await shop.place(4)
    intent = shipping(placed, "C/7", goods("x", 2, await line_of(shop, placed)))
    async with Bench(shop).adapter() as adapter:
        shop.proxy.order(Order(trouble=Trouble.FAIL, holding=b"transitionFulfillmentToState(", status=429))
        begun = await adapter.execute(CALL, intent)
        again = await adapter.execute(CALL, intent)
    assert (begun.state, again.state) == (OutcomeState.PARTIAL, OutcomeState.DONE)
    assert [parcel["state"] for parcel in (await shown(shop, placed))["fulfillments"]] == ["Shipped"]


async def test_goods_that_the_shop_does_not_have_on_hand_are_refused_in_its_words(shop: Stage) -> None:
    made = vendure(shop)
    placed = await shop.place(4)
    found = await made.hands.admin("query($id:ID!){order(id:$id){lines{id productVariant{id}}}}", id=placed)
    (bought,) = found["lines"]
    levels = "mutation($i:UpdateProductVariantInput!){updateProductVariant(input:$i){id}}"
    variant = bought["productVariant"]["id"]
    empty = [{"stockLocationId": place, "stockOnHand": 0} for place in ("1", "2")]
    full = [{"stockLocationId": "1", "stockOnHand": 10_000}, {"stockLocationId": "2", "stockOnHand": 200}]
    await made.hands.admin(levels, i={"id": variant, "stockLevels": empty})
    outcome = await executed(shop, shipping(placed, "C/8", goods("x", 2, bought["id"])))
    await made.hands.admin(levels, i={"id": variant, "stockLevels": full})
    assert (outcome.state, outcome.cause) == (OutcomeState.REFUSED, OutcomeCause.STOCK)
    assert "has insufficient stockOnHand (0)" in (outcome.words or "")


async def test_another_orders_line_is_refused(shop: Stage) -> None:
    placed = await shop.place(4)
    outcome = await executed(shop, shipping(placed, "C/9", goods("x", 2, "424242")))
    assert outcome.state is OutcomeState.REFUSED


def test_a_line_without_an_id_is_found_by_its_item_over_all_its_lines() -> None:
    made = order(
        lines=[line("10", 2, 2), line("9", 3, 3), line("11", 4, 4, sku="CUP")],
        fulfillments=[parcel("1", "Pending", ("9", 1)), parcel("2", "Cancelled", ("10", 2))],
    )
    sent = pack_input(made, ShipGoods(lines=(goods("MUG", 3),), reference="C/1"))
    assert sent is not None
    assert sent["lines"] == [{"orderLineId": "9", "quantity": 2}, {"orderLineId": "10", "quantity": 1}]
