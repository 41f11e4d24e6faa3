"""A source with a script: it keeps orders, counts effects, and fails as it is told. It outlives whoever calls it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hub.errors import CursorExpired, NotOffered, SourceMisset
from hub.model.effects import cancel_in
from hub.model.intents import Intent, LineGrant, Outcome, OutcomeState
from hub.model.manifest import (
    Delta,
    Idempotency,
    Manifest,
    Rate,
    Read,
    SourceBinding,
    Sweep,
    Tells,
    WebhookTrust,
    Write,
)
from hub.model.observation import Content, NaturalKey, Seen, SourceLine, SourceQuantities
from hub.model.order import OrderCommercial, OrderGroups, OrderStatus
from hub.model.vocabulary import FieldGroup, Kind, SystemKind
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
from tests.kit.scripted_made import Documents, done, is_create, reference_of, seen_of_made

OPEN, CHANGED = "open", "changed"
BROKEN = "the source cannot show it"
"""Why an order whose id begins so cannot be read."""
EVERY = timedelta(minutes=1)
"""How often its sweeps run."""


@dataclass(slots=True, kw_only=True)
class ShopOrder:
    """An order as the source keeps it: one line of *ordered* units."""

    id: str
    ordered: int = 3
    cancelled: int = 0
    changed: int = 0
    """Number of the change that touched it last."""

    @property
    def state(self) -> str:
        """The source's own word."""
        return "Cancelled" if self.cancelled == self.ordered else "Open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with one request of a verb, once."""

    verb: str
    """read, execute, resolve, changes, login, health."""
    error: Exception | None = None
    """What the adapter makes of the answer, or of none."""
    has_effect: bool = False
    """The effect comes all the same: the answer was lost."""
    expires: bool = False
    """From now on the source takes no credential it gave before."""
    slow: float = 0.0
    """Seconds before the source answers; its effect comes first."""
    until: asyncio.Event | None = None
    """What the source waits for before it answers, besides."""
    late: float = 0.0
    """Seconds before the request reaches the source, whoever still waits for it."""
    of: str = ""
    """Reference or key of the one intent that it befalls; empty: whichever comes next."""


@dataclass(slots=True, kw_only=True)
class ScriptedShop:
    """The source itself."""

    orders: dict[str, ShopOrder] = field(default_factory=dict)
    documents: Documents = field(default_factory=Documents)
    """What it was asked to create."""
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[str] = field(default_factory=list)
    """Verbs as they reached the source, in order."""
    effects: list[str] = field(default_factory=list)
    """Keys of the intents that changed something, in order."""
    read_batches: list[tuple[str, ...]] = field(default_factory=list)
    token: int = 0
    """The credential it takes now."""
    logins: int = 0
    changes: int = 0
    at_once: int = 0
    most_at_once: int = 0
    truncates: bool = False
    """Its sweeps end before their last page."""
    on_request: Callable[[str], None] = field(default=lambda _: None)
    """Told of each verb when it reaches the source."""
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    def place(self, order_id: str, *, ordered: int = 3) -> ShopOrder:
        """A customer orders."""
        self.changes += 1
        self.orders[order_id] = ShopOrder(id=order_id, ordered=ordered, changed=self.changes)
        return self.orders[order_id]

    def change(self, order_id: str, *, cancelled: int) -> None:
        """Somebody cancels at the source itself."""
        self.changes += 1
        order = self.orders[order_id]
        order.cancelled, order.changed = cancelled, self.changes

    def fail(self, *faults: Fault) -> None:
        """Let the next requests of these verbs go wrong."""
        self.faults.extend(faults)

    def next_fault(self, verb: str, of: str = "") -> Fault:
        """The next one scripted for *verb*, or for one intent's."""
        for fault in self.faults:
            if fault.verb == verb and fault.of in ("", of):
                self.faults.remove(fault)
                return fault
        return Fault(verb=verb)

    def carry_out(self, intent: Intent) -> None:
        """Do what an intent asks for."""
        if is_create(intent):
            self.documents.make(intent)
        else:
            self.cancel(intent)

    def cancel(self, intent: Intent) -> None:
        """Carry out a cancel: the target is a total, so once is enough."""
        order = self.orders.get(intent.source_id or "")
        wanted = int(sum(target.cancelled for target in cancel_in(intent.content).lines))
        if order is not None and order.cancelled < wanted:
            self.change(order.id, cancelled=wanted)
            self.effects.append(intent.key)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something when *seconds* have passed, whoever is gone by then."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            act()

        task = asyncio.ensure_future(wait())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


