"""The life of a command seen from outside (design D4, D7), and what may be asked of an order now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.flow.amend import refusal_to_amend
from hub.flow.cancel import judge
from hub.flow.facts import HUB, KeptCommand, KeptDelivery, RootFacts
from hub.flow.holding import refusal_to_hold, refusal_to_release
from hub.flow.release import refusal_to_let_go
from hub.model.approval import Approval
from hub.model.command import CancelCommand, Operation, OperationState, OperationTarget, UserError
from hub.model.effects import CREATE_ORDER, CancelOrder, CancelReason
from hub.model.intents import DeliveryState, granted
from hub.model.manifest import Landscape
from hub.model.order import Order
from hub.model.views import AllowedAction
from hub.model.vocabulary import SystemKind

SEEN_AS: Mapping[DeliveryState, OperationState] = {
    DeliveryState.PENDING: OperationState.QUEUED,
    DeliveryState.CLAIMED: OperationState.QUEUED,
    DeliveryState.DEAD: OperationState.QUEUED,
    DeliveryState.ACCEPTED: OperationState.ACCEPTED,
    DeliveryState.DONE: OperationState.APPLIED,
    DeliveryState.UNKNOWN: OperationState.UNKNOWN,
    DeliveryState.REVIEW: OperationState.UNKNOWN,
    DeliveryState.REFUSED: OperationState.REJECTED,
    DeliveryState.WITHDRAWN: OperationState.REJECTED,
}
"""What a caller sees of a delivery's state."""

FINAL = frozenset({OperationState.APPLIED, OperationState.PARTIALLY_APPLIED, OperationState.REJECTED})

_LEAST_FIRST = (OperationState.QUEUED, OperationState.UNKNOWN, OperationState.ACCEPTED)

SPEAKING_ERROR = frozenset(
    {DeliveryState.DEAD, DeliveryState.REFUSED, DeliveryState.REVIEW, DeliveryState.UNKNOWN, DeliveryState.PENDING}
)
"""States in which the last error is still true."""


def operation_of(
    command: KeptCommand, deliveries: Iterable[KeptDelivery], landscape: Landscape, now: datetime
) -> Operation:
    """The operation of a command from the deliveries of its root; `done` once nothing more will happen by itself.

    A dead letter is not done: it stands in a case until a person replays or discards it.
    """
    mine = sorted((row for row in deliveries if row.command_id == command.id), key=lambda row: (row.source, row.key))
    state, done = standing(command.approval, mine, command.remains)
    waiting = [row.confirm_by for row in mine if seen_as(row) not in FINAL and row.confirm_by is not None]
    return Operation(
        id=command.id,
        action=command.operation,
        state=state,
        done=done,
        correlation_id=command.correlation_id,
        confirmation_due_at=min(waiting, default=None),
        per_system=tuple(_target(row, landscape, now) for row in mine),
        accepted_at=command.accepted_at,
        actor=command.actor,
        approval_reason=None if command.approval is None else command.approval.story,
        version=command.version,
        root_id=command.command.order_id,
    )


def standing(
    approval: Approval | None, deliveries: Iterable[KeptDelivery], remains: OperationState | None
) -> tuple[OperationState, bool]:
    """The state of a command with these deliveries, and whether nothing more will happen by itself.

    *remains*: as flow says; it counts once the deliveries have ended. A refusal that granted some of the units is no
    rejection of the whole.
    """
    if approval is not None and approval.waits:
        return OperationState.AWAITING_APPROVAL, False
    if approval is not None and approval.is_void:
        return OperationState.REJECTED, True
    mine = _in_force(list(deliveries), remains)
    states = [seen_as(row) for row in mine]
    if remains is not None and FINAL.issuperset(states):
        states = [*states, remains] if remains in FINAL else [remains]
    state = state_of(states)
    if state is OperationState.REJECTED and any(grant.cancelled > 0 for row in mine for grant in row.grants):
        state = OperationState.PARTIALLY_APPLIED
    return state, all(one in FINAL for one in states)


def _in_force(rows: list[KeptDelivery], remains: OperationState | None) -> list[KeptDelivery]:
    """The deliveries but for creates that say nothing any more: refused, then changed and offered to the source anew;
    withdrawn, because the source had the order.
    """
    last = {row.source: row.key for row in sorted(rows, key=lambda row: row.key) if row.action == CREATE_ORDER}
    creates = [row for row in rows if row.action == CREATE_ORDER]
    over = {row.id for row in creates if row.state is DeliveryState.REFUSED and last[row.source] != row.key}
    if remains is None:
        over |= {row.id for row in creates if row.state is DeliveryState.WITHDRAWN}
    return [row for row in rows if row.id not in over]


def state_of(states: Iterable[OperationState]) -> OperationState:
    """The least advanced of the systems; PARTIALLY_APPLIED if all ended and not alike; APPLIED if there is none."""
    known = list(states)
    for state in _LEAST_FIRST:
        if state in known:
            return state
    if len(set(known)) > 1:
        return OperationState.PARTIALLY_APPLIED
    return known[0] if known else OperationState.APPLIED


def actions_of(order: Order, facts: RootFacts) -> tuple[AllowedAction, ...]:
    """The mutations that apply to an order, and why not where they would be refused now."""
    cancel = judge(order, facts, CancelCommand(order_id=order.id, reason=CancelReason.OTHER)).user_errors
    return (
        _action("orderCancel", cancel[0] if cancel else None),
        _action("orderAmend", refusal_to_amend(order, facts)),
        _action("orderReleaseToWarehouse", refusal_to_let_go(order, facts)),
        _action("orderHoldPlace", refusal_to_hold(order)),
        _action("orderHoldRelease", refusal_to_release(facts.holds)),
        _action("orderNoteAdd", None),
    )


def _action(name: str, why: UserError | None) -> AllowedAction:
    if why is None:
        return AllowedAction(action=name, enabled=True)
    return AllowedAction(action=name, enabled=False, reason_code=why.code, reason_text=why.message)


def seen_as(row: KeptDelivery) -> OperationState:
    """What a caller sees of a delivery: as in the table; DONE with less than what was wanted is PARTIALLY_APPLIED."""
    if row.state is not DeliveryState.DONE or not row.grants or not isinstance(row.content, CancelOrder):
        return SEEN_AS[row.state]
    wanted = row.content
    told = ((granted(row.grants, target.line_no), wanted.total(target.line_no)) for target in wanted.lines)
    short = any(so is not None and so < all_of_it for so, all_of_it in told)
    return OperationState.PARTIALLY_APPLIED if short else OperationState.APPLIED


def _target(row: KeptDelivery, landscape: Landscape, now: datetime) -> OperationTarget:
    planned = {DeliveryState.PENDING: row.next_attempt_at, DeliveryState.UNKNOWN: row.hold_until}.get(row.state)
    error = row.error if row.state in SPEAKING_ERROR else None
    return OperationTarget(
        system=SystemKind.HUB if row.source == HUB else landscape.role(row.source),
        source=row.source,
        state=seen_as(row),
        number=row.reference,
        attempts=row.attempts,
        next_attempt_at=None if planned is None else max(planned, now),
        error=row.withdrawn_because if row.state is DeliveryState.WITHDRAWN else error,
    )
