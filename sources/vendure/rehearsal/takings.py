"""Hands for the checks of what creates or moves things: they act and look at the shop's own desk, past the adapter."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.model.effects import (
    CREATE_ORDER,
    PUBLISH_STOCK,
    REFUND,
    SHIP_GOODS,
    TAKE_BACK,
    CreateOrder,
    Effect,
    GoodsLine,
    PublishStock,
    ShipGoods,
)
from hub.model.intents import Intent, IntentOf
from hub.model.values import Address
from hub.model.vocabulary import Kind
from sources.kit.taking import Stood, Taking
from sources.vendure.rehearsal.hands import PLENTY, Hands, HandsFailed
from sources.vendure.rehearsal.takings_back import BackTaking, RefundTaking

Json = dict[str, Any]  # Any: the answer's JSON
PLACE = "WH-EAST"
FIRST_LEVEL = 301
_LOOKING = b"HubOrders("
_GOODS = "{productVariants{items{id sku stockLevels{stockOnHand stockAllocated stockLocation{id description}}}}}"
_BEARING = """query($o:OrderListOptions){orders(options:$o){items{
  id state orderPlacedAt lines{quantity productVariant{sku}}}}}"""
_PARCELS = """query($id:ID!){order(id:$id){code lines{id productVariant{sku}}
  fulfillments{id state trackingCode lines{orderLineId quantity}}}}"""
_CLAIM = """mutation($d:ID!,$i:UpdateOrderInput!){setDraftOrderCustomFields(orderId:$d,input:$i){id}}"""
_DROP = "mutation($d:ID!){deleteDraftOrder(orderId:$d){result}}"
_PACK = """mutation($i:FulfillOrderInput!){addFulfillmentToOrder(input:$i){
  __typename ... on ErrorResult { errorCode message }}}"""


def takings_for(hands: Hands, source: str) -> Mapping[str, Taking]:
    """A pair of hands for each action that the adapter declares."""
    return {
        CREATE_ORDER: OrderTaking(hands, source),
        SHIP_GOODS: ShipTaking(hands, source),
        PUBLISH_STOCK: StockTaking(hands, source),
        TAKE_BACK: BackTaking(hands, source),
        REFUND: RefundTaking(hands, source),
    }


class OrderTaking:
    """Orders of the hub's."""

    steps: Sequence[bytes] = (
        b"setDraftOrderCustomFields(",
        b"addItemToDraftOrder(",
        b"addItemToDraftOrder(",
        b"setCustomerForDraftOrder(",
        b"setDraftOrderShippingAddress(",
        b"setDraftOrderShippingMethod(",
        b"transitionOrderToState(",
        b"addManualPaymentToOrder(",
    )
    """An empty draft without a reference, which comes before, is nothing yet."""
    looking = _LOOKING

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """Two items that there is plenty of, to somebody the shop has never seen."""
        plenty = [sku for sku, there in (await _stock(self._hands)).items() if there > PLENTY]
        return self._wanted((plenty[0], 2), (plenty[1], 3))

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Orders and drafts that bear the reference."""
        reference = intent.content.reference if isinstance(intent.content, CreateOrder) else ""
        found = await self._hands.admin(_BEARING, o={"take": 10, "filter": {"hubRequestId": {"eq": reference}}})
        return [
            Stood(
                source_id=order["id"],
                lines={line["productVariant"]["sku"]: Decimal(line["quantity"]) for line in order["lines"]},
                is_whole=order["orderPlacedAt"] is not None,
            )
            for order in found["items"]
        ]

    async def hopeless(self) -> Intent | None:
        """More than there is of one item: the shop adds what there is, and refuses."""
        stock = await _stock(self._hands)
        scarce = min(stock, key=lambda sku: stock[sku])
        return self._wanted((scarce, PLENTY - 1))

    async def again(self, intent: Intent) -> bool | None:
        """A second draft that takes the same reference."""
        reference = intent.content.reference if isinstance(intent.content, CreateOrder) else ""
        draft = (await self._hands.admin("mutation{createDraftOrder{id}}"))["id"]
        wanted = {"id": draft, "customFields": {"hubRequestId": reference}}
        try:
            await self._hands.admin(_CLAIM, d=draft, i=wanted)
        except HandsFailed:
            return False
        finally:
            await self._hands.admin(_DROP, d=draft)
        return True

    def _wanted(self, *units: tuple[str, int]) -> Intent:
        reference = f"HUB-{uuid.uuid4().hex[:12]}".upper()
        content = CreateOrder(
            reference=reference,
            lines=tuple(_goods(number, sku, n) for number, (sku, n) in enumerate(units, start=1)),
            currency_code="EUR",
            customer_email=f"canary.{reference.lower()}@mail.example",
            customer_name="Canary Buyer",
            ship_to=Address(name="Canary Buyer", lines=("Canary Row 2",), city="Gent", postcode="9000", country="BE"),
        )
        return _intent(self._source, CREATE_ORDER, content)


class ShipTaking:
    """Parcels of a customer's order."""

    steps: Sequence[bytes] = (b"addFulfillmentToOrder(", b"transitionFulfillmentToState(")
    looking = _LOOKING

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source

    async def sample(self) -> Intent:
        """A part of an order that has just been placed."""
        return await self._wanted(await self._hands.place((4, 2)))

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """Parcels with the tracking number, cancelled ones not among them."""
        if not isinstance(intent.content, ShipGoods):
            return []
        found = await self._hands.admin(_PARCELS, id=intent.source_id)
        skus = {line["id"]: line["productVariant"]["sku"] for line in found["lines"]}
        return [
            Stood(
                source_id=parcel["id"],
                lines={skus[part["orderLineId"]]: Decimal(part["quantity"]) for part in parcel["lines"]},
                is_whole=parcel["state"] in ("Shipped", "Delivered"),
            )
            for parcel in found["fulfillments"]
            if parcel["state"] != "Cancelled" and parcel["trackingCode"] == intent.content.tracking[0]
        ]

    async def hopeless(self) -> Intent | None:
        """Of an order that has left already."""
        order = await self._hands.place((1, 1))
        await self._hands.ship(order)
        return await self._wanted(order)

    async def again(self, intent: Intent) -> bool | None:
        """The same units once more."""
        lines = intent.content.lines if isinstance(intent.content, ShipGoods) else ()
        wanted = [{"orderLineId": line.line, "quantity": int(line.quantity)} for line in lines]
        words = [{"name": "trackingCode", "value": "AGAIN"}]
        given = {"lines": wanted, "handler": {"code": "manual-fulfillment", "arguments": words}}
        try:
            await self._hands.admin(_PACK, i=given)
        except HandsFailed:
            return False
        return True

    async def _wanted(self, order: str) -> Intent:
        found = await self._hands.admin(_PARCELS, id=order)
        word = uuid.uuid4().hex[:10].upper()
        lines = tuple(
            _goods(number, line["productVariant"]["sku"], 1, line["id"])
            for number, line in enumerate(found["lines"], start=1)
        )
        content = ShipGoods(lines=lines, reference=f"{found['code']}/{word}", tracking=(f"3S{word}",), carrier="DHL")
        return _intent(self._source, SHIP_GOODS, content, order)


