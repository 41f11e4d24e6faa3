"""What was asked of an order and what may be asked now, for one caller (design D4). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from hub.call import Call
from hub.flow.cancel import judge, outcome_of
from hub.flow.operation import actions_of, operation_of
from hub.model.approval import ApprovalState
from hub.model.command import CancelCommand, Consequence, LineCancelOutcome, Operation, OperationState
from hub.model.views import AllowedAction
from hub.read.whole import Whole
from hub.scopes import Scope


def operations_of(whole: Whole) -> tuple[Operation, ...]:
    """The life of every command on the order, oldest first."""
    stored = whole.stored
    found = [operation_of(one, stored.deliveries, whole.landscape, whole.now) for one in stored.commands]
    return tuple(_granted_in_part(whole, one) for one in found)


def decided_at_once(
    command_id: str,
    action: str,
    correlation_id: str,
    asked: tuple[str | None, datetime | None] = (None, None),
    order_id: str | None = None,
) -> Operation:
    """The life of a decision that is applied when it is accepted; *asked*: by whom and when."""
    actor, accepted_at = asked
    return Operation(
        id=command_id,
        action=action,
        state=OperationState.APPLIED,
        done=True,
        correlation_id=correlation_id,
        accepted_at=accepted_at,
        actor=actor,
        root_id=order_id,
    )


def _granted_in_part(whole: Whole, operation: Operation) -> Operation:
    """A refusal that granted some of the units is no rejection of the whole."""
    if operation.state is not OperationState.REJECTED:
        return operation
    in_part = any(line.cancelled > 0 for line in cancel_outcome(whole, operation.id))
    return replace(operation, state=OperationState.PARTIALLY_APPLIED) if in_part else operation


def allowed_actions(whole: Whole, call: Call) -> tuple[AllowedAction, ...]:
    """What the caller may do to the order now; what he may not says why."""
    actions = actions_of(whole.order, whole.facts)
    if call.may(Scope.WRITE_ORDERS):
        return actions
    text = f"your key lacks the scope {Scope.WRITE_ORDERS}"
    return tuple(replace(one, enabled=False, reason_code="FORBIDDEN", reason_text=text) for one in actions)


def cancel_outcome(whole: Whole, command_id: str) -> tuple[LineCancelOutcome, ...]:
    """What has become of an accepted cancel, line by line."""
    command = next((one for one in whole.stored.commands if one.id == command_id), None)
    if command is None or not isinstance(command.command, CancelCommand):
        return ()
    approval = command.approval
    if approval is None or approval.state is ApprovalState.APPROVED:
        return outcome_of(command, whole.order, whole.facts)
    asked = cancel_preview(whole, replace(command.command, expected_version=None))
    if approval.waits:
        return asked
    none = Decimal(0)
    return tuple(replace(x, pending=none, refused=x.requested, refused_because=approval.story) for x in asked)


def told_consequences(whole: Whole, command_id: str) -> tuple[Consequence, ...]:
    """What the caller of an accepted command was told that it does."""
    return next((one.consequences for one in whole.stored.commands if one.id == command_id), ())


def cancel_preview(whole: Whole, command: CancelCommand) -> tuple[LineCancelOutcome, ...]:
    """What a cancel would ask for, line by line; nothing where it would be refused."""
    return judge(whole.order, whole.facts, command).lines
