from dataclasses import replace

import pytest

from hub.flow.facts import KeptDelivery
from hub.flow.operation import actions_of, operation_of, state_of
from hub.model.command import Operation, OperationState, OperationTarget
from hub.model.effects import CREATE_ORDER
from hub.model.intents import DeliveryState
from hub.model.views import AllowedAction
from hub.model.vocabulary import SystemKind
from tests.kit.facts import (
    ALL,
    ERP,
    SHOP,
    WMS,
    at,
    cancel,
    content,
    delivery,
    facts,
    kept_command,
    line,
    order_record,
)
from tests.kit.flows import order_of, pictured

S = DeliveryState
Seen = OperationState
COMMAND = replace(kept_command(cancel()), correlation_id="c-1", version=3)
WANTED = [("a", 1, 2)]


def seen(*rows: KeptDelivery) -> Operation:
    return operation_of(COMMAND, rows, ALL, at(200))


@pytest.mark.parametrize(
    ("state", "shown", "done"),
    [
        (S.PENDING, Seen.QUEUED, False),
        (S.CLAIMED, Seen.QUEUED, False),
        (S.DEAD, Seen.QUEUED, False),
        (S.ACCEPTED, Seen.ACCEPTED, False),
        (S.UNKNOWN, Seen.UNKNOWN, False),
        (S.REVIEW, Seen.UNKNOWN, False),
        (S.DONE, Seen.APPLIED, True),
        (S.REFUSED, Seen.REJECTED, True),
        (S.WITHDRAWN, Seen.REJECTED, True),
    ],
)
def test_every_state_of_a_delivery_is_shown_as_the_design_says(
    state: DeliveryState, shown: OperationState, *, done: bool
) -> None:
    """Design D7."""
    found = seen(delivery(SHOP, state, WANTED))
    assert (found.state, found.done, found.per_system[0].state) == (shown, done, shown)


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], Seen.APPLIED),
        ([Seen.APPLIED, Seen.APPLIED], Seen.APPLIED),
        ([Seen.REJECTED, Seen.REJECTED], Seen.REJECTED),
        ([Seen.APPLIED, Seen.REJECTED], Seen.PARTIALLY_APPLIED),
        ([Seen.PARTIALLY_APPLIED, Seen.APPLIED], Seen.PARTIALLY_APPLIED),
        ([Seen.PARTIALLY_APPLIED], Seen.PARTIALLY_APPLIED),
        ([Seen.APPLIED, Seen.QUEUED], Seen.QUEUED),
        ([Seen.REJECTED, Seen.ACCEPTED], Seen.ACCEPTED),
        ([Seen.UNKNOWN, Seen.ACCEPTED], Seen.UNKNOWN),
        ([Seen.QUEUED, Seen.UNKNOWN], Seen.QUEUED),
    ],
)
def test_the_operation_is_as_far_as_the_least_advanced_of_its_systems(
    states: list[OperationState], shown: OperationState
) -> None:
    assert state_of(states) is shown


@pytest.mark.parametrize(
    ("states", "remains", "shown", "done"),
    [
        ([], Seen.QUEUED, Seen.QUEUED, False),
        ([], Seen.REJECTED, Seen.REJECTED, True),
        ([S.WITHDRAWN], Seen.QUEUED, Seen.QUEUED, False),
        ([S.DONE], Seen.QUEUED, Seen.QUEUED, False),
        ([S.DONE], Seen.REJECTED, Seen.PARTIALLY_APPLIED, True),
        ([S.ACCEPTED], Seen.QUEUED, Seen.ACCEPTED, False),
        ([S.PENDING], Seen.REJECTED, Seen.QUEUED, False),
    ],
)
def test_deliveries_are_not_all_of_a_command(
    states: list[DeliveryState], remains: Seen, shown: Seen, *, done: bool
) -> None:
    """Accepted is not applied (design D4): what is held, or waits for stock, has no delivery yet."""
    rows = [delivery(SHOP, state, WANTED) for state in states]
    found = operation_of(replace(COMMAND, remains=remains), rows, ALL, at(200))
    assert (found.state, found.done) == (shown, done)


def test_a_refusal_of_what_was_then_changed_and_offered_anew_is_no_part_of_the_outcome() -> None:
    refused = replace(delivery(ERP, S.REFUSED), id="r1", key="erp/order.create", action=CREATE_ORDER)
    anew = replace(refused, id="r2", key="erp/order.create:2", state=S.DONE)
    assert (seen(anew, refused).state, len(seen(anew, refused).per_system)) == (Seen.APPLIED, 2)
    assert seen(anew, replace(refused, source=SHOP)).state is Seen.PARTIALLY_APPLIED


