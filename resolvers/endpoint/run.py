"""Runs what was prepared: once for queries and mutations, event by event for subscriptions.

Resolvers get a fresh context for each operation and for each event: a context that lives as long as its socket hands
out what its loader read for the first event (fault F8).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from inspect import isawaitable
from typing import Any, cast

from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    create_source_event_stream,
    execute_subscription_event,
)

from hub.call import Call
from hub.errors import HubError
from hub.spans import operation
from resolvers.endpoint.alike import Alike, Selected, alike
from resolvers.endpoint.answer import (
    Answer,
    expired_answer,
    failure_answer,
    fault_of,
    late_answer,
    refusal_answer,
    result_answer,
)
from resolvers.endpoint.body import JsonObject, Request
from resolvers.endpoint.documents import Documents, Prepared
from resolvers.endpoint.paint import AT_ONCE, Painter
from resolvers.endpoint.ports import Asked, Ports, Served
from resolvers.endpoint.refusal import Refusal, graphql_refusal, refuse
from resolvers.endpoint.resume import resumed
from resolvers.watch import Watch
from subscriptions.feed import Seat, Wish
from subscriptions.member import Outlet

_COERCION_ERRORS = 5
_KEY_LENGTHS = range(1, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One operation, ready to run for one caller."""

    call: Call
    asked: Asked
    prepared: Prepared
    variables: JsonObject
    selected: Selected | None = None
    """What a subscription selects of its events."""

    @property
    def name(self) -> str:
        """What logs and hops call it: the operation's name, else its kind."""
        return self.asked.name or self.asked.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How an operation came in."""

    transport: str
    idempotency_key: str | None = None
    last_event_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A subscription whose source is there."""

    work: Work
    executor: Executor[Any]
    source: AsyncIterable[object]
    """A `Watch` where it can be shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """When something began, on both clocks."""

    at: datetime
    monotonic: float


class Runner:
    """Prepares and runs operations, whatever transport they came by."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._limits = ports.limits
        self._schema: GraphQLSchema = ports.schema._schema  # noqa: SLF001  Strawberry has no public name for it
        self._documents = Documents(self._schema, ports.limits)
        self._alike = Alike()
        self._turns = asyncio.Semaphore(AT_ONCE)

    def prepare(self, request: Request, call: Call, manner: Manner) -> Work:
        """*request* parsed, measured and validated, or from the cache. Raises RefusedError."""
        prepared = self._documents.prepare(request.query, request.variables, request.operation_name)
        scope = self._ports.introspection_scope
        if prepared.shape.introspects and scope is not None and not call.may(scope):
            refuse("introspection is not allowed to this credential", code="FORBIDDEN", status=403)
        key = _idempotency_key(prepared, manner.idempotency_key)
        asked = Asked(
            transport=manner.transport,
            kind=prepared.kind,
            name=prepared.name,
            fields=prepared.fields,
            idempotency_key=key,
        )
        selected = self._alike.selected(prepared) if prepared.kind == "subscription" else None
        prepared = resumed(prepared, self._schema, manner.last_event_id)
        return Work(call=call, asked=asked, prepared=prepared, variables=request.variables, selected=selected)

    async def once(self, work: Work) -> Answer:
        """Run a query or mutation within the execution deadline. Never raises but for cancellation."""
        started, began = self._ports.clock.now(), self._ports.clock.monotonic()
        call = self._hurried(work.call)
        try:
            with operation(f"{work.asked.kind} {work.name}", call.correlation_id):
                async with asyncio.timeout(self._limits.execution):
                    answer = await self._executed(work, call)
        except TimeoutError:
            answer = late_answer(call, self._limits)
        except Exception as error:  # noqa: BLE001  the edge: whatever happens, the caller gets a typed answer
            answer = failure_answer(error, call, work.name)
        seconds = self._ports.clock.monotonic() - began
        self._ports.served(Served(call=call, asked=work.asked, started_at=started, seconds=seconds, codes=answer.codes))
        return answer

    async def begin(self, work: Work) -> Begun | Answer:
        """Ask for the source of a subscription; an answer is its last."""
        try:
            executor = self._executor(work, work.call)
            if isinstance(executor, Refusal):
                return refusal_answer(executor, work.call.correlation_id)
            async with asyncio.timeout(self._limits.execution):
                source = await _settled(create_source_event_stream(executor))
        except TimeoutError:
            return late_answer(work.call, self._limits)
        except Exception as error:  # noqa: BLE001  the edge: whatever happens, the caller gets a typed answer
            return failure_answer(error, work.call, work.name)
        if isinstance(source, ExecutionResult):
            return replace(result_answer(source, work.call, work.name, self._limits), is_last=True)
        return Begun(work=work, executor=executor, source=cast("AsyncIterable[object]", source))

    async def enter(self, begun: Begun, watch: Watch[Any], outlet: Outlet) -> Seat | Answer:
        """Let a subscriber into the stream that it shares with those who are alike; an answer is its last."""
        work = begun.work
        wish = Wish(principal=work.call.principal, topic=watch.topic, after=watch.after, snapshot=watch.snapshot)

        async def execute(event: object, correlation_id: str | None) -> Answer:
            call = work.call if correlation_id is None else replace(work.call, correlation_id=correlation_id)
            return await self._event(begun.executor, event, work, call)

        painter = Painter(watch, execute, work.selected.merged if work.selected else (), self._turns)
        key = alike(work.selected, work.variables, work.call) if work.selected else object()
        try:
            return await watch.feed.enter(wish, key, painter, outlet)
        except Exception as error:  # noqa: BLE001  the edge: whatever happens, the caller gets a typed answer
            return failure_answer(error, work.call, work.name)

    async def events(self, begun: Begun) -> AsyncGenerator[Answer, None]:
        """Answers of a source that is not shared, as its events come, until one `is_last`. Close it with `aclose`."""
        try:
            async with _closing(begun.source) as events:
                async for event in events:
                    if not self._ports.still_admitted(begun.work.call):
                        yield expired_answer(begun.work.call)
                        return
                    answer = await self._event(begun.executor, event, begun.work, begun.work.call)
                    yield answer
                    if answer.is_last:
                        return
        except Exception as error:  # noqa: BLE001  the edge: a source of events that fails ends with a typed error
            yield failure_answer(error, begun.work.call, begun.work.name)

    def is_admitted(self, work: Work) -> bool:
        """Whether the credential still stands."""
        return self._ports.still_admitted(work.call)

    def served(self, work: Work, since: Since, *, events: int, codes: tuple[str, ...] = ()) -> None:
        """Tell that a subscription has ended, however it did."""
        seconds = self._ports.clock.monotonic() - since.monotonic
        self._ports.served(
            Served(call=work.call, asked=work.asked, started_at=since.at, seconds=seconds, codes=codes, events=events)
        )

    def now(self) -> Since:
        """When something begins."""
        return Since(at=self._ports.clock.now(), monotonic=self._ports.clock.monotonic())

    async def _executed(self, work: Work, call: Call) -> Answer:
        executor = self._executor(work, call)
        if isinstance(executor, Refusal):
            return refusal_answer(executor, call.correlation_id)
        result = await _settled(executor.execute_operation())
        return result_answer(cast("ExecutionResult", result), call, work.name, self._limits)

    async def _event(self, executor: Executor[Any], event: object, work: Work, call: Call) -> Answer:
        call = self._hurried(call)
        one = executor.build_per_event_executor(event)
        one.context_value = self._ports.context_for(call, work.asked)
        try:
            async with asyncio.timeout(self._limits.execution):
                result = await _settled(execute_subscription_event(one))
        except TimeoutError:
            return late_answer(call, self._limits)
        except Exception as error:  # noqa: BLE001  the edge: whatever happens, the caller gets a typed answer
            return failure_answer(error, call, work.name)
        return result_answer(cast("ExecutionResult", result), call, work.name, self._limits)

    def _executor(self, work: Work, call: Call) -> Executor[Any] | Refusal:
        try:
            context = self._ports.context_for(call, work.asked)
        except HubError as error:
            return Refusal(faults=(fault_of(error),))
        built: list[GraphQLError] | Executor[Any] = self._ports.schema.execution_context_class.build(
            self._schema,
            work.prepared.document,
            context_value=context,
            raw_variable_values=work.variables,
            operation_name=work.prepared.name,
            max_coercion_errors=_COERCION_ERRORS,
            hide_suggestions=True,
        )
        if isinstance(built, list):
            return graphql_refusal(built, "BAD_USER_INPUT")
        return built

    def _hurried(self, call: Call) -> Call:
        return replace(call, deadline=self._ports.clock.monotonic() + self._limits.execution)


@asynccontextmanager
async def _closing(source: AsyncIterable[object]) -> AsyncIterator[AsyncIterable[object]]:
    """Closes a source of events that can be closed, as generators can."""
    try:
        yield source
    finally:
        if isinstance(source, AsyncGenerator):
            await source.aclose()


async def _settled(value: object) -> object:
    return await cast("Awaitable[object]", value) if isawaitable(value) else value


def _idempotency_key(prepared: Prepared, key: str | None) -> str | None:
    """The header's key, where it goes with the one mutation of the document. Raises RefusedError."""
    if key is None or prepared.kind != "mutation":
        return None
    if len(key) not in _KEY_LENGTHS:
        refuse("the header Idempotency-Key must have 1-255 characters")
    if prepared.shape.fields != 1:
        refuse("the header Idempotency-Key goes with one mutation; use @idempotent(key:) on each field")
    return key
