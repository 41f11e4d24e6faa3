"""What a request is made of, looked up by the names that systems share; what is not there is refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from hub.errors import OutcomeCause, SourceRefused
from hub.model.effects import RequestFulfilment
from hub.model.values import Address
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.tryton_wms.asks import GOODS, row_id
from sources.tryton_wms.client import Search, TrytonClient
from sources.tryton_wms.wire import BuyerRow, ItemRow, Listed, ReturnDoorRow, WarehouseDoorRow

R = TypeVar("R", bound=Listed)
NOWHERE = "ZZ"
"""The country of an address whose country nobody told."""


class Lookups:
    """Warehouses, items, buyers and addresses of one warehouse system; what is switched off is not there."""

    def __init__(self, client: TrytonClient, *, source: str, guest: str) -> None:
        """*guest* is the code of the party that stands for buyers whom the warehouse does not know."""
        self._client = client
        self._source = source
        self._guest = guest

    async def warehouse(self, call: SourceCall, code: str) -> WarehouseDoorRow:
        """The warehouse of this code. Raises SourceRefused."""
        domain = [["type", "=", "warehouse"], ["code", "=", code]]
        search = Search(model="stock.location", domain=domain, fields=("output_location",), limit=2)
        return self._only(await self._rows(call, search, WarehouseDoorRow), f"active warehouse {code}")

    async def return_door(self, call: SourceCall, code: str) -> ReturnDoorRow:
        """The warehouse of this code, as goods come back to it. Raises SourceRefused."""
        domain = [["type", "=", "warehouse"], ["code", "=", code]]
        fields = ("input_location", "storage_location", "lost_found_location", "waste_locations")
        search = Search(model="stock.location", domain=domain, fields=fields, limit=2)
        return self._only(await self._rows(call, search, ReturnDoorRow), f"active warehouse {code}")

    async def place(self, call: SourceCall, code: str) -> int:
        """The place of this code. Raises SourceRefused."""
        search = Search(model="stock.location", domain=[["code", "=", code]], fields=("id",), limit=2)
        return self._only(await self._rows(call, search, Listed), f"active place {code}").id

    async def items(self, call: SourceCall, codes: Sequence[str]) -> dict[str, ItemRow]:
        """Items by code. Raises SourceRefused for the first that is not there, or is there twice."""
        wanted = list(dict.fromkeys(codes))
        fields = ("code", "default_uom.symbol", "default_uom.digits")
        search = Search(
            model="product.product", domain=[*GOODS, ["code", "in", wanted]], fields=fields, limit=2 * len(wanted)
        )
        rows = await self._rows(call, search, ItemRow)
        return {
            code: self._only([row for row in rows if row.code == code], f"active item {code}", OutcomeCause.SKU)
            for code in wanted
        }

    async def buyer(self, call: SourceCall, named: str | None) -> BuyerRow:
        """Who gets the goods, or sends them back: the party named by id, else the guest. Raises SourceRefused."""
        clause = ["code", "=", self._guest] if named is None else ["id", "=", row_id(named) or 0]
        search = Search(model="party.party", domain=[clause], fields=("name", "customer_location"), limit=2)
        return self._only(await self._rows(call, search, BuyerRow), f"active party {named or self._guest}")

    async def own_address(self, call: SourceCall, buyer: BuyerRow) -> int:
        """The buyer's own first address. Raises SourceRefused."""
        own = await self._first_address(call, [["party", "=", buyer.id]])
        return self._only([] if own is None else [own], "address of the party", OutcomeCause.ADDRESS).id

    async def address(self, call: SourceCall, buyer: BuyerRow, content: RequestFulfilment) -> int:
        """Where it goes: an equal address of the buyer, else a new one; the buyer's own first where none is told.

        Raises SourceRefused.
        """
        if content.ship_to is None:
            return await self.own_address(call, buyer)
        told = await self._told(call, content.ship_to, content.customer_name, buyer)
        equal = [["party", "=", buyer.id], *([name, "=", value] for name, value in told.items())]
        found = await self._first_address(call, equal)
        if found is not None:
            return found.id
        values = [{"party": buyer.id, "delivery": True, **told}]
        (made,) = await self._client.act(call, "model.party.address.create", [values], tuple[int])
        return made

    async def _told(
        self, call: SourceCall, address: Address, name: str | None, buyer: BuyerRow
    ) -> dict[str, Any]:  # Any: JSON
        """The address in Tryton's fields. A region is one more line: Tryton's own list of them is seldom filled."""
        country = None if address.country == NOWHERE else (await self._country(call, address.country)).id
        who = address.name or name
        lines = [*address.lines, *([address.region] if address.region else [])]
        return {
            "party_name": None if who == buyer.name else who,
            "street": "\n".join(lines) or None,
            "postal_code": address.postcode,
            "city": address.city,
            "country": country,
        }

    async def _country(self, call: SourceCall, code: str) -> Listed:
        search = Search(model="country.country", domain=[["code", "=", code]], fields=("id",), limit=2)
        return self._only(await self._rows(call, search, Listed), f"country {code}", OutcomeCause.ADDRESS)

    async def _first_address(self, call: SourceCall, domain: Sequence[Any]) -> Listed | None:  # Any: clauses
        search = Search(model="party.address", domain=domain, fields=("id",), limit=1)
        return next(iter(await self._rows(call, search, Listed)), None)

    async def _rows(self, call: SourceCall, search: Search, kind: type[R]) -> list[R]:
        found = await self._client.search(call, search)
        return [
            decoded(raw, kind, source=self._source, at=f"$.result[{place}]") for place, raw in enumerate(found.items)
        ]

    def _only(self, found: Sequence[R], what: str, cause: OutcomeCause | None = None) -> R:
        if len(found) == 1:
            return found[0]
        message = f"the warehouse system has {'more than one' if found else 'no'} {what}"
        raise SourceRefused(message, source=self._source, cause=cause)
