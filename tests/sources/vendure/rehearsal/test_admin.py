"""The Admin API's manners, as recorded on a real Vendure 3.7.1."""

import asyncio
from typing import Any

import pytest

from tests.sources.vendure.conftest import House, Visitor
from tests.sources.vendure.rehearsal.checkout import checkout

CANCEL = """mutation($i: CancelOrderInput!) { cancelOrder(input: $i) {
  __typename ... on Order { id state subTotal shipping lines { id quantity orderPlacedQuantity } }
  ... on ErrorResult { errorCode message } } }"""
FULFIL = """mutation($i: FulfillOrderInput!) { addFulfillmentToOrder(input: $i) {
  __typename ... on Fulfillment { id state updatedAt } ... on ErrorResult { errorCode message } } }"""
MOVE = """mutation($p: ID!, $s: String!) { transitionFulfillmentToState(id: $p, state: $s) {
  __typename ... on Fulfillment { id state updatedAt }
  ... on FulfillmentStateTransitionError { transitionError fromState toState } } }"""
REFUND = """mutation($i: RefundOrderInput!) { refundOrder(input: $i) {
  __typename ... on Refund { id state total } ... on ErrorResult { errorCode } } }"""


async def cancel(desk: Visitor, order: str, lines: list[tuple[str, int]] | None, **more: object) -> Any:  # Any: JSON
    wanted: dict[str, object] = {"orderId": order, **more}
    if lines is not None:
        wanted["lines"] = [{"orderLineId": line, "quantity": units} for line, units in lines]
    said = await desk.ask(CANCEL, i=wanted)
    return said["data"]["cancelOrder"] if said.get("data") else said["errors"][0]


def fulfilment(*lines: tuple[str, int]) -> dict[str, object]:
    words = [{"name": "method", "value": "bpost"}, {"name": "trackingCode", "value": "T1"}]
    parts = [{"orderLineId": line, "quantity": units} for line, units in lines]
    return {"lines": parts, "handler": {"code": "manual-fulfillment", "arguments": words}}


async def test_without_a_session_everything_is_forbidden_with_status_200(house: House) -> None:
    stranger = Visitor(house.http, "/admin-api", token="f" * 64)
    answer = await stranger.post("{orders{totalItems}}")
    assert answer.status_code == 200
    assert answer.json() == {
        "errors": [
            {
                "message": "You are not currently authorized to perform this action",
                "locations": [{"line": 1, "column": 2}],
                "path": ["orders"],
                "extensions": {"code": "FORBIDDEN"},
            }
        ],
        "data": None,
    }


async def test_a_wrong_password_is_an_error_result(house: House) -> None:
    desk = Visitor(house.http, "/admin-api")
    said = await desk.ask('mutation{login(username:"x",password:"y"){__typename ... on ErrorResult{errorCode}}}')
    assert said["data"]["login"] == {
        "__typename": "InvalidCredentialsError",
        "errorCode": "INVALID_CREDENTIALS_ERROR",
    }
    assert desk.token is None


async def test_logging_out_ends_every_session_of_the_user(house: House) -> None:
    one, other = await house.desk(), await house.desk()
    assert (await one.ask("{me{identifier}}"))["data"]["me"]
    await one.ask("mutation{logout{success}}")
    assert (await other.ask("{me{identifier}}"))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_missing_order_is_null_and_a_missing_one_to_cancel_an_error(house: House) -> None:
    desk = await house.desk()
    assert await desk.ask('{order(id:"999"){id}}') == {"data": {"order": None}}
    assert await desk.ask('{order(id:"abc"){id}}') == {"data": {"order": None}}
    error = await cancel(desk, "999", None)
    assert error["message"] == 'No Order with the id "999" could be found'
    assert error["extensions"]["code"] == "ENTITY_NOT_FOUND"


