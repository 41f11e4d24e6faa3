"""Drafts at the rehearsed desk: each step's manners, as the real shop showed them."""

import asyncio
from typing import Any

import pytest

from tests.sources.vendure.conftest import House, Visitor

ERROR = "__typename ... on ErrorResult { errorCode message }"
CUSTOM = "mutation($d:ID!,$i:UpdateOrderInput!){setDraftOrderCustomFields(orderId:$d,input:$i){id}}"
ADD = (
    f"mutation($d:ID!,$i:AddItemToDraftOrderInput!){{addItemToDraftOrder(orderId:$d,input:$i){{{ERROR}"
    " ... on InsufficientStockError{quantityAvailable}}}"
)
BUYER = (
    f"mutation($d:ID!,$c:ID,$i:CreateCustomerInput){{setCustomerForDraftOrder(orderId:$d,customerId:$c,input:$i)"
    f"{{{ERROR}}}}}"
)
METHOD = f"mutation($d:ID!,$m:ID!){{setDraftOrderShippingMethod(orderId:$d,shippingMethodId:$m){{{ERROR}}}}}"
MOVE = (
    f'mutation($d:ID!){{transitionOrderToState(id:$d,state:"ArrangingPayment"){{{ERROR}'
    " ... on OrderStateTransitionError{transitionError}}}"
)
PAY = (
    "mutation($i:ManualPaymentInput!){addManualPaymentToOrder(input:$i)"
    f"{{{ERROR} ... on Order{{state active orderPlacedAt payments{{state method transactionId}}}}}}}}"
)
DELETE = "mutation($d:ID!){deleteDraftOrder(orderId:$d){result message}}"
NEW = {"emailAddress": "New@mail.example", "firstName": "N", "lastName": ""}


async def said(desk: Visitor, document: str, **variables: object) -> Any:  # Any: JSON
    answer = await desk.ask(document, **variables)
    return answer["errors"][0] if answer.get("errors") else next(iter(answer["data"].values()))


async def draft(desk: Visitor) -> str:
    made = await said(desk, "mutation{createDraftOrder{id state active orderPlacedAt currencyCode}}")
    assert (made["state"], made["active"], made["orderPlacedAt"], made["currencyCode"]) == ("Draft", False, None, "EUR")
    return str(made["id"])


async def test_a_draft_is_filled_paid_and_placed(house: House) -> None:
    desk = await house.desk()
    at = await draft(desk)
    stuck = []
    for document, variables in (
        (ADD, {"i": {"productVariantId": "2", "quantity": 3}}),
        (BUYER, {"i": NEW}),
        (METHOD, {"m": "1"}),
    ):
        stuck.append((await said(desk, MOVE, d=at))["transitionError"].partition(" state ")[2])
        assert (await said(desk, document, d=at, **variables))["__typename"] == "Order"
    assert stuck == ["when it is empty", "without Customer details", "without a ShippingMethod"]
    early = await said(desk, PAY, i={"orderId": at, "method": "hub", "metadata": {}})
    assert early["errorCode"] == "MANUAL_PAYMENT_STATE_ERROR"
    assert (await said(desk, MOVE, d=at))["__typename"] == "Order"
    paid = await said(desk, PAY, i={"orderId": at, "method": "hub", "transactionId": "HUB-1", "metadata": {}})
    assert (paid["state"], paid["active"]) == ("PaymentSettled", False)
    assert paid["payments"] == [{"state": "Settled", "method": "hub", "transactionId": "HUB-1"}]
    assert paid["orderPlacedAt"] is not None
    assert house.stand.shop.variants[2].allocated == 3


async def test_the_database_refuses_a_second_draft_of_one_reference_in_its_own_words(house: House) -> None:
    desk = await house.desk()
    one, other = await draft(desk), await draft(desk)
    fields = {"customFields": {"hubRequestId": "R1"}}
    assert (await said(desk, CUSTOM, d=one, i={"id": one, **fields})) == {"id": one}
    refused = await said(desk, CUSTOM, d=other, i={"id": other, **fields})
    assert refused["message"].startswith("duplicate key value violates unique constraint")
    assert "extensions" not in refused
    assert (await said(desk, DELETE, d=one)) == {"result": "DELETED", "message": None}
    assert (await said(desk, CUSTOM, d=other, i={"id": other, **fields})) == {"id": other}


async def test_a_draft_that_is_gone_is_not_found_and_cannot_be_deleted_again(house: House) -> None:
    desk = await house.desk()
    at = await draft(desk)
    await said(desk, DELETE, d=at)
    words = {"result": "NOT_DELETED", "message": f"No draft Order with the ID {at} was found"}
    assert await said(desk, DELETE, d=at) == words
    lost = await said(desk, METHOD, d=at, m="1")
    assert (lost["message"], lost["extensions"]["code"]) == (
        f'No Order with the id "{at}" could be found',
        "ENTITY_NOT_FOUND",
    )


