"""The adapter as the hub meets it; the contract suite proves the rest."""

from dataclasses import replace
from decimal import Decimal

import pytest

from hub.errors import Denied, NotOffered, SourceGarbled, SourceMisset, SourceRefused
from hub.model.intents import OutcomeState
from hub.model.vocabulary import Kind
from hub.ports import Found, HintSeen, Question
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from sources.vendure.manifest import MANIFEST
from tests.kit.shop import hook_body, signed, unreachable_shop
from tests.sources.vendure.conftest import CALL


async def test_an_order_comes_with_its_parcels_its_customer_and_its_payments(shop: Stage) -> None:
    order = await shop.place(2)
    await shop.ship(order)
    async with Bench(shop).adapter() as adapter:
        found = (await adapter.read(CALL, Kind.ORDER, [order]))[order]
    assert isinstance(found, Found)
    assert [seen.kind for seen in found.seen] == [Kind.ORDER, Kind.SHIPMENT, Kind.CUSTOMER, Kind.PAYMENT]
    assert found.seen[0].source_id == order
    assert found.seen[0].raw["code"] == (await shop.truth(order)).number


async def test_health_tells_the_contracts_version_and_the_shops_clock(shop: Stage) -> None:
    async with Bench(shop).adapter() as adapter:
        health = await adapter.health(CALL)
    assert health.version == MANIFEST.contract_version
    assert health.clock_skew_seconds is not None
    assert abs(health.clock_skew_seconds) < 30


async def test_money_of_other_digits_than_we_were_told_is_misset(shop: Stage) -> None:
    other = Order(
        trouble=Trouble.SPOIL,
        holding=b"moneyStrategyPrecision",
        change=lambda body: body.replace(b'moneyStrategyPrecision":2', b'moneyStrategyPrecision":3'),
    )
    async with Bench(shop).adapter() as adapter:
        shop.proxy.order(other)
        with pytest.raises(SourceMisset, match="3 digits, the settings say 2"):
            await adapter.health(CALL)


async def test_a_shop_without_our_custom_field_is_misset(shop: Stage) -> None:
    other = Order(
        trouble=Trouble.SPOIL, holding=b"hubRequestId", status=400, change=lambda _: b'{"errors":[{"message":"no"}]}'
    )
    async with Bench(shop).adapter() as adapter:
        shop.proxy.order(other)
        with pytest.raises(SourceMisset, match="no custom field hubRequestId"):
            await adapter.health(CALL)


async def test_a_code_is_found_in_lower_case_too_but_no_cart_is(shop: Stage) -> None:
    order = await shop.place(1)
    number = (await shop.truth(order)).number
    async with Bench(shop).adapter() as adapter:
        answer = await adapter.ask(CALL, Question(name="order.find", facts={"identifier": f" {number.lower()} "}))
    assert answer.ids == (order,)


async def test_a_cancel_of_an_order_that_is_not_there_is_refused(shop: Stage) -> None:
    bench = Bench(shop)
    cart = await shop.unfinished()
    async with bench.adapter() as adapter:
        for missing in ("424242", cart or ""):
            with pytest.raises(SourceRefused, match="no such order"):
                await adapter.execute(CALL, bench.intent(missing, [("1", 1)]))


async def test_a_line_of_another_order_is_refused_without_an_effect(shop: Stage) -> None:
    bench = Bench(shop)
    one, other = await shop.place(2), await shop.place(2)
    strange = next(iter((await shop.truth(other)).lines))
    async with bench.adapter() as adapter:
        for outcome in (
            await adapter.execute(CALL, bench.intent(one, [(strange, 1)])),
            await adapter.resolve(CALL, bench.intent(one, [(strange, 1)])),
        ):
            assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "the order has no such line")
    assert await bench.cancelled(one) == await bench.cancelled(other) == [0]


async def test_a_whole_cancel_ends_the_order_and_its_shipping_costs(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(2, 1)
    async with bench.adapter() as adapter:
        outcome = await adapter.execute(CALL, await bench.cancel(adapter, order, 2, 1, whole=True))
    truth = await shop.truth(order)
    assert (outcome.state, truth.status, truth.gross) == (OutcomeState.DONE, "Cancelled", Decimal(0))


async def test_a_broken_order_is_never_written_to(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(2)
    number = (await shop.truth(order)).number.encode()
    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, order, 1)
        shop.proxy.order(
            Order(
                trouble=Trouble.SPOIL,
                holding=shop.reading,
                change=lambda body: body.replace(b'"' + number + b'"', b"7"),
            )
        )
        with pytest.raises(SourceGarbled):
            await adapter.execute(CALL, intent)
    assert await bench.cancelled(order) == [0]


def test_events_of_a_cart_are_no_hints() -> None:
    adapter = unreachable_shop()
    body = hook_body("e1", 7, state="AddingItems")
    assert adapter.parse(adapter.verify(signed(body), body)) == ()


def test_a_parcels_event_hints_at_each_of_its_orders_once() -> None:
    adapter = unreachable_shop()
    body = hook_body("e2", 7, type="fulfillment.state", state=None, orderIds=[7, "8", 8])
    delivery = adapter.verify(signed(body), body)
    assert adapter.parse(delivery) == (
        HintSeen(kind=Kind.ORDER, source_id="7"),
        HintSeen(kind=Kind.ORDER, source_id="8"),
    )
    assert adapter.dedupe_key(delivery) == "e2"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id":1}', b"\xff", b"{" * 5000])
def test_a_signed_body_that_is_no_event_is_garbled(body: bytes) -> None:
    adapter = unreachable_shop()
    delivery = adapter.verify(signed(body), body)
    with pytest.raises(SourceGarbled):
        adapter.parse(delivery)
    with pytest.raises(SourceGarbled):
        adapter.dedupe_key(delivery)


def test_another_secret_is_denied() -> None:
    adapter = unreachable_shop()
    body = hook_body("e3", 7)
    with pytest.raises(Denied):
        adapter.verify(signed(body, "not ours"), body)


async def test_an_intent_on_another_kind_is_not_offered(shop: Stage) -> None:
    bench = Bench(shop)
    async with bench.adapter() as adapter:
        intent = replace(bench.intent("1", [("1", 1)]), kind=Kind.SHIPMENT)
        with pytest.raises(NotOffered, match="does not carry out order"):
            await adapter.execute(CALL, intent)