class ScriptedAdapter:
    """Implements `hub.ports.Adapter` for a ScriptedShop; asks the turnstile before each request, as the kit does."""

    def __init__(self, shop: ScriptedShop, manifest: Manifest | None = None) -> None:
        self.shop = shop
        self._manifest = manifest or scripted_manifest()
        self._token = shop.token
        declared = self._manifest.writes.get("order.create")
        if declared is not None:
            shop.documents.idempotency = declared.idempotency

    def describe(self) -> Manifest:
        """What it can do."""
        return self._manifest

    async def health(self, call: SourceCall) -> Health:
        """Reachable and allowed."""
        await self._request(call, "health")
        return Health(version="1")

    async def login(self, call: SourceCall) -> None:
        """Get the present credential."""
        self.shop.logins += 1
        fault = await self._admitted(call, "login")
        await self._answered(fault)
        self._token = self.shop.token

    async def read(self, call: SourceCall, kind: Kind, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """Orders by id."""
        self.shop.read_batches.append(tuple(ids))
        if kind is not Kind.ORDER:
            message = f"{kind} is not read"
            raise NotOffered(message)
        await self._request(call, "read")
        return {one: self._found(one) for one in ids}

    async def changes(
        self, call: SourceCall, kind: Kind, sweep: str, cursor: Mapping[str, Any] | None
    ) -> AsyncIterator[ChangePage]:
        """Two orders a page, by id or by change."""
        if cursor is not None and "after" not in cursor:
            message = "this cursor is of no use"
            raise CursorExpired(message)
        after = cursor["after"] if cursor else 0
        while True:
            await self._request(call, "changes")
            key: Callable[[ShopOrder], Any] = (lambda one: one.changed) if sweep == CHANGED else (lambda one: one.id)
            rest = sorted((one for one in self.shop.orders.values() if not after or key(one) > after), key=key)
            page, is_last = rest[:2], len(rest) <= 2
            if is_last and self.shop.truncates:
                return
            after = key(page[-1]) if page else after
            yield ChangePage(
                found=tuple(seen_of(one) for one in page if not is_broken(one.id)),
                failed={one.id: BROKEN for one in page if is_broken(one.id)},
                cursor={"after": 0 if is_last and sweep == OPEN else after},  # a snapshot is always taken whole
                is_last=is_last,
                total=len(self.shop.orders),
            )
            if is_last:
                return

    async def execute(self, call: SourceCall, intent: Intent) -> Outcome:
        """Cancel lines, or create what is not there; a source of class LOOKUP is asked before."""
        looks = is_create(intent) and self._manifest.writes[intent.action].idempotency is Idempotency.LOOKUP
        if looks:
            await self._request(call, "look")
            found = self.shop.documents.found(intent)
            if found.state is OutcomeState.DONE:
                return found
        fault = await self._admitted(call, "execute", has_effect=True, of=reference_of(intent))
        if fault.late:
            self.shop.later(fault.late, lambda: self.shop.carry_out(intent))
        elif fault.error is None or fault.has_effect:
            self.shop.carry_out(intent)
        await self._answered(fault)
        if fault.late:
            await asyncio.sleep(call.patience * 2)
        return done(self.shop.documents.first(intent)) if is_create(intent) else _done(intent)

    async def resolve(self, call: SourceCall, intent: Intent) -> Outcome:
        """Look whether the lines are cancelled, or the document is there."""
        if self._manifest.writes[intent.action].idempotency is Idempotency.KEY:
            message = "there is no look-up"
            raise NotOffered(message)
        await self._request(call, "resolve")
        if is_create(intent):
            return self.shop.documents.found(intent)
        order = self.shop.orders.get(intent.source_id or "")
        wanted = sum(target.cancelled for target in cancel_in(intent.content).lines)
        if order is not None and order.cancelled >= wanted:
            return _done(intent)
        begun = order is not None and order.cancelled > 0
        return Outcome(state=OutcomeState.PARTIAL if begun else OutcomeState.ABSENT)

    async def ask(self, call: SourceCall, question: Question) -> Answer:
        """Find an order by id."""
        await self._request(call, "ask")
        wanted = question.facts["identifier"]
        return Answer(ids=(wanted,) if wanted in self.shop.orders else ())

    def verify(self, headers: Mapping[str, str], body: bytes) -> WebhookDelivery:
        """Everything is believed."""
        return WebhookDelivery(headers=headers, body=body)

    def dedupe_key(self, delivery: WebhookDelivery) -> str:
        """The body."""
        return delivery.body.decode()

    def parse(self, delivery: WebhookDelivery) -> Sequence[HintSeen | Seen]:
        """The body is an order's id."""
        return [HintSeen(kind=Kind.ORDER, source_id=delivery.body.decode())]

    async def close(self) -> None:
        """Nothing is open."""

    def _found(self, order_id: str) -> Found | Missing | Failed:
        if is_broken(order_id):
            return Failed(reason=BROKEN)
        made = self.shop.documents.by_id(order_id)
        if made is not None:
            return Found(seen=(seen_of_made(made),))
        order = self.shop.orders.get(order_id)
        return Missing() if order is None else Found(seen=(seen_of(order),))

    async def _request(self, call: SourceCall, verb: str) -> None:
        await self._answered(await self._admitted(call, verb))

    async def _admitted(self, call: SourceCall, verb: str, *, has_effect: bool = False, of: str = "") -> Fault:
        await call.turnstile.admit(has_effect=has_effect)
        call.turnstile.written()
        shop = self.shop
        shop.requests.append(verb)
        shop.on_request(verb)
        fault = shop.next_fault(verb, of)
        if fault.expires:
            shop.token += 1
        if verb != "login" and self._token != shop.token:
            message = "the source does not accept our credentials"
            raise SourceMisset(message, expired=True)
        return fault

    async def _answered(self, fault: Fault) -> None:
        self.shop.at_once += 1
        self.shop.most_at_once = max(self.shop.most_at_once, self.shop.at_once)
        try:
            await asyncio.sleep(fault.slow)
            if fault.until is not None:
                await fault.until.wait()
        finally:
            self.shop.at_once -= 1
        if fault.error is not None:
            raise fault.error


def is_broken(order_id: str) -> bool:
    """Whether the source lists this order and cannot show it."""
    return order_id.startswith("broken")


def _done(intent: Intent) -> Outcome:
    grants = tuple(LineGrant(line_no=one.line_no, cancelled=one.cancelled) for one in cancel_in(intent.content).lines)
    return Outcome(state=OutcomeState.DONE, reference=intent.source_id, grants=grants)


def seen_of(order: ShopOrder) -> Seen:
    """What the adapter makes of an order."""
    quantities = SourceQuantities(ordered=Decimal(order.ordered), cancelled=Decimal(order.cancelled))
    return Seen(
        kind=Kind.ORDER,
        source_id=order.id,
        content=Content(
            order=OrderGroups(commercial=OrderCommercial(currency_code="EUR")),
            number=order.id,
            raw_status=order.state,
            status=(OrderStatus.CANCELLED if order.state == "Cancelled" else OrderStatus.ACCEPTED).value,
            bears=(NaturalKey(scheme="shop.order.id", value=order.id),),
            lines=(SourceLine(id=f"{order.id}-1", sku="SKU", quantities=quantities),),
        ),
        raw={"id": order.id, "cancelled": order.cancelled},
    )


def scripted_manifest(
    *,
    idempotency: Idempotency = Idempotency.LOOKUP,
    longest_call: timedelta = timedelta(milliseconds=300),
    settle: timedelta = timedelta(),
    rate: Rate | None = None,
    batch: int = 10,
) -> Manifest:
    """What the scripted adapter promises."""
    return Manifest(
        adapter="scripted",
        title="Scripted",
        contract_version="1",
        tells=Tells.STATE,
        reads={Kind.ORDER: Read(batch=batch)},
        sweeps={
            Kind.ORDER: (
                Sweep(name=CHANGED, strategy=Delta.TIMESTAMP, every=EVERY, covers=False),
                Sweep(name=OPEN, strategy=Delta.SNAPSHOT, every=EVERY, lists_open=True),
            )
        },
        writes={"order.cancel": Write(idempotency=idempotency, longest_call=longest_call, settle=settle)},
        questions=("order.find",),
        groups={Kind.ORDER: (FieldGroup.COMMERCIAL, FieldGroup.LIFECYCLE)},
        unique_schemes=("shop.order.id",),
        webhook=WebhookTrust.HINT,
        rate=rate or Rate(),
        statuses={"Open": "ACCEPTED", "Cancelled": "CANCELLED"},
    )


def creating(manifest: Manifest) -> Manifest:
    """The same, which also creates orders as safely as it cancels them."""
    return replace(manifest, writes={**manifest.writes, "order.create": manifest.writes["order.cancel"]})


def scripted_binding(manifest: Manifest | None = None) -> SourceBinding:
    """The scripted source of tenant acme."""
    known = manifest or scripted_manifest()
    return SourceBinding(
        source="shop", tenant="acme", system=SystemKind.COMMERCE, manifest=known, listens=bool(known.pushes)
    )
