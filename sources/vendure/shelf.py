"""A page of raw orders, sorted into what could be read and what could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hub.errors import SourceGarbled
from hub.model.observation import Seen
from sources.kit.decoding import decoded
from sources.vendure.mapping import Reading, seen_of
from sources.vendure.wire import Listed, VendureOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What one answer held, in its order."""

    listed: tuple[Listed, ...]
    """Every order, readable or not."""
    orders: dict[str, VendureOrder]
    """Those that could be read, by id."""
    seen: dict[str, tuple[Seen, ...]]
    """What they say, by id; a cart says nothing."""
    failed: dict[str, str]
    """Orders whose answer breaks the wire type, and where."""


def shelve(items: Sequence[msgspec.Raw], reading: Reading) -> Shelf:
    """Sort *items*. One broken order fails alone; one without an id or an instant raises SourceGarbled."""
    shelf = Shelf(
        listed=tuple(
            decoded(raw, Listed, source=reading.source, at=f"$.data.orders.items[{place}]")
            for place, raw in enumerate(items)
        ),
        orders={},
        seen={},
        failed={},
    )
    for place, (raw, listed) in enumerate(zip(items, shelf.listed, strict=True)):
        at = f"$.data.orders.items[{place}]"
        try:
            order = decoded(raw, VendureOrder, source=reading.source, at=at)
            shelf.seen[order.id] = seen_of(order, reading)
            shelf.orders[order.id] = order
        except SourceGarbled as broken:
            shelf.failed[listed.id] = broken.message
        except (ValueError, OverflowError) as wrong:  # a money, an instant or a currency that is none
            shelf.failed[listed.id] = f"{at}: {wrong}"[:300]
    return shelf
