"""A page of raw rows, sorted into what could be read and what could not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from hub.errors import SourceGarbled
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from sources.kit.decoding import decoded
from sources.tryton_wms.holdings import product_of, transfer_of, warehouse_of
from sources.tryton_wms.mapping import Reading, return_of, seen_of
from sources.tryton_wms.wire import Listed, OutRow, ProductRow, ReturnRow, TransferRow, WarehouseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What one answer held, in its order."""

    ids: tuple[int, ...]
    """Every row, readable or not."""
    seen: dict[int, tuple[Seen, ...]]
    """What the readable ones say, by id."""
    failed: dict[str, str]
    """Rows whose answer breaks the wire type, and where."""


def shelve(items: Sequence[msgspec.Raw], kind: Kind, reading: Reading) -> Shelf:
    """Sort *items*. One broken row fails alone; one without an id raises SourceGarbled."""
    at = [f"$.result[{place}]" for place in range(len(items))]
    listed = [decoded(raw, Listed, source=reading.source, at=there) for raw, there in zip(items, at, strict=True)]
    shelf = Shelf(ids=tuple(row.id for row in listed), seen={}, failed={})
    for raw, row, there in zip(items, listed, at, strict=True):
        try:
            shelf.seen[row.id] = _seen(raw, kind, reading, there)
        except SourceGarbled as broken:
            shelf.failed[str(row.id)] = broken.message
        except (ValueError, OverflowError) as wrong:  # an instant or a quantity that is none
            shelf.failed[str(row.id)] = f"{there}: {wrong}"[:300]
    return shelf


def _seen(raw: msgspec.Raw, kind: Kind, reading: Reading, at: str) -> tuple[Seen, ...]:
    source = reading.source
    match kind:
        case Kind.RETURN:
            return (return_of(decoded(raw, ReturnRow, source=source, at=at), reading),)
        case Kind.TRANSFER:
            return (transfer_of(decoded(raw, TransferRow, source=source, at=at), reading),)
        case Kind.PRODUCT:
            return (product_of(decoded(raw, ProductRow, source=source, at=at), reading),)
        case Kind.WAREHOUSE:
            return (warehouse_of(decoded(raw, WarehouseRow, source=source, at=at)),)
        case _:
            return seen_of(decoded(raw, OutRow, source=source, at=at), reading, kind)
