"""A small schema of its own, so that the endpoint is tested without the hub behind it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

import strawberry
from starlette.applications import Starlette

from hub.call import Call
from hub.clock import SystemClock
from hub.errors import (
    Ambiguous,
    CursorExpired,
    Denied,
    HubFault,
    InvalidInput,
    SourceBusy,
    SourceGarbled,
    StoreBusy,
    Unauthenticated,
)
from hub.model.vocabulary import Kind
from hub.seal import Seal
from hub.store.changelog import Place
from hub.store.store import Store
from resolvers.endpoint.edge import Endpoint
from resolvers.endpoint.explorer import Explorer
from resolvers.endpoint.open import OpenStreams
from resolvers.endpoint.ports import Admission, Asked, Limits, Ports, Served
from resolvers.endpoint.pulse import Pulse
from resolvers.endpoint.run import Runner
from resolvers.endpoint.session import Shared
from resolvers.watch import Watch
from subscriptions.feed import Feed
from subscriptions.topics import Topic
from tests.kit.changes import TERM
from tests.kit.recorder import ListRecorder

CANARY = "canary-5f1c"
KEYS = {"good-key": "rep", "other-key": "ops", "old-key": "old"}
RAISED = {
    "ambiguous": Ambiguous("two orders fit", candidates=["a", "b"], secret=CANARY),
    "denied": Denied("orders:read is missing"),
    "busy": SourceBusy("the ERP is busy", source="erp-main", secret=CANARY),
    "garbled": SourceGarbled(f"no number in {CANARY}", source="erp-main"),
    "store": StoreBusy(f"connection to {CANARY} refused"),
    "fault": HubFault(f"row {CANARY} is missing"),
    "bug": ValueError(f"{CANARY} is None"),
}


@dataclass
class World:
    """What resolvers read and tests turn: it counts what was run."""

    truth: int = 0
    ran: list[str] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    open_feeds: int = 0
    revoked: set[str] = field(default_factory=set)
    served: list[Served] = field(default_factory=list)
    admitted_until: datetime | None = None
    feed: Feed = field(default_factory=lambda: _feed())
    """Of the field `shared`; tests push into it."""


@dataclass
class Context:
    """Made per operation and per event; remembers what it read, as a loader does."""

    world: World
    call: Call
    asked: Asked
    seen: dict[str, int] = field(default_factory=dict)

    def read(self) -> int:
        """The truth when it was first asked for through this context."""
        return self.seen.setdefault("truth", self.world.truth)


Info = strawberry.Info[Context, None]


@strawberry.type
class Order:
    number: str

    @strawberry.field
    def related(self, first: int = 20) -> list[Order]:
        return [Order(number=f"{self.number}.{n}") for n in range(min(first, 3))]

    @strawberry.field
    def parent(self) -> Order | None:
        return Order(number=f"{self.number}^")


@strawberry.type
class Event:
    cursor: str
    value: int

    @strawberry.field
    def truth(self, info: Info) -> int:
        return info.context.read()

    @strawberry.field
    async def late(self) -> int:
        await asyncio.sleep(60)
        return self.value

    @strawberry.field
    def padding(self, size: int) -> str:
        return "x" * size


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str | None:
        return f"hello {name}"

    @strawberry.field
    def truth(self, info: Info) -> int | None:
        return info.context.read()

    @strawberry.field
    def orders(self, first: int = 20, last: int | None = None) -> list[Order] | None:
        return [Order(number=str(n)) for n in range(min(first, 5))]

    @strawberry.field
    async def slow(self, seconds: float = 60) -> str | None:
        await asyncio.sleep(seconds)
        return "done"

    @strawberry.field
    def huge(self, size: int = 1_000) -> str | None:
        return "x" * size

    @strawberry.field
    def fails(self, how: str) -> str | None:
        raise RAISED.get(how, InvalidInput("nothing fails like that"))

    @strawberry.field
    def broken(self) -> int:
        return None  # type: ignore[return-value]  # what a resolver with a fault does

    @strawberry.field
    def who(self, info: Info) -> str | None:
        call = info.context.call
        return f"{call.actor} {call.correlation_id} {call.deadline is not None}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def bump(self, info: Info, by: int = 1) -> int | None:
        info.context.world.truth += by
        info.context.world.ran.append(f"bump {by} {info.context.asked.idempotency_key}")
        return info.context.world.truth


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: Info, to: int = 3, after: str | None = None, gap: float = 0) -> AsyncIterator[Event]:
        """Events after + 1 to `to`; raises on the cursor `expired`."""
        world = info.context.world
        if after == "expired":
            message = "what follows is no longer kept"
            raise CursorExpired(message)
        world.open_feeds += 1
        try:
            for value in range(int(after or 0) + 1, to + 1):
                await asyncio.sleep(gap)
                world.truth = value
                yield Event(cursor=str(value), value=value)
        finally:
            world.open_feeds -= 1

    @strawberry.subscription
    async def shared(self, info: Info, after: str | None = None) -> AsyncIterator[Event]:
        """Changes of orders, shared by all who ask alike; the value is the version."""
        return Watch(  # type: ignore[return-value]  # what the endpoint looks for in place of a source
            feed=info.context.world.feed,
            call=info.context.call,
            topic=Topic(tenant="acme", kind=Kind.ORDER),
            after=after,
            shown=lambda one: Event(cursor=one.cursor, value=one.version or 0),
        )

    @strawberry.subscription
    async def silence(self, info: Info) -> AsyncIterator[Event]:
        info.context.world.open_feeds += 1
        try:
            await asyncio.Event().wait()
            yield Event(cursor="never", value=0)
        finally:
            info.context.world.open_feeds -= 1

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[Event]:
        yield Event(cursor="1", value=1)
        raise ValueError(CANARY)


def _feed() -> Feed:
    feed = Feed(cast("Store", None), Seal(b"shared"), SystemClock(), ListRecorder())
    feed.begin(Place(term=TERM, position=0))
    return feed


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)


def ports_of(world: World, limits: Limits | None = None, **given: Any) -> Ports:
    """Ports over *world*: bearer keys of `KEYS`, contexts that count themselves."""

    async def authenticate(headers: Mapping[str, str]) -> Admission:
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if key not in KEYS:
            message = "send a key that this hub knows"
            raise Unauthenticated(message)
        if key == "old-key":
            message = "this key may do nothing"
            raise Denied(message)
        call = Call(actor=KEYS[key], tenant="acme", scopes=frozenset({"orders:read"}), correlation_id="made-by-port")
        return Admission(call=call, expires_at=world.admitted_until)

    def context_for(call: Call, asked: Asked) -> Context:
        context = Context(world, call, asked)
        world.contexts.append(context)
        return context

    ports = Ports(
        schema=SCHEMA,
        authenticate=authenticate,
        context_for=context_for,
        clock=SystemClock(),
        limits=limits or Limits(),
        farewell=world.feed.farewell,
        still_admitted=lambda call: call.actor not in world.revoked,
        served=world.served.append,
    )
    return replace(ports, **given)


def shared_of(ports: Ports) -> Shared:
    """What the sessions of a process share."""
    limits = ports.limits
    return Shared(ports=ports, runner=Runner(ports), streams=OpenStreams(limits.streams), pulse=Pulse(limits))


def app_of(world: World, limits: Limits | None = None, **given: Any) -> tuple[Starlette, Endpoint]:
    """An application with nothing but the endpoint."""
    endpoint = Endpoint(ports_of(world, limits, **given), explorer=Explorer())
    return Starlette(routes=endpoint.routes()), endpoint


def serve() -> Starlette:
    """For `uvicorn tests.resolvers.endpoint.sample:serve --factory`: the audit and the bench."""
    app, _ = app_of(World())
    gc.collect()
    gc.freeze()  # as the hub does once it is up: a full collection then walks only what requests left behind
    return app
