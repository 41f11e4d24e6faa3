"""Changing an order that no warehouse has: what may still be changed, and what follows (domain.md 2.4.3). Pure.

Before an ERP has the order anything may be changed that the hub keeps itself. After that only fewer units, which is a
cancel of some: no source takes another change from the hub.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from decimal import Decimal

from hub.flow.asserted import asserted_on, entries_of
from hub.flow.cancel import Verdict, judge, own_content
from hub.flow.cycle.capture import MANAGED
from hub.flow.entering import Entrance
from hub.flow.facts import HUB, RootFacts
from hub.flow.holding import ENDED, refusal_of_version
from hub.flow.submit import address_errors, day_errors, line_errors, note_errors, quantity_errors
from hub.flow.submitted import line_of, net_of
from hub.model.command import AmendCommand, CancelCommand, LineQuantity, UserError, UserErrorCode
from hub.model.effects import CREATE_ORDER, CancelReason
from hub.model.intents import DeliveryState
from hub.model.observation import Content
from hub.model.order import Order, OrderCommercial, OrderGroups, OrderLine, OrderParties
from hub.model.vocabulary import Kind, SystemKind

ZERO = Decimal(0)
NOT_THERE = frozenset({DeliveryState.PENDING, DeliveryState.DEAD, DeliveryState.WITHDRAWN, DeliveryState.REFUSED})
"""Of a create: nothing of it is at the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    order: Order
    facts: RootFacts
    command: AmendCommand


def judge_amend(order: Order, facts: RootFacts, command: AmendCommand, command_id: str = "") -> Verdict:
    """Whether *order* may be changed so, and what follows; as `cancel.judge`."""
    asked = _Asked(order=order, facts=facts, command=command)
    errors = tuple(_refusals(asked))
    if errors:
        return Verdict(user_errors=errors)
    verdict = Verdict()
    if command.lines:
        verdict = judge(order, facts, _fewer(asked), command_id)
        if verdict.user_errors:
            return verdict
    content = verdict.hub_content or own_content(facts, order)
    if not (_is_born_here(order, facts) and content.order is not None):
        return verdict
    return replace(verdict, hub_content=_changed(content, asked))


def refusal_to_amend(order: Order, facts: RootFacts) -> UserError | None:
    """Why nothing of the order can be changed; None where something can."""
    if (ended := _too_far(order)) is not None:
        return ended
    if (absent := _kept_elsewhere(order, facts)) is None:
        return None
    fewer = judge(order, facts, CancelCommand(order_id=order.id, reason=CancelReason.OTHER)).user_errors
    return absent if fewer else None


def _refusals(asked: _Asked) -> Iterator[UserError]:
    order, facts, command = asked.order, asked.facts, asked.command
    refused = refusal_of_version(order, command.expected_version) or _too_far(order)
    if refused is not None:
        yield refused
        return
    others = {
        "shipTo": command.ship_to is not None,
        "requestedDeliveryDate": command.requested_delivery_on is not None,
        "add": bool(command.added),
    }
    if not command.lines and not any(others.values()):
        yield _error(UserErrorCode.REQUIRED, "say what should be changed")
    absent = _kept_elsewhere(order, facts)
    yield from (replace(absent, field=(name,)) for name, given in others.items() if absent is not None and given)
    known = Entrance(landscape=facts.landscape, now=facts.now, knows_products=False)
    if command.ship_to is not None:
        yield from address_errors(command.ship_to, ("shipTo",))
    yield from day_errors(command.requested_delivery_on, known, "requestedDeliveryDate")
    yield from note_errors(command.note)
    yield from _line_errors(asked)
    if absent is None:
        yield from _added_errors(asked, known)


def _too_far(order: Order) -> UserError | None:
    if order.status in ENDED:
        return _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, f"the order is {order.status.value.lower()}")
    if any(line.quantities.released > 0 for line in order.lines):
        message = "a warehouse is working on it: units can still be cancelled, nothing else"
        return _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, message)
    return None


def _kept_elsewhere(order: Order, facts: RootFacts) -> UserError | None:
    """Why nothing but its quantities can be changed: the system whose word counts takes no change."""
    if facts.managed_by != MANAGED:
        return _error(UserErrorCode.CAPABILITY_ABSENT, "the hub only mirrors this order: change it where it is managed")
    held = [
        record.source
        for record in facts.records
        if record.kind is Kind.ORDER and record.lives and record.entity_id == order.id
    ]
    sent = [row.source for row in facts.deliveries if row.action == CREATE_ORDER and row.state not in NOT_THERE]
    erps = sorted({name for name in (*held, *sent) if facts.landscape.role(name) is SystemKind.ERP})
    if not erps:
        return None
    message = f"{', '.join(erps)} has the order and takes no change of it from the hub; fewer units can be asked for"
    return _error(UserErrorCode.CAPABILITY_ABSENT, message)


