"""C8, C9 for effects that create or move things: one intent, one object, whatever becomes of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from hub.errors import NotOffered, OutcomeUnknown, SourceBusy, SourceError, SourceRefused, Unserved
from hub.model.effects import (
    CallBack,
    CancelOrder,
    CancelReason,
    CreateOrder,
    CreateReturn,
    Effect,
    InspectReturn,
    PostInvoice,
    PublishStock,
    ReceiveReturn,
    Refund,
    RequestFulfilment,
    ShipGoods,
    TakeBack,
)
from hub.model.intents import Intent, IntentOf, Outcome, OutcomeState
from hub.model.manifest import Idempotency, Write
from hub.model.values import Money
from hub.model.vocabulary import Kind
from hub.ports import Adapter
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench, expect, raised
from sources.kit.taking import TAKEN, Stood, Taking, hands_for

LONGEST_SETTLE = timedelta(seconds=10)
_GUARDED = (Idempotency.KEY, Idempotency.UNIQUE)
_TOLD = (OutcomeState.ACCEPTED, OutcomeState.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One action's place of work."""

    bench: Bench
    adapter: Adapter
    action: str
    write: Write
    hands: Taking

    async def resolved(self, intent: Intent) -> OutcomeState:
        """What looking says, once the source's own reads show what was done."""
        await asyncio.sleep(min(self.write.settle, LONGEST_SETTLE).total_seconds())
        return (await self.adapter.resolve(self.bench.call, intent)).state

    async def done(self, intent: Intent, when: str, adapter: Adapter | None = None) -> Outcome:
        """The outcome of carrying it out, which must be DONE."""
        outcome = await (adapter or self.adapter).execute(self.bench.call, intent)
        expect(outcome.state is OutcomeState.DONE, f"{self.action}, {when}: {outcome.state} ({outcome.words})")
        return outcome

    async def one(self, intent: Intent, when: str) -> Stood:
        """The one object that shows the whole effect, with exactly the lines that were wanted."""
        found = await self.hands.bearing(intent)
        expect(len(found) == 1, f"{self.action}, {when}: {len(found)} objects bear it, not one")
        (stood,) = found
        expect(stood.is_whole, f"{self.action}, {when}: it stands half done")
        wanted = _lines(intent.content)
        expect(dict(stood.lines) == wanted, f"{self.action}, {when}: the lines are {dict(stood.lines)}, not {wanted}")
        return stood

    async def nothing(self, intent: Intent, when: str) -> None:
        """Nothing of it is there."""
        found = await self.hands.bearing(intent)
        expect(not found, f"{self.action}, {when}: {len(found)} objects bear what never happened")


async def done_once_is_one(bench: Bench) -> None:
    """An effect executed twice, and by a second adapter, is one object with exactly its lines; looking tells so."""
    async for place in _places(bench):
        intent = await place.hands.sample()
        await place.nothing(intent, "before")
        state = await place.resolved(intent)
        expect(state is OutcomeState.ABSENT, f"{place.action}: looking before it was done says {state}")
        told = [await place.done(intent, "the first time")]
        stood = await place.one(intent, "done once")
        told.append(await place.done(intent, "the second time"))
        async with bench.adapter() as other:
            told.append(await place.done(intent, "by another adapter", other))
        await place.one(intent, "done three times")
        state = await place.resolved(intent)
        expect(state is OutcomeState.DONE, f"{place.action}: looking at what is done says {state}")
        if intent.source_id is None:
            ids = {outcome.source_id for outcome in told}
            expect(ids == {stood.source_id}, f"{place.action}: it made {stood.source_id}, and says {ids}")


async def the_declared_class_is_true(bench: Bench) -> None:
    """Where KEY or UNIQUE is declared, the source itself refuses the second, also at the same moment; LOOKUP looks."""
    async for place in _places(bench):
        intent = await place.hands.sample()
        bench.stage.proxy.forget()
        await place.done(intent, "the first time")
        if place.write.idempotency is Idempotency.LOOKUP:
            looked, acted = _first(bench, [place.hands.looking]), _first(bench, place.hands.steps)
            expect(place.hands.looking and looked < acted, f"{place.action} is LOOKUP and acts before it looks")
        if place.write.idempotency in _GUARDED:
            expect(not await place.hands.again(intent), f"{place.action} is not {place.write.idempotency.value}")
            await place.one(intent, "asked for past the adapter once more")
            await _at_once(place)


