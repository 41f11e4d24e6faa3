"""Units at the edge: inside the hub a line is counted in the hub's units, each source is told its own (design D13)."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from hub.model.effects import (
    CancelOrder,
    CancelTarget,
    CreateOrder,
    Effect,
    GoodsLine,
    PublishStock,
    RequestFulfilment,
    ShipGoods,
)
from hub.model.intents import Intent, Outcome

ONE = Decimal(1)


def in_packs(intent: Intent) -> Intent:
    """The intent as its source counts."""
    content = _in_packs(intent.content)
    return intent if content is intent.content else replace(intent, content=content)


def in_units(answer: Outcome, intent: Intent) -> Outcome:
    """The answer as the hub counts."""
    factors = {line.line_no: line.factor for line in _lines(intent.content)}
    if all(factor == ONE for factor in factors.values()):
        return answer
    told = tuple(replace(one, cancelled=one.cancelled * factors.get(one.line_no, ONE)) for one in answer.grants)
    return replace(answer, grants=told)


def _lines(content: Effect) -> tuple[CancelTarget | GoodsLine, ...]:
    if isinstance(content, CancelOrder | CreateOrder | RequestFulfilment | ShipGoods):
        return content.lines
    return ()


def _in_packs(content: Effect) -> Effect:
    if isinstance(content, PublishStock):
        whole = (content.quantity / content.factor).to_integral_value(ROUND_FLOOR)
        return content if content.factor == ONE else replace(content, quantity=whole)
    if all(line.factor == ONE for line in _lines(content)):
        return content
    if isinstance(content, CancelOrder):
        return replace(content, lines=tuple(_fewer(line) for line in content.lines))
    if isinstance(content, CreateOrder | RequestFulfilment | ShipGoods):
        return replace(content, lines=tuple(_packed(line) for line in content.lines))
    return content


def _fewer(target: CancelTarget) -> CancelTarget:
    return replace(target, cancelled=target.cancelled / target.factor)


def _packed(line: GoodsLine) -> GoodsLine:
    """A pack costs as much as what is in it."""
    price = line.unit_price
    return replace(
        line,
        quantity=line.quantity / line.factor,
        unit_price=None if price is None else replace(price, amount=price.amount * line.factor),
    )
