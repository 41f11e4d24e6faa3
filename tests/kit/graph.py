"""The graph over a real store, without an endpoint: documents in, answers out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLSchema,
    create_source_event_stream,
    execute,
    execute_subscription_event,
    parse,
    validate,
)

from hub.call import Call
from hub.clock import SystemClock
from hub.merge.writer import Writer
from hub.model.manifest import Landscape
from hub.notices.desk import Notices
from hub.partners.addresses import Addresses
from hub.partners.desk import Partners
from hub.read.reader import Reader
from hub.seal import Seal, Vault
from hub.search.postgres import PostgresSearch
from hub.store.store import Store
from hub.trace.listing import Traces
from hub.trace.storyteller import Storyteller
from hub.write.desk import Desk
from hub.write.operators import Operators
from resolvers.context import Doors, context_for
from resolvers.endpoint.ports import Asked
from resolvers.schema import schema
from subscriptions.feed import Feed
from tests.kit.recorder import ListRecorder

CORE: GraphQLSchema = schema._schema  # noqa: SLF001  Strawberry has no public name for it
SCOPES = frozenset({"orders:read", "orders:write", "traces:read", "sources:read"})
OPS = Call(actor="ops", tenant="acme", scopes=SCOPES | {"hub:operate"}, correlation_id="correlation-ops")
REP = Call(actor="rep", tenant="acme", scopes=SCOPES, correlation_id="correlation-rep")


@dataclass(frozen=True, slots=True)
class Graph:
    """The graph of one shard, and the writer whose store it reads."""

    doors: Doors
    writer: Writer

    async def answer(self, document: str, call: Call = REP, **how: Any) -> ExecutionResult:  # Any: variables, name, key
        """What a query or mutation answers."""
        context = context_for(self.doors)(call, _asked(how))
        parsed = parse(document)
        wrong = validate(CORE, parsed)
        if wrong:
            return ExecutionResult(data=None, errors=wrong)
        said = execute(
            CORE, parsed, context_value=context, variable_values=how.get("variables"), operation_name=how.get("name")
        )
        return await said if isawaitable(said) else said

    async def data(self, document: str, call: Call = REP, **how: Any) -> dict[str, Any]:  # Any: as above
        """The data of an answer without errors."""
        said = await self.answer(document, call, **how)
        assert said.errors is None, said.errors
        assert said.data is not None
        return said.data

    @asynccontextmanager
    async def listening(self, document: str, call: Call = REP, **how: Any) -> AsyncIterator[AsyncIterator[Any]]:
        """What a subscription pushes while the block runs: each event in a context of its own, as the endpoint does."""
        executor = schema.execution_context_class.build(
            CORE,
            parse(document),
            context_value=context_for(self.doors)(call, _asked(how)),
            raw_variable_values=how.get("variables"),
            operation_name=how.get("name"),
        )
        assert not isinstance(executor, list), executor
        source: Any = create_source_event_stream(executor)
        source = await source if isawaitable(source) else source
        assert not isinstance(source, ExecutionResult), source.errors
        async with aclosing(self._pushed(executor, source, call)) as pushed:
            yield pushed

    async def _pushed(self, executor: Any, source: Any, call: Call) -> AsyncGenerator[Any, None]:
        async with aclosing(aiter(source)) as events:
            async for event in events:
                yield await self._shown(executor, event, call)

    async def _shown(self, executor: Any, event: Any, call: Call) -> Any:
        one = executor.build_per_event_executor(event)
        one.context_value = context_for(self.doors)(call, _asked({}))
        said: Any = execute_subscription_event(one)
        said = await said if isawaitable(said) else said
        assert said.errors is None, said.errors
        return next(iter(said.data.values()))


def _asked(how: Mapping[str, Any]) -> Asked:
    return Asked(transport="http", kind="query", idempotency_key=how.get("key"))


def graph_over(stores: tuple[Store, Store, Store], landscape: Landscape) -> Graph:
    """A graph over the stores of WORK, SERVE and TAIL."""
    work, serve, tail = stores
    clock, seal, landscapes = SystemClock(), Seal(b"secret"), {landscape.tenant: landscape}
    writer = Writer(work, landscapes)
    doors = Doors(
        reader=Reader(serve, landscapes, seal, clock),
        desk=Desk(work, writer, clock),
        feed=Feed(tail, seal, clock, ListRecorder()),
        storyteller=Storyteller(serve, landscapes),
        traces=Traces(serve, seal, PostgresSearch(serve)),
        seal=seal,
        operators=Operators(work, writer),
        notices=Notices(work),
        partners=Partners(work, Vault(b"secret"), Addresses()),
    )
    return Graph(doors=doors, writer=writer)
