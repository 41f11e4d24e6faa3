"""What each way of failing means."""

import json

import pytest

from hub.errors import HubError, OutcomeUnknown, SourceGarbled, SourceMisset, SourceRefused
from hub.model.intents import OutcomeState
from hub.model.vocabulary import Kind
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench
from sources.kit.stage import Stage
from tests.sources.vendure.conftest import CALL


def answering(shop: Stage, holding: bytes, said: object) -> Order:
    return Order(trouble=Trouble.SPOIL, holding=holding, change=lambda _: json.dumps(said).encode())


def failing(code: str | None, message: str = "boom") -> dict[str, object]:
    extensions = {"code": code} if code else {}
    return {"errors": [{"message": message, "extensions": extensions}], "data": None}


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (failing("FORBIDDEN"), SourceMisset),
        (failing("USER_INPUT_ERROR"), SourceRefused),
        (failing("ENTITY_NOT_FOUND"), SourceRefused),
        (failing(None, "duplicate key value"), SourceGarbled),
        (failing("INTERNAL_SERVER_ERROR"), SourceGarbled),
        ({"data": {"other": 1}}, SourceGarbled),
        ({"data": {"orders": {"items": []}}}, SourceGarbled),
    ],
)
async def test_errors_of_a_read_have_their_class(shop: Stage, said: object, right: type[HubError]) -> None:
    async with Bench(shop).adapter() as adapter:
        shop.proxy.order(answering(shop, shop.reading, said))
        with pytest.raises(right):
            await adapter.read(CALL, Kind.ORDER, ["1"])


async def test_a_raw_database_message_to_a_cancel_is_an_unknown_outcome(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(2)
    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, order, 1)
        for said in (failing(None), failing("INTERNAL_SERVER_ERROR"), {"data": {"other": 1}}):
            shop.proxy.order(answering(shop, shop.effect, said))
            with pytest.raises(OutcomeUnknown):
                await adapter.execute(CALL, intent)
            await shop.take_off(order, intent.content.lines[0].line, -1)  # the shop puts units back


async def test_an_error_result_is_a_refusal_in_the_shops_own_words(shop: Stage) -> None:
    bench = Bench(shop)
    order = await shop.place(2)
    said = {
        "__typename": "QuantityTooGreatError",
        "errorCode": "QUANTITY_TOO_GREAT_ERROR",
        "message": "too many of these",
    }
    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, order, 1)
        refusal = Order(
            trouble=Trouble.FAIL,
            holding=shop.effect,
            headers={"content-type": "application/json"},
            change=lambda _: json.dumps({"data": {"cancelOrder": said}}).encode(),
        )
        shop.proxy.order(refusal)
        outcome = await adapter.execute(CALL, intent)
    assert (outcome.state, outcome.words) == (OutcomeState.REFUSED, "too many of these")


async def test_without_a_session_nothing_is_sent(shop: Stage) -> None:
    adapter = shop.connect()
    shop.proxy.forget()
    with pytest.raises(SourceMisset) as said:
        await adapter.read(CALL, Kind.ORDER, ["1"])
    assert (said.value.facts["expired"], shop.proxy.exchanges) == (True, [])
    await adapter.close()


async def test_a_wrong_password_is_misset_with_the_shops_words(shop: Stage) -> None:
    adapter = shop.connect()
    said = {"__typename": "InvalidCredentialsError", "errorCode": "INVALID_CREDENTIALS_ERROR", "message": "who are you"}
    shop.proxy.order(answering(shop, shop.login, {"data": {"login": said}}))
    with pytest.raises(SourceMisset, match="who are you"):
        await adapter.login(CALL)
    await adapter.close()


async def test_the_correlation_id_goes_along(shop: Stage) -> None:
    shop.proxy.forget()
    async with Bench(shop).adapter() as adapter:
        await adapter.read(CALL, Kind.ORDER, ["1"])
    assert shop.proxy.exchanges[-1].headers["x-correlation-id"] == "test-correlation"
