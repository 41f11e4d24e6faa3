"""C1, C2: what the adapter sends is what the source's contract allows, and the judge of that is awake."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from hub.errors import CursorExpired, HubError
from hub.ports import Adapter, Question
from sources.kit.checks.bench import ACTION, Bench, expect

INTENTS = 500
BROKEN = 10
UNITS = 60
_WORDS = (
    "customer called",
    'she said "no"',
    "ünïcode ✓",
    "a\nb\tc",
    "\\",
    "x" * 3000,
    "{}[]$%",
    "'; drop table orders; --",
)


async def every_request_is_valid(bench: Bench) -> None:
    """Requests of reads, sweeps, questions and 500 generated intents are valid for the source's own contract."""
    async with bench.adapter(page=3) as adapter:
        manifest = adapter.describe()
        orders = {
            order: [line.id for line in (await bench.content(adapter, order)).lines] for order in await _place(bench)
        }
        if ACTION in manifest.writes:
            await _carry_out(bench, adapter, orders)
        if "order.find" in manifest.questions:
            for identifier in ("", "x", "0" * 300, *_WORDS):
                await adapter.ask(bench.call, Question(name="order.find", facts={"identifier": identifier}))
        await adapter.read(bench.call, bench.kind, [*orders, "", "x", "-1", "1e9", *_WORDS])
        await adapter.health(bench.call)
        for kind, sweeps in manifest.sweeps.items():
            for sweep in sweeps:
                await bench.walk(adapter, sweep.name, kind=kind)
        await _odd_calls(bench)
    sent = {exchange.said for exchange in bench.stage.proxy.exchanges}
    faults = [fault for body in sent if (fault := await bench.stage.fault_of(body)) is not None]
    expect(not faults, f"{len(faults)} of {len(sent)} requests break the contract, such as: {faults[:1]}")


async def _carry_out(bench: Bench, adapter: Adapter, orders: Mapping[str, Sequence[str]]) -> None:
    dice = random.Random(5)  # noqa: S311 - cases, not secrets
    for _ in range(INTENTS):
        order = dice.choice(list(orders))
        lines = dice.sample(orders[order], k=dice.randint(1, len(orders[order])))
        targets = [(line, dice.choice((0, 1, dice.randint(1, UNITS), UNITS * 2))) for line in lines]
        note = dice.choice((None, *_WORDS))
        await adapter.execute(bench.call, bench.intent(order, targets, whole=dice.random() < 0.2, note=note))


async def the_judge_is_awake(bench: Bench) -> None:
    """At least ten broken requests are each refused by the source and by the judge."""
    broken = bench.stage.broken()
    expect(len(broken) >= BROKEN, f"only {len(broken)} broken requests are offered")
    for request in broken:
        expect(await bench.stage.fault_of(request), f"the judge finds nothing wrong with {request!r:.300}")
        expect(not await bench.stage.send(request), f"the source accepts {request!r:.300}")


async def _place(bench: Bench) -> list[str]:
    return [await bench.stage.place(UNITS, UNITS) for _ in range(8)]


async def _odd_calls(bench: Bench) -> None:
    async with bench.adapter() as adapter:
        try:
            await adapter.resolve(bench.call, bench.intent("999999", [("1", 1)]))
        except (HubError, CursorExpired):
            return  # whatever it answers, its request is judged with the others