async def test_a_partial_cancel_shrinks_the_quantity_and_refunds_nothing(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 5, 3)
    said = await cancel(desk, order.id, [(order.lines[0], 2)])
    lines = {line["id"]: (line["quantity"], line["orderPlacedQuantity"]) for line in said["lines"]}
    assert (said["state"], lines) == ("PaymentSettled", {order.lines[0]: (3, 5), order.lines[1]: (3, 3)})
    found = (await desk.ask(f'{{order(id:"{order.id}"){{payments{{amount state refunds{{id}}}} totalWithTax}}}}'))[
        "data"
    ]
    assert found["order"]["payments"][0]["amount"] > found["order"]["totalWithTax"]
    assert found["order"]["payments"][0]["refunds"] == []


async def test_cancelling_everything_ends_the_order_and_keeps_shipping_unless_told(house: House) -> None:
    desk = await house.desk()
    one, other = await checkout(house, 2), await checkout(house, 2)
    kept = await cancel(desk, one.id, None, reason="x")
    gone = await cancel(desk, other.id, [(other.lines[0], 2)], cancelShipping=True)
    assert (kept["state"], kept["shipping"]) == ("Cancelled", 500)
    assert (gone["state"], gone["shipping"]) == ("Cancelled", 0)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "EMPTY_ORDER_LINE_SELECTION_ERROR"),
        ([("own", 0)], "EMPTY_ORDER_LINE_SELECTION_ERROR"),
        ([("own", 6)], "QUANTITY_TOO_GREAT_ERROR"),
        ([("other", 1)], "MULTIPLE_ORDER_ERROR"),
    ],
)
async def test_what_cannot_be_cancelled_is_refused_by_code(
    house: House, lines: list[tuple[str, int]], code: str
) -> None:
    desk, order, other = await house.desk(), await checkout(house, 5), await checkout(house, 5)
    names = {"own": order.lines[0], "other": other.lines[0]}
    said = await cancel(desk, order.id, [(names[line], units) for line, units in lines])
    assert said["errorCode"] == code


async def test_a_negative_quantity_puts_units_back(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 5)
    await cancel(desk, order.id, [(order.lines[0], 2)])
    said = await cancel(desk, order.id, [(order.lines[0], -1)])
    assert [line["quantity"] for line in said["lines"]] == [4]


async def test_an_unknown_line_fails_with_the_servers_own_stumble(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 5)
    error = await cancel(desk, order.id, [("9999", 1)])
    assert error["message"] == "Cannot read properties of undefined (reading 'id')"
    assert "extensions" not in error


async def test_a_parcel_moves_the_order_and_no_timestamp_of_it(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 4, 2)
    before = (await desk.ask(f'{{order(id:"{order.id}"){{updatedAt}}}}'))["data"]["order"]["updatedAt"]
    made = (await desk.ask(FULFIL, i=fulfilment((order.lines[0], 2))))["data"]["addFulfillmentToOrder"]
    assert made["state"] == "Pending"
    moved = (await desk.ask(MOVE, p=made["id"], s="Shipped"))["data"]["transitionFulfillmentToState"]
    assert moved["updatedAt"] == made["updatedAt"]
    found = (await desk.ask(f'{{order(id:"{order.id}"){{state updatedAt}}}}'))["data"]["order"]
    assert found == {"state": "PartiallyShipped", "updatedAt": before}
    await desk.ask(MOVE, p=made["id"], s="Delivered")
    rest = await desk.ask(FULFIL, i=fulfilment((order.lines[0], 2), (order.lines[1], 2)))
    await desk.ask(MOVE, p=rest["data"]["addFulfillmentToOrder"]["id"], s="Delivered")
    found = (await desk.ask(f'{{order(id:"{order.id}"){{state updatedAt}}}}'))["data"]["order"]
    assert found == {"state": "Delivered", "updatedAt": before}


