"""Whether every order of the demo is reachable by whatever a caller may read out of it, ambiguous numbers included."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.demo.director import Play
from hub.demo.scene import Scene
from sources.tryton_wms.rehearsal.state import PACKAGE, Package, Shipment
from tests.kit.caller import Caller

SEARCH = """query Reach($text: String!) {
  search(text: $text, first: 100) { hits { exact orders { number } } } }"""
AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of it."""

    orders: int
    """That are reachable by each of their identifiers."""
    of: int
    identifiers: int
    """Pairs of an order and something that names it."""
    ambiguous: int
    """Values that name several orders; all of them must be listed."""
    missed: tuple[tuple[str, str], ...]
    """Order and value, where the one was not found by the other."""

    def __str__(self) -> str:
        return (
            f"{self.orders} of {self.of} orders reachable by each of their {self.identifiers} identifiers; "
            f"{self.ambiguous} values name several orders, {'all' if not self.missed else 'not all'} listed"
        )


def identifiers_of(scene: Scene, play: Play) -> Iterator[str]:
    """What people may read out, as the three systems themselves know it."""
    if play.order is not None:
        yield play.order.code
        yield from (payment.transaction for payment in play.order.payments)
        yield from ([play.order.customer.email] if play.order.customer else [])
        yield from (parcel.tracking for parcel in play.order.parcels)
    for sale in (play.sale, play.back):
        if sale is not None and sale.number is not None:
            yield sale.number
            yield from (invoice.number for invoice in sale.invoices if invoice.number)
    yield from ([play.po] if play.po else [])
    yield from ([play.back.reference] if play.back and play.back.reference else [])
    for leg in play.legs:
        yield from (leg.asked.number or "", leg.done.number)
        yield from _parcels(scene, leg.done)


def _parcels(scene: Scene, shipment: Shipment) -> Iterator[str]:
    for one in shipment.packages:
        package = scene.trio.wms.depot.get(PACKAGE, one, Package)
        yield package.code
        yield package.shipping_reference or ""


def number_of(play: Play) -> str:
    """What the hub calls an order: by where it was born."""
    return str(play.order.code if play.order is not None else play.at_the_erp().number)


async def reach(caller: Caller, scene: Scene) -> Reached:
    """Look for every placed order by everything that names it; bare numbers of other documents are in the way."""
    plays = [cue.play for cue in scene.cues if cue.play.sale is not None or _is_placed(cue.play)]
    named: defaultdict[str, set[str]] = defaultdict(set)
    for play in plays:
        for value in identifiers_of(scene, play):
            named[value].add(number_of(play))
    found = await _searched(caller, sorted(named))
    missed = [(order, value) for value, orders in named.items() for order in sorted(orders - found[value])]
    lost = {order for order, _ in missed}
    return Reached(
        orders=len(plays) - len(lost),
        of=len(plays),
        identifiers=sum(len(orders) for orders in named.values()),
        ambiguous=sum(len(orders) > 1 for orders in named.values()),
        missed=tuple(missed),
    )


def _is_placed(play: Play) -> bool:
    return play.order is not None and play.order.placed_at is not None


async def _searched(caller: Caller, values: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    left = iter(values)

    async def look() -> None:
        for value in left:
            hits = (await caller.data(SEARCH, text=value))["search"]["hits"]
            found[value] = {order["number"] for hit in hits if hit["exact"] for order in hit["orders"]}

    await asyncio.gather(*(look() for _ in range(AT_ONCE)))
    return found
