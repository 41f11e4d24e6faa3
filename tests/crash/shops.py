"""The rehearsed shops as recorders: every request, every cancel carried out, troubles by plan. They outlive the hub."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from hub.clock import SystemClock
from hub.settings import Secret
from sources.vendure.rehearsal.shop import start_shipping
from sources.vendure.rehearsal.stand import Stand, make_stand
from sources.vendure.rehearsal.state import Event, Order, Parcel
from tests.crash.asgi import Receive, Scope, Send, whole_body
from tests.crash.judge.evidence import Called, Committed, ShopOrder, Units
from tests.crash.plan import SHOP, Fault, SlowWish, SourceFault, Trouble, Verb
from tests.crash.spoiling import alone_for, busy, captured, spoilt, throttled
from tests.crash.tempo import LONGEST_CALL
from tests.crash.till import Till, back_of, is_back

USER, PASSWORD = "hub", "of the rehearsal"
WISHED = "wish-"
"""How the correlation ids of cancels begin."""
UNHEARD = 0.6  # seconds for which an answer is held back that is old: long enough for a webhook to be taken in

Now = Callable[[], float]


SLUGGISH = {
    Verb.LOOK: SourceFault(tenant="", verb=Verb.LOOK, nth=1, trouble=Trouble.LATE, seconds=0.7 * LONGEST_CALL),
    Verb.CANCEL: SourceFault(tenant="", verb=Verb.CANCEL, nth=1, trouble=Trouble.SLOW, seconds=0.85 * LONGEST_CALL),
}
"""Together longer than a call may take, the cancel alone not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A cancel under way at the shop."""

    order: str
    note: str
    shipping: bool


@dataclass(slots=True, kw_only=True)
class Incident:
    """What the nemesis may want to know: a cancel was just carried out for the process *pid*."""

    tenant: str
    number: int
    pid: int | None


class RecordedShop:
    """One tenant's shop."""

    def __init__(self, tenant: str, seed: int, now: Now, caller: Callable[[int], int | None]) -> None:
        self.tenant = tenant
        self.stand: Stand = make_stand(SystemClock(), user=USER, password=Secret(PASSWORD), seed=seed)
        self.stand.shop.listeners.append(self._heard)
        self._now = now
        self._caller = caller
        self._left: dict[int, dict[str, int]] = {}
        self._paid_while_read: list[Order] = []
        self._faults: list[SourceFault] = []
        self._met: Counter[Verb] = Counter()
        self._alone_until = 0.0
        self._wishes: dict[str, int] = {}
        self._slow_wishes: set[int] = set()
        self.till = Till(self.stand.shop)
        self._asked_for: Counter[tuple[str, Verb]] = Counter()
        self.called: list[Called] = []
        self.committed: list[Committed] = []
        self.events = 0
        """Events told so far: as many webhooks were posted."""
        self.carried_out: Callable[[Incident], None] = lambda _: None
        """Told of every cancel the moment it is done, before its answer."""

    # ------------------------------------------------------------------ what people do at the shop

    def place(self, lines: Units, *, settled: bool) -> Order:
        """Somebody buys something."""
        return self.check_out(self.fill(lines), settled=settled)

    def fill(self, lines: Units) -> Order:
        """A cart; its code is known from the start."""
        shop, order = self.stand.shop, self.stand.shop.cart()
        by_sku = {variant.sku: variant for variant in shop.variants.values()}
        for sku, units in lines:
            shop.add(order, by_sku[sku], units)
        return order

    def check_out(self, order: Order, *, settled: bool) -> Order:
        """As a guest whose name only this tenant may read."""
        shop = self.stand.shop
        guest = f"canary-{self.tenant}-{order.code.lower()}"
        order.customer = shop.buyer(f"{guest}@mail.example", "Canary", self.tenant)
        order.address = {"fullName": guest, "streetLine1": "Row 1", "city": "Gent", "countryCode": "BE"}
        start_shipping(order)
        shop.move(order, "ArrangingPayment")
        self._left[order.id] = {line.variant.sku: line.quantity for line in order.lines}
        shop.pay(order, "dummy" if settled else "dummy-auth", settled=settled)
        return order

    def ship(self, order: Order, units: Units) -> None:
        """Pack units and hand them to the carrier."""
        self.stand.shop.move_parcel(order, self.announce(order, units), "Shipped")

    def announce(self, order: Order, units: Units) -> Parcel:
        """A parcel with a tracking number."""
        lines = {line.variant.sku: line.id for line in order.lines}
        wanted = [(lines[sku], count) for sku, count in units]
        return self.stand.shop.fulfil(order, wanted, "carrier", f"TRACK{order.code}")

    def settle(self, order: Order) -> None:
        """The money has come."""
        if order.state == "PaymentAuthorized":
            self.stand.shop.settle(order, order.payments[0])

    def settle_while_read(self, order: Order) -> None:
        """The money comes while the next answer that tells of the order is on its way."""
        self._paid_while_read.append(order)

    # ------------------------------------------------------------------ what is told at the end

    def orders(self) -> Sequence[ShopOrder]:
        """Every placed order as it stands."""
        return [
            ShopOrder(
                tenant=self.tenant,
                source_id=str(order.id),
                code=order.code,
                state=order.state,
                lines={
                    line.variant.sku: (line.placed, line.placed - line.quantity - back_of(order, line))
                    for line in order.lines
                },
            )
            for order in self.stand.shop.orders.values()
            if order.placed_at is not None
        ]

    def skus(self) -> Mapping[str, str]:
        """The shop's id of each line -> sku."""
        return {str(line.id): line.variant.sku for order in self.stand.shop.orders.values() for line in order.lines}

    def codes(self) -> tuple[str, ...]:
        """The codes of all orders: nobody else may read them."""
        return tuple(order.code for order in self.stand.shop.orders.values())

    # ------------------------------------------------------------------ troubles

    def trouble(self, faults: Sequence[Fault]) -> None:
        """Let those that are this shop's happen, each once."""
        self._faults = [
            one for one in faults if isinstance(one, SourceFault) and (one.tenant, one.role) == (self.tenant, SHOP)
        ]
        self._slow_wishes = {one.nth for one in faults if isinstance(one, SlowWish) and one.tenant == self.tenant}

    def heal(self) -> None:
        """No more troubles; what is slow stays slow, which harms nobody who waits."""
        self._faults = []
        self._alone_until = 0.0

    # ------------------------------------------------------------------ the server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The shop's APIs, as ASGI."""
        body = await whole_body(receive)
        asked = json.loads(body) if body else {}
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        verb = _verb(asked, headers.get("x-correlation-id", ""))
        fault = self._sluggish(verb, headers.get("x-correlation-id", "")) or self._meets(verb)
        pid = self._caller(scope["client"][1])
        began, retry_after = self._now(), None
        if fault is not None and fault.trouble is Trouble.THROTTLED:
            retry_after = float(alone_for(fault))
        try:
            await self._serve(scope, send, _Request(body=body, asked=asked, verb=verb, fault=fault, pid=pid))
        finally:
            self.called.append(
                Called(
                    tenant=self.tenant,
                    verb=verb.value,
                    began=began,
                    ended=self._now(),
                    pid=pid,
                    retry_after=retry_after,
                )
            )

    async def _serve(self, scope: Scope, send: Send, request: _Request) -> None:
        trouble = request.fault.trouble if request.fault is not None else None
        if trouble is Trouble.BUSY:
            return await busy(send)
        if trouble is Trouble.THROTTLED and request.fault is not None:
            self._alone_until = max(self._alone_until, self._now() + alone_for(request.fault))
        if (left := self._alone_until - self._now()) > 0:
            return await throttled(send, left)
        if trouble is Trouble.SLOW and request.fault is not None:
            await asyncio.sleep(request.fault.seconds)
        done = self._done
        with self.till.watching() if request.verb is Verb.BACK else nullcontext():
            answered = await captured(self.stand.app, scope, request.body)
        self._note(request.wish)
        if self._done > done:
            self.carried_out(Incident(tenant=self.tenant, number=self._done, pid=request.pid))
        if request.verb is Verb.READ:
            await self._changing(answered.body)
        if trouble is Trouble.LATE and request.fault is not None:
            await asyncio.sleep(request.fault.seconds)
        return await spoilt(send, trouble, answered)

    async def _changing(self, told: bytes) -> None:
        """Let come the money of orders that were just told of, and hold the answer back."""
        paid = [order for order in self._paid_while_read if f'"{order.code}"'.encode() in told]
        for order in paid:
            self._paid_while_read.remove(order)
            self.settle(order)
        if paid:
            await asyncio.sleep(UNHEARD)

    @property
    def _done(self) -> int:
        """Cancels and returns carried out so far."""
        return len(self.committed) + self.till.done

    def _sluggish(self, verb: Verb, wish: str) -> SourceFault | None:
        """The first look and the first cancel of a wish that is meant to be slow."""
        if not wish.startswith(WISHED) or verb not in SLUGGISH:
            return None
        self._wishes.setdefault(wish, len(self._wishes) + 1)
        self._asked_for[wish, verb] += 1
        if self._wishes[wish] not in self._slow_wishes or self._asked_for[wish, verb] > 1:
            return None
        return replace(SLUGGISH[verb], tenant=self.tenant)

    def _meets(self, verb: Verb) -> SourceFault | None:
        self._met[verb] += 1
        for fault in self._faults:
            if (fault.verb, fault.nth) == (verb, self._met[verb]):
                self._faults.remove(fault)
                return fault
        return None

    def _heard(self, _: Event) -> None:
        self.events += 1

    def _note(self, wish: Wish | None) -> None:
        """Keep what a request has taken off its order."""
        order = None if wish is None else self.stand.shop.orders.get(int(wish.order))
        if wish is None or order is None:
            return
        left = {line.variant.sku: line.quantity for line in order.lines}
        before = self._left[order.id]
        units = tuple(sorted((sku, before[sku] - count) for sku, count in left.items() if count != before[sku]))
        if units:
            self._left[order.id] = left
            commit = Committed(
                tenant=self.tenant,
                code=order.code,
                note=wish.note,
                units=units,
                shipping=wish.shipping,
                at=self._now(),
            )
            self.committed.append(commit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    body: bytes
    asked: dict[str, Any]  # Any: JSON
    verb: Verb
    fault: SourceFault | None
    pid: int | None

    @property
    def wish(self) -> Wish | None:
        """The cancel it asks for, if it does."""
        if self.verb is not Verb.CANCEL:
            return None
        given = self.asked["variables"]["input"]
        return Wish(
            order=str(given["orderId"]), note=str(given.get("reason")), shipping=bool(given.get("cancelShipping"))
        )


def _verb(asked: Mapping[str, Any], correlation_id: str) -> Verb:  # Any: JSON
    query = str(asked.get("query", ""))
    if is_back(asked):
        return Verb.BACK
    if "cancelOrder(" in query:
        return Verb.CANCEL
    if "login(" in query:
        return Verb.LOGIN
    return Verb.LOOK if correlation_id.startswith(WISHED) else Verb.READ
