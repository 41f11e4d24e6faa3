"""What each channel is told that it may sell of an item, warehouse by warehouse (domain.md 2.6.3). Pure.

It is told anew when the hub's figure moves, never because its own has fallen: what it has just sold itself is on its
way here. Where its own has risen above what it was told, it is told that once more: a shop that takes a return back
puts the units on its shelf, also those that are scrap or in quarantine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from hub.flow.availability import NOTHING
from hub.flow.facts import CaseWanted, FlowResult, ItemCode, KeptDelivery, Lot, Picture, RootFacts
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.effects import PUBLISH_STOCK, PublishStock
from hub.model.intents import DeliveryState, Intent, IntentOf, Mode
from hub.model.manifest import ChannelRules, Landscape
from hub.model.product import Product
from hub.model.vocabulary import Kind

FAILED = frozenset({DeliveryState.DEAD, DeliveryState.REVIEW, DeliveryState.REFUSED})
ASKED_WITHIN = timedelta(minutes=3)
"""How long it may take until a channel is asked what it sells now."""
LAST = 8
"""Priority: everything that an order waits for goes first."""


def publishers(landscape: Landscape) -> tuple[ChannelRules, ...]:
    """The channels that are told, by name: configured so, and their source takes it."""
    found = []
    for _, rules in sorted(landscape.channels.items()):
        binding = landscape.sources.get(rules.source)
        if rules.publishes and binding is not None and not binding.is_retired:
            found += [rules] if PUBLISH_STOCK in binding.manifest.writes else []
    return tuple(found)


def flow_of_product(product: Product, facts: RootFacts, picture: Picture) -> FlowResult:
    """Everything that should exist now for a product."""
    return FlowResult(
        intents=tuple(_publications(product, facts)),
        cases=tuple(_failure(product, row) for row in facts.deliveries if row.state in FAILED),
        wake_at=min(filter(None, (picture.decide_at, _looked_at(facts))), default=None),
    )


def shares(lots: Sequence[Lot], rules: ChannelRules, unsourced: Decimal) -> dict[str, Decimal]:
    """What a channel may sell, by warehouse; together what it may sell in all. Only of warehouses that are counted.

    What is withheld over all comes off the greatest stock first; what may be sold ahead goes on top of it.
    """
    served = [lot for lot in lots if lot.is_counted and rules.is_served_by(lot.warehouse)]
    left = {lot.warehouse: max(NOTHING, lot.atp - lot.safety - rules.buffer) for lot in served}
    order = sorted(left, key=lambda code: (-left[code], code))
    rest = rules.threshold + unsourced
    for code in order:
        taken = min(left[code], rest)
        left[code] -= taken
        rest -= taken
    for code in order[:1]:
        left[code] += rules.sell_ahead
    return left


def _publications(product: Product, facts: RootFacts) -> Iterator[Intent]:
    goods = facts.goods
    if goods is None:
        return
    for rules in publishers(facts.landscape):
        if not any(one.kind is Kind.PRODUCT and one.source == rules.source and one.lives for one in facts.records):
            continue
        sold = shares(goods.lots, rules, goods.unsourced)
        for lot in goods.lots:
            if _is_told(lot, rules):
                yield from _publication(product, facts, rules, (lot, sold.get(lot.warehouse)))


def _is_told(lot: Lot, rules: ChannelRules) -> bool:
    """Whether the channel sells from there, and has the place."""
    return rules.is_served_by(lot.warehouse) and (lot.warehouse in rules.warehouses or rules.source in lot.shown)


def _publication(
    product: Product, facts: RootFacts, rules: ChannelRules, sold: tuple[Lot, Decimal | None]
) -> Iterator[Intent]:
    lot, units = sold
    key = f"{rules.source}/stock:{product.sku}:{lot.warehouse}"
    before = next((row for row in facts.deliveries if row.key == key), None)
    if units is None:  # its figures are too old: what was said last stands
        content = before.content if before is not None else None
    else:
        code = facts.codes.get((rules.source, product.sku)) or ItemCode(code=product.sku)
        whole = (units / code.factor).to_integral_value(ROUND_FLOOR) * code.factor
        content = PublishStock(
            sku=code.code,
            location=lot.warehouse,
            quantity=whole,
            factor=code.factor,
            instead_of=_risen(lot, rules.source, before, whole),
        )
        if before is None and lot.shown.get(rules.source) == whole:
            return
    if content is not None:
        yield IntentOf(
            source=rules.source,
            kind=Kind.INVENTORY,
            source_id=None,
            action=PUBLISH_STOCK,
            key=key,
            content=content,
            mode=Mode.LATEST,
            priority=LAST,
        )


def _risen(lot: Lot, source: str, before: KeptDelivery | None, whole: Decimal) -> Decimal | None:
    """What the channel came to by itself since it was told just this, where that is more."""
    shown, asked = lot.shown.get(source, NOTHING), lot.asked.get(source)
    if before is None or before.state is not DeliveryState.DONE or before.settled_at is None or asked is None:
        return None
    is_same = isinstance(before.content, PublishStock) and before.content.quantity == whole
    return shown if is_same and asked > before.settled_at and shown > whole else None


def _looked_at(facts: RootFacts) -> datetime | None:
    """When to look again whether a channel has stayed with what it was told; None: all were asked since.

    What it says then may be what it last said before it was told: that is no change, and wakes nobody.
    """
    lots = {} if facts.goods is None else {lot.warehouse: lot for lot in facts.goods.lots}
    told = (row for row in facts.deliveries if row.state is DeliveryState.DONE and row.settled_at is not None)
    for row in told:
        lot = lots.get(row.content.location) if isinstance(row.content, PublishStock) else None
        asked = lot.asked.get(row.source) if lot is not None else None
        if asked is not None and row.settled_at is not None and asked <= row.settled_at:
            return facts.now + ASKED_WITHIN
    return None


def _failure(product: Product, row: KeptDelivery) -> CaseWanted:
    return CaseWanted(
        code=ExceptionCode.DEAD_LETTER,
        dedup_key=f"{ExceptionCode.DEAD_LETTER}|{product.id}|{row.key}",
        title=f"{row.source} was not told what it may sell of {product.sku}: {row.error or 'no words'}",
        severity=Severity.S2,
        queue=CaseQueue.INTEGRATION,
        root_cause=RootCause.UNKNOWN,
        source=row.source,
        suggested=("deadLetterReplay", "deadLetterDiscard"),
    )
