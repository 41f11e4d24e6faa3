"""What a list shows of an operation is what it shows of itself."""

from __future__ import annotations

from dataclasses import replace

from hub.codec import plain
from hub.flow.operation import operation_of
from hub.model.approval import Approval
from hub.model.command import OperationState
from hub.model.intents import DeliveryState
from hub.read.operations import KeptOperation, told
from hub.store.console import CONSOLE
from tests.kit.orders import NOON, landscape
from tests.kit.wholes import NOW, make_accepted, make_sent

COMMAND = make_accepted()
KEPT = KeptOperation(
    id="c1", operation="orderCancel", actor="rep", input=plain(COMMAND.command), root_id="order-R7K2",
    accepted_at=NOON, correlation_id="correlation-1", version=1, approval=None, is_decision=False, now=NOW,
    deliveries=(make_sent(DeliveryState.PENDING),),
)  # fmt: skip


def test_a_command_is_told_as_with_its_order() -> None:
    assert told(KEPT, landscape()) == operation_of(COMMAND, KEPT.deliveries, landscape(), NOW)


def test_what_no_system_has_been_told_yet_is_told_as_with_its_order() -> None:
    kept = replace(KEPT, deliveries=(), remains=OperationState.QUEUED)
    command = make_accepted(remains=OperationState.QUEUED)
    assert told(kept, landscape()) == operation_of(command, (), landscape(), NOW)
    assert told(kept, landscape()).state is OperationState.QUEUED


def test_what_waits_for_approval_says_why() -> None:
    waits = Approval(reason="r", until=NOW, rule="big", rule_version=1)
    operation = told(replace(KEPT, approval=waits, deliveries=()), landscape())
    assert (operation.state, operation.done, operation.approval_reason) == (
        OperationState.AWAITING_APPROVAL,
        False,
        "r",
    )


def test_a_decision_is_done_and_leads_to_its_order_where_it_has_one() -> None:
    decision = replace(KEPT, operation="orderNoteAdd", is_decision=True, input={}, deliveries=())
    operation = told(decision, landscape())
    assert (operation.state, operation.done, operation.root_id, operation.actor) == (
        OperationState.APPLIED, True, "order-R7K2", "rep",
    )  # fmt: skip
    assert told(replace(decision, root_id=CONSOLE), landscape()).root_id is None
