"""Answers callers from the store: an order is found in one statement and read whole in another (design section 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.call import Call
from hub.clock import Clock
from hub.codec import decode, digest
from hub.errors import InvalidInput
from hub.model.cases import ExceptionCase
from hub.model.entities import ENTITIES
from hub.model.finding import LONGEST, Lookup, asking_for
from hub.model.ids import from_global
from hub.model.manifest import Landscape
from hub.model.order import Order
from hub.model.party import Customer
from hub.model.vocabulary import Kind
from hub.read.age import as_of
from hub.read.find import Hit, hits, the_order
from hub.read.sources import BreakerState, Source, SourceState, sources_of
from hub.read.whole import Whole, wholes_of
from hub.seal import Seal
from hub.store.commands import cases_by_id, roots_of_commands
from hub.store.finding import FoundIdentifier, Wanted, customer_of_account, find_identifiers, follow
from hub.store.freshening import Asked, ask_again, still_asking, still_old
from hub.store.health import health_of_sources
from hub.store.listing import (
    EVERYTHING,
    NEWEST,
    Edge,
    OrderFilter,
    OrderSort,
    Slice,
    count_orders,
    list_orders,
    versions_of_orders,
)
from hub.store.reading import documents, whole_orders
from hub.store.store import Store
from hub.store.tx import Tx

MOST_ROWS = 100
"""Of one page."""
MOST_IN_SNAPSHOT = 10_000
"""Orders that a subscription may begin with."""
PATIENCE = 3.0
"""Seconds a caller who asked for a fresher answer waits at most."""
RESERVE = 1.0
"""Seconds left of his deadline for reading the answer."""
STEP = 0.05
"""Seconds between looks."""
BEGINS_FROM = 3
"""Characters from which a search also finds what only begins with them."""

LOOK_UP = "order.find"
"""The question that a source must declare to be asked for an identifier."""
EVER = datetime.min.replace(tzinfo=UTC)

KIND_OF_TYPE: Mapping[str, Kind] = {kind.__name__: which for which, kind in ENTITIES.items()}
"""Kinds by the type name in a global id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """Which page of which list."""

    filter: OrderFilter = EVERYTHING
    sort: OrderSort = NEWEST
    size: int = 20
    cursor: str | None = None
    backward: bool = False
    """The last `size` before the cursor instead of the first after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of orders, each with its cursor."""

    rows: tuple[tuple[Order, str], ...]
    has_next: bool
    has_previous: bool
    wanted: PageWanted


