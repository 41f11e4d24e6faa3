"""Stock, read whole each time: it has no date to ask by (snapshot difference, design D10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import ChangePage, Failed, Found, Missing, SourceCall
from sources.kit.decoding import decoded
from sources.kit.paging import LoopGuard
from sources.tryton_wms import asks, sweeps
from sources.tryton_wms.asks import Clause, row_id
from sources.tryton_wms.client import TrytonClient
from sources.tryton_wms.holdings import Figures, position_of
from sources.tryton_wms.mapping import Reading
from sources.tryton_wms.sweeps import StockCursor
from sources.tryton_wms.wire import FigureRow, WarehouseRow

PLENTY = 1000
"""Warehouses in one answer; more than anybody has."""
ZERO = Decimal(0)


class Stocktaking:
    """Counts what lies in the warehouses of one system."""

    def __init__(self, client: TrytonClient, reading: Reading, *, page: int) -> None:
        """Count *page* items at a time."""
        self._client = client
        self._reading = reading
        self._size = page

    async def all(self, call: SourceCall, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Pages of `all`: every item in every warehouse."""
        cursor = sweeps.stock_cursor(given)
        warehouses = await self._warehouses(call)
        ids = sorted(one for one in warehouses if cursor.warehouse is None or one >= cursor.warehouse)
        after = cursor.after if ids and ids[0] == cursor.warehouse else None
        guard = LoopGuard(self._reading.source)
        if not ids:
            yield ChangePage(found=(), cursor=msgspec.to_builtins(StockCursor()), is_last=True)
        for place, one in enumerate(ids):
            is_full = True
            while is_full:
                guard.pass_by((one, after))
                found, last = await self._page(call, warehouses[one], after)
                is_full = len(found) == self._size
                is_last = not is_full and place == len(ids) - 1
                after = last if is_full else None
                mark = StockCursor(warehouse=one, after=after) if is_full else StockCursor(warehouse=one + 1)
                cursor = StockCursor() if is_last else mark
                yield ChangePage(found=found, cursor=msgspec.to_builtins(cursor), is_last=is_last)

    async def read(self, call: SourceCall, ids: Sequence[str]) -> dict[str, Found | Missing | Failed]:
        """Positions by `warehouse/item`, four questions for each warehouse named."""
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        for source_id in ids:
            place, thing = (row_id(part) for part in (source_id.partition("/")[0], source_id.partition("/")[2]))
            if place is not None and thing is not None:
                wanted[place].append(thing)
        warehouses = await self._warehouses(call, list(wanted)) if wanted else {}
        seen: dict[str, Seen] = {}
        for one, row in warehouses.items():
            items = wanted[one]
            found = await self._count(call, row, [["id", "in", items]], len(items))
            seen.update((each.source_id, each) for each in found)
        return {one: Found(seen=(seen[one],)) if one in seen else Missing() for one in ids}

    async def _page(
        self, call: SourceCall, warehouse: WarehouseRow, after: int | None
    ) -> tuple[tuple[Seen, ...], int | None]:
        wanted: Clause = [] if after is None else [["id", ">", after]]
        found = await self._count(call, warehouse, wanted, self._size)
        return found, int(found[-1].source_id.partition("/")[2]) if found else None

    async def _count(self, call: SourceCall, row: WarehouseRow, wanted: Clause, limit: int) -> tuple[Seen, ...]:
        """Positions that fit. What moves between two of the questions is right again at the next run."""
        storage, zones = row.storage_location, [row.input_location, row.output_location, row.storage_location]
        there = await self._ask(call, list(dict.fromkeys(zones)), wanted, limit)
        same: Clause = [["id", "in", [one.id for one in there]]]
        if not there:
            return ()
        free = await self._quantities(call, storage, same, limit, less_assigned=True)
        staged, arrived = [
            {} if zone == storage else await self._quantities(call, zone, same, limit)
            for zone in (row.output_location, row.input_location)
        ]
        return tuple(
            position_of(
                Figures(
                    row=one,
                    free=free.get(one.id, ZERO),
                    staged=staged.get(one.id, ZERO),
                    arrived=arrived.get(one.id, ZERO),
                ),
                row,
                self._reading,
            )
            for one in there
        )

    async def _quantities(
        self, call: SourceCall, zone: int, wanted: Clause, limit: int, *, less_assigned: bool = False
    ) -> dict[int, Decimal]:
        rows = await self._ask(call, [zone], wanted, limit, less_assigned=less_assigned)
        return {row.id: row.quantity for row in rows}

    async def _ask(
        self, call: SourceCall, places: Sequence[int], wanted: Clause, limit: int, *, less_assigned: bool = False
    ) -> list[FigureRow]:
        search = asks.figures(places, wanted, limit, less_assigned=less_assigned)
        rows = await self._client.search(call, search)
        return [
            decoded(raw, FigureRow, source=self._reading.source, at=f"$.result[{place}]")
            for place, raw in enumerate(rows.items)
        ]

    async def _warehouses(self, call: SourceCall, ids: Sequence[int] | None = None) -> dict[int, WarehouseRow]:
        search = asks.page_up(Kind.WAREHOUSE, None, PLENTY) if ids is None else asks.by_ids(Kind.WAREHOUSE, ids)
        rows = await self._client.search(call, search)
        found = [
            decoded(raw, WarehouseRow, source=self._reading.source, at=f"$.result[{place}]")
            for place, raw in enumerate(rows.items)
        ]
        return {row.id: row for row in found if row.active or ids is not None}