async def test_a_parcel_cannot_go_back_and_says_so_in_words(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 1)
    made = (await desk.ask(FULFIL, i=fulfilment((order.lines[0], 1))))["data"]["addFulfillmentToOrder"]["id"]
    await desk.ask(MOVE, p=made, s="Delivered")
    said = (await desk.ask(MOVE, p=made, s="Shipped"))["data"]["transitionFulfillmentToState"]
    assert said == {
        "__typename": "FulfillmentStateTransitionError",
        "transitionError": 'Cannot transition Fulfillment from "Delivered" to "Shipped"',
        "fromState": "Delivered",
        "toState": "Shipped",
    }


async def test_a_return_leaves_the_order_delivered_with_fewer_units(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 2)
    made = (await desk.ask(FULFIL, i=fulfilment((order.lines[0], 2))))["data"]["addFulfillmentToOrder"]["id"]
    await desk.ask(MOVE, p=made, s="Delivered")
    said = await cancel(desk, order.id, [(order.lines[0], 1)])
    assert (said["state"], said["lines"][0]["quantity"], said["lines"][0]["orderPlacedQuantity"]) == ("Delivered", 1, 2)


async def test_one_after_the_other_is_guarded_at_the_same_moment_is_not(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 2)
    at_once = [desk.ask(FULFIL, i=fulfilment((order.lines[0], 2))) for _ in range(4)]
    kinds = {said["data"]["addFulfillmentToOrder"]["__typename"] for said in await asyncio.gather(*at_once)}
    assert kinds == {"Fulfillment"}
    late = (await desk.ask(FULFIL, i=fulfilment((order.lines[0], 1))))["data"]["addFulfillmentToOrder"]
    assert late["errorCode"] == "ITEMS_ALREADY_FULFILLED_ERROR"


async def test_refunds_need_more_than_is_documented_and_race(house: House) -> None:
    desk, order = await house.desk(), await checkout(house, 1)
    found = await desk.ask(f'{{order(id:"{order.id}"){{payments{{id amount}}}}}}')
    payment = found["data"]["order"]["payments"][0]
    bare = {"paymentId": payment["id"], "amount": 100}
    error = (await desk.ask(REFUND, i=bare))["errors"][0]
    assert 'null value in column "shipping"' in error["message"]
    full = {**bare, "amount": payment["amount"], "lines": [], "shipping": 0, "adjustment": 0}
    at_once = await asyncio.gather(*(desk.ask(REFUND, i=full) for _ in range(3)))
    assert [said["data"]["refundOrder"]["total"] for said in at_once] == [payment["amount"]] * 3
    late = (await desk.ask(REFUND, i=full))["data"]["refundOrder"]
    assert late["errorCode"] == "REFUND_AMOUNT_ERROR"


async def test_lists_take_a_thousand_at_most_and_hold_carts(house: House) -> None:
    desk = await house.desk()
    await checkout(house, 1)
    await house.customer().ask('mutation{addItemToOrder(productVariantId:"1",quantity:1){__typename}}')
    error = (await desk.ask("{orders(options:{take:1001}){totalItems}}"))["errors"][0]
    assert error["message"] == "Cannot take more than 1000 results from a list query"
    assert error["extensions"]["code"] == "USER_INPUT_ERROR"
    assert (await desk.ask("{orders{totalItems}}"))["data"]["orders"]["totalItems"] == 2


async def test_customers_variants_and_settings_are_listed(house: House) -> None:
    desk = await house.desk()
    await checkout(house, 1)
    said = await desk.ask(
        "{customers{totalItems items{emailAddress groups{name}}} productVariants(options:{take:2}){totalItems items{sku"
        " stockLevels{stockOnHand stockLocation{name}}}} activeChannel{code} globalSettings{serverConfig{"
        "moneyStrategyPrecision}}}"
    )
    assert said["data"]["customers"]["totalItems"] == 1
    assert len(said["data"]["productVariants"]["items"]) == 2
    assert said["data"]["globalSettings"]["serverConfig"]["moneyStrategyPrecision"] == 2
