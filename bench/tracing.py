"""What tracing costs: `python -m bench.tracing [ORDERS]`. Order360 and `orderSubmit`, with hops and spans and without.

One graph behind its endpoint, over an embedded PostgreSQL with fsync on; the same requests go through it with hops
recorded, kept and their spans made and handed to an exporter, then with none of that, turn by turn, so that both meet
the same machine. What is printed is the ratio of the median turns; the budget is 1.25.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from sqlalchemy import text
from starlette.applications import Starlette

from hub.changes.relay import Relay
from hub.clock import SystemClock
from hub.edge import told_of
from hub.measures.crossings import Measured
from hub.ports import Hop
from hub.spans import DerivedIds, make_spans
from hub.store.cluster import Cluster
from hub.store.hops import HopWriter
from hub.store.roles import Role
from hub.store.store import Store, open_store
from resolvers.context import context_for
from resolvers.endpoint.edge import Endpoint
from resolvers.endpoint.ports import Admission, Ports
from resolvers.schema import schema
from tests.kit.entering import opened, sources
from tests.kit.graph import REP, Graph, graph_over
from tests.kit.pg import fresh_database, running_cluster
from tests.kit.surface import document

ROUNDS = 6
CALLERS = 8
BUDGET = 1.25
ORDER360 = document("Order360")
SUBMIT = """mutation Submit($input: OrderSubmitInput!) {
  orderSubmit(input: $input) { order { number } userErrors { code } operation { state } } }"""
HOME = {"name": "ACME", "lines": ["Rue Haute 1"], "city": "Brussels", "country": "BE"}
WANTED: Mapping[str, Any] = {
    "channel": "CS", "customer": {"identifier": "ACME"}, "currencyCode": "EUR", "shipTo": HOME,
    "lines": [{"lineRef": str(number), "sku": "MUG", "quantity": "12"} for number in range(3)],
}  # fmt: skip


class Switched:
    """A Recorder that can be switched off."""

    def __init__(self, kept: HopWriter) -> None:
        self._measured = Measured(kept)
        self.is_on = True
        self.count = 0

    def record(self, hop: Hop) -> None:
        """Keep the hop, while on."""
        if self.is_on:
            self.count += 1
            self._measured.record(hop)


class Sink(SpanExporter):
    """Takes spans, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Count them."""
        self.count += len(spans)
        return SpanExportResult.SUCCESS


@dataclass(slots=True, kw_only=True)
class Bench:
    """What is measured, and who asks."""

    http: httpx.AsyncClient
    recorder: Switched
    provider: TracerProvider
    sink: Sink
    numbers: list[str] = field(default_factory=list)
    """Of the orders that were submitted."""

    def trace(self, *, is_on: bool) -> None:
        """Switch hops and spans."""
        self.recorder.is_on = is_on
        make_spans(self.provider if is_on else None)

    async def submit(self, number: int) -> None:
        """One order through `orderSubmit`."""
        headers = {"idempotency-key": f"{time.monotonic_ns()}-{number}"}
        said = await self._ask({"query": SUBMIT, "variables": {"input": WANTED}}, headers)
        self.numbers.append(said["orderSubmit"]["order"]["number"])

    async def read(self, number: int) -> None:
        """One order by Order360."""
        by = {"identifier": self.numbers[number % len(self.numbers)]}
        said = await self._ask({"query": ORDER360, "variables": {"by": by}}, {})
        assert said["order"] is not None

    async def _ask(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:  # Any: JSON
        answer = (await self.http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


async def turn(request: Callable[[int], Awaitable[None]], count: int) -> float:
    """Seconds for *count* requests of eight callers at once."""
    began = time.perf_counter()

    async def caller(start: int) -> None:
        for number in range(start, count, CALLERS):
            await request(number)

    await asyncio.gather(*(caller(start) for start in range(CALLERS)))
    return time.perf_counter() - began


async def ratio(bench: Bench, name: str, request: Callable[[int], Awaitable[None]], count: int) -> float:
    """With tracing to without, by the median turns; prints them."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * (ROUNDS + 1)):
        is_on = bool(number % 2)
        bench.trace(is_on=is_on)
        seconds = await turn(request, count)
        if number > 1:  # the first of each warms up
            taken[is_on].append(seconds)
    bench.trace(is_on=False)
    traced, bare = (1000 * statistics.median(taken[how]) / count for how in (True, False))
    print(f"{name:12} {traced:7.2f} ms with, {bare:7.2f} ms without: {traced / bare:.3f}")
    return traced / bare


@asynccontextmanager
async def made(cluster: Cluster) -> AsyncIterator[tuple[Bench, Store]]:
    """The graph behind its endpoint, the writer of hops and the relay beside it."""
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(fresh_database(cluster))
        sizes = {Role.WORK: CALLERS, Role.SERVE: CALLERS, Role.TAIL: 1}
        work, serve, tail = [await stack.enter_async_context(open_store(urls, one, size=sizes[one])) for one in sizes]
        lead = await stack.enter_async_context(open_store(urls, Role.WORK, size=1))
        await opened(work, sources())
        hops, sink = HopWriter(work), Sink()
        recorder = Switched(hops)
        provider = TracerProvider(id_generator=DerivedIds(), shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(sink))
        stack.callback(provider.shutdown)
        endpoint = Endpoint(_ports(graph_over((work, serve, tail), sources()), recorder))
        wire = httpx.ASGITransport(Starlette(routes=endpoint.routes()))
        http = await stack.enter_async_context(httpx.AsyncClient(transport=wire, base_url="http://hub", timeout=60))
        loops = [asyncio.create_task(hops.run()), asyncio.create_task(Relay(lead, "bench", recorder).run())]
        try:
            yield Bench(http=http, recorder=recorder, provider=provider, sink=sink), work
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)


def _ports(graph: Graph, recorder: Switched) -> Ports:
    async def admitted(_headers: Mapping[str, str]) -> Admission:
        return Admission(call=REP)

    return Ports(
        schema=schema,
        authenticate=admitted,
        context_for=context_for(graph.doors),
        clock=SystemClock(),
        served=told_of(recorder),
    )


async def run(cluster: Cluster, orders: int) -> bool:
    """Measure both; whether both kept the budget."""
    async with made(cluster) as (bench, store):
        found = [
            await ratio(bench, "orderSubmit", bench.submit, orders),
            await ratio(bench, "Order360", bench.read, orders),
        ]
        await asyncio.sleep(1)  # the last hops are written
        async with store.across() as tx:
            kept = await tx.scalar(text("select count(*) from hop"))
        bench.provider.force_flush()
        print(f"{bench.recorder.count} hops recorded, {kept} kept, {bench.sink.count} spans; budget {BUDGET}")
    return max(found) <= BUDGET


def main() -> int:
    """0 if tracing kept its budget."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with running_cluster() as cluster:
        return 0 if asyncio.run(run(cluster, orders)) else 1


if __name__ == "__main__":
    sys.exit(main())
