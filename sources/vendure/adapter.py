"""The adapter: Vendure's Admin API behind `hub.ports.Adapter`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from hub.clock import Clock
from hub.errors import NotOffered, SourceGarbled, SourceMisset
from hub.model.effects import CancelOrder, CreateOrder, PublishStock, Refund, ShipGoods, TakeBack
from hub.model.intents import Intent, Outcome
from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from hub.ports import (
    Answer,
    ChangePage,
    Failed,
    Found,
    Health,
    HintSeen,
    Missing,
    Question,
    SourceCall,
    WebhookDelivery,
)
from hub.settings import Secret
from sources.kit.decoding import decoded
from sources.kit.http import Origin
from sources.kit.signature import check
from sources.vendure.cancel import Cancelling
from sources.vendure.client import VendureClient
from sources.vendure.creating import Creating
from sources.vendure.documents import FIND
from sources.vendure.drafts import Till
from sources.vendure.goods import KINDS, Goods
from sources.vendure.manifest import ALL, BATCH, CHANGED, MANIFEST, OPEN, PLACED
from sources.vendure.mapping import Reading
from sources.vendure.orders import Orders
from sources.vendure.publishing import Publishing
from sources.vendure.refunding import Refunding
from sources.vendure.shelf import Shelf
from sources.vendure.shipping import Shipping
from sources.vendure.snapshot import snapshot
from sources.vendure.taking_back import TakingBack
from sources.vendure.walk import OpenOrders, Walk
from sources.vendure.wire import VendureHook
from sources.vendure.wire_answers import FoundOrders

SIGNATURE_HEADER = "x-vendure-signature"
MOST_HITS = 20
NOT_UNDERSTOOD = 400
"""Status of an answer to a document that does not fit the shop's schema."""
_CART_STATES = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VendureSettings:
    """What an operator says of one shop, beside its url."""

    user: str
    """Administrator with ReadOrder, UpdateOrder, ReadCustomer, ReadCatalog, ReadStockLocation, ReadSettings and
    ReadChannel; with CreateOrder and DeleteOrder it places orders, with UpdateCatalog it publishes stock."""
    password: Secret
    """Its password."""
    webhook_secret: Secret | None = None
    """Shared with the webhook plugin; without it no delivery is accepted."""
    webhook_secret_before: Secret | None = None
    """The one before, while it is being changed."""
    money_digits: int = 2
    """Digits of the shop's minor units (Vendure's `moneyStrategyPrecision`)."""
    console: str | None = None
    """Address of the shop's own console, for links."""
    page: int = BATCH
    """Rows on one page of a sweep."""
    shipping_method: str = "standard"
    """Code of the shipping method for orders of the hub's whose service the shop does not know."""
    payment_method: str = "hub"
    """What the manual payment of an order of the hub's is called in the shop."""
    buyer: str | None = None
    """E-mail of the customer for orders of the hub's that name none."""


class Carried(Protocol):
    """One effect on its way into the shop."""

    async def execute(self, call: SourceCall) -> Outcome:
        """Carry it out once; go on from what is read where it had begun."""
        ...

    async def resolve(self, call: SourceCall) -> Outcome:
        """Look how far it is; nothing else."""
        ...


