"""What people have changed about an order before a warehouse began: their word goes before the channel's. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

from hub.flow.facts import KeptCommand, RootFacts
from hub.model.command import AmendCommand, ReleaseCommand, SubmitCommand
from hub.model.order import Order, OrderCommercial, OrderParties


def amended(order: Order, facts: RootFacts) -> Order:
    """The order as it should be carried out: where it goes and when, by the last command that says so."""
    commercial, parties = order.groups.commercial, order.groups.parties
    for command in _amendments(facts):
        if command.ship_to is not None:
            parties = replace(parties or OrderParties(), ship_to=command.ship_to)
        if command.requested_delivery_on is not None:
            day = datetime.combine(command.requested_delivery_on, time(), UTC)
            commercial = replace(commercial or OrderCommercial(), requested_delivery_at=day)
    if (commercial, parties) == (order.groups.commercial, order.groups.parties):
        return order
    return replace(order, groups=replace(order.groups, commercial=commercial, parties=parties))


def lowered(facts: RootFacts) -> dict[int, Decimal]:
    """Units that a line shall have at most, by line, as the last command about it says."""
    return {one.line_no: one.quantity for command in _amendments(facts) for one in command.lines}


def is_readdressed(facts: RootFacts) -> bool:
    """Whether people have said where the order goes, whatever its channel says."""
    return any(one.ship_to is not None for one in _amendments(facts))


def is_let_go(facts: RootFacts) -> bool:
    """Whether somebody has said that the warehouse should begin now."""
    return any(isinstance(one.command, ReleaseCommand) and not _is_undecided(one) for one in facts.commands)


def is_unapproved(facts: RootFacts) -> bool:
    """Whether the order entered through the hub and nobody who must has approved it."""
    return any(isinstance(one.command, SubmitCommand) and _is_undecided(one) for one in facts.commands)


def _amendments(facts: RootFacts) -> Iterator[AmendCommand]:
    for one in facts.commands:
        if isinstance(one.command, AmendCommand) and not _is_undecided(one):
            yield one.command


def _is_undecided(one: KeptCommand) -> bool:
    """Whether a command waits for an approval, or did not get it."""
    return one.approval is not None and (one.approval.waits or one.approval.is_void)
