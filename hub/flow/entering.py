"""What an order that enters through the hub is judged by, and the bounds that it must keep (D4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from hub.model.manifest import Landscape
from hub.model.observation import NaturalKey
from hub.model.party import Customer
from hub.model.product import Product

MOST_LINES = 500
"""Lines of one order; more of them are several orders."""
MOST_UNITS = Decimal(1_000_000)
"""Units of one line: more is a slip of the keyboard."""
MOST_PLACES = 6
"""Decimal places of a quantity and of a price."""
MOST_MONEY = Decimal(1_000_000_000)
"""Price of one unit: more is a slip of the keyboard."""
LONGEST_TEXT = 200
"""Characters of a text that names something."""
LONGEST_NOTE = 2000
"""Characters of a note."""
MOST_STREETS = 6
"""Street lines of an address."""
PIECE = "C62"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """What the hub knows of everything that a submitted order names."""

    landscape: Landscape
    now: datetime
    """By the database's clock."""
    customer: Customer | None = None
    """None: there is none such, or the caller may not order for it."""
    account: str | None = None
    """Path of the customer's account."""
    customer_keys: tuple[NaturalKey, ...] = ()
    """The own ids that its sources know the customer by."""
    products: Mapping[str, Product] = field(default_factory=dict)
    """By the tenant's own item code, of those that the lines name."""
    knows_products: bool = True
    """Whether any source has told of an item: else no code can be called unknown."""

    def unit_of(self, sku: str) -> str:
        """The unit that an item is counted in; pieces where nobody says."""
        item = self.products[sku].groups.item if sku in self.products else None
        return (item.base_unit if item is not None else None) or PIECE

    def factor(self, sku: str, unit: str | None) -> Decimal | None:
        """Units that the item is counted in, in one of *unit*; None where it is not handled in that."""
        if unit is None or sku not in self.products or unit == self.unit_of(sku):
            return Decimal(1)
        item = self.products[sku].groups.item
        known = {one.unit: one.factor for one in item.units} if item is not None else {}
        return known.get(unit)
