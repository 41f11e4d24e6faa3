"""Stock figures: no records in Tryton, but answers to a question about one item in one warehouse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from hub.model.observation import Seen
from hub.ports import ChangePage, Failed, Found, Missing, SourceCall
from sources.kit.decoding import decoded
from sources.kit.paging import LoopGuard
from sources.tryton_erp import sweeps
from sources.tryton_erp.catalog import Clause
from sources.tryton_erp.client import Ask, TrytonClient
from sources.tryton_erp.manifest import BATCH, OVERLAP
from sources.tryton_erp.mapping.stock import Figures, position_of, seen_of_figures
from sources.tryton_erp.reader import Reader
from sources.tryton_erp.sweeps import ListCursor, TimeCursor
from sources.tryton_erp.wire import Coded, TrytonAssigned, TrytonMoved, TrytonStock, paths

R = TypeVar("R", bound=msgspec.Struct)
ZERO = Decimal(0)
MOST = 1000
"""Warehouses, or assigned moves of one page of items; more moves are asked for page by page."""
FIRST_LOOK = timedelta(hours=1)
"""How far back the first run of `moves` reaches; what is older comes with `stock`."""
_GOODS = ["type", "=", "goods"]


class Shelves:
    """Asks for stock figures."""

    def __init__(self, client: TrytonClient, reader: Reader, *, source: str, page: int) -> None:
        """Ask for *page* items at a time."""
        self._client, self._reader = client, reader
        self._source, self._size = source, min(page, BATCH)

    async def read(self, call: SourceCall, ids: Sequence[str]) -> Mapping[str, Found | Missing | Failed]:
        """The figures of each position, in the order of their ids."""
        answers: dict[str, Found | Missing | Failed] = {one: Missing() for one in ids}
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        for place, product in filter(None, map(position_of, answers)):
            wanted[place].append(product)
        codes = await self._warehouses(call) if wanted else {}
        for place, products in wanted.items():
            for start in range(0, len(products) if place in codes else 0, BATCH):
                batch = products[start : start + BATCH]
                found = await self._figures(call, (place, codes[place]), batch)
                answers.update((seen.source_id, Found(seen=(seen,))) for seen in found if seen.source_id in answers)
        return answers

    async def stock(self, call: SourceCall, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """Every item in every warehouse."""
        cursor, guard = sweeps.list_cursor(given), LoopGuard(self._source)
        codes = await self._warehouses(call)
        while True:
            guard.pass_by(cursor.at)
            below = [] if cursor.at is None else [["id", "<", cursor.at]]
            ask = Ask(model="product.product", fields=("code",), domain=[_GOODS, *below], order=(("id", "DESC"),))
            products = await self._ids(call, ask)
            is_last = len(products) < self._size
            found = await self._everywhere(call, codes, products)
            cursor = ListCursor() if is_last else ListCursor(at=min(products))
            yield ChangePage(found=found, cursor={"at": cursor.at} if cursor.at else {}, is_last=is_last)
            if is_last:
                return

    async def moves(self, call: SourceCall, given: Mapping[str, Any] | None) -> AsyncIterator[ChangePage]:
        """The items that moved since the run before, in every warehouse."""
        cursor, guard = sweeps.time_cursor(given, OVERLAP), LoopGuard(self._source)
        codes = await self._warehouses(call)
        if given is None:
            cursor = await self._beginning(call)
        while True:
            guard.pass_by(cursor)
            since = cursor.since or cursor.seen
            domain: list[Clause] = [sweeps.written_since(("create_date", "write_date"), since)]
            domain += [] if cursor.at is None else [["id", "<", cursor.at]]
            ask = Ask(
                model="stock.move", fields=paths(TrytonMoved), domain=domain, order=(("id", "DESC"),), most=self._size
            )
            answered = await self._client.rows(call, ask)
            sweeps.refuse_future(cursor, answered.clock)
            moved = decoded_all(answered.items, TrytonMoved, self._source)
            is_last = len(moved) < self._size
            top = max((move.touched() for move in moved), default=None)
            cursor = sweeps.advanced(cursor, [move.id for move in moved], top, is_last=is_last)
            found = await self._everywhere(call, codes, sorted({move.product for move in moved}))
            plain = {name: value for name, value in msgspec.to_builtins(cursor).items() if value is not None}
            yield ChangePage(found=found, cursor=plain, is_last=is_last)
            if is_last:
                return

    async def _beginning(self, call: SourceCall) -> TimeCursor:
        """An hour before the newest move: by the ERP's own times, not by ours."""
        ask = Ask(model="stock.move", fields=paths(TrytonMoved), order=(("id", "DESC"),), most=1)
        newest = decoded_all((await self._client.rows(call, ask)).items, TrytonMoved, self._source)
        seen = newest[0].touched() if newest else sweeps.EPOCH
        return TimeCursor(seen=sweeps.text(seen), since=sweeps.text(max(sweeps.EPOCH, seen - FIRST_LOOK)))

    async def _warehouses(self, call: SourceCall) -> Mapping[int, str]:
        ask = Ask(model="stock.location", fields=("code",), domain=[["type", "=", "warehouse"]], most=MOST)
        found = decoded_all((await self._client.rows(call, ask)).items, Coded, self._source)
        return {row.id: row.code for row in found if row.code}

    async def _ids(self, call: SourceCall, ask: Ask) -> list[int]:
        wanted = Ask(model=ask.model, fields=ask.fields, domain=ask.domain, order=ask.order, most=self._size)
        found = decoded_all((await self._client.rows(call, wanted)).items, Coded, self._source)
        return [row.id for row in found]

    async def _everywhere(
        self, call: SourceCall, codes: Mapping[int, str], products: Sequence[int]
    ) -> tuple[Seen, ...]:
        found: list[Seen] = []
        for place in codes.items() if products else ():
            found.extend(await self._figures(call, place, products))
        return tuple(found)

    async def _figures(self, call: SourceCall, place: tuple[int, str], products: Sequence[int]) -> list[Seen]:
        """What lies and what is assigned: two questions, so what moves between them is read again with its move."""
        warehouse, code = place
        mine = ["id", "in", list(products)]
        ask = Ask(
            model="product.product",
            fields=paths(TrytonStock),
            domain=[mine, _GOODS],
            most=len(products),
            context={"locations": [warehouse], "stock_assign": False},
        )
        rows = decoded_all((await self._client.rows(call, ask)).items, TrytonStock, self._source)
        assigned = await self._assigned(call, warehouse, products)
        reading = self._reader.reading
        return [
            seen_of_figures(Figures(warehouse=warehouse, code=code, row=row, assigned=assigned[row.id]), reading)
            for row in rows
            if (row.code or "").strip()
        ]

    async def _assigned(self, call: SourceCall, warehouse: int, products: Sequence[int]) -> Mapping[int, Decimal]:
        found: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
        at = 0
        while True:
            domain: list[Clause] = [
                ["state", "=", "assigned"],
                ["product", "in", list(products)],
                ["from_location", "child_of", [warehouse], "parent"],
                ["id", ">", at],
            ]
            ask = Ask(model="stock.move", fields=paths(TrytonAssigned), domain=domain, most=MOST)
            moves = decoded_all((await self._client.rows(call, ask)).items, TrytonAssigned, self._source)
            for move in moves:
                found[move.product] += move.internal_quantity
            if len(moves) < MOST:
                return found
            at = moves[-1].id


def decoded_all(items: Sequence[msgspec.Raw], kind: type[R], source: str) -> list[R]:
    """Every item as a *kind*. Raises SourceGarbled."""
    return [decoded(raw, kind, source=source, at=f"$[{place}]") for place, raw in enumerate(items)]
