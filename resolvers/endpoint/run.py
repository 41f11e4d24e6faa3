"""Runs what was prepared: once for queries and mutations, event by event for subscriptions.

Resolvers get a fresh context for each operation and for each event: a context that lives as long as its socket hands
out what its loader read for the first event (fault F8).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
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
from resolvers.endpoint.ports import Asked, Ports, Served
from resolvers.endpoint.refusal import Refusal, graphql_refusal, refuse
from resolvers.endpoint.resume import resumed

_COERCION_ERRORS = 5
_KEY_LENGTHS = range(1, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One operation, ready to run for one caller."""

    call: Call
    asked: Asked
    prepared: Prepared
    variables: JsonObject

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


class Runner:
    """Prepares and runs operations, whatever transport they came by."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._limits = ports.limits
        self._schema: GraphQLSchema = ports.schema._schema  # noqa: SLF001  Strawberry has no public name for it
        self._documents = Documents(self._schema, ports.limits)

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
        prepared = resumed(prepared, self._schema, manner.last_event_id)
        return Work(call=call, asked=asked, prepared=prepared, variables=request.variables)

    async def once(self, work: Work) -> Answer:
        """Run a query or mutation within the execution deadline. Never raises but for cancellation."""
        started, began = self._ports.clock.now(), self._ports.clock.monotonic()
        call = self._hurried(work.call)
        try:
            async with asyncio.timeout(self._limits.execution):
                answer = await self._executed(work, call)
        except TimeoutError:
            answer = late_answer(call, self._limits)
        except Exception as error:  # noqa: BLE001  the edge: whatever happens, the caller gets a typed answer
            answer = failure_answer(error, call, work.name)
        seconds = self._ports.clock.monotonic() - began
        self._ports.served(Served(call=call, asked=work.asked, started_at=started, seconds=seconds, codes=answer.codes))
        return answer

    async def events(self, work: Work) -> AsyncGenerator[Answer, None]:
        """Answers of a subscription as its events come, until one `is_last`. Close it with `aclose`."""
        started, began = self._ports.clock.now(), self._ports.clock.monotonic()
        pushed = 0
        codes: tuple[str, ...] = ()
        try:
            async with aclosing(self._guarded(work)) as answers:
                async for answer in answers:
                    pushed += not answer.is_last
                    codes = answer.codes if answer.is_last else codes
                    yield answer
                    if answer.is_last:
                        return
        finally:
            seconds = self._ports.clock.monotonic() - began
            self._ports.served(
                Served(
                    call=work.call, asked=work.asked, started_at=started, seconds=seconds, codes=codes, events=pushed
                )
            )

    async def _executed(self, work: Work, call: Call) -> Answer:
        executor = self._executor(work, call)
        if isinstance(executor, Refusal):
            return refusal_answer(executor, call.correlation_id)
        result = await _settled(executor.execute_operation())
        return result_answer(cast("ExecutionResult", result), call, work.name, self._limits)

    async def _guarded(self, work: Work) -> AsyncGenerator[Answer, None]:
        try:
            async with aclosing(self._pushed(work)) as answers:
                async for answer in answers:
                    yield answer
        except Exception as error:  # noqa: BLE001  the edge: a source of events that fails ends with a typed error
            yield failure_answer(error, work.call, work.name)

    async def _pushed(self, work: Work) -> AsyncGenerator[Answer, None]:
        executor = self._executor(work, work.call)
        if isinstance(executor, Refusal):
            yield refusal_answer(executor, work.call.correlation_id)
            return
        try:
            async with asyncio.timeout(self._limits.execution):
                source = await _settled(create_source_event_stream(executor))
        except TimeoutError:
            yield late_answer(work.call, self._limits)
            return
        if isinstance(source, ExecutionResult):
            yield replace(result_answer(source, work.call, work.name, self._limits), is_last=True)
            return
        async with _closing(cast("AsyncIterable[object]", source)) as events:
            async for event in events:
                if not self._ports.still_admitted(work.call):
                    yield expired_answer(work.call)
                    return
                yield await self._event(executor, event, work)

    async def _event(self, executor: Executor[Any], event: object, work: Work) -> Answer:
        call = self._hurried(work.call)
        one = executor.build_per_event_executor(event)
        one.context_value = self._ports.context_for(call, work.asked)
        try:
            async with asyncio.timeout(self._limits.execution):
                result = await _settled(execute_subscription_event(one))
        except TimeoutError:
            return late_answer(call, self._limits)
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
