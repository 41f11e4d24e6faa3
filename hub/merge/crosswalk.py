"""Items that no ERP knows: an order with one stays where it is until somebody has said what it is (design D13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from hub.flow.facts import HUB, CaseWanted, KeptRecord
from hub.merge.counters import TERMINAL
from hub.merge.ground import Ground
from hub.merge.presence import LOOK_LATER, born_in, holds
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.order import Order
from hub.model.policy import sku_case
from hub.model.vocabulary import Kind, SystemKind

LOOK_AGAIN = timedelta(minutes=5)
"""How soon an order is looked at again whose items nobody knows: somebody may add them to the ERP."""


def unknown_items(ground: Ground, orders: Iterable[Order]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Order id -> (source, item code) of its lines that no ERP knows, where the order still has to get there.

    Nothing is said before every ERP has told all its products.
    """
    known = _known(ground)
    if known is None:
        return {}
    found = {order.id: _unknown(ground, order, known) for order in orders}
    return {order: items for order, items in found.items() if items}


def unknown_cases(unknown: Mapping[str, Iterable[tuple[str, str]]]) -> Iterator[CaseWanted]:
    """One case for each item code of a source that no ERP knows; every order that has it bears the same key (D13)."""
    for source, sku in dict.fromkeys(item for items in unknown.values() for item in items):
        yield CaseWanted(
            code=ExceptionCode.SKU_MAPPING_MISSING,
            dedup_key=sku_case(source, sku),
            title=f"{source} sells {sku}, and no ERP knows such an item: say what it is",
            severity=Severity.S2,
            queue=CaseQueue.MASTER_DATA,
            root_cause=RootCause.MAPPING,
            source=source,
            suggested=("skuMappingSet",),
        )


def look_again(ground: Ground, orders: Iterable[Order]) -> datetime | None:
    """When to look again at orders with items that no ERP is known to have: it may come to have them."""
    if not _erps(ground):
        return None
    told, known = frozenset(ground.facts.items), _known(ground)
    bare = any(_unknown(ground, order, told if known is None else known) for order in orders)
    seldom = known is None and ground.facts.is_baseline
    return ground.facts.now + (LOOK_LATER if seldom else LOOK_AGAIN) if bare else None


def _expects_erp(ground: Ground, birth: KeptRecord) -> bool:
    binding = ground.landscape.sources.get(birth.source)
    return ground.facts.managed_by == "HUB" or (binding is not None and SystemKind.ERP in binding.expects)


def _known(ground: Ground) -> frozenset[str] | None:
    """Item codes that an ERP has; None while some ERP has not told all its products, or none ever will."""
    sources = _erps(ground)
    if not sources or any((one, Kind.PRODUCT) not in ground.facts.coverage for one in sources):
        return None
    return frozenset(sku for sku, having in ground.facts.items.items() if not having.isdisjoint(sources))


def _erps(ground: Ground) -> list[str]:
    """ERPs that tell of products, or will."""
    told = {source for source, kind in ground.facts.coverage if kind is Kind.PRODUCT}
    return [
        one.source
        for one in ground.landscape.of(SystemKind.ERP)
        if not one.is_retired and (one.source in told or Kind.PRODUCT in one.manifest.sweeps)
    ]


def _unknown(ground: Ground, order: Order, known: Collection[str]) -> tuple[tuple[str, str], ...]:
    birth = born_in(ground, ground.records.get(order.id, ()))
    if birth is None or birth.source == HUB or order.status in TERMINAL or not birth.lives:
        return ()
    if not _expects_erp(ground, birth) or holds(ground, order.id, SystemKind.ERP):
        return ()
    return tuple(dict.fromkeys((birth.source, line.sku) for line in birth.content.lines if line.sku not in known))
