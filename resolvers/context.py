"""What resolvers see as `info.context`: who asks, and loaders that live for one operation or one event (fault F8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import strawberry
from strawberry.dataloader import DataLoader

from hub.call import Call
from hub.model.vocabulary import Kind
from hub.read.evidence import Evidence, Sighting
from hub.read.reader import Reader
from hub.read.sources import Source
from hub.read.whole import Whole
from hub.seal import Seal
from hub.trace.storyteller import Storyteller
from hub.write.desk import Desk
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
    seal: Seal


class Context:
    """One operation, or one event of a subscription."""

    def __init__(self, doors: Doors, call: Call, asked: Asked) -> None:
        self.doors = doors
        self.call = call
        self.asked = asked
        self._read: dict[str, Whole] = {}
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
        return await self._wholes.load(order_id)

    async def wholes(self, order_ids: Sequence[str]) -> list[Whole]:
        """Those of *order_ids* that are visible, whole."""
        return [whole for whole in await self._wholes.load_many(list(order_ids)) if whole is not None]

    async def entity(self, key: Key) -> Any:  # Any: the dataclass that ENTITIES names for the kind
        """An entity, or None where it is not visible; those asked for together are read together."""
        return await self._entities.load(key)

    async def entities(self, keys: Sequence[Key]) -> list[Any]:  # Any: as above
        """Those of *keys* that are visible."""
        return [found for found in await self._entities.load_many(list(keys)) if found is not None]

    async def entities_by_key(self, keys: Sequence[Key]) -> dict[Key, Any]:  # Any: as above
        """Those of *keys* that are visible, by key."""
        found = await self._entities.load_many(list(keys))
        return {key: one for key, one in zip(keys, found, strict=True) if one is not None}

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
        self._read.clear()
        self._found.clear()
        for loader in (self._wholes, self._entities, self._sightings, self._newest):
            loader.clear_all()

    @cached_property
    def _wholes(self) -> DataLoader[str, Whole | None]:
        return DataLoader(load_fn=self._load_wholes)

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

    async def _load_entities(self, keys: list[Key]) -> list[Any]:
        found = await self.reader.documents(self.call, keys)
        return [found.get(key) for key in keys]

    async def _load_sightings(self, keys: list[Key]) -> list[Sighting | None]:
        found = await self.reader.sightings(self.call, keys)
        return [found.get(key) for key in keys]

    async def _load_newest(self, keys: list[tuple[Kind, str, int]]) -> list[list[Any]]:
        found: dict[tuple[Kind, str, int], list[Any]] = {}
        for kind, size in dict.fromkeys((kind, size) for kind, _, size in keys):
            customers = [one for of, one, most in keys if (of, most) == (kind, size)]
            read = await self.reader.of_customers(self.call, kind, customers, size)
            found |= {(kind, one, size): entities for one, entities in read.items()}
            self._know({(kind, entity.id): entity for entities in read.values() for entity in entities})
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
        self._know(known)

    def _know(self, known: Mapping[Key, Any]) -> None:  # Any: as above
        self._found |= known
        for key, entity in known.items():
            self._entities.prime(key, entity)


Info: TypeAlias = strawberry.Info[Context, None]


def context_for(doors: Doors) -> Callable[[Call, Asked], Context]:
    """What the endpoint calls for each operation and each event."""

    def build(call: Call, asked: Asked) -> Context:
        return Context(doors, call, asked)

    return build