@pytest.mark.parametrize(
    ("variant", "units", "code", "there"),
    [
        ("3", 9, "INSUFFICIENT_STOCK_ERROR", 7),
        ("2", 0, "INSUFFICIENT_STOCK_ERROR", 0),
        ("2", -1, "NEGATIVE_QUANTITY_ERROR", None),
        ("2", 1000, "ORDER_LIMIT_ERROR", None),
    ],
)
async def test_what_cannot_be_added_has_its_refusal(
    house: House, variant: str, units: int, code: str, there: int | None
) -> None:
    desk = await house.desk()
    at = await draft(desk)
    refused = await said(desk, ADD, d=at, i={"productVariantId": variant, "quantity": units})
    assert (refused["errorCode"], refused.get("quantityAvailable")) == (code, there)
    found = await said(desk, "query($d:ID!){order(id:$d){lines{quantity}}}", d=at)
    assert found["lines"] == ([{"quantity": 7}] if there else [])


async def test_strangers_are_refused(house: House) -> None:
    desk = await house.desk()
    at = await draft(desk)
    taken = house.stand.shop.buyer("jan@mail.example", "Jan", "P")
    taken.registered = True
    person = {"emailAddress": "jan@mail.example", "firstName": "J", "lastName": "P"}
    assert (await said(desk, BUYER, d=at, i=person))["errorCode"] == "EMAIL_ADDRESS_CONFLICT_ERROR"
    assert (await said(desk, BUYER, d=at, c=str(taken.id)))["__typename"] == "Order"
    assert (await said(desk, BUYER, d=at, c="99"))["extensions"]["code"] == "USER_INPUT_ERROR"
    assert (await said(desk, BUYER, d=at))["extensions"]["code"] == "USER_INPUT_ERROR"
    assert (await said(desk, METHOD, d=at, m="9"))["errorCode"] == "INELIGIBLE_SHIPPING_METHOD_ERROR"
    unknown = await said(desk, ADD, d=at, i={"productVariantId": "99", "quantity": 1})
    assert unknown["message"] == 'No ProductVariant with the id "99" could be found'
    where = "mutation($d:ID!,$i:CreateAddressInput!){setDraftOrderShippingAddress(orderId:$d,input:$i){id}}"
    nowhere = await said(desk, where, d=at, i={"streetLine1": "x", "countryCode": "ZZ"})
    assert nowhere["message"] == 'The countryCode "ZZ" was not recognized'


async def test_stock_that_went_meanwhile_keeps_a_draft_from_the_till(house: House) -> None:
    desk = await house.desk()
    at = await draft(desk)
    await said(desk, ADD, d=at, i={"productVariantId": "3", "quantity": 5})
    await said(desk, BUYER, d=at, i=NEW)
    await said(desk, METHOD, d=at, m="1")
    house.stand.shop.variants[3].on_hand = 0
    assert "insufficient stock of Laptop" in (await said(desk, MOVE, d=at))["transitionError"]
    closed = await said(desk, ADD, d=at, i={"productVariantId": "3", "quantity": 1})
    assert closed["errorCode"] == "INSUFFICIENT_STOCK_ERROR"


async def test_a_draft_that_becomes_an_order_is_told_as_the_real_shop_tells_it(house: House) -> None:
    told: list[tuple[str, object]] = []
    house.stand.shop.listeners.append(lambda event: told.append((event.type, event.facts.get("state"))))
    desk = await house.desk()
    at = await draft(desk)
    await said(desk, CUSTOM, d=at, i={"id": at, "customFields": {"hubRequestId": "TOLD-1"}})
    await said(desk, ADD, d=at, i={"productVariantId": "2", "quantity": 1})
    await said(desk, BUYER, d=at, i=NEW)
    await said(desk, METHOD, d=at, m="1")
    await said(desk, MOVE, d=at)
    await said(desk, PAY, i={"orderId": at, "method": "hub", "metadata": {}})
    assert told == [
        ("order.change", "Created"),
        ("order.state", "Draft"),
        ("order.change", "Draft"),
        ("order.state", "ArrangingPayment"),
        ("payment.state", "ArrangingPayment"),
        ("order.state", "PaymentSettled"),
        ("order.placed", "PaymentSettled"),
    ]


async def test_two_payments_at_one_moment_are_one_but_allocate_twice(house: House) -> None:
    desk = await house.desk()
    at = await draft(desk)
    await said(desk, ADD, d=at, i={"productVariantId": "2", "quantity": 3})
    await said(desk, BUYER, d=at, i=NEW)
    await said(desk, METHOD, d=at, m="1")
    await said(desk, MOVE, d=at)
    payment = {"orderId": at, "method": "hub", "metadata": {}}
    both = await asyncio.gather(*(said(desk, PAY, i=payment) for _ in range(2)))
    assert [len(one["payments"]) for one in both] == [1, 1]
    assert (await said(desk, PAY, i=payment))["errorCode"] == "MANUAL_PAYMENT_STATE_ERROR"
    assert house.stand.shop.variants[2].allocated == 6
