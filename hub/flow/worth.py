"""What the goods are worth that a command concerns: what limits of approval are held against. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hub.model.command import CancelCommand, Command, SubmitCommand
from hub.model.order import Order
from hub.model.returning import (
    ReturnAuthorizeCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
    ReturnRefundCommand,
    ReturnRequestCommand,
)
from hub.model.values import Money


def worth_of(order: Order | None, command: Command) -> Money | None:
    """Net worth of what is taken back, submitted, or stands in the order; None where a price is not known."""
    if isinstance(command, SubmitCommand):
        return _sum((one.quantity, one.unit_price) for one in command.lines)
    if order is None:
        return None
    if isinstance(command, ReturnRefundCommand):
        return command.amount
    if isinstance(command, ReturnAuthorizeCommand | ReturnReceiveCommand | ReturnInspectCommand):
        return None
    if isinstance(command, CancelCommand | ReturnRequestCommand) and command.lines is not None:
        prices = {line.line_no: line.unit_price for line in order.lines}
        return _sum((one.quantity, prices.get(one.line_no)) for one in command.lines)
    head = order.groups.commercial
    return None if head is None else head.total


def _sum(parts: Iterable[tuple[Decimal, Money | None]]) -> Money | None:
    """What so many at these prices come to; None where one has no price, or another currency."""
    total: Money | None = None
    for quantity, price in parts:
        if price is None or (total is not None and total.currency_code != price.currency_code):
            return None
        before = Decimal(0) if total is None else total.amount
        total = Money(amount=before + quantity * price.amount, currency_code=price.currency_code)
    return total
