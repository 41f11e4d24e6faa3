"""`order.create`: a sale of this reference stands in the ERP, binding. LOOKUP by the reference, which is not unique."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NoReturn

from hub.errors import SourceRefused
from hub.model.effects import CreateOrder, GoodsLine
from hub.model.intents import Intent
from hub.ports import SourceCall
from sources.kit.deed import content_of
from sources.kit.values import exact
from sources.tryton_erp.client import TrytonClient
from sources.tryton_erp.deed import Make, Plan, Step, Tried, perform
from sources.tryton_erp.forms import BuyingParty, FoundSale, SoldProduct
from sources.tryton_erp.mapping.words import unit_code
from sources.tryton_erp.masters import Masters
from sources.tryton_erp.sold import SALE, planned, price_of, quantity_of

Json = dict[str, Any]  # Any: JSON


class Selling:
    """Looks for the sale of a reference; makes it; quotes, confirms and processes it as far as it is not yet."""

    def __init__(self, client: TrytonClient, masters: Masters, *, source: str) -> None:
        """Write by *client*; *masters* knows what a sale points at."""
        self._client, self._masters, self._source = client, masters, source

    async def look(self, call: SourceCall, intent: Intent, tried: Tried) -> Plan:
        """All sales of the reference, exactly."""
        content = content_of(intent, CreateOrder)
        sales = await self._masters.rows(call, SALE, FoundSale, [["reference", "=", content.reference]])
        return planned(sales, content, tried)

    async def act(self, call: SourceCall, intent: Intent, step: Step) -> None:
        """Make the draft, or press the next button."""
        if not isinstance(step, Make):
            await perform(self._client, call, step)
            return
        values = await self.draft(call, content_of(intent, CreateOrder), step.lines)
        await written(self._client, call, step, values)

    async def draft(self, call: SourceCall, content: CreateOrder, gone: Sequence[int]) -> Json:
        """The new sale. All it points at is looked up first: what is missing is refused before anything is made."""
        masters = self._masters
        products = await masters.products(call, (line.sku for line in content.lines))
        party = await masters.party(call, content.customer)
        listed = None if party.sale_price_list else content.currency_code  # such a list is a formula of the ERP's own
        lines = [self._line(line, products[line.sku], listed) for line in content.lines]
        warehouse = await masters.warehouse(call, content.warehouse)
        currency = await masters.currency(call, content.currency_code)
        ship_to = await masters.address(call, party, content.ship_to, to_deliver=True)
        bill_to = await masters.address(call, party, content.bill_to, to_deliver=False) if content.bill_to else None
        return {
            "party": party.id,
            "reference": content.reference,
            "description": content.po_number,
            "comment": content.note,
            "warehouse": warehouse,
            "currency": currency,
            "shipment_address": ship_to,
            "invoice_address": bill_to or await self._billed(call, party, content, ship_to),
            "payment_term": party.customer_payment_term.id if party.customer_payment_term else None,
            "lines": [*([["delete", list(gone)]] if gone else []), ["create", lines]],
            **await self._carried(call),
        }

    async def _billed(
        self, call: SourceCall, party: BuyingParty, content: CreateOrder, ship_to: int | None
    ) -> int | None:
        """Where nobody says who is billed: a known customer where it always is, a guest where the goods go."""
        if content.customer is None:
            return ship_to
        return await self._masters.address(call, party, None, to_deliver=False)

    async def _carried(self, call: SourceCall) -> Json:
        """Without a carrier no shipment can be packed; with its cost, a quotation adds a line of its own (trap 16)."""
        lacking = self._client.company.lacking.get(SALE, frozenset())
        given: Json = {} if "shipment_cost_method" in lacking else {"shipment_cost_method": None}
        return given if "carrier" in lacking else {**given, "carrier": await self._masters.carrier(call)}

    def _line(self, line: GoodsLine, product: SoldProduct, currency: str | None) -> Json:
        units = {unit_code(unit): unit.id for unit in (product.default_uom, product.sale_uom) if unit is not None}
        category = product.template.account_category
        price = self._listed(line, product, currency) if line.unit_price is None else price_of(line)
        if line.unit not in units:
            self._refuse(f"the ERP does not sell {line.sku} in {line.unit}")
        if price is None:
            self._refuse(f"{line.sku} has no price, and the ERP makes none")
        return {
            "product": product.id,
            "description": line.description,
            "quantity": float(quantity_of(line)),
            "unit": units[line.unit],
            "unit_price": {"__class__": "Decimal", "decimal": str(price)},
            "taxes": [["add", category.customer_taxes_used if category else []]],
        }

    def _listed(self, line: GoodsLine, product: SoldProduct, currency: str | None) -> Decimal | None:
        """What the ERP asks for one where nobody has agreed a price: in its own currency, and its own unit."""
        listed = product.list_price
        is_same = currency == self._client.company.currency and line.unit == unit_code(product.default_uom)
        return exact(listed.decimal) if listed is not None and is_same else None

    def _refuse(self, words: str) -> NoReturn:
        raise SourceRefused(words, source=self._source)


async def written(client: TrytonClient, call: SourceCall, step: Make, values: Json) -> None:
    """Make the draft, or the old one anew."""
    if step.over is None:
        await client.create(call, SALE, values)
    else:
        await client.put(call, SALE, step.over, values)