def _line_errors(asked: _Asked) -> Iterator[UserError]:
    lines = {line.line_no: line for line in asked.order.lines}
    seen: set[int] = set()
    for at, one in enumerate(asked.command.lines):
        where, line = ("lines", str(at)), lines.get(one.line_no)
        if line is None:
            yield _error(UserErrorCode.NOT_FOUND, f"the order has no line {one.line_no}", (*where, "lineNo"))
        elif one.line_no in seen:
            yield _error(UserErrorCode.DUPLICATE_LINE, f"line {one.line_no} is named twice", (*where, "lineNo"))
        else:
            yield from _quantity_errors(asked, one, line, (*where, "quantity"))
        seen.add(one.line_no)


def _quantity_errors(asked: _Asked, one: LineQuantity, line: OrderLine, where: tuple[str, ...]) -> Iterator[UserError]:
    left = _left(asked, line)
    if one.quantity != 0:
        yield from quantity_errors(one.quantity, line.unit, where)
    if one.quantity.is_finite() and one.quantity >= left:
        message = f"line {line.line_no} has {left.normalize():f} units: it can have fewer; for more add a line"
        yield _error(UserErrorCode.QUANTITY_INVALID, message, where)


def _added_errors(asked: _Asked, known: Entrance) -> Iterator[UserError]:
    """What is wrong with lines on top; items and units were looked up before."""
    added, order = asked.command.added, asked.order
    if not added:
        return
    if not _is_born_here(order, asked.facts):
        message = "the order was not placed through the hub: what comes on top is an order of its own"
        yield _error(UserErrorCode.CAPABILITY_ABSENT, message, ("add",))
        return
    commercial = order.groups.commercial
    yield from line_errors(added, commercial.currency_code if commercial is not None else None, known, "add")
    names = {line.id for line in own_content(asked.facts, order).lines}
    for at, one in enumerate(added):
        if one.line_ref in names:
            message = "the order has a line with this lineRef"
            yield _error(UserErrorCode.DUPLICATE_LINE, message, ("add", str(at), "lineRef"))


def _is_born_here(order: Order, facts: RootFacts) -> bool:
    return any(
        record.source == HUB and record.content.number is not None
        for record in facts.records
        if record.kind is Kind.ORDER and record.entity_id == order.id
    )


def _left(asked: _Asked, line: OrderLine) -> Decimal:
    """Units of a line that nobody has called off."""
    told = line.quantities
    asserted = asserted_on(entries_of(asked.facts, asked.order.id), asked.order, line.line_no)
    return max(told.ordered - told.rejected - max(told.cancelled, asserted), ZERO)


def _fewer(asked: _Asked) -> CancelCommand:
    """The cancel that leaves as many units as are wanted."""
    lines = {line.line_no: line for line in asked.order.lines}
    return CancelCommand(
        order_id=asked.order.id,
        reason=CancelReason.OTHER,
        lines=tuple(
            LineQuantity(line_no=one.line_no, quantity=_left(asked, lines[one.line_no]) - one.quantity)
            for one in asked.command.lines
        ),
        note=asked.command.note,
    )


def _changed(content: Content, asked: _Asked) -> Content:
    """The hub's own record of the order once it is changed."""
    command, facts = asked.command, asked.facts
    groups = content.order or OrderGroups()
    commercial, parties = groups.commercial or OrderCommercial(), groups.parties or OrderParties()
    if command.requested_delivery_on is not None:
        day = datetime.combine(command.requested_delivery_on, time(), UTC)
        commercial = replace(commercial, requested_delivery_at=day)
    if command.ship_to is not None:
        parties = replace(parties, ship_to=command.ship_to)
    lines = content.lines
    if command.added:
        known = Entrance(landscape=facts.landscape, now=facts.now)
        lines = (*lines, *(line_of(one, known) for one in command.added))
        net = net_of([line for line in lines if line.target is None], commercial.currency_code)
        commercial = replace(commercial, net=net, total=net)
    return replace(content, order=replace(groups, commercial=commercial, parties=parties), lines=lines)


def _error(code: UserErrorCode, message: str, field: Sequence[str] = ("order",)) -> UserError:
    return UserError(code=code, message=message, field=tuple(field))