class Reader:
    """Reads for callers. `store` is of role SERVE: row security on. Never calls a source."""

    def __init__(self, store: Store, landscapes: Mapping[str, Landscape], seal: Seal, clock: Clock) -> None:
        self._store = store
        self._landscapes = landscapes
        self._seal = seal
        self._clock = clock

    def landscape(self, call: Call) -> Landscape:
        """The sources of the caller's tenant; one that is not configured has none."""
        return self._landscapes.get(call.tenant) or Landscape(tenant=call.tenant, sources={})

    async def find_order(self, call: Call, lookup: Lookup) -> str | None:
        """Id of the one order that *lookup* names; None where there is none that the caller may see.

        One statement. Raises Ambiguous with the candidates, InvalidInput where the id is none of the hub's.
        """
        if lookup.id is not None:
            return await self._by_id(call, lookup.id, Kind.ORDER)
        return the_order(lookup, await self._identifiers(call, lookup))

    async def find_customers(self, call: Call, lookup: Lookup) -> tuple[str, ...]:
        """Ids of the customers that *lookup* names: for filters, where several may be meant."""
        if lookup.id is not None:
            found = await self._by_id(call, lookup.id, Kind.CUSTOMER)
            return (found,) if found else ()
        identifiers = await self._identifiers(call, lookup, (Kind.CUSTOMER,))
        best = min((one.how for one in identifiers), default=0)
        return tuple(dict.fromkeys(one.id for one in identifiers if one.how == best))

    async def identifiers(self, call: Call, lookup: Lookup) -> Sequence[FoundIdentifier]:
        """Everything that *lookup* may mean, best first: for traces, which follow all of it."""
        return await self._identifiers(call, lookup)

    async def search(self, call: Call, text: str, kinds: Sequence[Kind] | None, size: int) -> tuple[Hit, ...]:
        """At most *size* things that *text* names, best first. One statement."""
        if not 0 < size <= MOST_ROWS:
            message = f"ask for 1 to {MOST_ROWS} hits"
            raise InvalidInput(message)
        wanted = Wanted(
            value=text,
            kinds=None if kinds is None else tuple(kinds),
            begins=len(text.strip()) >= BEGINS_FROM,
            size=4 * size,
        )
        async with self._store.glance(call) as tx:
            found = await find_identifiers(tx, call.tenant, call.account, wanted)
        return hits(text, found, size)

    async def wholes(self, call: Call, ids: Sequence[str]) -> dict[str, Whole]:
        """Orders with everything known about them, by id. One statement, however many."""
        async with self._store.glance(call) as tx:
            answer = await whole_orders(tx, call.tenant, call.account, ids)
        return {whole.order.id: whole for whole in wholes_of(answer, self.landscape(call))}

    async def documents(self, call: Call, keys: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], Any]:
        """Entities by kind and id; what is not visible is left out. One statement."""
        async with self._store.glance(call) as tx:
            found = await documents(tx, call.tenant, call.account, keys)
        return {key: decode(text, ENTITIES[key[0]]) for key, text in found.items()}

    async def current(self, call: Call, keys: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
        """The entity that stands for each key now: redirects followed (Id-3)."""
        async with self._store.glance(call) as tx:
            return await follow(tx, call.tenant, call.account, keys)

    async def freshened(self, call: Call, whole: Whole, most: timedelta) -> Whole:
        """*whole*, read again if its sources could be asked in time; else as it was, which says its age.

        Raises a priority hint for every record older than *most* and waits for the records' intervals to move: an
        unchanged object writes no event.
        """
        old = [
            Asked(source=one.source, kind=one.kind, source_id=one.source_id, since=whole.now)
            for one in whole.stored.records
            if one.source in whole.landscape.sources and whole.now - as_of(whole, one) > most
        ]
        if not old:
            return whole
        async with self._store.shard(call) as tx:
            await ask_again(tx, call.tenant, old, call.correlation_id)
        await self._until(call, lambda tx: _read_again(tx, call, old))
        return (await self.wholes(call, [whole.order.id])).get(whole.order.id, whole)

    async def looked_up(self, call: Call, lookup: Lookup) -> str | None:
        """The order that *lookup* names at a source which nobody had read yet, if one answers in time.

        Asks every source that declares look-up by identifier and answers at all. Raises Ambiguous as `find_order`.
        """
        value = lookup.identifier if lookup.identifier is not None else lookup.value
        if value is None:
            return None
        bindings = self.landscape(call).sources
        able = [
            Asked(source=one.source, kind=Kind.ORDER, source_id=asking_for(value.strip()), since=EVER)
            for one in await self.sources(call)
            if one.breaker is BreakerState.CLOSED
            and one.state is not SourceState.PAUSED
            and LOOK_UP in bindings[one.source].manifest.questions
            and lookup.source in (None, one.source)
        ]
        if not able:
            return None
        async with self._store.shard(call) as tx:
            await ask_again(tx, call.tenant, able, call.correlation_id)
        await self._until(call, lambda tx: _answered(tx, call))
        return await self.find_order(call, lookup)

    async def page(self, call: Call, wanted: PageWanted) -> Page:
        """One page of orders. One statement. Raises CursorInvalid for a cursor of another caller, filter or sort."""
        if not 0 <= wanted.size <= MOST_ROWS:
            message = f"ask for at most {MOST_ROWS} orders at once"
            raise InvalidInput(message)
        binding = self._binding(call, wanted)
        edge = None if wanted.cursor is None else self._seal.open(binding, wanted.cursor, Edge)
        part = Slice(size=wanted.size + 1, edge=edge, backward=wanted.backward)
        async with self._store.glance(call) as tx:
            listed = await list_orders(tx, (call.tenant, call.account), wanted.filter, wanted.sort, part)
        more = len(listed) > wanted.size
        kept = listed[-wanted.size :] if wanted.backward and more else listed[: wanted.size]
        rows = tuple((decode(row.doc, Order), self._seal.close(binding, row.edge)) for row in kept)
        after, before = (wanted.cursor is not None, more) if not wanted.backward else (more, wanted.cursor is not None)
        return Page(rows=rows, has_next=before, has_previous=after, wanted=wanted)

    async def count(self, call: Call, wanted: OrderFilter) -> int:
        """How many orders fit. One statement, and not a cheap one: asked only where the answer is wanted."""
        async with self._store.glance(call) as tx:
            return await count_orders(tx, (call.tenant, call.account), wanted)

    async def versions(self, call: Call, wanted: OrderFilter) -> dict[str, int]:
        """Ids and versions of every order that fits: how a subscription begins. One statement.

        Raises InvalidInput where they are too many for one snapshot.
        """
        async with self._store.glance(call) as tx:
            found = await versions_of_orders(tx, (call.tenant, call.account), wanted, MOST_IN_SNAPSHOT + 1)
        if len(found) > MOST_IN_SNAPSHOT:
            message = f"more than {MOST_IN_SNAPSHOT} orders fit: narrow the filter, or leave includeInitial out"
            raise InvalidInput(message)
        return found

    async def own_customer(self, call: Call) -> Customer | None:
        """The customer whose account the caller is confined to, where there is one. One statement."""
        if call.account is None:
            return None
        async with self._store.glance(call) as tx:
            said = await customer_of_account(tx, call.tenant, call.account)
        return None if said is None else decode(said, Customer)

    async def orders_of_operations(self, call: Call, ids: Sequence[str]) -> dict[str, str]:
        """The order that each operation acts on, by the operation's id. One statement.

        Whether the caller may see it shows when the order is read.
        """
        async with self._store.glance(call) as tx:
            return await roots_of_commands(tx, call.tenant, ids)

    async def cases(self, call: Call, ids: Sequence[str]) -> dict[str, ExceptionCase]:
        """Exception cases by id; none for a caller confined to an account. One statement."""
        if call.account is not None:
            return {}
        async with self._store.glance(call) as tx:
            found = [decode(said, ExceptionCase) for said in await cases_by_id(tx, call.tenant, ids)]
        return {case.id: case for case in found}

    async def sources(self, call: Call) -> tuple[Source, ...]:
        """Every source of the tenant and how it does. One statement."""
        async with self._store.glance(call) as tx:
            said = await health_of_sources(tx, call.tenant)
        return sources_of(said, self.landscape(call))

    async def _by_id(self, call: Call, global_id: str, kind: Kind) -> str | None:
        named, local = from_global(global_id)
        if KIND_OF_TYPE.get(named) is not kind:
            message = f"this is the id of a {named}, not of a {kind.value.lower()}"
            raise InvalidInput(message)
        return (await self.current(call, [(kind, local)])).get((kind, local))

    async def _identifiers(
        self, call: Call, lookup: Lookup, kinds: tuple[Kind, ...] | None = None
    ) -> Sequence[FoundIdentifier]:
        value = lookup.identifier if lookup.identifier is not None else lookup.value
        if not value or not value.strip() or len(value) > LONGEST:
            message = f"an identifier has 1 to {LONGEST} characters"
            raise InvalidInput(message)
        wanted = Wanted(value=value, scheme=lookup.scheme, source=lookup.source, kinds=kinds)
        async with self._store.glance(call) as tx:
            return await find_identifiers(tx, call.tenant, call.account, wanted)

    def _binding(self, call: Call, wanted: PageWanted) -> str:
        return f"orders\x1f{call.principal}\x1f{digest((wanted.filter, wanted.sort))}"

    async def _until(self, call: Call, holds: Callable[[Tx], Awaitable[bool]]) -> None:
        """Wait until *holds*, within what the caller's deadline and our patience leave."""
        until = self._clock.monotonic() + PATIENCE
        if call.deadline is not None:
            until = min(until, call.deadline - RESERVE)
        while self._clock.monotonic() < until:
            await asyncio.sleep(STEP)
            async with self._store.glance(call) as tx:
                if await holds(tx):
                    return


async def _read_again(tx: Tx, call: Call, asked: Sequence[Asked]) -> bool:
    return await still_old(tx, call.tenant, asked) == 0


async def _answered(tx: Tx, call: Call) -> bool:
    return not await still_asking(tx, call.tenant, call.correlation_id)
