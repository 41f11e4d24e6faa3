"""What tests of reservations are made of: a shop whose orders the hub carries on, stock that was told lately."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hub.model.manifest import Landscape
from hub.model.observation import Content, Observation, SourceLine
from hub.model.order import OrderCommercial, OrderGroups, OrderShipping, PartialPolicy
from hub.model.policy import ROUTING, RoutingPolicy
from hub.model.values import Money
from hub.model.vocabulary import Kind
from hub.store.policies import decide
from hub.store.store import Store
from tests.kit.merging import SHOP, START, TENANT, WMS, Looking, landscape, line, order, seen
from tests.kit.stock import MUG, WH, counted, lately, stock_of

PLAIN = RoutingPolicy()


def capturing() -> Landscape:
    """Every order of the shop is the hub's."""
    plain = landscape()
    return replace(
        plain, sources={**plain.sources, SHOP: replace(plain.sources[SHOP], captures=True, baseline_at=START)}
    )


class Routed(Looking):
    """A hub that carries the shop's orders on and routes them."""

    def __init__(self, store: Store, sources: Landscape | None = None) -> None:
        super().__init__(store, sources or capturing())

    async def by(self, policy: RoutingPolicy = PLAIN, name: str = "plain") -> None:
        """Route by *policy* from now on."""
        async with self.store.across() as tx:
            await decide(tx, TENANT, (ROUTING, name), policy, "somebody")

    async def stands(self) -> list[tuple[str, str, int, str]]:
        """(line, warehouse, units, state) of everything ever held back."""
        rows = await self.rows(
            "select line, warehouse, quantity, state from reservation where quantity > 0 order by id"
        )
        return [(row[0], row[1], int(row[2]), row[3]) for row in rows]

    async def queued(self) -> list[tuple[str, str, str]]:
        """(line, item, state) of every place in a queue for stock that keeps no unit."""
        rows = await self.rows("select line, sku, state from reservation where quantity = 0 order by id")
        return [(row[0], row[1], row[2]) for row in rows]

    async def order(self, number: str = "C0") -> Any:  # Any: JSON of the document
        """The document of an order, by its number."""
        ((doc,),) = await self.rows("select doc from entity where kind = 'ORDER' and number = :number", number=number)
        return doc


def lying(units: int | str, warehouse: str = WH, sku: str = MUG, ago: float = 0.0, **also: int) -> Observation:
    """The warehouse tells what lies there."""
    content = stock_of(sku, warehouse, None, on_hand=units, **also)
    return lately(counted(WMS, content, source_id=f"{sku}@{warehouse}"), ago)


def bought(number: str, *lines: SourceLine, partial: PartialPolicy | None = None, **also: Any) -> Observation:
    """The shop tells of an order."""  # Any: fields of Content
    return seen((SHOP, Kind.ORDER, number), placed(number, *lines, partial=partial, **also))


def placed(number: str, *lines: SourceLine, partial: PartialPolicy | None = None, **also: Any) -> Content:
    """What the shop says of an order."""  # Any: fields of Content
    total = Money(amount=Decimal(10), currency_code="EUR")
    head = OrderCommercial(placed_at=START, currency_code="EUR", total=total)
    groups = OrderGroups(commercial=head, shipping=None if partial is None else OrderShipping(partial_policy=partial))
    return order(number, *(lines or (line(sku=MUG),)), order=groups, **also)
