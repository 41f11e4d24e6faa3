"""The adapter: Vendure's Admin API behind `hub.ports.Adapter`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from hub.clock import Clock
from hub.errors import NotOffered, SourceBusy, SourceGarbled, SourceMisset, SourceRefused
from hub.model.effects import CancelOrder
from hub.model.intents import Intent, Outcome, OutcomeState
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
from sources.vendure import sweeps
from sources.vendure.cancel import cancel_input, outcome, standing
from sources.vendure.client import VendureClient
from sources.vendure.documents import FIND
from sources.vendure.goods import KINDS, Goods
from sources.vendure.manifest import ALL, BATCH, CHANGED, MANIFEST, OPEN, PLACED
from sources.vendure.mapping import Reading
from sources.vendure.shelf import Shelf, shelve
from sources.vendure.snapshot import snapshot
from sources.vendure.walk import OpenOrders, Walk
from sources.vendure.wire import FoundOrders, VendureHook, VendureOrder

SIGNATURE_HEADER = "x-vendure-signature"
MOST_HITS = 20
_CART_STATES = frozenset({"Created", "Draft", "AddingItems", "ArrangingPayment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VendureSettings:
    """What an operator says of one shop, beside its url."""

    user: str
    """Administrator with ReadOrder, UpdateOrder, ReadCustomer, ReadCatalog, ReadStockLocation, ReadSettings and
    ReadChannel."""
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


class VendureAdapter:
    """One shop, behind `hub.ports.Adapter`. Owns no thread, retry or sleep."""

    def __init__(self, client: VendureClient, settings: VendureSettings, source: str) -> None:
        self._client = client
        self._settings = settings
        self._source = source
        self._reading = Reading(source=source, digits=settings.money_digits, console=settings.console)
        self._walk = Walk(client, self._reading, page=settings.page)

    def describe(self) -> Manifest:
        """What this adapter can do; static."""
        return MANIFEST

    async def health(self, call: SourceCall) -> Health:
        """Ask for the shop's own settings. Raises SourceMisset where its money has other digits than we were told."""
        found, skew = await self._client.settings(call)
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
            shelf = await self._fetch(call, batch)
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
        """Cancel what is missing to the target, as far as it has not left: look, cancel, look again.

        DONE with grants below the targets where the shop could give a part only; REFUSED where it could give nothing.
        """
        content = _offered(intent)
        before = await self._order(call, intent)
        lines = standing(before, content)
        if lines is None:
            return Outcome(state=OutcomeState.REFUSED, words="the order has no such line", reference=before.code)
        wanted = cancel_input(before.id, lines, content)
        if wanted is None:
            return outcome(before, lines)
        try:
            await self._client.cancel(call, {"input": wanted})
        except SourceRefused as refused:
            return await self._refused(call, intent, refused)
        after = await self._read_back(call, intent)
        return replace(after, state=OutcomeState.DONE) if after.state is OutcomeState.REFUSED else after

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look how the lines stand; nothing else."""
        order = await self._order(call, intent)
        lines = standing(order, _offered(intent))
        if lines is None:
            return Outcome(state=OutcomeState.REFUSED, words="the order has no such line", reference=order.code)
        return outcome(order, lines)

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

    async def _order(self, call: SourceCall, intent: Intent) -> VendureOrder:
        _offered(intent)
        order_id = intent.source_id or ""
        shelf = await self._fetch(call, [order_id])
        if order_id in shelf.failed:
            raise SourceGarbled(shelf.failed[order_id], source=self._source)
        order = shelf.orders.get(order_id)
        if order is None or order.order_placed_at is None:
            message = "the shop has no such order"
            raise SourceRefused(message, source=self._source, source_id=order_id)
        return order

    async def _fetch(self, call: SourceCall, ids: Sequence[str]) -> Shelf:
        answered = await self._client.orders(call, sweeps.by_ids(ids))
        return shelve(answered.items, self._reading)

    async def _read_back(self, call: SourceCall, intent: Intent) -> Outcome:
        """What the shop holds now. Where it cannot be read, the effect is ACCEPTED: it said yes."""
        try:
            return await self.resolve(call, intent)
        except (SourceBusy, SourceMisset, SourceGarbled):
            return Outcome(state=OutcomeState.ACCEPTED)

    async def _refused(self, call: SourceCall, intent: Intent, refused: SourceRefused) -> Outcome:
        """The shop said no: perhaps somebody else was quicker, so what it holds decides, and its words are kept."""
        found = await self._read_back(call, intent)
        if found.state is OutcomeState.DONE:
            return found
        return Outcome(
            state=OutcomeState.REFUSED, reference=found.reference, words=refused.message, grants=found.grants
        )

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


def _offered(intent: Intent) -> CancelOrder:
    if isinstance(intent.content, CancelOrder) and intent.kind is Kind.ORDER:
        return intent.content
    message = f"vendure does not carry out {intent.action} on {intent.kind.value}"
    raise NotOffered(message, source=intent.source)