class VendureAdapter:
    """One shop, behind `hub.ports.Adapter`. Owns no thread, retry or sleep."""

    def __init__(self, client: VendureClient, settings: VendureSettings, source: str) -> None:
        self._client = client
        self._settings = settings
        self._source = source
        self._reading = Reading(source=source, digits=settings.money_digits, console=settings.console)
        self._orders = Orders(client, self._reading)
        self._till = Till(
            shipping_method=settings.shipping_method, payment_method=settings.payment_method, buyer=settings.buyer
        )
        self._walk = Walk(client, self._reading, page=settings.page)

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        return MANIFEST

    async def health(self, call: SourceCall) -> Health:
        """Ask for the shop's own settings.

        Raises SourceMisset where its money has other digits than we were told, or its orders lack our custom field.
        """
        try:
            found, skew = await self._client.settings(call)
        except SourceGarbled as refused:
            if refused.facts.get("status") != NOT_UNDERSTOOD:
                raise
            message = "orders of the shop have no custom field hubRequestId (a unique text, not for customers to set)"
            raise SourceMisset(message, source=self._source) from refused
        digits = found.server_config.money_strategy_precision
        if digits != self._settings.money_digits:
            message = f"the shop's money has {digits} digits, the settings say {self._settings.money_digits}"
            raise SourceMisset(message, source=self._source)
        return Health(version=MANIFEST.contract_version, clock_skew_seconds=skew)

    async def login(self, call: SourceCall) -> None:
        """Begin a new session; the one before is forgotten."""
        await self._client.login(call)

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """Orders by id, each with its parcels and its customer, or goods. A cart is no order: Missing."""
        if kind in KINDS:
            return await self._goods(kind).read(call, ids)
        if kind not in MANIFEST.reads:
            message = f"vendure reads no {kind.value} by itself; parcels and customers come with their order"
            raise NotOffered(message, source=self._source, kind=kind.value)
        answers: dict[str, Found | Missing | Failed] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            shelf = await self._orders.fetch(call, batch)
            answers.update((one, _answer(shelf, one)) for one in batch)
        return answers

    def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Pages of `placed`, `changed`, `open` or of all goods. Raises CursorExpired on a cursor it cannot use."""
        if kind is Kind.ORDER and sweep in (PLACED, CHANGED):
            return self._walk.by_time(call, sweep, cursor)
        if kind is Kind.ORDER and sweep == OPEN:
            return snapshot(call, OpenOrders(self._client, self._reading, size=self._settings.page), cursor)
        if kind in KINDS and sweep == ALL:
            return snapshot(call, self._goods(kind), cursor)
        message = f"vendure has no sweep {sweep} of {kind.value}"
        raise NotOffered(message, source=self._source, kind=kind.value)

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Carry out the effect once; each in a module of its own."""
        return await self._carried(intent).execute(call)

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look how far the effect is; nothing else."""
        return await self._carried(intent).resolve(call)

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """`order.find`: ids of placed orders whose code is the identifier, exactly as Vendure writes codes."""
        if question.name not in MANIFEST.questions:
            message = f"vendure does not answer {question.name}"
            raise NotOffered(message, source=self._source)
        code = question.facts.get("identifier", "").strip().upper()
        if not code:
            return Answer()
        options = {
            "take": MOST_HITS,
            "filter": {"_and": [{"code": {"eq": code}}, {"orderPlacedAt": {"isNull": False}}]},
        }
        found = await self._client.query(call, FIND, {"options": options}, "orders", FoundOrders)
        return Answer(ids=tuple(item.id for item in found.items))

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """The delivery, if the plugin's signature over these very bytes is right. Raises Denied."""
        lower = {name.lower(): value for name, value in headers.items()}
        given = (self._settings.webhook_secret, self._settings.webhook_secret_before)
        check(body, lower.get(SIGNATURE_HEADER), [one.reveal() for one in given if one is not None], prefix="sha256=")
        return WebhookDelivery(headers=lower, body=body)

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """The plugin's own event id. Raises SourceGarbled."""
        return self._hook(delivery).id

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen]:
        """The orders to read again; none for what happens to a cart. Raises SourceGarbled."""
        hook = self._hook(delivery)
        if hook.state in _CART_STATES:
            return ()
        named = [*hook.order_ids, *([hook.order_id] if hook.order_id is not None else [])]
        return tuple(HintSeen(kind=Kind.ORDER, source_id=one) for one in dict.fromkeys(str(one) for one in named))

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    def _goods(self, kind: Kind) -> Goods:
        return Goods(self._client, self._reading, kind, size=self._settings.page)

    def _carried(self, intent: Intent) -> Carried:
        """Whoever carries the effect out. Raises NotOffered where nobody does."""
        made, order_id = self._client, intent.source_id
        match intent.content:
            case CancelOrder() as content if order_id is not None and intent.kind is Kind.ORDER:
                return Cancelling(made, self._orders, order_id, content)
            case CreateOrder() as content if order_id is None and intent.kind is Kind.ORDER:
                return Creating(made, self._orders, self._till, content)
            case ShipGoods() as content if order_id is not None and intent.kind is Kind.ORDER:
                return Shipping(made, self._orders, order_id, content)
            case TakeBack() as content if order_id is not None and intent.kind is Kind.ORDER:
                return TakingBack(made, self._orders, order_id, content)
            case Refund() as content if order_id is not None and intent.kind is Kind.ORDER:
                return Refunding(made, self._orders, order_id, content, digits=self._settings.money_digits)
            case PublishStock() as content:
                return Publishing(made, self._source, content)
        message = f"vendure does not carry out {intent.action} on {intent.kind.value}"
        raise NotOffered(message, source=self._source)

    def _hook(self, delivery: WebhookDelivery) -> VendureHook:
        raw = msgspec.Raw(delivery.body)
        return decoded(raw, VendureHook, source=self._source, at="$")


SETTINGS = VendureSettings


def connect(settings: VendureSettings, *, url: str, source: str, clock: Clock) -> VendureAdapter:
    """An adapter for the shop at *url*; opens no connection yet."""
    origin = Origin(url, source=source, clock=clock)
    client = VendureClient(origin, source=source, user=settings.user, password=settings.password)
    return VendureAdapter(client, settings, source)


def _answer(shelf: Shelf, order_id: str) -> Found | Missing | Failed:
    if order_id in shelf.failed:
        return Failed(reason=shelf.failed[order_id])
    order = shelf.orders.get(order_id)
    if order is None or order.order_placed_at is None:
        return Missing()
    return Found(seen=shelf.seen[order_id])
