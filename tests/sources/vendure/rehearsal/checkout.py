"""A guest's way through the rehearsed Shop API."""

from dataclasses import dataclass
from typing import Any

from tests.sources.vendure.conftest import House, Visitor

ERROR = "__typename ... on ErrorResult { errorCode message }"


@dataclass(frozen=True, slots=True)
class Placed:
    id: str
    code: str
    lines: tuple[str, ...]


async def fill(visitor: Visitor, *units: int) -> Any:  # Any: JSON
    said = None
    for variant, number in zip(("1", "2", "4"), units, strict=False):
        document = f"mutation($v:ID!,$n:Int!){{addItemToOrder(productVariantId:$v,quantity:$n){{{ERROR}}}}}"
        said = (await visitor.ask(document, v=variant, n=number))["data"]["addItemToOrder"]
    return said


async def checkout(house: House, *units: int, method: str = "dummy", email: str = "guest@mail.example") -> Placed:
    visitor = house.customer()
    await fill(visitor, *units)
    person = f'{{emailAddress:"{email}",firstName:"G",lastName:"U"}}'
    for step in (
        f"setCustomerForOrder(input:{person})",
        'setOrderShippingAddress(input:{streetLine1:"Row 1",countryCode:"BE"})',
        'setOrderShippingMethod(shippingMethodId:["1"])',
        'transitionOrderToState(state:"ArrangingPayment")',
    ):
        said = await visitor.ask(f"mutation{{{step}{{__typename}}}}")
        assert "Order" in str(said), said
    pay = "mutation($i:PaymentInput!){addPaymentToOrder(input:$i){... on Order{id code lines{id}}}}"
    paid = (await visitor.ask(pay, i={"method": method, "metadata": {}}))["data"]["addPaymentToOrder"]
    lines = sorted((line["id"] for line in paid["lines"]), key=int)
    return Placed(paid["id"], paid["code"], tuple(lines))
