"""What goes out instead of what comes back: which items, under which number, and whether it is time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hub.flow.facts import HUB, KeptDelivery, RootFacts
from hub.flow.returns.asked import refusal
from hub.flow.returns.asserted import order_line, own_of, reference_in, terms_of
from hub.flow.returns.refund import paid_for
from hub.model.command import UserError, UserErrorCode
from hub.model.effects import CallBack, SendOut
from hub.model.intents import DeliveryState
from hub.model.order import Order, OrderType
from hub.model.returns import (
    ExchangeLine,
    Return,
    ReturnRequestFacts,
    ReturnStatus,
    ReturnType,
    SendsAt,
)
from hub.model.values import Money
from hub.model.vocabulary import Kind, SystemKind

S = ReturnStatus
ORDER_TYPES: Mapping[ReturnType, OrderType] = {
    ReturnType.EXCHANGE: OrderType.EXCHANGE,
    ReturnType.REPLACEMENT: OrderType.REPLACEMENT,
    ReturnType.ADVANCE_REPLACEMENT: OrderType.REPLACEMENT,
}
"""The returns for which an order goes out, and why that one exists."""
LIKE_FOR_LIKE = frozenset({ReturnType.REPLACEMENT, ReturnType.ADVANCE_REPLACEMENT})
"""The same goods go out again: no money moves."""
CAME_TO_NOTHING = frozenset({S.DECLINED, S.CANCELLED, S.EXPIRED})
LOOKED_AT = frozenset({S.INSPECTED, S.CREDITED, S.CLOSED})
GOES_AT: Mapping[SendsAt, frozenset[ReturnStatus]] = {
    SendsAt.INSPECTED: LOOKED_AT,
    SendsAt.RECEIVED: LOOKED_AT | {S.RECEIVED},
}
ALLOWED = frozenset(S) - CAME_TO_NOTHING - {S.REQUESTED, S.IN_REVIEW, S.UNKNOWN}


def wish_of(found: Return, facts: RootFacts) -> ReturnRequestFacts:
    """What people have asked the hub for; what a source was asked for, it sends by itself."""
    own = own_of(facts, found.id)
    groups = own.content.return_ if own is not None else None
    told = groups.request if groups is not None else None
    return told or ReturnRequestFacts()


def is_like_for_like(found: Return, facts: RootFacts) -> bool:
    """Whether the same goods go out again, so that nothing is paid back."""
    return wish_of(found, facts).type in LIKE_FOR_LIKE


def number_of(reference: str) -> str:
    """The number of the order that goes out for a return: one return has only one."""
    return f"{reference}-X"


def out_lines(found: Return, order: Order, facts: RootFacts) -> tuple[ExchangeLine, ...]:
    """What goes out: of an exchange what was asked for, else as many of the same as are paid for; at no price.

    Nothing for goods that are not what was to come back. Before anything has come, what would go out for all of it.
    """
    wish = wish_of(found, facts)
    if wish.type is None or wish.type not in ORDER_TYPES:
        return ()
    came = wish.type is not ReturnType.ADVANCE_REPLACEMENT and has_come(found)
    terms = terms_of(found)
    units = [(line, paid_for(line, terms, came=came)) for line in found.lines]
    if wish.type is ReturnType.EXCHANGE:
        return wish.exchange_lines if any(n > 0 for _, n in units) else ()
    told = [(order_line(line, order), n) for line, n in units if n > 0]
    free = Money(amount=Decimal(0), currency_code=currency_of(order) or "")
    return tuple(
        ExchangeLine(sku=of.sku, quantity=n, unit=of.unit, unit_price=free) for of, n in told if of is not None
    )


def has_come(found: Return) -> bool:
    """Whether anything has come back."""
    return any(line.received > 0 for line in found.lines)


def is_time(found: Return, facts: RootFacts) -> bool:
    """Whether the order should stand now, or should have by now."""
    wish, own = wish_of(found, facts), own_of(facts, found.id)
    if wish.type not in ORDER_TYPES or own is None or own.content.status == S.CLOSED.value:
        return False
    if wish.type is ReturnType.ADVANCE_REPLACEMENT:
        return found.status in ALLOWED
    return found.status in GOES_AT[terms_of(found).sends_at] and has_come(found)


def sent(found: Return, facts: RootFacts) -> KeptDelivery | None:
    """What the hub was told to send out for a return, whatever became of it; what was done first."""
    reference = reference_in(facts, found)
    rows = [row for row in facts.deliveries if isinstance(row.content, SendOut) and row.content.reference == reference]
    return min(rows, key=lambda row: (row.state is not DeliveryState.DONE, row.id), default=None)


def has_gone(found: Return, facts: RootFacts) -> bool:
    """Whether the order stands."""
    row = sent(found, facts)
    return row is not None and row.state is DeliveryState.DONE


def is_dropped(found: Return, facts: RootFacts) -> bool:
    """Whether a person has decided that nothing goes out: discarded it, or closed the return over it."""
    row, own = sent(found, facts), own_of(facts, found.id)
    if row is None or own is None or row.state is DeliveryState.DONE:
        return False
    return row.state is DeliveryState.REFUSED or own.content.status == S.CLOSED.value


def is_owed(found: Return, order: Order, facts: RootFacts) -> bool:
    """Whether goods are to go out that have not: the return is not over before."""
    is_open = is_time(found, facts) and not has_gone(found, facts) and not is_dropped(found, facts)
    return is_open and bool(out_lines(found, order, facts))


def on_its_way(found: Return, facts: RootFacts) -> UserError | None:
    """Why a return cannot be ended now: the order that goes out for it is just being entered."""
    row = sent(found, facts)
    if row is None or row.state is not DeliveryState.PENDING:
        return None
    return refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, "what goes out instead is just being entered: try again")


def called_back(found: Return, facts: RootFacts) -> KeptDelivery | None:
    """What the hub was told of calling the order back."""
    reference = reference_in(facts, found)
    rows = (row for row in facts.deliveries if isinstance(row.content, CallBack) and row.content.reference == reference)
    return next(rows, None)


def is_stopped(found: Return, facts: RootFacts) -> bool:
    """Whether the order could not be entered: that is a case of its own."""
    row = sent(found, facts)
    return row is not None and row.state is DeliveryState.DEAD


def ahead(found: Return, facts: RootFacts) -> str:
    """What a person must know of a return that stays away: what went out ahead of it is due once it is closed."""
    if wish_of(found, facts).type is not ReturnType.ADVANCE_REPLACEMENT or not has_gone(found, facts):
        return ""
    return f": {number_of(reference_in(facts, found))} went out ahead, and is due once it is closed"


def replacement_in(found: Return, facts: RootFacts) -> str | None:
    """The order that went out."""
    row = sent(found, facts)
    return row.source_id if row is not None and row.state is DeliveryState.DONE else None


def channel_of(order: Order, facts: RootFacts) -> str | None:
    """Where the order was placed: as it says, else the channel of the system that has it, the shop first."""
    head, known = order.groups.commercial, facts.landscape
    told = head.channel if head is not None else None
    if told in {*known.channels, *known.sources}:
        return told
    held = {one.source for one in facts.records if one.kind is Kind.ORDER and one.entity_id == order.id} - {HUB}
    source = min(held, key=lambda name: (known.role(name) is not SystemKind.COMMERCE, name), default=None)
    return next((name for name, rules in sorted(known.channels.items()) if source and rules.source == source), source)


def currency_of(order: Order) -> str | None:
    """What the order is priced in."""
    head = order.groups.commercial
    priced = (line.unit_price.currency_code for line in order.lines if line.unit_price is not None)
    return (head.currency_code if head is not None else None) or next(priced, None)
