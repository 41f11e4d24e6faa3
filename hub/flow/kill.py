"""All at once or nothing: the hub itself calls off an order that cannot be filled (`FILL_OR_KILL`). Pure."""

from __future__ import annotations

from hub.flow.cancel import judge
from hub.flow.facts import HUB, RootFacts
from hub.model.command import CancelCommand
from hub.model.effects import CancelReason
from hub.model.order import Order
from hub.model.routing import RouteOutcome, RoutingDecision


def kill_of(order: Order, facts: RootFacts, decision: RoutingDecision | None) -> CancelCommand | None:
    """The cancel that the hub asks for as a caller would, once; None where nothing is to be killed, or nobody can."""
    if decision is None or decision.outcome is not RouteOutcome.REFUSED or is_killed(facts):
        return None
    command = CancelCommand(order_id=order.id, reason=CancelReason.INVENTORY, note=decision.explanation)
    return None if judge(order, facts, command).user_errors else command


def is_killed(facts: RootFacts) -> bool:
    """Whether the hub itself has called the order off."""
    return any(one.actor == HUB and isinstance(one.command, CancelCommand) for one in facts.commands)
