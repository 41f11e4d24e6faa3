"""C21: what is declared works, what is not declared is said to be absent."""

from __future__ import annotations

from functools import partial

from hub.errors import NotOffered
from hub.model.manifest import Manifest
from hub.model.vocabulary import Kind
from hub.ports import Adapter, Found, Question
from sources.kit.checks.bench import Bench, expect, raised, refused

SAMPLE = 5
"""Objects of each sweep that are read again."""


async def promises_are_kept(bench: Bench) -> None:
    """Every declared read, sweep and question answers; everything else raises NotOffered."""
    stage = bench.stage
    order = await stage.place(2)
    number = (await stage.truth(order)).number
    async with bench.adapter() as adapter:
        manifest = adapter.describe()
        _whole(manifest)
        await adapter.health(bench.call)
        await bench.content(adapter, order)
        for kind, sweeps in manifest.sweeps.items():
            expect(kind in manifest.reads, f"{kind.value} is swept and cannot be read again by id")
            for sweep in sweeps:
                await _reads_what_it_sweeps(bench, adapter, kind, sweep.name)
        if "order.find" in manifest.questions:
            await _finds(bench, adapter, order, number)
        for kind in set(Kind) - set(manifest.reads):
            await raised(adapter.read(bench.call, kind, [order]), NotOffered, f"reading {kind.value}, undeclared")
            refused(partial(adapter.changes, bench.call, kind, "x", None), NotOffered, f"sweeping {kind.value}")
        refused(lambda: adapter.changes(bench.call, bench.kind, "no-such-sweep", None), NotOffered, "an unknown sweep")
        question = Question(name="weather", facts={})
        await raised(adapter.ask(bench.call, question), NotOffered, "an undeclared question")


async def _reads_what_it_sweeps(bench: Bench, adapter: Adapter, kind: Kind, sweep: str) -> None:
    pages, cursor = await bench.walk(adapter, sweep, kind=kind)
    await bench.walk(adapter, sweep, cursor, kind=kind)  # what a later run asks is not what the first one asked
    seen = [one for page in pages for one in page.found if one.kind is kind and one.content is not None]
    ids = list(dict.fromkeys(one.source_id for one in seen))[:SAMPLE]
    answers = await adapter.read(bench.call, kind, ids)
    for one in ids:
        answer = answers[one]
        expect(isinstance(answer, Found), f"{kind.value} {one} was swept and reads as {type(answer).__name__}")
        first = answer.seen[0] if isinstance(answer, Found) else None
        right = first is not None and first.kind is kind and first.source_id == one
        expect(right, f"what is read of {kind.value} {one} does not begin with it")


async def _finds(bench: Bench, adapter: Adapter, order: str, number: str) -> None:
    answer = await adapter.ask(bench.call, Question(name="order.find", facts={"identifier": number}))
    expect(answer.ids == (order,), f"looking for {number} finds {answer.ids}, not {order}")
    for stranger in ("NO-SUCH-NUMBER", "", "%", "*"):
        answer = await adapter.ask(bench.call, Question(name="order.find", facts={"identifier": stranger}))
        expect(not answer.ids, f"looking for {stranger!r} finds {answer.ids}")


def _whole(manifest: Manifest) -> None:
    expect(manifest.title and manifest.contract_version, "the manifest has no title or contract version")
    expect(all(reason.strip() for reason in manifest.absent.values()), "something is absent without a reason")
    expect(all(read.batch > 0 for read in manifest.reads.values()), "a batch of nothing")
    if not manifest.writes:
        expect(manifest.absent.get("writes"), "it writes nothing, and `absent` does not say why under `writes`")
    for action, write in manifest.writes.items():
        expect(write.longest_call.total_seconds() > 0, f"{action} declares no longest call")
