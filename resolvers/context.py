"""What resolvers see as `info.context`: who asks, and loaders that live for one operation or one event (fault F8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import strawberry
from strawberry.dataloader import DataLoader

from hub.call import Call
from hub.model.vocabulary import Kind
from hub.notices.desk import Notices
from hub.partners.desk import Partners
from hub.read.evidence import Evidence, Sighting
from hub.read.reader import Reader
from hub.read.sources import Source
from hub.read.whole import Whole
from hub.seal import Seal
from hub.trace.listing import Traces
from hub.trace.storyteller import Storyteller
from hub.write.desk import Desk
from hub.write.operators import Operators
from resolvers.endpoint.ports import Asked
from subscriptions.feed import Feed

Key = tuple[Kind, str]
MEMBERS: Mapping[Kind, str] = {
    Kind.SHIPMENT: "shipments",
    Kind.FULFILLMENT_ORDER: "fulfillment_orders",
    Kind.RETURN: "returns",
    Kind.INVOICE: "invoices",
    Kind.CREDIT_MEMO: "credit_memos",
    Kind.PAYMENT: "payments",
    Kind.CUSTOMER: "customers",
}
"""Kinds that come with a whole order, and where they lie in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the graph stands on: everything behind it, once per process."""

    reader: Reader
    desk: Desk
    feed: Feed
    storyteller: Storyteller
    traces: Traces
    seal: Seal
    operators: Operators
    partners: Partners
    notices: Notices


class Context:
    """One operation, or one event of a subscription."""

    def __init__(self, doors: Doors, call: Call, asked: Asked) -> None:
        self.doors = doors
        self.call = call
        self.asked = asked
        self._read: dict[str, Whole] = {}
        self._asked_whole: set[str] = set()
        self._under: dict[tuple[str, Kind], Sequence[Any]] = {}  # Any: as below
        self._found: dict[Key, Any] = {}  # Any: the dataclass that ENTITIES names for the kind

    @property
    def reader(self) -> Reader:
        """The reader, for short."""
        return self.doors.reader

    @property
    def is_confined(self) -> bool:
        """Whether the caller is confined to an account: what is for staff alone is not there for him."""
        return self.call.account is not None

    def known(self, order_id: str) -> Whole | None:
        """An order that this operation has read already."""
        return self._read.get(order_id)

    def found(self, key: Key) -> Any:  # Any: as above
        """An entity that this operation has read already; None where it has not."""
        return self._found.get(key)

    async def whole(self, order_id: str) -> Whole | None:
        """An order with everything known about it; those asked for together are read together."""
        self._asked_whole.add(order_id)
        return await self._wholes.load(order_id)

    async def wholes(self, order_ids: Sequence[str]) -> list[Whole]:
        """Those of *order_ids* that are visible, whole."""
        self._asked_whole.update(order_ids)
        return [whole for whole in await self._wholes.load_many(list(order_ids)) if whole is not None]

    async def members(self, order_id: str, kind: Kind) -> Sequence[Any]:  # Any: the dataclass of the kind
        """What of *kind* belongs to an order; what is asked for together is read together.

        An order that is being read whole brings it along.
        """
        return await self._members.load((order_id, kind))

    def under(self, order_id: str, kind: Kind) -> Sequence[Any] | None:  # Any: as above
        """What of *kind* belongs to an order; None where this operation has not read it."""
        whole = self._read.get(order_id)
        return self._under.get((order_id, kind)) if whole is None else getattr(whole.stored.members, MEMBERS[kind])

    async def fetch(self, keys: Iterable[Key]) -> None:
        """Read entities that are not known yet: `found` knows what is visible of them from here on."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._found]
        if missing:
            self._found |= await self.reader.documents(self.call, missing)

    async def fetch_members(self, orders: Iterable[str], kinds: Iterable[Kind]) -> None:
        """Read what of *kinds* belongs to *orders*, where not known yet: `under` knows it from here on."""
        missing = {(one, kind): () for one in orders for kind in kinds if self.under(one, kind) is None}
        if missing:
            ids, wanted = dict.fromkeys(one for one, _ in missing), dict.fromkeys(kind for _, kind in missing)
            found = await self.reader.members(self.call, wanted, list(ids))
            self._under |= missing | found
            self._found |= {(kind, one.id): one for (_, kind), entities in found.items() for one in entities}

    async def entity(self, key: Key) -> Any:  # Any: the dataclass that ENTITIES names for the kind
        """An entity, or None where it is not visible; those asked for together are read together."""
        known = self._found.get(key)
        return await self._entities.load(key) if known is None else known

    async def entities(self, keys: Sequence[Key]) -> list[Any]:  # Any: as above
        """Those of *keys* that are visible."""
        found = await self.entities_by_key(keys)
        return [found[key] for key in keys if key in found]

    async def entities_by_key(self, keys: Sequence[Key]) -> dict[Key, Any]:  # Any: as above
        """Those of *keys* that are visible, by key."""
        found = {key: self._found[key] for key in keys if key in self._found}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        read = await self._entities.load_many(missing) if missing else []
        return found | {key: one for key, one in zip(missing, read, strict=True) if one is not None}

    def know(self, kind: Kind, entities: Iterable[Any]) -> None:  # Any: as above
        """Answer from *entities*, all of *kind*, for the rest of this operation."""
        self._found |= {(kind, one.id): one for one in entities}

    async def sighting(self, key: Key) -> Sighting | None:
        """What is known of an entity by itself; those asked for together are read together."""
        return await self._sightings.load(key)

    async def evidence(self, key: Key, entity: Any) -> Evidence | None:  # Any: as above
        """What is known of an entity: from an order that was read with it, else by itself."""
        for order_id in getattr(entity, "order_ids", ()):
            if (whole := self.known(order_id)) is not None:
                return whole
        return await self.sighting(key)

    async def newest(self, kind: Kind, customer_id: str, size: int) -> list[Any]:  # Any: as above
        """The newest *size* entities of *kind* of a customer; those asked for together are read together."""
        return await self._newest.load((kind, customer_id, size))

    async def sources(self) -> tuple[Source, ...]:
        """Every source of the tenant, read once."""
        return await self._sources.load(None)

    def keep(self, whole: Whole) -> None:
        """Answer from *whole* for the rest of this operation."""
        self._wholes.prime(whole.order.id, whole, force=True)
        self._prime(whole)

    def forget(self) -> None:
        """Read everything anew from here on: some of it has just been refreshed."""
        for known in (self._read, self._asked_whole, self._under, self._found):
            known.clear()
        for loader in (self._wholes, self._members, self._entities, self._sightings, self._newest):
            loader.clear_all()

    @cached_property
    def _wholes(self) -> DataLoader[str, Whole | None]:
        return DataLoader(load_fn=self._load_wholes)

    @cached_property
    def _members(self) -> DataLoader[tuple[str, Kind], Sequence[Any]]:
        return DataLoader(load_fn=self._load_members)

    @cached_property
    def _entities(self) -> DataLoader[Key, Any]:
        return DataLoader(load_fn=self._load_entities)

    @cached_property
    def _sightings(self) -> DataLoader[Key, Sighting | None]:
        return DataLoader(load_fn=self._load_sightings)

    @cached_property
    def _newest(self) -> DataLoader[tuple[Kind, str, int], list[Any]]:
        return DataLoader(load_fn=self._load_newest)

    @cached_property
    def _sources(self) -> DataLoader[None, tuple[Source, ...]]:
        return DataLoader(load_fn=self._load_sources)

    async def _load_wholes(self, ids: list[str]) -> list[Whole | None]:
        found = await self.reader.wholes(self.call, ids)
        for whole in found.values():
            self._prime(whole)
        return [found.get(one) for one in ids]

    async def _load_members(self, keys: list[tuple[str, Kind]]) -> list[Sequence[Any]]:
        orders = {order_id for order_id, _ in keys}
        await self.wholes(sorted(orders & self._asked_whole))
        await self.fetch_members(sorted(orders), sorted({kind for _, kind in keys}))
        return [self.under(*key) or () for key in keys]

    async def _load_entities(self, keys: list[Key]) -> list[Any]:
        await self.fetch(keys)
        return [self._found.get(key) for key in keys]

    async def _load_sightings(self, keys: list[Key]) -> list[Sighting | None]:
        found = await self.reader.sightings(self.call, keys)
        return [found.get(key) for key in keys]

    async def _load_newest(self, keys: list[tuple[Kind, str, int]]) -> list[list[Any]]:
        found: dict[tuple[Kind, str, int], list[Any]] = {}
        for kind, size in dict.fromkeys((kind, size) for kind, _, size in keys):
            customers = [one for of, one, most in keys if (of, most) == (kind, size)]
            read = await self.reader.of_customers(self.call, kind, customers, size)
            found |= {(kind, one, size): entities for one, entities in read.items()}
            self.know(kind, (entity for entities in read.values() for entity in entities))
        return [found[key] for key in keys]

    async def _load_sources(self, keys: list[None]) -> list[tuple[Source, ...]]:
        return [await self.reader.sources(self.call)] * len(keys)

    def _prime(self, whole: Whole) -> None:
        """What came with an order is not read again."""
        self._read[whole.order.id] = whole
        under = whole.stored.members
        known: dict[Key, Any] = {(Kind.ORDER, whole.order.id): whole.order}
        for kind, name in MEMBERS.items():
            known |= {(kind, member.id): member for member in getattr(under, name)}
        known |= {(Kind.WAREHOUSE, place.id): place for place in whole.stored.warehouses}
        if whole.order.customer_id is not None and under.customers:
            known[Kind.CUSTOMER, whole.order.customer_id] = under.customers[0]
        self._found |= known


Info: TypeAlias = strawberry.Info[Context, None]


def context_for(doors: Doors) -> Callable[[Call, Asked], Context]:
    """What the endpoint calls for each operation and each event."""

    def build(call: Call, asked: Asked) -> Context:
        return Context(doors, call, asked)

    return build