async def a_refusal_leaves_nothing_that_doubles(bench: Bench) -> None:
    """What the source refuses is REFUSED with its words, nothing whole is left, and the mended intent is done once."""
    async for place in _places(bench):
        intent = await place.hands.hopeless()
        if intent is None:
            continue
        words = await _refused(place, intent)
        expect(words and words.strip(), f"{place.action}: a refusal without words")
        whole = [stood for stood in await place.hands.bearing(intent) if stood.is_whole]
        expect(not whole, f"{place.action} was refused, and is there")
        good = await place.hands.sample()
        if isinstance(good.content, CreateOrder | RequestFulfilment | CreateReturn):
            mended = replace(good, content=replace(good.content, reference=_reference(intent)))
            await place.done(mended, "mended after a refusal")
            await place.one(mended, "mended after a refusal")


async def what_is_not_declared_is_not_offered(bench: Bench) -> None:
    """An effect that the manifest does not declare raises NotOffered, carried out or looked for."""
    async with bench.adapter() as adapter:
        writes = adapter.describe().writes
        for action, content in _CONTENTS.items():
            if action not in writes:
                intent: Intent = IntentOf(
                    source=bench.stage.source, kind=Kind.ORDER, source_id="1", action=action, key="k", content=content
                )
                await raised(adapter.execute(bench.call, intent), NotOffered, f"{action}, which is not declared")
                await raised(adapter.resolve(bench.call, intent), NotOffered, f"looking for {action}")


async def a_lost_answer_doubles_nothing(bench: Bench) -> None:
    """At every step, an answer lost after or before: never a failure, looking tells how far it is, and then one."""
    async for place in _places(bench):
        for number, step in enumerate(place.hands.steps):
            earlier = sum(1 for one in place.hands.steps[:number] if one == step)
            for trouble in _troubles(step, earlier):
                await _survives(place, number, trouble)


async def trouble_around_what_is_made(bench: Bench) -> None:
    """Trouble before the effect is SourceBusy and nothing happened; trouble when reading back is never a failure."""
    proxy = bench.stage.proxy
    async for place in _places(bench):
        hands = place.hands
        intent = await hands.sample()
        proxy.order(Order(trouble=Trouble.FAIL, holding=hands.looking or hands.steps[0], status=429))
        await raised(place.adapter.execute(bench.call, intent), SourceBusy, f"{place.action}, throttled at first")
        proxy.heal()
        await place.nothing(intent, "throttled at first")
        proxy.forget()
        await place.done(intent, "after the trouble")
        skip = _looks_before(bench, hands)
        if skip is not None:
            intent = await hands.sample()
            proxy.order(Order(trouble=Trouble.FAIL, holding=hands.looking, status=503, skip=skip))
            outcome = await _told(place, intent)
            proxy.heal()
            expect(outcome in (None, *_TOLD), f"{place.action}, source down when reading back: {outcome}")
            await place.done(intent, "after the read back failed")
            await place.one(intent, "after the read back failed")


async def _places(bench: Bench) -> AsyncIterator[Place]:
    """A place for each declared action, one after the other."""
    async with bench.adapter() as adapter:
        writes = adapter.describe().writes
        for action in TAKEN:
            if action in writes:
                async with _healed(bench):
                    hands = hands_for(bench.stage, action)
                    yield Place(bench=bench, adapter=adapter, action=action, write=writes[action], hands=hands)


@asynccontextmanager
async def _healed(bench: Bench) -> AsyncIterator[None]:
    bench.stage.proxy.heal()
    yield
    bench.stage.proxy.heal()


async def _at_once(place: Place) -> None:
    """Two adapters carry one fresh intent out at the same moment."""
    intent = await place.hands.sample()
    async with place.bench.adapter() as other:
        acts = (one.execute(place.bench.call, intent) for one in (place.adapter, other))
        for told in await asyncio.gather(*acts, return_exceptions=True):
            right = isinstance(told, Unserved) or (isinstance(told, Outcome) and told.state is not OutcomeState.REFUSED)
            expect(right, f"{place.action}, two at once: {told!r:.200}")
    await place.done(intent, "after two at once")
    await place.one(intent, "by two at once")


async def _refused(place: Place, intent: Intent) -> str | None:
    try:
        outcome = await place.adapter.execute(place.bench.call, intent)
    except SourceRefused as refused:
        return refused.message
    expect(outcome.state is OutcomeState.REFUSED, f"{place.action} of what must be refused is {outcome.state}")
    return outcome.words


