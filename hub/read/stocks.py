"""Reads stock for callers: positions, pages of them, and what can be promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial

from hub.call import Call
from hub.codec import digest
from hub.errors import Ambiguous, InvalidInput
from hub.model.finding import Lookup
from hub.model.ids import from_global, global_id, place_of_position
from hub.model.inventory import Availability, InventoryPosition
from hub.model.manifest import ChannelRules, Landscape
from hub.read.availability import EVERYWHERE, Wanted, availability
from hub.read.pages import MOST_ROWS, Page, PageWanted
from hub.read.positions import Judgement, judged
from hub.seal import Seal
from hub.store.listing import Edge, Slice, Where
from hub.store.positions import Way, count_positions, positions, product_unit
from hub.store.store import Store

MOST_WAREHOUSES = 1_000
"""That one item may lie in."""
MOST_CANDIDATES = 10
TYPE = "InventoryPosition"


class InventoryPositionSortField(StrEnum):
    """What positions are sorted by."""

    SKU = "SKU"
    """By item, then by warehouse code."""
    WAREHOUSE = "WAREHOUSE"
    """By warehouse code, then by item."""


class Stocks:
    """Reads stock. `store` is of role SERVE: row security on. Stock is for staff: a confined caller sees none."""

    def __init__(self, store: Store, landscapes: Mapping[str, Landscape], seal: Seal) -> None:
        self._store = store
        self._landscapes = landscapes
        self._seal = seal

    async def availability(self, call: Call, wanted: Wanted, warehouses: Sequence[str] | None) -> Availability | None:
        """What of *wanted* can be promised from *warehouses* (codes; None: all). None where nobody knows the item.

        One statement; two where the item lies nowhere. Raises InvalidInput for a channel that is not configured.
        """
        if call.account is not None:
            return None
        if wanted.quantity <= 0:
            message = "ask for more than nothing"
            raise InvalidInput(message)
        channel = self._rules(call, wanted)
        where: dict[str, tuple[str, ...]] = {"sku": (wanted.sku,)}
        if warehouses is not None:
            where["warehouse"] = tuple(warehouses)
        found = await self._judged(call, where, Way(), Slice(size=MOST_WAREHOUSES))
        if found.positions:
            return availability(wanted, None, found, channel)
        async with self._store.glance(call) as tx:
            is_known, unit = await product_unit(tx, call.tenant, wanted.sku)
        return availability(wanted, unit, found, channel) if is_known else None

    async def find(self, call: Call, lookup: Lookup) -> InventoryPosition | None:
        """The one position that *lookup* names: by id, by `SKU@WAREHOUSE`, or by the item where it lies in one place.

        One statement. Raises Ambiguous with the candidates.
        """
        if lookup.id is not None:
            named, local = from_global(lookup.id)
            if named != TYPE:
                message = f"this is the id of a {named}, not of a position"
                raise InvalidInput(message)
            return (await self.by_ids(call, [local])).get(local)
        if call.account is not None:
            return None
        called = (lookup.identifier if lookup.identifier is not None else lookup.value or "").strip()
        found = await self._judged(call, {"called": (called,)}, Way(), Slice(size=MOST_CANDIDATES))
        if len(found.positions) > 1:
            message = f"{called!r} lies in {len(found.positions)} warehouses or more; say which as SKU@WAREHOUSE"
            candidates = [
                {
                    "id": global_id(TYPE, one.position.id),
                    "scheme": "SKU",
                    "value": f"{one.position.sku}@{one.warehouse}",
                }
                for one in found.positions
            ]
            raise Ambiguous(message, candidates=candidates)
        return next((one.position for one in found.positions), None)

    async def by_ids(self, call: Call, ids: Sequence[str]) -> dict[str, InventoryPosition]:
        """Positions by id; what is not there is left out. One statement, however many."""
        known = tuple(one for one in ids if place_of_position(one) is not None)
        if not known or call.account is not None:
            return {}
        found = await self._judged(call, {"ids": known}, Way(), Slice(size=len(known)))
        return {one.position.id: one.position for one in found.positions}

    async def page(self, call: Call, wanted: PageWanted) -> Page:
        """One page. One statement. Raises CursorInvalid for a cursor of another caller, filter or sort."""
        if not 0 <= wanted.size <= MOST_ROWS:
            message = f"ask for at most {MOST_ROWS} at once"
            raise InvalidInput(message)
        if call.account is not None:
            return Page(entities=(), places=(), sealed=str, has_next=False, has_previous=False, wanted=wanted)
        way = _way(wanted)
        binding = f"{wanted.kind}\x1f{call.principal}\x1f{digest((dict(wanted.where), way))}"
        edge = None if wanted.cursor is None else self._seal.open(binding, wanted.cursor, Edge)
        part = Slice(size=wanted.size + 1, edge=edge, backward=wanted.backward)
        listed = (await self._judged(call, wanted.where, way, part)).positions
        more = len(listed) > wanted.size
        kept = listed[-wanted.size :] if wanted.backward and more else listed[: wanted.size]
        named = ((one.warehouse, one.position.sku)[:: 1 if way.by_warehouse else -1] for one in kept)
        after, before = (wanted.cursor is not None, more) if not wanted.backward else (more, wanted.cursor is not None)
        return Page(
            entities=tuple(one.position for one in kept),
            places=tuple(Edge(value=value, id=local) for value, local in named),
            sealed=partial(self._seal.close, binding),
            has_next=before,
            has_previous=after,
            wanted=wanted,
        )

    async def count(self, call: Call, wanted: PageWanted) -> int:
        """How many positions fit in all. One statement."""
        if call.account is not None:
            return 0
        async with self._store.glance(call) as tx:
            return await count_positions(tx, call.tenant, wanted.where)

    async def _judged(self, call: Call, where: Where, way: Way, part: Slice) -> Judgement:
        async with self._store.glance(call) as tx:
            answer = await positions(tx, call.tenant, where, way, part)
        return judged(answer, self._landscape(call))

    def _landscape(self, call: Call) -> Landscape:
        return self._landscapes.get(call.tenant) or Landscape(tenant=call.tenant, sources={})

    def _rules(self, call: Call, wanted: Wanted) -> ChannelRules:
        """What the channel that is asked for may sell."""
        if wanted.channel is None:
            return EVERYWHERE
        known = self._landscape(call).channels
        if wanted.channel not in known:
            named = f"there are {', '.join(sorted(known))}" if known else "none is configured"
            message = f"there is no channel {wanted.channel!r}: {named}"
            raise InvalidInput(message)
        return known[wanted.channel]


def _way(wanted: PageWanted) -> Way:
    if wanted.sort is None:
        return Way()
    by_warehouse = wanted.sort.field is InventoryPositionSortField.WAREHOUSE
    return Way(by_warehouse=by_warehouse, descending=wanted.sort.descending)
