"""Which commands may be given, and which somebody must approve first: a tenant's rules under the lock (D13)."""

from __future__ import annotations

from datetime import datetime

from hub.call import Call
from hub.codec import typed
from hub.errors import Denied
from hub.flow.worth import worth_of
from hub.merge.work import AcceptedCommand
from hub.model.approval import APPROVAL, Approval, ApprovalRule, NamedRule, Ruling, reason_of, ruling_of
from hub.model.command import Consequence
from hub.model.order import Order
from hub.model.policy import RETURNS, NamedReturns, ReturnPolicy
from hub.model.vocabulary import SystemKind
from hub.store.policies import active
from hub.store.tx import Tx


async def rules_of(tx: Tx, tenant: str) -> tuple[NamedRule, ...]:
    """The tenant's rules as they stand. One statement."""
    found = await active(tx, tenant, APPROVAL)
    return tuple(NamedRule(name=one.name, version=one.version, rule=typed(one.doc, ApprovalRule)) for one in found)


async def returns_rules_of(tx: Tx, tenant: str) -> tuple[NamedReturns, ...]:
    """The tenant's policies of returns as they stand. One statement."""
    found = await active(tx, tenant, RETURNS)
    return tuple(NamedReturns(name=one.name, version=one.version, policy=typed(one.doc, ReturnPolicy)) for one in found)


def needed(
    rules: tuple[NamedRule, ...], call: Call, one: AcceptedCommand, order: Order | None, now: datetime
) -> Approval | None:
    """The approval that a command must wait for; None where it may be done at once.

    Raises Denied where a rule says that nobody may.
    """
    worth = worth_of(order, one.command)
    named = ruling_of(rules, one.operation, (call.actor, call.scopes), worth)
    if named is None:
        return None
    if named.rule.ruling is Ruling.DENY:
        message = f"the policy {named.name} allows nobody to {one.operation} this"
        raise Denied(message, policy=named.name)
    return Approval(
        reason=reason_of(named, worth),
        until=now + named.rule.patience,
        rule=named.name,
        rule_version=named.version,
    )


def told(approval: Approval) -> Consequence:
    """What the caller is told of an approval that the command waits for."""
    text = f"Nothing is done before somebody else has approved it: {approval.reason}."
    return Consequence(system=SystemKind.HUB, source="hub", text=text, reversible=True)
