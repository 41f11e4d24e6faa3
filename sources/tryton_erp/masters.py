"""Master data that a new sale needs: who buys, what, from where. What is missing is refused in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn, TypeVar

from hub.errors import OutcomeCause, SourceRefused
from hub.model.values import Address
from hub.ports import SourceCall
from sources.kit.decoding import decoded
from sources.tryton_erp.catalog import Clause
from sources.tryton_erp.client import Ask, TrytonClient
from sources.tryton_erp.forms import BuyingParty, SoldProduct
from sources.tryton_erp.places import NOWHERE, found, own, values_of
from sources.tryton_erp.reader import is_id
from sources.tryton_erp.wire import Coded, Row, TrytonPartyAddress, paths

R = TypeVar("R", bound=Row)
LINE = 1000
"""Characters of codes in one question: the server takes 4094 of base64 in its first line."""
MOST = 100


class Masters:
    """Looks up what a sale points at, and makes an address where the party has none like it."""

    def __init__(self, client: TrytonClient, *, source: str, guest: str, carrier: str | None) -> None:
        """Ask by *client*; *guest* and *carrier* are the codes of the parties that buy and carry unless said."""
        self._client, self._source = client, source
        self._guest, self._carrier = guest, carrier

    async def party(self, call: SourceCall, customer: str | None) -> BuyingParty:
        """The customer by id, or the guest."""
        if customer is not None:
            domain: Clause = ["id", "=", int(customer) if is_id(customer) else 0]
            words = f"the ERP has no customer {customer}"
        else:
            domain, words = ["code", "=", self._guest], f"the ERP has no party {self._guest} for unknown buyers"
        return self._first(await self.rows(call, "party.party", BuyingParty, [domain]), words)

    async def warehouse(self, call: SourceCall, code: str | None) -> int:
        """The warehouse of that code; without one, the only warehouse there is."""
        domain: list[Clause] = [["type", "=", "warehouse"], *([["code", "=", code]] if code is not None else [])]
        there = await self.rows(call, "stock.location", Coded, domain)
        if code is None and len(there) > 1:
            self._refuse("the ERP has several warehouses, and none was named")
        return self._first(there, f"the ERP has no warehouse {code or ''}".rstrip()).id

    async def currency(self, call: SourceCall, code: str) -> int:
        """The currency of that code."""
        there = await self.rows(call, "currency.currency", Coded, [["code", "=", code]])
        return self._first(there, f"the ERP has no currency {code}").id

    async def carrier(self, call: SourceCall) -> int | None:
        """The carrier that the settings name, else the oldest; None where the ERP has none."""
        domain: list[Clause] = [] if self._carrier is None else [["party.code", "=", self._carrier]]
        there = await self.rows(call, "carrier", Row, domain)
        if self._carrier is not None and not there:
            self._refuse(f"the ERP has no carrier {self._carrier}")
        return there[0].id if there else None

    async def products(self, call: SourceCall, skus: Iterable[str]) -> Mapping[str, SoldProduct]:
        """The product of each code."""
        wanted, there = list(dict.fromkeys(skus)), dict[str, SoldProduct]()
        for codes in in_lines(wanted):
            rows = await self.rows(call, "product.product", SoldProduct, [["code", "in", codes]])
            there.update((row.code, row) for row in reversed(rows))
        missing = [sku for sku in wanted if sku not in there]
        if missing:
            self._refuse(f"the ERP has no product {', '.join(missing[:5])}", OutcomeCause.SKU)
        return there

    async def address(
        self, call: SourceCall, party: BuyingParty, wanted: Address | None, *, to_deliver: bool
    ) -> int | None:
        """The party's address that says this, made where it has none; without one, the party's own."""
        of: Clause = ["party", "=", party.id]
        if wanted is None or wanted == Address():
            return own(await self.rows(call, "party.address", TrytonPartyAddress, [of]), to_deliver=to_deliver)
        alike = [of, *([["postal_code", "=", wanted.postcode]] if wanted.postcode else [])]
        known = found(await self.rows(call, "party.address", TrytonPartyAddress, alike), wanted, party.name)
        if known is not None:
            return known
        country = await self._country(call, wanted.country)
        return await self._client.create(call, "party.address", values_of(wanted, party.id, country))

    async def rows(self, call: SourceCall, model: str, wire: type[R], domain: Sequence[Clause]) -> list[R]:
        """Records that fit, oldest first."""
        fields = paths(wire, self._client.company.lacking.get(model, frozenset()))
        answered = await self._client.rows(call, Ask(model=model, fields=fields, domain=domain, most=MOST))
        return [decoded(raw, wire, source=self._source, at=f"$[{at}]") for at, raw in enumerate(answered.items)]

    async def _country(self, call: SourceCall, code: str) -> int | None:
        """A country that the ERP does not know is left out, not refused: the parcel's label is the warehouse's."""
        if code == NOWHERE:
            return None
        there = await self.rows(call, "country.country", Coded, [["code", "=", code]])
        return there[0].id if there else None

    def _first(self, rows: Sequence[R], words: str) -> R:
        if not rows:
            self._refuse(words)
        return rows[0]

    def _refuse(self, words: str, cause: OutcomeCause | None = None) -> NoReturn:
        raise SourceRefused(words, source=self._source, cause=cause)


def in_lines(codes: Sequence[str]) -> Iterator[list[str]]:
    """The codes in portions that fit into the first line of a request."""
    portion: list[str] = []
    for code in codes:
        if portion and (len(portion) >= MOST or sum(len(one) + 4 for one in portion) + len(code) > LINE):
            yield portion
            portion = []
        portion.append(code)
    if portion:
        yield portion
