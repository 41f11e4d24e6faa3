"""What people do in a seed: an order is placed, appears in the hub, is cancelled, in whatever weather."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from hub.errors import InvalidInput
from hub.model.ids import from_global, global_id
from tests.crash.graph import CANCEL, LINES, PAGE, STATE, Answered, Graph
from tests.crash.history import History
from tests.crash.judge.evidence import Asked, Looked, Phase, Units
from tests.crash.plan import CancelPlan, OrderPlan
from tests.crash.shops import Now, RecordedShop
from tests.crash.wire import NoAnswer

PATIENCE = 180.0  # seconds until an order must have appeared, or a request have been answered
PAUSE = 0.15  # seconds between two looks
LOOKS = 6
TOO_MANY = 10_000
UNSURE = frozenset({"SHUTTING_DOWN", "INTERNAL", "TIMEOUT", "SOURCE_TIMEOUT"})
"""Codes that do not say whether it was done."""
AGAIN = frozenset({"IDEMPOTENCY_IN_PROGRESS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One API key of one tenant."""

    tenant: str
    client: str
    graph: Graph


@dataclass(slots=True, kw_only=True)
class People:
    """All clients of a seed, and what they saw."""

    now: Now
    history: History
    shops: Mapping[str, RecordedShop]
    desks: Mapping[tuple[str, str], Desk]
    """By (tenant, client)."""
    asked: list[Asked] = field(default_factory=list)
    looked: list[Looked] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    """What people waited for in vain."""

    async def live(self, plan: OrderPlan) -> None:
        """One order's life."""
        await asyncio.sleep(plan.at)
        shop = self.shops[plan.tenant]
        order = shop.place(plan.lines, settled=plan.settled)
        self.history.note("shop", "place", tenant=plan.tenant, code=order.code, lines=plan.lines)
        if plan.paid_while_read:
            shop.settle_while_read(order)
        if plan.ships:
            await asyncio.sleep(PAUSE)
            shop.settle(order)
            shop.ship(order, plan.ships)
        lines = await self._appears(plan, order.code)
        if lines is None:
            return
        async with asyncio.TaskGroup() as group:
            for wish in plan.cancels:
                group.create_task(self._wish(plan, order.code, lines, wish))
            if plan.only_asks:
                group.create_task(self._only_asks(plan, order.code, lines))
            if plan.impossible:
                group.create_task(self._impossible(plan, order.code, lines))

    async def _appears(self, plan: OrderPlan, code: str) -> dict[str, int] | None:
        """The hub's number of each line by sku, once it has them all."""
        graph = self.desks[plan.tenant, "rep"].graph
        end = self.now() + PATIENCE
        while self.now() < end:
            try:
                found = (await graph.ask(LINES, code=code)).data.get("order")
            except NoAnswer:
                found = None
            if found is not None and len(found["lines"]) == len(plan.lines):
                await self._browse(graph)
                return {line["sku"]: line["lineNo"] for line in found["lines"]}
            await asyncio.sleep(PAUSE)
        self.late.append(f"{code} never appeared")
        return None

    async def _browse(self, graph: Graph) -> None:
        """A page of all orders: everything on it must be this tenant's."""
        with suppress(NoAnswer):
            await graph.ask(PAGE)

    async def _wish(self, plan: OrderPlan, code: str, lines: dict[str, int], wish: CancelPlan) -> None:
        asking = Asking(tenant=plan.tenant, code=code, lines=lines, wish=wish)
        if wish.dry_first:
            await self._until_sure(asking, dry_run=True)
        async with asyncio.TaskGroup() as group:
            sent = [group.create_task(self._until_sure(asking)) for _ in range(wish.copies)]
        done = next((task.result().operation for task in sent if task.result().phase is Phase.OK), None)
        if wish.again:
            await self._until_sure(asking)
        if wish.other_payload and done is not None:
            await self._until_sure(asking.other(plan.lines))
        if done is not None:
            await self._look(asking, done)

    async def _impossible(self, plan: OrderPlan, code: str, lines: dict[str, int]) -> None:
        sku = plan.lines[0][0]
        name = f"impossible-{plan.number}"
        wish = CancelPlan(client="rep", key=name, note=name, units=((sku, TOO_MANY),), gives_up=True)
        await self._until_sure(Asking(tenant=plan.tenant, code=code, lines=lines, wish=wish))

    async def _only_asks(self, plan: OrderPlan, code: str, lines: dict[str, int]) -> None:
        sku = plan.lines[-1][0]
        name = f"asks-{plan.number}"
        wish = CancelPlan(client="bot", key=name, note=name, units=((sku, 1),))
        await self._until_sure(Asking(tenant=plan.tenant, code=code, lines=lines, wish=wish), dry_run=True)

    async def _until_sure(self, asking: Asking, *, dry_run: bool = False) -> Asked:
        """Send, and send again under the same key until an answer says what was done."""
        end = self.now() + PATIENCE
        while True:
            asked = await self._send(asking, dry_run=dry_run)
            is_open = asked.phase is Phase.INFO or set(asked.codes) & AGAIN
            if not is_open or asking.wish.gives_up:
                return asked
            if self.now() > end:
                self.late.append(f"{asking.wish.note} was never answered")
                return asked
            await asyncio.sleep(PAUSE)

    async def _send(self, asking: Asking, *, dry_run: bool) -> Asked:
        wish, desk = asking.wish, self.desks[asking.tenant, asking.wish.client]
        f = "dry-run" if dry_run else "cancel"
        process = f"{asking.tenant}/{wish.client}"
        number = self.history.invoke(process, f, key=wish.key, note=wish.note, code=asking.code, units=wish.units)
        began = self.now()
        try:
            said = None if dry_run else asking.correlation_id
            answered = await desk.graph.ask(CANCEL, said, input=asking.input(dry_run=dry_run), key=wish.key)
        except NoAnswer as lost:
            phase, facts = Phase.INFO, Facts(words=str(lost))
        else:
            phase, facts = _meaning(answered)
        asked = Asked(
            number=number,
            tenant=asking.tenant,
            client=wish.client,
            key=wish.key,
            code=asking.code,
            note=wish.note,
            units=wish.units,
            dry_run=dry_run,
            began=began,
            ended=self.now(),
            phase=phase,
            operation=local(facts.operation),
            replayed=facts.replayed,
            codes=facts.codes,
            correlation_id=facts.correlation_id,
        )
        self.history.end(process, number, f, phase, key=wish.key, codes=facts.codes, words=facts.words[:200])
        self.asked.append(asked)
        if facts.state is not None:
            self.looked.append(Looked(tenant=asking.tenant, note=wish.note, ended=asked.ended, state=facts.state))
        return asked

    async def _look(self, asking: Asking, operation: str) -> None:
        """Follow the operation for a while."""
        graph = self.desks[asking.tenant, asking.wish.client].graph
        for _ in range(LOOKS):
            try:
                found = (await graph.ask(STATE, id=global_id("Operation", operation))).data.get("node")
            except NoAnswer:
                found = None
            if found is not None:
                look = Looked(tenant=asking.tenant, note=asking.wish.note, ended=self.now(), state=str(found["state"]))
                self.looked.append(look)
                if found["done"]:
                    return
            await asyncio.sleep(PAUSE)


