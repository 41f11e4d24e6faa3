"""Answers callers from the store: an order is found in one statement and read whole in another (design section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from hub.call import Call
from hub.clock import Clock
from hub.codec import decode
from hub.errors import InvalidInput
from hub.model.cases import ExceptionCase
from hub.model.command import Operation
from hub.model.entities import ENTITIES
from hub.model.finding import LONGEST, Lookup
from hub.model.ids import from_global
from hub.model.manifest import Landscape
from hub.model.party import Customer
from hub.model.vocabulary import Kind
from hub.read.beginnings import Beginnings
from hub.read.cases import Cases
from hub.read.doing import decided_at_once
from hub.read.evidence import Evidence, Sighting, sightings_of
from hub.read.find import Found, hits, leads_to_orders, the_entity, the_order
from hub.read.fresher import Fresher, Miss
from hub.read.letters import Letters
from hub.read.pages import MOST_ROWS, Pages
from hub.read.sources import Source, health_of, sources_of
from hub.read.stocks import Stocks
from hub.read.whole import Whole, wholes_of
from hub.seal import Seal
from hub.search.port import Search
from hub.search.port import Wanted as Typed
from hub.search.postgres import PostgresSearch
from hub.store.commands import roots_of_commands
from hub.store.console import console_command
from hub.store.finding import FoundIdentifier, Wanted, customer_of_account, find_identifiers, follow
from hub.store.health import health_of_sources
from hub.store.reading import documents, members, of_customers, sightings, whole_orders
from hub.store.store import Store

KIND_OF_TYPE: Mapping[str, Kind] = {kind.__name__: which for which, kind in ENTITIES.items()}
"""Kinds by the type name in a global id."""


class Reader:
    """Reads for callers. `store` is of role SERVE: row security on. Never calls a source."""

    def __init__(
        self,
        store: Store,
        landscapes: Mapping[str, Landscape],
        seal: Seal,
        clock: Clock,
        search: Search | None = None,
    ) -> None:
        self._store = store
        self._search = search or PostgresSearch(store)
        self._landscapes = landscapes
        self._fresher = Fresher(store, clock)
        self.lists = Pages(store, seal, landscapes)
        """Lists, page by page."""
        self.stocks = Stocks(store, landscapes, seal)
        """Stock: positions and what can be promised."""
        self.letters = Letters(store, landscapes, seal)
        """Dead letters."""
        self.queue = Cases(store, seal)
        """Exception cases."""
        self.beginnings = Beginnings(store)
        """What streams of stock, sources and cases begin with."""

    def landscape(self, call: Call) -> Landscape:
        """The sources of the caller's tenant; one that is not configured has none."""
        return self._landscapes.get(call.tenant) or Landscape(tenant=call.tenant, sources={})

    async def find(self, call: Call, lookup: Lookup, kind: Kind) -> str | None:
        """Id of the one entity of *kind* that *lookup* names; None where there is none that the caller may see.

        One statement. An order answers to the identifiers of everything under it, any other kind to its own. Raises
        Ambiguous with the candidates, InvalidInput where the id is none of the hub's.
        """
        if lookup.id is not None:
            return await self._by_id(call, lookup.id, kind)
        if kind is Kind.ORDER:
            return the_order(lookup, await self._identifiers(call, lookup))
        return the_entity(lookup, kind, await self._identifiers(call, lookup, (kind,)))

    async def find_all(self, call: Call, lookup: Lookup, kind: Kind) -> tuple[str, ...]:
        """Ids of every entity of *kind* that *lookup* names best: for filters, where several may be meant."""
        if lookup.id is not None:
            found = await self._by_id(call, lookup.id, kind)
            return (found,) if found else ()
        kinds = None if kind is Kind.ORDER else (kind,)
        named = await self._identifiers(call, lookup, kinds)
        leading = [one for one in named if kind is not Kind.ORDER or leads_to_orders(one)]
        best = min((one.how for one in leading), default=0)
        ids = (one.orders if kind is Kind.ORDER else (one.id,) for one in leading if one.how == best)
        return tuple(dict.fromkeys(each for some in ids for each in some))

    async def identifiers(self, call: Call, lookup: Lookup) -> Sequence[FoundIdentifier]:
        """Everything that *lookup* may mean, best first: for traces, which follow all of it."""
        return await self._identifiers(call, lookup)

    async def search(self, call: Call, text: str, kinds: Sequence[Kind] | None, size: int) -> Found:
        """At most *size* things that *text* names, best first. One statement where an identifier fits."""
        if not 0 < size <= MOST_ROWS:
            message = f"ask for 1 to {MOST_ROWS} hits"
            raise InvalidInput(message)
        typed = Typed(text=text, kinds=None if kinds is None else tuple(kinds), size=size)
        told = await self._search.find(call, typed)
        return Found(hits=hits(text, told.found, size), facets=told.facets, degraded=told.degraded)

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

    async def members(
        self, call: Call, kinds: Iterable[Kind], orders: Sequence[str]
    ) -> dict[tuple[str, Kind], tuple[Any, ...]]:
        """What of *kinds* belongs to each of *orders*, by order and kind; what has none is left out. One statement."""
        async with self._store.glance(call) as tx:
            found = await members(tx, (call.tenant, call.account), kinds, orders)
        documents = {(one.kind, one.id): one.doc for one in found}  # what several orders share is decoded once
        entities = {key: decode(text, ENTITIES[key[0]]) for key, text in documents.items()}
        under: defaultdict[tuple[str, Kind], list[Any]] = defaultdict(list)
        for one in found:
            under[one.order_id, one.kind].append(entities[one.kind, one.id])
        return {key: tuple(entities) for key, entities in under.items()}

    async def current(self, call: Call, keys: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
        """The entity that stands for each key now: redirects followed (Id-3)."""
        async with self._store.glance(call) as tx:
            return await follow(tx, call.tenant, call.account, keys)

    async def sightings(self, call: Call, keys: Sequence[tuple[Kind, str]]) -> dict[tuple[Kind, str], Sighting]:
        """What is known of entities by themselves, by kind and id. One statement, however many."""
        async with self._store.glance(call) as tx:
            answer = await sightings(tx, call.tenant, call.account, keys)
        return sightings_of(answer, self.landscape(call))

    async def of_customers(self, call: Call, kind: Kind, customers: Sequence[str], size: int) -> dict[str, list[Any]]:
        """The newest *size* entities of *kind* of each customer. One statement, however many."""
        if not 0 < size <= MOST_ROWS:
            message = f"ask for 1 to {MOST_ROWS} at once"
            raise InvalidInput(message)
        async with self._store.glance(call) as tx:
            found = await of_customers(tx, (call.tenant, call.account), kind, customers, size)
        return {one: [decode(said, ENTITIES[kind]) for said in documents] for one, documents in found.items()}

    async def freshened(self, call: Call, known: Evidence, most: timedelta, about: str | None = None) -> bool:
        """Whether what is older than *most* was asked for again and waited for: as `Fresher.again`."""
        return await self._fresher.again(call, known, most, about)

    async def looked_up(self, call: Call, lookup: Lookup, kind: Kind) -> str | None:
        """As `find`, once the sources that declare look-up by identifier were asked for what nobody had read yet."""
        miss = Miss(lookup=lookup, landscape=self.landscape(call), sources=await self.sources(call))
        return await self._fresher.looked_up(call, miss, lambda: self.find(call, lookup, kind))

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
        """The exception case that each id belongs to; none for a caller confined to an account. One statement."""
        return await self.queue.by_id(call, ids)

    async def decision(self, call: Call, command_id: str) -> Operation | None:
        """A decision of staff that was applied at once; none for a caller confined to an account. One statement."""
        if call.account is not None:
            return None
        async with self._store.glance(call) as tx:
            kept = await console_command(tx, call.tenant, command_id)
        if kept is None:
            return None
        return decided_at_once(kept.id, kept.operation, kept.correlation_id, (kept.client, kept.accepted_at))

    async def sources(self, call: Call) -> tuple[Source, ...]:
        """Every source of the tenant and how it does. One statement."""
        async with self._store.glance(call) as tx:
            health = health_of(await health_of_sources(tx, call.tenant))
        return sources_of(health, self.landscape(call))

    async def _by_id(self, call: Call, global_id: str, kind: Kind) -> str | None:
        local = own_id(global_id, kind)
        return (await self.current(call, [(kind, local)])).get((kind, local))

    async def _identifiers(
        self, call: Call, lookup: Lookup, kinds: tuple[Kind, ...] | None = None
    ) -> Sequence[FoundIdentifier]:
        value = lookup.identifier if lookup.identifier is not None else lookup.value
        if not value or not value.strip() or len(value) > LONGEST or "\0" in value:
            message = f"an identifier has 1 to {LONGEST} characters, none of them NUL"
            raise InvalidInput(message)
        wanted = Wanted(value=value, scheme=lookup.scheme, source=lookup.source, kinds=kinds)
        async with self._store.glance(call) as tx:
            return await find_identifiers(tx, call.tenant, call.account, wanted)


def own_id(global_id: str, kind: Kind) -> str:
    """The hub's id in a global one, which may have been merged away. Raises InvalidInput for an id of another kind."""
    named, local = from_global(global_id)
    if KIND_OF_TYPE.get(named) is not kind:
        message = f"this is the id of a {named}, not of a {kind.value.lower()}"
        raise InvalidInput(message)
    return local
