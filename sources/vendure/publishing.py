"""`stock.publish`: so many units of one item may be sold from one place.

Vendure sells what is on hand less what is allocated to its own orders, so on hand is written as the quantity plus what
is allocated: then exactly the quantity can be sold, and what was sold can still be packed. A shop's own
`outOfStockThreshold` comes off on top.
"""

from __future__ import annotations

from typing import Any

from hub.errors import OutcomeCause, OutcomeUnknown, SourceRefused
from hub.model.effects import PublishStock
from hub.model.intents import Outcome, OutcomeState
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.vendure.client import VendureClient
from sources.vendure.documents import LOCATIONS, VARIANTS
from sources.vendure.mutations import STOCK
from sources.vendure.stock import code_of
from sources.vendure.wire import VendureGood, VendureLocation

TRIES = 3
"""Parcels that leave between the look and the write shrink what is allocated: then it is written once more."""
MOST_PLACES = 1000


class Publishing:
    """One publication, on its way into the shop."""

    def __init__(self, client: VendureClient, source: str, content: PublishStock) -> None:
        self._client, self._source, self._content = client, source, content
        self._target = int(content.quantity)

    async def execute(self, call: SourceCall) -> Outcome:
        """Let the quantity be sold, whatever could be sold before; nothing is written where it is so already.

        DONE where no more can be sold than that: an order that came in between has taken its units.
        """
        good = await self._good(call)
        place = await self._place(call, good)
        if self._saleable(good) == self._target:
            return self._said(OutcomeState.DONE, good)
        for _ in range(TRIES):
            good = await self._write(call, good, place)
            if (self._saleable(good) or 0) <= self._target:
                return self._said(OutcomeState.DONE, good)
        return self._said(OutcomeState.PARTIAL, good)

    async def resolve(self, call: SourceCall) -> Outcome:
        """DONE where exactly the quantity can be sold now, else ABSENT: an absolute value is safe to write again."""
        good = await self._good(call)
        is_so = self._saleable(good) == self._target
        return self._said(OutcomeState.DONE if is_so else OutcomeState.ABSENT, good)

    def _said(self, state: OutcomeState, good: VendureGood) -> Outcome:
        return Outcome(state=state, reference=good.sku, source_id=good.id)

    def _saleable(self, good: VendureGood) -> int | None:
        """Units that may be sold from the place; None where the item has never lain there."""
        levels = [one for one in good.stock_levels if code_of(one.stock_location) == self._content.location]
        return sum(one.stock_on_hand - one.stock_allocated for one in levels) if levels else None

    async def _write(self, call: SourceCall, good: VendureGood, place: str) -> VendureGood:
        allocated = sum(one.stock_allocated for one in good.stock_levels if one.stock_location.id == place)
        level = {"stockLocationId": place, "stockOnHand": self._target + allocated}
        wanted = {"input": {"id": good.id, "stockLevels": [level]}}
        written = await self._client.make(call, STOCK, wanted, "updateProductVariant", VendureGood)
        if self._saleable(written) is None:
            message = "the shop's answer does not show the place that was written"
            raise OutcomeUnknown(message, source=self._source)
        return written

    async def _good(self, call: SourceCall) -> VendureGood:
        """The one variant of the SKU. Raises SourceRefused where there is none, or more than one."""
        options = {"take": 2, "skip": 0, "filter": {"sku": {"eq": self._content.sku}}}
        found: list[VendureGood] = await self._listed(call, VARIANTS, "productVariants", options, VendureGood)
        if len(found) != 1:
            message = f"the shop has {'no variant' if not found else 'several variants'} {self._content.sku}"
            raise SourceRefused(message, source=self._source, cause=OutcomeCause.SKU)
        return found[0]

    async def _place(self, call: SourceCall, good: VendureGood) -> str:
        """The stock location whose description is the warehouse's code. Raises SourceRefused where there is none."""
        known = [one.stock_location for one in good.stock_levels]
        for place in known:
            if code_of(place) == self._content.location:
                return place.id
        options = {"take": MOST_PLACES, "skip": 0}
        places: list[VendureLocation] = await self._listed(call, LOCATIONS, "stockLocations", options, VendureLocation)
        for place in places:
            if code_of(place) == self._content.location:
                return place.id
        message = f"the shop has no stock location {self._content.location}"
        raise SourceRefused(message, source=self._source)

    async def _listed(
        self, call: SourceCall, document: str, field: str, options: dict[str, Any], kind: type[Any]
    ) -> list[Any]:  # Any: GraphQL input and a wire type
        answered = await self._client.rows(call, document, field, options)
        return [decoded(raw, kind, source=self._source, at=f"$.data.{field}.items[]") for raw in answered.items]
