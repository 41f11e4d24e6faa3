"""The Shop API's manners, as recorded on a real Vendure 3.7.1."""

import re

from tests.sources.vendure.conftest import House
from tests.sources.vendure.rehearsal.checkout import ERROR, checkout, fill

TOO_FEW = "... on InsufficientStockError { quantityAvailable }"


async def test_a_guest_checks_out_and_has_no_cart_left(house: House) -> None:
    visitor = house.customer()
    await fill(visitor, 2)
    order = await checkout(house, 2, 3)
    assert re.fullmatch(r"[1-9A-HJ-NP-Z]{16}", order.code)
    found = (await visitor.ask(f'{{orderByCode(code:"{order.code}"){{state totalWithTax}}}}'))["data"]["orderByCode"]
    assert found == {"state": "PaymentSettled", "totalWithTax": 8144}  # as the real shop: rounded line by line
    again = await visitor.ask('mutation{addPaymentToOrder(input:{method:"dummy",metadata:{}}){__typename}}')
    assert again["data"]["addPaymentToOrder"]["__typename"] == "OrderPaymentStateError"


async def test_authorised_money_is_not_settled(house: House) -> None:
    order = await checkout(house, 1, method="dummy-auth")
    desk = await house.desk()
    found = (await desk.ask(f'{{order(id:"{order.id}"){{state payments{{id state}}}}}}'))["data"]["order"]
    assert (found["state"], found["payments"][0]["state"]) == ("PaymentAuthorized", "Authorized")
    await desk.ask(f'mutation{{settlePayment(id:"{found["payments"][0]["id"]}"){{__typename}}}}')
    assert (await desk.ask(f'{{order(id:"{order.id}"){{state}}}}'))["data"]["order"]["state"] == "PaymentSettled"


async def test_too_little_stock_is_refused_and_what_there_was_is_in_the_cart(house: House) -> None:
    visitor = house.customer()
    await visitor.ask('mutation{addItemToOrder(productVariantId:"3",quantity:1){__typename}}')
    more = f"mutation($n:Int!){{addItemToOrder(productVariantId:3,quantity:$n){{{ERROR} {TOO_FEW}}}}}"
    said = (await visitor.ask(more, n=9))["data"]["addItemToOrder"]
    assert (said["errorCode"], said["quantityAvailable"]) == ("INSUFFICIENT_STOCK_ERROR", 6)
    cart = (await visitor.ask("{activeOrder{lines{quantity}}}"))["data"]["activeOrder"]
    assert cart == {"lines": [{"quantity": 7}]}


async def test_each_step_has_its_refusal(house: House) -> None:
    visitor = house.customer()
    nobody = house.customer()
    await fill(visitor, 1)
    refusals = {
        'addItemToOrder(productVariantId:"1",quantity:-1)': "NEGATIVE_QUANTITY_ERROR",
        'transitionOrderToState(state:"ArrangingPayment")': "ORDER_STATE_TRANSITION_ERROR",
        'transitionOrderToState(state:"Nope")': "ORDER_STATE_TRANSITION_ERROR",
        'addPaymentToOrder(input:{method:"dummy",metadata:{}})': "ORDER_PAYMENT_STATE_ERROR",
        'setOrderShippingMethod(shippingMethodId:["99"])': "INELIGIBLE_SHIPPING_METHOD_ERROR",
    }
    for step, code in refusals.items():
        said = await visitor.ask(f"mutation{{{step}{{{ERROR}}}}}")
        assert next(iter(said["data"].values()))["errorCode"] == code, step
    said = await nobody.ask(f'mutation{{setOrderShippingMethod(shippingMethodId:["1"]){{{ERROR}}}}}')
    assert said["data"]["setOrderShippingMethod"]["errorCode"] == "NO_ACTIVE_ORDER_ERROR"


async def test_a_registered_email_cannot_check_out_as_a_guest(house: House) -> None:
    house.stand.shop.buyer("jan@mail.example", "Jan", "P").registered = True
    visitor = house.customer()
    await fill(visitor, 1)
    step = 'setCustomerForOrder(input:{emailAddress:"jan@mail.example",firstName:"J",lastName:"P"})'
    said = (await visitor.ask(f"mutation{{{step}{{{ERROR}}}}}"))["data"]["setCustomerForOrder"]
    assert said["errorCode"] == "EMAIL_ADDRESS_CONFLICT_ERROR"


async def test_a_second_order_with_one_request_id_fails_with_the_databases_words(house: House) -> None:
    step = 'mutation{setOrderCustomFields(input:{customFields:{hubRequestId:"r1"}}){__typename}}'
    one, other = house.customer(), house.customer()
    await fill(one, 1)
    await fill(other, 1)
    assert (await one.ask(step))["data"]["setOrderCustomFields"] == {"__typename": "Order"}
    error = (await other.ask(step))["errors"][0]
    assert error["message"].startswith("duplicate key value violates unique constraint")
    assert "extensions" not in error


async def test_a_missing_variant_is_an_error_not_a_result(house: House) -> None:
    said = await house.customer().ask('mutation{addItemToOrder(productVariantId:"99",quantity:1){__typename}}')
    assert said["errors"][0]["message"] == 'No ProductVariant with the id "99" could be found'


async def test_shipping_is_quoted(house: House) -> None:
    said = await house.customer().ask("{eligibleShippingMethods{id priceWithTax}}")
    assert said["data"]["eligibleShippingMethods"] == [{"id": "1", "priceWithTax": 605}]
