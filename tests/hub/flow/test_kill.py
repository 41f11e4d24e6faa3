"""Which orders the hub itself calls off, and when it has."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hub.flow.facts import HUB, KeptCommand
from hub.flow.kill import is_killed, kill_of
from hub.merge.assemble import assemble
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.routing import RouteOutcome, RoutingDecision
from tests.kit.facts import at
from tests.kit.flows import order_of
from tests.kit.managed import managed, shop_order

NO = RoutingDecision(
    policy="plain", policy_version=1, outcome=RouteOutcome.REFUSED, explanation="1 of A is missing", decided_at=at(0)
)


def test_only_a_decision_that_refuses_kills_and_only_once() -> None:
    known = managed(shop_order(2))
    order = order_of(known)
    known = replace(known, documents=assemble(known).documents)
    command = kill_of(order, known, NO)
    assert command is not None
    assert (command.order_id, command.reason, command.note) == (order.id, CancelReason.INVENTORY, "1 of A is missing")
    assert order.lines[0].quantities.ordered == Decimal(2)
    for decision in (None, replace(NO, outcome=RouteOutcome.WAITING)):
        assert kill_of(order, known, decision) is None
    mine = KeptCommand(id="c1", operation="orderCancel", actor=HUB, command=command, accepted_at=at(1))
    assert kill_of(order, replace(known, commands=(mine,)), NO) is None


def test_what_a_person_has_cancelled_is_not_killed_by_the_hub() -> None:
    known = managed(shop_order(2))
    asked = CancelCommand(order_id="o1", reason=CancelReason.CUSTOMER)
    by_rep = KeptCommand(id="c1", operation="orderCancel", actor="rep", command=asked, accepted_at=at(1))
    assert not is_killed(replace(known, commands=(by_rep,)))
    assert is_killed(replace(known, commands=(replace(by_rep, actor=HUB),)))
