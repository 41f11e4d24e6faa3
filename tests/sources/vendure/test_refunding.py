"""Money given back in the shop: once by its reference, and never more than was paid."""

import asyncio
from decimal import Decimal
from typing import Any

import msgspec

from hub.model.effects import REFUND, Refund
from hub.model.intents import IntentOf, Outcome, OutcomeState
from hub.model.values import Money
from hub.model.vocabulary import Kind
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.refunding import left_of, payment_for, reason_of, standing
from sources.vendure.wire import VendurePayment
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.made import order, payment
from tests.sources.vendure.wanted import vendure

REFUNDS = """query($id:ID!){order(id:$id){totalWithTax payments{amount
  refunds{total state transactionId reason}}}}"""


def giving(order_id: str, reference: str, amount: str, currency: str = "EUR") -> IntentOf[Refund]:
    """The intent that so much has been given back."""
    content = Refund(reference=reference, amount=Money(amount=Decimal(amount), currency_code=currency), reason="broken")
    return IntentOf(
        source="shop", kind=Kind.ORDER, source_id=order_id, action=REFUND, key=f"shop/refund:{reference}",
        content=content,
    )  # fmt: skip


async def executed(shop: Stage, intent: Any) -> Outcome:  # Any: an intent to refund
    async with Bench(shop).adapter() as adapter:
        return await adapter.execute(CALL, intent)


async def refunds(shop: Stage, order_id: str) -> Any:  # Any: the answer's JSON
    return (await vendure(shop).hands.admin(REFUNDS, id=order_id))["payments"][0]["refunds"]


def paid(amount: int, *refunded: tuple[int, str, str]) -> VendurePayment:
    made = [
        {"id": str(place), "total": total, "state": state, "reason": reason}
        for place, (total, state, reason) in enumerate(refunded)
    ]
    return msgspec.convert(payment(amount) | {"refunds": made}, VendurePayment)


async def test_a_refund_is_settled_under_the_hubs_own_key(shop: Stage) -> None:
    placed = await shop.place(2)
    told = await executed(shop, giving(placed, "K-R1/1", "7.50"))
    assert told.state is OutcomeState.DONE
    assert await refunds(shop, placed) == [
        {"total": 750, "state": "Settled", "transactionId": "K-R1/1", "reason": "broken [K-R1/1]"}
    ]


async def test_two_refunds_of_one_order_are_two_and_together_never_more_than_was_paid(shop: Stage) -> None:
    placed = await shop.place(1)
    (whole,) = (await vendure(shop).hands.admin(REFUNDS, id=placed))["payments"]
    rest = Decimal(whole["amount"] - 100) / 100
    first = await executed(shop, giving(placed, "K-R2/1", "1.00"))
    over = await executed(shop, giving(placed, "K-R2/2", str(rest + 1)))
    second = await executed(shop, giving(placed, "K-R2/2", str(rest)))
    assert [one.state for one in (first, over, second)] == [
        OutcomeState.DONE,
        OutcomeState.REFUSED,
        OutcomeState.DONE,
    ]
    assert over.words == f"{rest + 1} should be given back, and {rest} of what was paid is left"
    assert sum(one["total"] for one in await refunds(shop, placed)) == whole["amount"]


async def test_two_at_one_moment_give_the_money_back_once(shop: Stage) -> None:
    placed = await shop.place(3)
    intent = giving(placed, "K-R3/1", "5.00")
    async with Bench(shop).adapter() as one, Bench(shop).adapter() as other:
        await asyncio.gather(*(adapter.execute(CALL, intent) for adapter in (one, other)), return_exceptions=True)
        settled = await one.execute(CALL, intent)
    assert settled.state is OutcomeState.DONE
    assert [one["state"] for one in await refunds(shop, placed)].count("Settled") == 1


async def test_another_currency_and_parts_of_a_cent_are_refused(shop: Stage) -> None:
    placed = await shop.place(1)
    foreign = await executed(shop, giving(placed, "K-R4/1", "1.00", "USD"))
    split = await executed(shop, giving(placed, "K-R4/2", "1.005"))
    assert foreign.words == "the order was paid in EUR, not in USD"
    assert split.words == "1.005 is no amount that can be given back in EUR"
    assert await refunds(shop, placed) == []


def test_a_refund_is_known_by_its_reason_before_it_is_settled_and_a_failed_one_is_none() -> None:
    content = giving("7", "K-R5/1", "5.00").content
    mark = reason_of(content)
    seen = order(payments=[msgspec.to_builtins(paid(900, (500, "Failed", mark), (500, "Pending", mark)))])
    there = standing(seen, content, 500)
    assert [one.id for one in there.ours] == ["1"]
    assert (there.missing, there.doubles, [one.id for one in there.pending]) == (0, (), ["1"])


def test_of_two_of_one_reference_the_settled_one_counts_and_the_other_is_a_double() -> None:
    content = giving("7", "K-R6/1", "5.00").content
    mark = reason_of(content)
    seen = order(payments=[msgspec.to_builtins(paid(1500, (500, "Pending", mark), (500, "Settled", mark)))])
    there = standing(seen, content, 500)
    assert ([one.id for one in there.ours], [one.id for one in there.doubles]) == (["1"], ["0"])


def test_money_of_the_reference_that_has_gone_is_not_followed_by_more() -> None:
    content = giving("7", "K-R7/1", "5.00").content
    seen = order(payments=[msgspec.to_builtins(paid(1500, (700, "Settled", reason_of(content))))])
    assert standing(seen, content, 500).missing == 0


def test_the_payment_that_covers_it_all_is_given_back_from_else_the_fullest() -> None:
    small, large = paid(300), msgspec.structs.replace(paid(900), id="2")
    seen = order(payments=[msgspec.to_builtins(small), msgspec.to_builtins(large)])
    assert [left_of(one) for one in seen.payments or ()] == [300, 900]
    found = [payment_for(seen, wanted) for wanted in (200, 500, 1100)]
    assert [one.id if one else None for one in found] == ["1", "2", "2"]