class StockTaking:
    """Levels of one item in one place."""

    steps: Sequence[bytes] = (b"updateProductVariant(",)
    looking = b"HubVariants("

    def __init__(self, hands: Hands, source: str) -> None:
        self._hands, self._source = hands, source
        self._levels = itertools.count(FIRST_LEVEL)

    async def sample(self) -> Intent:
        """A quantity that it has not been at yet."""
        sku = next(sku for sku, there in (await _stock(self._hands)).items() if there > PLENTY)
        return self._wanted(sku, next(self._levels))

    async def bearing(self, intent: Intent) -> Sequence[Stood]:
        """The item, if just so much of it may be sold from the place."""
        content = intent.content
        if not isinstance(content, PublishStock):
            return []
        found = await self._hands.admin(_GOODS)
        return [
            Stood(source_id=good["id"], lines={good["sku"]: content.quantity})
            for good in found["items"]
            for level in good["stockLevels"]
            if good["sku"] == content.sku and level["stockLocation"]["description"] == content.location
            if level["stockOnHand"] - level["stockAllocated"] == content.quantity
        ]

    async def hopeless(self) -> Intent | None:
        """An item that the shop does not have."""
        return self._wanted(f"NONE-{uuid.uuid4().hex[:6]}", 1)

    async def again(self, intent: Intent) -> bool | None:
        """An absolute number is no other the second time."""
        return None

    def _wanted(self, sku: str, units: int) -> Intent:
        content = PublishStock(sku=sku, location=PLACE, quantity=Decimal(units))
        return _intent(self._source, PUBLISH_STOCK, content, kind=Kind.PRODUCT)


def _goods(line_no: int, sku: str, units: int, line: str | None = None) -> GoodsLine:
    return GoodsLine(line_no=line_no, sku=sku, quantity=Decimal(units), unit="C62", line=line)


def _intent(
    source: str, action: str, content: Effect, source_id: str | None = None, *, kind: Kind = Kind.ORDER
) -> Intent:
    key = f"{source}/{action}:{uuid.uuid4().hex[:8]}"
    return IntentOf(source=source, kind=kind, source_id=source_id, action=action, key=key, content=content)


async def _stock(hands: Hands) -> dict[str, int]:
    """Units on hand by SKU, everywhere."""
    found: Json = await hands.admin(_GOODS)
    return {good["sku"]: sum(level["stockOnHand"] for level in good["stockLevels"]) for good in found["items"]}