@dataclass(slots=True, kw_only=True)
class Asking:
    """A wish of one client about one order."""

    tenant: str
    code: str
    lines: Mapping[str, int]
    wish: CancelPlan
    _ids: dict[str, str] = field(default_factory=dict)

    def input(self, *, dry_run: bool) -> dict[str, object]:
        """As the graph wants it."""
        made: dict[str, object] = {
            "order": {"identifier": self.code},
            "reason": "CUSTOMER",
            "note": self.wish.note,
            "dryRun": dry_run,
        }
        if self.wish.units is not None:
            made["lines"] = [{"lineNo": self.lines[sku], "quantity": str(count)} for sku, count in self.wish.units]
        return made

    @property
    def correlation_id(self) -> str:
        """The same for every request that wants the same; by it the shop knows on whose behalf it is asked."""
        return f"{self.wish.note}-{self.code}"

    def other(self, units: Units) -> Asking:
        """Another wish under the same key."""
        name = f"other-{self.wish.note}"
        sku = units[-1][0]
        wish = CancelPlan(client=self.wish.client, key=self.wish.key, note=name, units=((sku, 1),))
        return Asking(tenant=self.tenant, code=self.code, lines=self.lines, wish=wish)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an answer said."""

    operation: str | None = None
    replayed: bool = False
    codes: tuple[str, ...] = ()
    correlation_id: str = ""
    state: str | None = None
    words: str = ""


def _meaning(answered: Answered) -> tuple[Phase, Facts]:
    payload = answered.data.get("orderCancel")
    if payload is None:
        phase = Phase.INFO if not answered.codes or set(answered.codes) & UNSURE else Phase.FAIL
        return phase, Facts(codes=answered.codes, words=answered.words)
    errors = payload["userErrors"]
    operation = payload["operation"] or {}
    facts = Facts(
        operation=operation.get("id"),
        replayed=payload["replayed"],
        codes=(*answered.codes, *(one["code"] for one in errors)),
        correlation_id=payload["correlationId"],
        state=operation.get("state"),
        words="; ".join(one["message"] for one in errors),
    )
    return (Phase.FAIL if errors else Phase.OK), facts


def local(operation: str | None) -> str | None:
    """The hub's own id behind a global one."""
    if operation is None:
        return None
    try:
        return from_global(operation)[1]
    except InvalidInput:
        return operation
