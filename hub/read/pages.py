"""Lists of entities, page by page: keyset cursors, signed and bound to caller, kind, filter and sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hub.call import Call
from hub.codec import decode, digest
from hub.errors import InvalidInput
from hub.model.command import Operation
from hub.model.entities import ENTITIES
from hub.model.manifest import Landscape
from hub.model.vocabulary import Kind
from hub.read.operations import KeptOperation, told
from hub.seal import Seal
from hub.store.listing import (
    EVERYTHING,
    Edge,
    Listing,
    Slice,
    Sort,
    Where,
    count_entities,
    list_entities,
    versions_of,
)
from hub.store.lists import LISTINGS
from hub.store.operations import OPERATIONS
from hub.store.store import Store

MOST_ROWS = 100
"""Of one page."""
MOST_IN_SNAPSHOT = 10_000
"""Entities that a subscription may begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """Which page of which list."""

    kind: Kind = Kind.ORDER
    where: Where = field(default_factory=lambda: EVERYTHING)
    sort: Sort | None = None
    """None: the kind's usual one."""
    size: int = 20
    cursor: str | None = None
    backward: bool = False
    """The last `size` before the cursor instead of the first after it."""

    @property
    def listing(self) -> Listing:
        """How the kind is listed."""
        return OPERATIONS if self.kind is Kind.OPERATION else LISTINGS[self.kind]

    @property
    def order(self) -> Sort:
        """In which order."""
        return self.sort or self.listing.usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of entities, each with its cursor."""

    entities: tuple[Any, ...]  # Any: the dataclass that ENTITIES names for the kind
    places: tuple[Edge, ...]
    """Where each stands in the list."""
    sealed: Callable[[Edge], str]
    """Makes a cursor of a place: nothing is signed that nobody asked for."""
    has_next: bool
    has_previous: bool
    wanted: PageWanted

    @property
    def rows(self) -> tuple[tuple[Any, str], ...]:  # Any: as above
        """Each with its cursor."""
        return tuple(zip(self.entities, map(self.sealed, self.places), strict=True))

    @property
    def ends(self) -> tuple[str | None, str | None]:
        """The first and the last of the cursors, where there are any."""
        return (self.sealed(self.places[0]), self.sealed(self.places[-1])) if self.places else (None, None)


class Pages:
    """Reads lists for callers. `store` is of role SERVE: row security on."""

    def __init__(self, store: Store, seal: Seal, landscapes: Mapping[str, Landscape]) -> None:
        self._store = store
        self._seal = seal
        self._landscapes = landscapes

    async def page(self, call: Call, wanted: PageWanted) -> Page:
        """One page. One statement. Raises CursorInvalid for a cursor of another caller, kind, filter or sort."""
        if not 0 <= wanted.size <= MOST_ROWS:
            message = f"ask for at most {MOST_ROWS} at once"
            raise InvalidInput(message)
        binding = f"{wanted.kind}\x1f{call.principal}\x1f{digest((dict(wanted.where), wanted.order))}"
        edge = None if wanted.cursor is None else self._seal.open(binding, wanted.cursor, Edge)
        part = Slice(size=wanted.size + 1, edge=edge, backward=wanted.backward)
        asked = (wanted.where, wanted.order)
        async with self._store.glance(call) as tx:
            listed = await list_entities(tx, (call.tenant, call.account), wanted.listing, asked, part)
        more = len(listed) > wanted.size
        kept = listed[-wanted.size :] if wanted.backward and more else listed[: wanted.size]
        made = self._operation(call) if wanted.kind is Kind.OPERATION else partial(decode, kind=ENTITIES[wanted.kind])
        after, before = (wanted.cursor is not None, more) if not wanted.backward else (more, wanted.cursor is not None)
        return Page(
            entities=tuple(made(row.doc) for row in kept),
            places=tuple(row.edge for row in kept),
            sealed=partial(self._seal.close, binding),
            has_next=before,
            has_previous=after,
            wanted=wanted,
        )

    def _operation(self, call: Call) -> Callable[[str], Operation]:
        landscape = self._landscapes.get(call.tenant) or Landscape(tenant=call.tenant, sources={})
        return lambda said: told(decode(said, KeptOperation), landscape)

    async def count(self, call: Call, wanted: PageWanted) -> int:
        """How many fit in all. One statement, and not a cheap one: asked only where the answer is wanted."""
        async with self._store.glance(call) as tx:
            return await count_entities(tx, (call.tenant, call.account), wanted.listing, wanted.where)

    async def versions(self, call: Call, wanted: PageWanted) -> dict[str, int]:
        """Ids and versions of everything that fits: how a subscription begins. One statement.

        Raises InvalidInput where they are too many for one snapshot.
        """
        async with self._store.glance(call) as tx:
            scope = (call.tenant, call.account)
            found = await versions_of(tx, scope, wanted.listing, wanted.where, MOST_IN_SNAPSHOT + 1)
        if len(found) > MOST_IN_SNAPSHOT:
            message = f"more than {MOST_IN_SNAPSHOT} fit: narrow the filter, or leave includeInitial out"
            raise InvalidInput(message)
        return found
