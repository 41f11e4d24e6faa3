"""Hands that act at a Vendure through its own two APIs, as customers and shop people do; independent of the adapter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from hub.settings import Secret

_ERROR = "__typename ... on ErrorResult { errorCode message }"
_ORDER = """
  id code state currencyCode totalWithTax orderPlacedAt customer { emailAddress }
  lines { id quantity orderPlacedQuantity }
  fulfillments { id state lines { orderLineId quantity } }
"""
CALL_SECONDS = 30.0
PLENTY = 1000


class HandsFailed(RuntimeError):
    """The source did not do what a hand asked; the message holds its words."""


@dataclass(slots=True, kw_only=True)
class _Session:
    """One visitor's token."""

    token: str | None = None


class Hands:
    """One person at the shop's desk, and as many customers as are needed."""

    def __init__(self, url: str, *, user: str, password: Secret) -> None:
        """Act at *url*, at the desk as *user*."""
        self._client = httpx.AsyncClient(base_url=url, timeout=CALL_SECONDS, trust_env=False)
        self._user, self._password = user, password
        self._desk = _Session()
        self._variants: list[str] = []
        self._shipping = ""
        self._customers = 0

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    async def admin(self, document: str, **variables: object) -> Any:  # Any: the answer's JSON
        """The one root field of a document, asked at the desk."""
        if self._desk.token is None:
            login = f"mutation($u:String!,$p:String!){{login(username:$u,password:$p){{{_ERROR}}}}}"
            await self._ask("/admin-api", self._desk, login, {"u": self._user, "p": self._password.reveal()})
        return await self._ask("/admin-api", self._desk, document, variables)

    async def place(self, units: tuple[int, ...]) -> str:
        """Check out as a new guest: one line for each number of units."""
        visitor = await self._fill(units)
        self._customers += 1
        email = f"canary.guest{self._customers}@mail.example"
        person = {"emailAddress": email, "firstName": "Guest", "lastName": "Canary"}
        address = {"fullName": "Guest Canary", "streetLine1": "Canary Row 1", "city": "Gent", "countryCode": "BE"}
        shop = "/shop-api"
        await self._ask(shop, visitor, _shop("setCustomerForOrder", "CreateCustomerInput!"), {"input": person})
        await self._ask(shop, visitor, _shop("setOrderShippingAddress", "CreateAddressInput!"), {"input": address})
        method = f"mutation($m:[ID!]!){{setOrderShippingMethod(shippingMethodId:$m){{{_ERROR}}}}}"
        await self._ask(shop, visitor, method, {"m": [await self._method(visitor)]})
        await self._ask(shop, visitor, f'mutation{{transitionOrderToState(state:"ArrangingPayment"){{{_ERROR}}}}}', {})
        pay = f"mutation($input:PaymentInput!){{addPaymentToOrder(input:$input){{{_ERROR} ... on Order {{ id }}}}}}"
        paid = await self._ask(shop, visitor, pay, {"input": {"method": "dummy", "metadata": {}}})
        return str(paid["id"])

    async def cart(self) -> str:
        """Fill a cart and leave it; the order's id."""
        visitor = await self._fill((1,))
        return str((await self._ask("/shop-api", visitor, "{activeOrder{id}}", {}))["id"])

    async def order(self, order_id: str) -> Any:  # Any: the answer's JSON
        """The order as the Admin API shows it."""
        found = await self.admin(f"query($id:ID!){{order(id:$id){{{_ORDER}}}}}", id=order_id)
        if found is None:
            message = f"there is no order {order_id}"
            raise HandsFailed(message)
        return found

    async def ship(self, order_id: str) -> None:
        """Pack what is open and hand it to the carrier."""
        order = await self.order(order_id)
        packed = {
            line["id"]: sum(
                part["quantity"]
                for parcel in order["fulfillments"]
                if parcel["state"] != "Cancelled"
                for part in parcel["lines"]
                if part["orderLineId"] == line["id"]
            )
            for line in order["lines"]
        }
        lines = [
            {"orderLineId": line["id"], "quantity": line["quantity"] - packed[line["id"]]}
            for line in order["lines"]
            if line["quantity"] > packed[line["id"]]
        ]
        words = [{"name": "method", "value": "carrier"}, {"name": "trackingCode", "value": f"TRACK{order_id}"}]
        wanted = {"lines": lines, "handler": {"code": "manual-fulfillment", "arguments": words}}
        answer = f"{_ERROR} ... on Fulfillment {{ id }}"
        document = f"mutation($i:FulfillOrderInput!){{addFulfillmentToOrder(input:$i){{{answer}}}}}"
        parcel = await self.admin(document, i=wanted)
        await self._move(parcel["id"], "Shipped")

    async def deliver(self, order_id: str) -> None:
        """Let every parcel on its way arrive."""
        for parcel in (await self.order(order_id))["fulfillments"]:
            if parcel["state"] == "Shipped":
                await self._move(parcel["id"], "Delivered")

    async def take_off(self, order_id: str, line: str, units: int) -> None:
        """Cancel units at the desk."""
        wanted = {"orderId": order_id, "lines": [{"orderLineId": line, "quantity": units}], "reason": "by hand"}
        await self.admin(f"mutation($i:CancelOrderInput!){{cancelOrder(input:$i){{{_ERROR}}}}}", i=wanted)

    async def end_session(self, token: str) -> None:
        """Log a token out. Vendure then ends every session of that user, the desk's own too."""
        await self._ask("/admin-api", _Session(token=token), "mutation{logout{success}}", {})
        self._desk = _Session()

    async def post(self, body: bytes) -> httpx.Response:
        """A raw request at the desk's session."""
        await self.admin("{activeChannel{id}}")
        headers = {"content-type": "application/json", "authorization": f"Bearer {self._desk.token}"}
        return await self._client.post("/admin-api", content=body, headers=headers)

    async def _fill(self, units: tuple[int, ...]) -> _Session:
        visitor = _Session()
        add = f"mutation($v:ID!,$n:Int!){{addItemToOrder(productVariantId:$v,quantity:$n){{{_ERROR}}}}}"
        for variant, number in zip(await self._known_variants(), units, strict=False):
            await self._ask("/shop-api", visitor, add, {"v": variant, "n": number})
        return visitor

    async def _known_variants(self) -> list[str]:
        if not self._variants:
            found = await self.admin("{productVariants{items{id sku stockLevels{stockOnHand}}}}")
            stock = {one["id"]: sum(level["stockOnHand"] for level in one["stockLevels"]) for one in found["items"]}
            self._variants = [variant for variant, on_hand in stock.items() if on_hand > PLENTY]
        return self._variants

    async def _method(self, visitor: _Session) -> str:
        if not self._shipping:
            found = await self._ask("/shop-api", visitor, "{eligibleShippingMethods{id}}", {})
            self._shipping = found[0]["id"]
        return self._shipping

    async def _move(self, parcel: str, state: str) -> None:
        document = f"mutation($p:ID!,$s:String!){{transitionFulfillmentToState(id:$p,state:$s){{{_ERROR}}}}}"
        await self.admin(document, p=parcel, s=state)

    async def _ask(self, path: str, who: _Session, document: str, variables: dict[str, Any]) -> Any:  # Any: JSON
        headers = {"authorization": f"Bearer {who.token}"} if who.token else {}
        answer = await self._client.post(path, json={"query": document, "variables": variables}, headers=headers)
        who.token = answer.headers.get("vendure-auth-token") or who.token
        said = json.loads(answer.content)
        if said.get("errors"):
            raise HandsFailed(json.dumps(said["errors"])[:1000])
        value = next(iter(said["data"].values()))
        if isinstance(value, dict) and value.get("errorCode"):
            message = f"{value['errorCode']}: {value['message']}"
            raise HandsFailed(message)
        return value


def _shop(field: str, kind: str) -> str:
    return f"mutation($input:{kind}){{{field}(input:$input){{{_ERROR}}}}}"