async def _survives(place: Place, number: int, trouble: Order) -> None:
    last, reached = len(place.hands.steps) - 1, trouble.trouble in (Trouble.LOSE, Trouble.SPOIL)
    when = f"step {number + 1} of {last + 1}, {trouble.trouble.value} {trouble.status}"
    intent = await place.hands.sample()
    right, proxy = trouble.skip + 1, place.bench.stage.proxy
    proxy.forget()
    proxy.order(trouble)
    told = await _told(place, intent)
    sent = sum(1 for exchange in proxy.exchanges if trouble.holding in exchange.said)
    expect(sent == right, f"{place.action}, {when}: such a step was sent {sent} times, not {right}")
    proxy.heal()
    expect(told in (None, OutcomeState.PARTIAL), f"{place.action}, {when}: {told} where OutcomeUnknown is right")
    looked, steps = await place.resolved(intent), number + reached
    truth = {0: OutcomeState.ABSENT, last + 1: OutcomeState.DONE}.get(steps, OutcomeState.PARTIAL)
    expect(looked is truth, f"{place.action}, {when}: looking says {looked}, the truth is {truth}")
    await place.done(intent, f"again after {when}")
    await place.one(intent, f"again after {when}")


async def _told(place: Place, intent: Intent) -> OutcomeState | None:
    """What execute answered; None where it raised OutcomeUnknown. Any other error is wrong."""
    try:
        return (await place.adapter.execute(place.bench.call, intent)).state
    except OutcomeUnknown:
        return None
    except SourceError as wrong:
        message = f"{place.action}: {type(wrong).__name__} ({wrong}) where it has begun or may have happened"
        raise AssertionError(message) from wrong


def _troubles(step: bytes, earlier: int) -> list[Order]:
    html = {"content-type": "text/html"}

    def page(_body: bytes) -> bytes:
        return b"<!doctype html><title>Bad gateway</title>"

    return [
        Order(trouble=Trouble.LOSE, holding=step, skip=earlier),
        Order(trouble=Trouble.SPOIL, holding=step, skip=earlier, status=502, change=page, headers=html),
        Order(trouble=Trouble.CUT, holding=step, skip=earlier),
        Order(trouble=Trouble.FAIL, holding=step, skip=earlier, status=500),
    ]


def _first(bench: Bench, holding: Sequence[bytes]) -> int:
    said = [exchange.said for exchange in bench.stage.proxy.exchanges]
    return next((place for place, one in enumerate(said) if any(part in one for part in holding)), len(said))


def _looks_before(bench: Bench, hands: Taking) -> int | None:
    """Looks up to the last effect of what just passed; None where nobody looks after it."""
    said = [exchange.said for exchange in bench.stage.proxy.exchanges]
    acts = [place for place, one in enumerate(said) if any(step in one for step in hands.steps)]
    if not hands.looking or not acts or not any(hands.looking in one for one in said[acts[-1] + 1 :]):
        return None
    return sum(1 for one in said[: acts[-1]] if hands.looking in one)


def _lines(content: Effect) -> dict[str, Decimal]:
    if isinstance(content, PublishStock):
        return {content.sku: content.quantity}
    if isinstance(content, CancelOrder | PostInvoice | Refund | CallBack):
        return {}
    units: dict[str, Decimal] = {}
    for line in content.lines:
        units[line.sku] = units.get(line.sku, Decimal(0)) + line.quantity
    return units


def _reference(intent: Intent) -> str:
    content = intent.content
    return content.reference if isinstance(content, CreateOrder | RequestFulfilment | CreateReturn) else ""


_CONTENTS: dict[str, Effect] = {
    "order.cancel": CancelOrder(lines=(), reason=CancelReason.OTHER, whole=True),
    "order.create": CreateOrder(reference="r", lines=(), currency_code="EUR"),
    "fulfillment.create": RequestFulfilment(reference="r/1", warehouse="WH", lines=()),
    "shipment.ship": ShipGoods(reference="r/1", lines=()),
    "invoice.post": PostInvoice(),
    "stock.publish": PublishStock(sku="A", location="WH", quantity=Decimal(1)),
    "return.create": CreateReturn(reference="r-R1", order=None, lines=(), currency_code="EUR"),
    "return.receive": ReceiveReturn(reference="r-R1", lines=()),
    "return.inspect": InspectReturn(reference="r-R1", lines=()),
    "order.return": TakeBack(reference="r-R1", lines=()),
    "refund.create": Refund(reference="f", amount=Money(amount=Decimal(1), currency_code="EUR")),
}
"""One of each effect, for those that do not carry it out."""
