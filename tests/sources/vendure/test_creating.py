"""An order of the hub's in the shop: placed once, whatever happens on the way; the contract suite tries each step."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from hub.errors import OutcomeCause, SourceRefused
from hub.model.effects import CREATE_ORDER
from hub.model.intents import Intent, Outcome, OutcomeState
from hub.model.observation import NaturalKey
from hub.model.schemes import ORDER_CODE
from hub.model.vocabulary import Kind
from hub.ports import Found, Missing
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.kit.taking import Stood, hands_for
from sources.vendure.creating import standing
from tests.sources.vendure.conftest import CALL
from tests.sources.vendure.made import order
from tests.sources.vendure.wanted import ADDRESS, creating, goods, vendure

DRAFTS = 'query{orders(options:{filter:{state:{eq:"Draft"}}}){totalItems}}'
BILLED = "query($id:ID!){order(id:$id){billingAddress{streetLine1 streetLine2 city} payments{method transactionId}}}"


async def bearing(shop: Stage, intent: Intent) -> Sequence[Stood]:
    return await hands_for(shop, CREATE_ORDER).bearing(intent)


async def executed(shop: Stage, intent: Intent) -> Outcome:
    async with Bench(shop).adapter() as adapter:
        return await adapter.execute(CALL, intent)


async def resolved(shop: Stage, intent: Intent) -> OutcomeState:
    async with Bench(shop).adapter() as adapter:
        return (await adapter.resolve(CALL, intent)).state


async def drafts(shop: Stage) -> int:
    return int((await vendure(shop).hands.admin(DRAFTS))["totalItems"])


async def test_the_order_is_placed_paid_and_told_with_the_hubs_own_number(shop: Stage) -> None:
    intent = creating("PLACED-1", goods("MUG", 2), goods("TSHIRT-M", 1), goods("MUG", 1), bill_to=ADDRESS)
    outcome = await executed(shop, intent)
    async with Bench(shop).adapter() as adapter:
        found = (await adapter.read(CALL, Kind.ORDER, [outcome.source_id or ""]))[outcome.source_id or ""]
    assert isinstance(found, Found)
    content = found.seen[0].content
    assert content is not None
    assert (outcome.state, outcome.reference) == (OutcomeState.DONE, content.number)
    assert NaturalKey(scheme=ORDER_CODE, value="PLACED-1") in content.refers
    assert content.raw_status == "PaymentSettled"
    assert {line.sku: line.quantities.ordered for line in content.lines} == {"MUG": Decimal(3), "TSHIRT-M": Decimal(1)}
    shown = await vendure(shop).hands.admin(BILLED, id=outcome.source_id)
    assert shown["billingAddress"] == {"streetLine1": "Row 1", "streetLine2": "bus 2, floor 3", "city": "Gent"}
    assert shown["payments"] == [{"method": "hub", "transactionId": "PLACED-1"}]


async def test_a_draft_is_no_order_of_the_graphs(shop: Stage) -> None:
    intent = creating("HALF-1")
    shop.proxy.order(Order(trouble=Trouble.FAIL, holding=b"setCustomerForDraftOrder(", status=429))
    async with Bench(shop).adapter() as adapter:
        shop.proxy.order(Order(trouble=Trouble.FAIL, holding=b"setCustomerForDraftOrder(", status=429))
        begun = await adapter.execute(CALL, intent)
        (draft,) = await bearing(shop, intent)
        assert (begun.state, draft.is_whole) == (OutcomeState.PARTIAL, False)
        assert isinstance((await adapter.read(CALL, Kind.ORDER, [draft.source_id]))[draft.source_id], Missing)
        pages = [page async for page in adapter.changes(CALL, Kind.ORDER, "changed", None)]
        assert draft.source_id not in {seen.source_id for page in pages for seen in page.found}


async def test_a_draft_left_half_way_is_begun_anew_and_no_line_is_added_twice(shop: Stage) -> None:
    intent = creating("HALF-2", goods("MUG", 2), goods("TSHIRT-M", 3))
    async with Bench(shop).adapter() as killed:
        shop.proxy.order(Order(trouble=Trouble.LOSE, holding=b"addItemToDraftOrder(", skip=1))
        with pytest.raises(Exception, match="connection broke"):
            await killed.execute(CALL, intent)
        shop.proxy.heal()
    (left,) = await bearing(shop, intent)
    assert await resolved(shop, intent) is OutcomeState.PARTIAL
    outcome = await executed(shop, intent)
    (stood,) = await bearing(shop, intent)
    assert outcome.source_id == stood.source_id != left.source_id
    assert (stood.is_whole, stood.lines) == (True, {"MUG": Decimal(2), "TSHIRT-M": Decimal(3)})


async def test_an_order_at_the_till_is_gone_on_with_from_there(shop: Stage) -> None:
    intent = creating("TILL-1")
    async with Bench(shop).adapter() as killed:
        shop.proxy.order(Order(trouble=Trouble.CUT, holding=b"addManualPaymentToOrder("))
        with pytest.raises(Exception, match="connection broke"):
            await killed.execute(CALL, intent)
        shop.proxy.heal()
    (waiting,) = await bearing(shop, intent)
    outcome = await executed(shop, intent)
    assert (outcome.state, outcome.source_id) == (OutcomeState.DONE, waiting.source_id)


async def test_who_finds_its_draft_taken_over_stops_without_a_word_of_refusal(shop: Stage) -> None:
    intent = creating("RIVAL-1")
    async with Bench(shop).adapter() as slow:
        held = Order(trouble=Trouble.SLOW, holding=b"addItemToDraftOrder(", seconds=0.4)
        shop.proxy.order(held)
        working = asyncio.create_task(slow.execute(CALL, intent))
        while not held.met:  # noqa: ASYNC110 - the proxy has no event for it
            await asyncio.sleep(0.005)
        taken = await executed(shop, intent)
        left = await working
    (stood,) = await bearing(shop, intent)
    assert (taken.state, taken.source_id) == (OutcomeState.DONE, stood.source_id)
    assert left.state in (OutcomeState.PARTIAL, OutcomeState.DONE)
    assert stood.lines == {"MUG": Decimal(2)}


async def test_ten_at_once_are_one_order(shop: Stage) -> None:
    intent = creating("TEN-1", goods("MUG", 3))
    before = await drafts(shop)
    async with Bench(shop).adapter() as one, Bench(shop).adapter() as other:
        told = await asyncio.gather(*(adapter.execute(CALL, intent) for adapter in (one, other) * 5))
    assert {outcome.state for outcome in told} <= {OutcomeState.DONE, OutcomeState.PARTIAL}
    assert (await executed(shop, intent)).state is OutcomeState.DONE
    (stood,) = await bearing(shop, intent)
    assert (stood.is_whole, stood.lines, await drafts(shop)) == (True, {"MUG": Decimal(3)}, before)


async def test_too_little_stock_is_a_refusal_that_leaves_no_draft(shop: Stage) -> None:
    before = await drafts(shop)
    intent = creating("SHORT-1", goods("MUG", 1), goods("LAPTOP", 60))
    outcome = await executed(shop, intent)
    words = "Only 7 items were added to the order due to insufficient stock"
    assert (outcome.state, outcome.words, outcome.cause) == (OutcomeState.REFUSED, words, OutcomeCause.STOCK)
    assert (list(await bearing(shop, intent)), await drafts(shop)) == ([], before)
    assert await resolved(shop, intent) is OutcomeState.ABSENT


async def test_another_currency_and_an_unknown_country_are_refused_and_leave_no_draft(shop: Stage) -> None:
    before = await drafts(shop)
    dollars = await executed(shop, creating("USD-1", currency_code="USD"))
    nowhere = await executed(shop, creating("ZZ-1", ship_to=replace(ADDRESS, country="ZZ")))
    assert (dollars.state, dollars.words) == (OutcomeState.REFUSED, "the shop sells in EUR, not in USD")
    assert (nowhere.state, nowhere.words) == (OutcomeState.REFUSED, 'The countryCode "ZZ" was not recognized')
    assert await drafts(shop) == before


async def test_a_service_that_the_shop_knows_is_chosen_another_falls_back(shop: Stage) -> None:
    for number, service in enumerate((" STANDARD", "Standard", "Pigeon")):
        outcome = await executed(shop, creating(f"SERVICE-{number}", shipping_service=service))
        assert outcome.state is OutcomeState.DONE


async def test_an_unknown_item_is_refused_before_anything_is_made(shop: Stage) -> None:
    before = await drafts(shop)
    with pytest.raises(SourceRefused, match="the shop has no variant NOPE"):
        await executed(shop, creating("NOPE-1", goods("NOPE", 1)))
    assert await drafts(shop) == before


@pytest.mark.parametrize(
    ("state", "placed", "right"),
    [
        ("Draft", None, OutcomeState.PARTIAL),
        ("ArrangingPayment", None, OutcomeState.PARTIAL),
        ("AddingItems", None, OutcomeState.REFUSED),
        ("Cancelled", None, OutcomeState.REFUSED),
        ("PaymentAuthorized", "2026-11-20T09:30:00.123Z", OutcomeState.DONE),
        ("Cancelled", "2026-11-20T09:30:00.123Z", OutcomeState.DONE),
    ],
)
def test_an_order_of_the_reference_stands_by_whether_it_was_placed(
    state: str, placed: str | None, right: OutcomeState
) -> None:
    found = standing(order(state=state, orderPlacedAt=placed))
    assert (found.state, found.source_id, found.reference) == (right, "7", "REY1YLBSRBPE544Z")


def test_no_order_of_the_reference_is_absent() -> None:
    assert standing(None) == Outcome(state=OutcomeState.ABSENT)
