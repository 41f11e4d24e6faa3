"""Asking that something goes out instead: what may be asked, at which price. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hub.flow.returns.asked import Asked, refusal
from hub.flow.returns.replacing import ORDER_TYPES, channel_of, currency_of
from hub.model.command import UserError, UserErrorCode
from hub.model.order import Order
from hub.model.returning import ReturnRequestCommand
from hub.model.returns import ExchangeLine, ReturnType
from hub.model.values import Money

PAID_BACK = frozenset({ReturnType.REFUND, ReturnType.CREDIT})
FIELD = "exchangeLines"


def type_errors(asked: Asked[ReturnRequestCommand]) -> Iterator[UserError]:
    """Whether the customer can get what is asked for."""
    kind, lines = asked.command.type, asked.command.exchange_lines
    if kind not in PAID_BACK and kind not in ORDER_TYPES:
        name = kind.value.lower().replace("_", " ")
        message = f"the hub carries no {name}: return the goods, and submit what goes out"
        yield refusal(UserErrorCode.CAPABILITY_ABSENT, message, "type")
        return
    if kind is ReturnType.EXCHANGE and not lines:
        yield refusal(UserErrorCode.REQUIRED, "say what goes out instead", FIELD)
    elif kind is not ReturnType.EXCHANGE and lines:
        yield refusal(UserErrorCode.INVALID, "only an exchange names what goes out instead", FIELD)
    elif kind in ORDER_TYPES:
        yield from _order_errors(asked.order, channel_of(asked.order, asked.facts))
        yield from _price_errors(asked)


def priced(lines: tuple[ExchangeLine, ...], order: Order) -> tuple[ExchangeLine, ...]:
    """The lines, each at its price: as it is named, else as the same item was paid for."""
    return tuple(replace(line, unit_price=line.unit_price or _paid(line, order)) for line in lines)


def _order_errors(order: Order, channel: str | None) -> Iterator[UserError]:
    """What the order that goes out takes from this one must be known."""
    parties = order.groups.parties
    told = {
        "customer": order.customer_id,
        "address": parties.ship_to if parties is not None else None,
        "channel": channel,
        "currency": currency_of(order),
    }
    for name in (name for name, value in told.items() if not value):
        message = f"the {name} of the order is not known: return the goods, and submit what goes out"
        yield refusal(UserErrorCode.CAPABILITY_ABSENT, message, "order")


def _price_errors(asked: Asked[ReturnRequestCommand]) -> Iterator[UserError]:
    order, currency = asked.order, currency_of(asked.order)
    for at, line in enumerate(asked.command.exchange_lines):
        where, price = (FIELD, str(at), "unitPrice"), line.unit_price or _paid(line, order)
        if price is None:
            yield refusal(UserErrorCode.REQUIRED, "the order has no such item: say what one costs", *where)
        elif currency is not None and price.currency_code != currency:
            message = f"the order is in {currency}, this price is not"
            yield refusal(UserErrorCode.CURRENCY_MISMATCH, message, *where, "currencyCode")
    back = {one.line_no for one in asked.command.lines} if asked.command.type is ReturnType.EXCHANGE else set()
    if any(line.unit_price is None for line in order.lines if line.line_no in back):
        message = "what was paid for what comes back is not known"
        yield refusal(UserErrorCode.CAPABILITY_ABSENT, message, "lines")


def _paid(line: ExchangeLine, order: Order) -> Money | None:
    same = (one.unit_price for one in order.lines if one.sku == line.sku and line.unit in (None, one.unit))
    return next((price for price in same if price is not None), None)