def test_a_create_that_was_withdrawn_because_the_source_had_the_order_already_is_no_rejection() -> None:
    withdrawn = replace(delivery(ERP, S.WITHDRAWN), key="erp/order.create", action=CREATE_ORDER)
    assert seen(withdrawn).state is Seen.APPLIED
    assert operation_of(replace(COMMAND, remains=Seen.REJECTED), [withdrawn], ALL, at(200)).state is Seen.REJECTED


def test_each_system_has_its_own_row_in_a_fixed_order() -> None:
    rows = (delivery(SHOP, S.PENDING), delivery(ERP, S.DONE, reference="317"), delivery(WMS, S.DONE))
    found = seen(*rows)
    assert [(one.system, one.source, one.number) for one in found.per_system] == [
        (SystemKind.ERP, ERP, "317"),
        (SystemKind.COMMERCE, SHOP, None),
        (SystemKind.WMS, WMS, None),
    ]
    assert (found.state, found.done) == (Seen.QUEUED, False)


def test_deliveries_of_other_commands_are_not_its_own() -> None:
    assert seen(delivery(SHOP, S.PENDING, command_id="k2")) == seen()


def test_an_operation_is_named_traced_and_versioned_by_its_command() -> None:
    found = seen()
    assert (found.id, found.action, found.correlation_id, found.version, found.root_id) == (
        "k1", "orderCancel", "c-1", 3, "o1",
    )  # fmt: skip
    assert (found.state, found.done, found.per_system) == (Seen.APPLIED, True, ())


def test_the_next_call_is_told_where_one_is_planned() -> None:
    pending = delivery(SHOP, S.PENDING, next_attempt_at=at(260), attempts=2, error="503")
    unknown = delivery(SHOP, S.UNKNOWN, hold_until=at(230), next_attempt_at=at(1))
    dead = delivery(SHOP, S.DEAD, next_attempt_at=at(260), error="502")
    assert seen(pending).per_system == (
        OperationTarget(
            system=SystemKind.COMMERCE, source=SHOP, state=Seen.QUEUED, attempts=2, next_attempt_at=at(260), error="503"
        ),
    )
    assert seen(unknown).per_system[0].next_attempt_at == at(230)
    assert (seen(dead).per_system[0].next_attempt_at, seen(dead).per_system[0].error) == (None, "502")
    overdue = delivery(SHOP, S.PENDING, next_attempt_at=at(100))
    assert seen(overdue).per_system[0].next_attempt_at == at(200)


def test_a_withdrawn_delivery_says_why_and_a_done_one_forgets_its_errors() -> None:
    withdrawn = delivery(SHOP, S.WITHDRAWN, withdrawn_because="the source already shows it", error="old")
    assert seen(withdrawn).per_system[0].error == "the source already shows it"
    assert seen(delivery(SHOP, S.DONE, error="old")).per_system[0].error is None


def test_confirmation_is_due_when_the_first_open_system_is_due() -> None:
    rows = (
        delivery(SHOP, S.ACCEPTED, confirm_by=at(500)),
        delivery(ERP, S.PENDING, confirm_by=at(400)),
        delivery(WMS, S.DONE, confirm_by=at(300)),
    )
    assert seen(*rows).confirmation_due_at == at(400)
    assert seen(rows[2]).confirmation_due_at is None


def test_less_than_was_wanted_is_partly_applied() -> None:
    assert seen(delivery(SHOP, S.DONE, WANTED, {1: 1})).state is Seen.PARTIALLY_APPLIED
    assert seen(delivery(SHOP, S.DONE, WANTED, {1: 2})).state is Seen.APPLIED
    assert seen(delivery(SHOP, S.DONE, WANTED, {2: 0})).state is Seen.APPLIED
    assert seen(delivery(SHOP, S.DONE, WANTED, {1: 1})).done


def test_an_allowed_action_is_enabled_or_says_why_not() -> None:
    open_order = pictured(facts(order_record(SHOP, content(line("a", 2), status="ALLOCATED"))))
    assert actions_of(order_of(open_order), open_order)[:1] == (AllowedAction(action="orderCancel", enabled=True),)
    ended = pictured(facts(order_record(SHOP, content(line("a", 2), status="CANCELLED"))))
    assert actions_of(order_of(ended), ended)[:1] == (
        AllowedAction(
            action="orderCancel",
            enabled=False,
            reason_code="NOT_ALLOWED_IN_STATUS",
            reason_text="the order is cancelled already",
        ),
    )
