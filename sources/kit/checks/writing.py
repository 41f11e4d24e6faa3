"""C8, C9: one intent, one effect, whatever becomes of the answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hub.errors import OutcomeUnknown, SourceBusy
from hub.model.intents import OutcomeState
from sources.kit.chaos import Order, Trouble
from sources.kit.checks.bench import Bench, by_line, expect, raised, totals

SLOW_SECONDS = 2.0
PATIENCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One way of losing an answer, and whether the source had the request."""

    name: str
    order: Order
    reached: bool


async def twice_is_once(bench: Bench) -> None:
    """`execute` twice, by one adapter and another, with one intent: one effect; a lower target takes nothing back."""
    order = await bench.stage.place(5, 4)
    async with bench.adapter() as adapter, bench.adapter() as other:
        intent = await bench.cancel(adapter, order, 2, 1)
        outcomes = [await adapter.execute(bench.call, intent), await adapter.execute(bench.call, intent)]
        outcomes.append(await other.execute(bench.call, intent))
        outcomes.append(await other.resolve(bench.call, intent))
        stands, wanted = await bench.cancelled(order), totals(intent)
        expect(stands == wanted, f"the lines stand at {stands}, not {wanted}")
        states = [one.state for one in outcomes]
        expect(states == [OutcomeState.DONE] * 4, f"the outcomes are {states}")
        for target in (0, 1, -3):
            await adapter.execute(bench.call, bench.intent(order, [(intent.content.lines[0].line, target)]))
        expect(await bench.cancelled(order) == wanted, "a lower target changed what was cancelled")


async def what_has_left_stays(bench: Bench) -> None:
    """Only what has not left is taken back; the grants say how much, and the words say why not more."""
    stage = bench.stage
    order = await stage.place(4, 3)
    async with bench.adapter() as adapter:
        content = await bench.content(adapter, order)
        if by_line(adapter):
            await stage.take_off(order, content.lines[1].id, 3)
        before = await bench.cancelled(order)
        await stage.ship(order)
        intent = await bench.cancel(adapter, order, 2)
        refused, resolved = await adapter.execute(bench.call, intent), await adapter.resolve(bench.call, intent)
    expect(refused.state is OutcomeState.REFUSED, f"cancelling what has left is {refused.state}")
    expect(resolved.state is OutcomeState.REFUSED, f"looking at it is {resolved.state}")
    expect(refused.words, "a refusal without words")
    granted = [grant.cancelled for grant in refused.grants]
    expect(granted == [0] * len(intent.content.lines), f"the grants are {refused.grants}")
    expect(await bench.cancelled(order) == before, "goods that had left were cancelled")


async def somebody_was_quicker(bench: Bench) -> None:
    """What a person has cancelled already is not cancelled once more; of more than there is, a part is granted."""
    order = await bench.stage.place(6)
    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, order, 4)
        await bench.stage.take_off(order, intent.content.lines[0].line, totals(intent)[0] - by_line(adapter))
        outcome = await adapter.execute(bench.call, intent)
        expect(outcome.state is OutcomeState.DONE, f"the outcome is {outcome.state}")
        stands, wanted = await bench.cancelled(order), totals(intent)
        expect(stands == wanted, f"{stands} units are off, not {wanted}")
        more = await adapter.execute(bench.call, bench.intent(order, [(intent.content.lines[0].line, 9)]))
        granted = [grant.cancelled for grant in more.grants]
        expect(more.state is OutcomeState.DONE, f"cancelling more than there is gives a part, and says {more.state}")
        expect(granted == [6], f"6 units could be taken back in all, the grants say {granted}")
        expect(await bench.cancelled(order) == [6], f"{await bench.cancelled(order)} units are off, not [6]")


