"""Giving money back for a return: how much may go, and by whom. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from hub.flow.cancel import Verdict
from hub.flow.facts import RootFacts
from hub.flow.returns.asked import Asked, consequence, refusal, refused_by_status
from hub.flow.returns.asserted import asked_in, opened, terms_of
from hub.flow.returns.refund import refundable
from hub.flow.submit import note_errors
from hub.model.command import Command, Consequence, OperationState, UserError, UserErrorCode
from hub.model.effects import REFUND
from hub.model.manifest import SourceBinding
from hub.model.returning import ReturnRefundCommand
from hub.model.returns import RefundAsked, RefundMethod, ReturnGroups, ReturnMoney, ReturnStatus, ReturnType
from hub.model.values import Money
from hub.model.vocabulary import Kind, SystemKind

S = ReturnStatus
LOOKED_AT = frozenset({S.INSPECTED, S.CREDITED, S.CLOSED})
"""What is owed is known."""
AHEAD = LOOKED_AT | {S.AUTHORIZED, S.IN_TRANSIT, S.PARTIALLY_RECEIVED, S.RECEIVED}
"""The same where the policy pays ahead."""
MOST_PLACES = -2


def judge_refund(asked: Asked[ReturnRefundCommand]) -> Verdict:
    """Whether so much may be given back, and who gives it."""
    refused = refused_by_status(asked, AHEAD if terms_of(asked.found).pays_ahead else LOOKED_AT)
    errors = (refused,) if refused is not None else tuple(_refusals(asked))
    amount = asked.command.amount or refundable(asked.found, asked.facts)
    if errors or amount is None:
        return Verdict(user_errors=errors)
    known = asked_in(asked.facts, asked.found.id)
    one = RefundAsked(number=len(known) + 1, amount=amount, method=asked.command.method, command_id=asked.command_id)
    content = opened(asked.found, asked.order, asked.facts)
    groups = content.return_ or ReturnGroups()
    money = replace(groups.money or ReturnMoney(), asked=(*known, one))
    content = replace(content, return_=replace(groups, money=money))
    return Verdict(own_return=(asked.found.id, content), consequences=tuple(_consequences(asked, amount)))


def payers(asked: Asked[ReturnRefundCommand]) -> tuple[SourceBinding, ...]:
    """Who can give money back for the order: the shops that hold it, and take that from the hub."""
    held = {
        one.source
        for one in asked.facts.records
        if one.kind is Kind.ORDER and one.lives and one.entity_id == asked.order.id
    }
    offered = (*asked.offering(SystemKind.PAYMENT, REFUND), *asked.offering(SystemKind.COMMERCE, REFUND))
    return tuple(one for one in offered if one.source in held)


def refunds_awaited(facts: RootFacts) -> dict[str, OperationState]:
    """By command that gives money back: QUEUED while nobody has been told to pay yet, as the ERP has yet to credit."""
    told = {row.command_id for row in facts.deliveries if row.action == REFUND}
    return {one.id: OperationState.QUEUED for one in facts.commands if _pays_back(one.command) and one.id not in told}


def _pays_back(command: Command) -> bool:
    return isinstance(command, ReturnRefundCommand) and command.method is RefundMethod.ORIGINAL_PAYMENT


def _refusals(asked: Asked[ReturnRefundCommand]) -> Iterator[UserError]:
    command, found = asked.command, asked.found
    yield from note_errors(command.note)
    told = found.groups.request
    if command.method is RefundMethod.ORIGINAL_PAYMENT:
        if told is not None and told.type is ReturnType.CREDIT:
            message = "the customer is credited for this return, not paid"
            yield refusal(UserErrorCode.INVALID, message, "method")
        elif not payers(asked):
            message = "no shop that holds the order gives money back for the hub"
            yield refusal(UserErrorCode.CAPABILITY_ABSENT, message, "method")
    most = refundable(found, asked.facts)
    if most is None:
        message = "what was paid for it is not known: give the money back where it was paid"
        yield refusal(UserErrorCode.CAPABILITY_ABSENT, message)
    elif command.amount is not None and (wrong := _amount_error(command.amount, most)) is not None:
        yield wrong
    elif (command.amount.amount if command.amount is not None else Decimal(0)) > most.amount or most.amount <= 0:
        message = f"{most.amount} {most.currency_code} can still be given back"
        yield refusal(UserErrorCode.EXCEEDS_REFUNDABLE, message, *_amount_field(command))


def _amount_error(amount: Money, most: Money) -> UserError | None:
    if amount.currency_code != most.currency_code:
        message = f"the order is in {most.currency_code}"
        return refusal(UserErrorCode.CURRENCY_MISMATCH, message, "amount", "currencyCode")
    exponent = amount.amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < MOST_PLACES or amount.amount <= 0:
        message = "an amount is greater than zero, with at most two decimal places"
        return refusal(UserErrorCode.INVALID, message, "amount", "amount")
    return None


def _amount_field(command: ReturnRefundCommand) -> tuple[str, ...]:
    return ("return",) if command.amount is None else ("amount", "amount")


def _consequences(asked: Asked[ReturnRefundCommand], amount: Money) -> Iterator[Consequence]:
    if asked.command.method is RefundMethod.CREDIT_MEMO:
        text = f"{amount.amount} {amount.currency_code} stands to the customer's account by the credit memo."
        yield Consequence(system=SystemKind.ERP, source="erp", text=text, reversible=False)
        return
    when = "" if terms_of(asked.found).pays_ahead else ", once the ERP has credited it"
    for one in payers(asked)[:1]:
        text = f"{one.source} gives {amount.amount} {amount.currency_code} back{when}."
        yield consequence(one, REFUND, text)
