"""Lists of a shop's goods: how variants, stock levels and places are read, whole or by id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hub.errors import SourceGarbled, SourceMisset, SourceRefused
from hub.model.observation import Seen
from hub.model.vocabulary import Kind
from hub.ports import Failed, Found, Missing, SourceCall
from sources.kit.decoding import decoded
from sources.vendure import sweeps
from sources.vendure.client import RowsAnswered, VendureClient
from sources.vendure.documents import LOCATIONS, VARIANTS
from sources.vendure.manifest import BATCH
from sources.vendure.mapping import Reading
from sources.vendure.snapshot import Turn
from sources.vendure.stock import levels_of, location_of, product_of, variant_of
from sources.vendure.sweeps import Mark
from sources.vendure.wire import ListedGood, VendureGood, VendureLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sort:
    """How objects of one kind are listed."""

    document: str
    field: str
    """Root field of the document."""
    wire: type[Any]  # Any: one of the wire types
    seen: Callable[[Any, Reading], tuple[Seen, ...]]
    row_of: Callable[[str], str] = str
    """Id of the row that holds an object."""


_SORTS: Mapping[Kind, _Sort] = {
    Kind.PRODUCT: _Sort(
        document=VARIANTS,
        field="productVariants",
        wire=VendureGood,
        seen=lambda good, reading: (product_of(good, reading),),
    ),
    Kind.INVENTORY: _Sort(
        document=VARIANTS, field="productVariants", wire=VendureGood, seen=levels_of, row_of=variant_of
    ),
    Kind.WAREHOUSE: _Sort(
        document=LOCATIONS,
        field="stockLocations",
        wire=VendureLocation,
        seen=lambda location, reading: (location_of(location, reading),),
    ),
}
KINDS = frozenset(_SORTS)
"""Kinds that are listed here."""


class Goods:
    """The list of one kind of a shop's goods, oldest first."""

    def __init__(self, client: VendureClient, reading: Reading, kind: Kind, *, size: int) -> None:
        """Ask for *size* rows at a time."""
        self._client, self._reading, self._kind = client, reading, kind
        self._sort = _SORTS[kind]
        self.source, self.size = reading.source, size

    async def page(self, call: SourceCall, mark: Mark | None) -> Turn:
        """The rows from *mark* up."""
        return await self._turn(call, sweeps.goods_options(mark, self.size))

    async def some(self, call: SourceCall, ids: Sequence[str]) -> Turn:
        """The objects with these ids, one request."""
        return await self._turn(call, sweeps.by_ids(list(dict.fromkeys(self._sort.row_of(one) for one in ids))))

    async def read(self, call: SourceCall, ids: Sequence[str]) -> dict[str, Found | Missing | Failed]:
        """Each of *ids* as it stands, in batches."""
        wanted = list(dict.fromkeys(ids))
        answers: dict[str, Found | Missing | Failed] = {}
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            turn = await self.some(call, batch)
            answers.update((one, self._answer(turn, one)) for one in batch)
        return answers

    def _answer(self, turn: Turn, one: str) -> Found | Missing | Failed:
        row = self._sort.row_of(one)
        if row in turn.failed:
            return Failed(reason=turn.failed[row])
        return Found(seen=turn.seen[one]) if one in turn.seen else Missing()

    async def _turn(self, call: SourceCall, options: dict[str, Any]) -> Turn:  # Any: GraphQL input
        sort = self._sort
        answered = await self._rows(call, options)
        seen: dict[str, tuple[Seen, ...]] = {}
        failed: dict[str, str] = {}
        instants = []
        for place, raw in enumerate(answered.items):
            at = f"$.data.{sort.field}.items[{place}]"
            listed = decoded(raw, ListedGood, source=self.source, at=at)
            instants.append(listed.created_at)
            try:
                told = self._read(raw, at)
            except SourceGarbled as broken:
                failed[listed.id] = broken.message
            else:
                seen |= {one.source_id: (one,) for one in told}
        return Turn(
            kind=self._kind,
            listed=(*seen, *failed),
            seen=seen,
            failed=failed,
            instants=tuple(instants),
            total=answered.total,
            is_last=len(answered.items) < int(options["take"]),
        )

    async def _rows(self, call: SourceCall, options: dict[str, Any]) -> RowsAnswered:  # Any: GraphQL input
        """A page of the list. A role that may not see goods is refused them, and orders are read on."""
        try:
            return await self._client.rows(call, self._sort.document, self._sort.field, options)
        except SourceMisset as forbidden:
            if not forbidden.facts.get("expired"):
                raise
            await self._client.settings(call)  # raises the same where the session has ended
            message = "our role in the shop lacks ReadCatalog or ReadStockLocation"
            raise SourceRefused(message, source=self.source) from forbidden

    def _read(self, raw: msgspec.Raw, at: str) -> tuple[Seen, ...]:
        return self._sort.seen(decoded(raw, self._sort.wire, source=self.source, at=at), self._reading)