async def a_lost_answer_is_settled_by_looking(bench: Bench) -> None:
    """Answer lost, cut, spoilt, late: OutcomeUnknown, never success; `resolve` tells the truth; one effect at last."""
    stage = bench.stage
    for mishap in _mishaps(stage.effect):
        order = await stage.place(5)
        async with bench.adapter() as adapter:
            intent = await bench.cancel(adapter, order, 2)
            stage.proxy.order(mishap.order)
            act = adapter.execute(stage.call(patience=PATIENCE), intent)
            await raised(act, OutcomeUnknown, f"answer {mishap.name}")
            expect(mishap.order.met == 1, f"answer {mishap.name}: the adapter sent the effect {mishap.order.met} times")
            stage.proxy.heal()
            if mishap.order.trouble is Trouble.SLOW:
                await asyncio.sleep(SLOW_SECONDS)
            stands = await bench.cancelled(order)
            wanted = totals(intent)
            expect(
                stands == (wanted if mishap.reached else [0]),
                f"answer {mishap.name}: the proxy did not do as told: {stands}",
            )
            looked = await adapter.resolve(bench.call, intent)
            right = OutcomeState.DONE if mishap.reached else OutcomeState.ABSENT
            expect(looked.state is right, f"answer {mishap.name}: resolve says {looked.state}, the truth is {right}")
            again = await adapter.execute(bench.call, intent)
            expect(again.state is OutcomeState.DONE, f"answer {mishap.name}: the next execute says {again.state}")
            expect(
                await bench.cancelled(order) == wanted,
                f"answer {mishap.name}: {await bench.cancelled(order)} units are off",
            )


async def trouble_around_the_effect(bench: Bench) -> None:
    """Trouble before the effect is SourceBusy and nothing happened; trouble after it is never a failure."""
    stage = bench.stage
    order = await stage.place(5)
    async with bench.adapter() as adapter:
        intent = await bench.cancel(adapter, order, 1)
        stage.proxy.order(Order(trouble=Trouble.FAIL, holding=stage.reading, status=503))
        await raised(adapter.execute(bench.call, intent), SourceBusy, "source down before the effect")
        expect(await bench.cancelled(order) == [0], "an effect came of a call that failed before it")
        stage.proxy.heal()
        stage.proxy.order(Order(trouble=Trouble.FAIL, holding=stage.reading, status=503, skip=1))
        outcome = await adapter.execute(bench.call, intent)
        right = (OutcomeState.ACCEPTED, OutcomeState.DONE)
        expect(outcome.state in right, f"source down when reading back: {outcome.state}")
        stands, wanted = await bench.cancelled(order), totals(intent)
        expect(stands == wanted, f"{stands} units are off, not {wanted}")


def _mishaps(effect: bytes) -> list[Mishap]:
    def order(trouble: Trouble, **more: object) -> Order:
        return Order(trouble=trouble, holding=effect, **more)  # type: ignore[arg-type]  # fields of Order

    def half(body: bytes) -> bytes:
        return body[: len(body) // 2]

    def page(_body: bytes) -> bytes:
        return b"<!doctype html><title>Bad gateway</title>"

    html = {"content-type": "text/html"}
    return [
        Mishap(name="lost after commit", order=order(Trouble.LOSE), reached=True),
        Mishap(
            name="5xx after commit", order=order(Trouble.SPOIL, status=502, change=page, headers=html), reached=True
        ),
        Mishap(name="later than patience", order=order(Trouble.SLOW, seconds=SLOW_SECONDS), reached=True),
        Mishap(name="truncated", order=order(Trouble.SPOIL, change=half), reached=True),
        Mishap(name="a page for people", order=order(Trouble.SPOIL, change=page, headers=html), reached=True),
        Mishap(name="empty", order=order(Trouble.SPOIL, change=lambda _: b""), reached=True),
        Mishap(name="cut before commit", order=order(Trouble.CUT), reached=False),
        Mishap(name="5xx before commit", order=order(Trouble.FAIL, status=500), reached=False),
        Mishap(name="never", order=order(Trouble.HANG), reached=False),
    ]
