"""The order that goes out for a return: what the hub itself is told to enter or to call back (Flow-1). Pure.

It is a root of its own, so it is not written with the return: a delivery to the hub says that it is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.flow.facts import HUB, CaseWanted, Document, RootFacts
from hub.flow.returns.replacing import (
    CAME_TO_NOTHING,
    ORDER_TYPES,
    called_back,
    channel_of,
    currency_of,
    is_time,
    number_of,
    out_lines,
    sent,
    wish_of,
)
from hub.flow.returns.telling import Carried, carried_of
from hub.model.cases import CaseQueue, ExceptionCode, Severity
from hub.model.effects import CALL_BACK, SEND_OUT, CallBack, SendOut
from hub.model.intents import DeliveryState, Intent, IntentOf
from hub.model.order import Order
from hub.model.returning import ReturnAuthorizeCommand, ReturnInspectCommand, ReturnReceiveCommand, ReturnRequestCommand
from hub.model.returns import ReturnType
from hub.model.values import Address
from hub.model.vocabulary import Kind

NOWHERE = Address(country="ZZ")
"""An address that no order may go to: whoever enters it is told so."""


def sent_out(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> Iterator[Intent]:
    """The orders that should go out for the returns of an order, and those that should not any more."""
    for one in carried_of(order, facts, documents):
        if wish_of(one.found, facts).type not in ORDER_TYPES:
            continue
        row = sent(one.found, facts)
        if one.found.status in CAME_TO_NOTHING:
            if row is not None:  # withdrawn or not: it may have been entered a moment before
                note = f"return {one.found.number} is {one.found.status.value.lower()}"
                content = CallBack(reference=one.reference, number=number_of(one.reference), note=note)
                yield _intent(f"{HUB}/{CALL_BACK}:{one.reference}", CALL_BACK, content, None)
        elif is_time(one.found, facts):
            yield from _send(one)


def cases_of_sending(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> Iterator[CaseWanted]:
    """Orders that went out for returns that came to nothing, and could not be called back."""
    for one in carried_of(order, facts, documents):
        row = called_back(one.found, facts)
        if row is not None and row.state is DeliveryState.REFUSED:
            yield CaseWanted(
                code=ExceptionCode.CANCEL_TOO_LATE,
                dedup_key=f"{ExceptionCode.CANCEL_TOO_LATE}|{one.found.id}|{row.key}",
                title=f"{number_of(one.reference)} went out for return {one.found.number}, which came to nothing, "
                f"and cannot be called back: {row.error or 'no reason'}",
                severity=Severity.S3,
                queue=CaseQueue.CS,
                suggested=("returnRequest",),
                grows_only=True,
            )


def _send(one: Carried) -> Iterator[Intent]:
    lines = out_lines(one.found, one.order, one.facts)
    parties, shipping = one.order.groups.parties, one.order.groups.shipping
    wish = wish_of(one.found, one.facts)
    if not lines or wish.type is None:
        return
    content = SendOut(
        reference=one.reference,
        number=number_of(one.reference),
        return_id=one.found.id,
        order_id=one.order.id,
        type=ORDER_TYPES[wish.type],
        channel=channel_of(one.order, one.facts) or "",
        currency_code=currency_of(one.order) or "",
        lines=lines,
        customer=one.order.customer_id or "",
        ship_to=(parties.ship_to if parties is not None else None) or NOWHERE,
        bill_to=parties.bill_to if parties is not None else None,
        shipping_service=shipping.shipping_service if shipping is not None else None,
        note=f"goes out for return {one.found.number} of order {one.order.number}",
    )
    yield _intent(f"{HUB}/{SEND_OUT}:{one.reference}", SEND_OUT, content, _command(one, wish.type))


def _command(one: Carried, kind: ReturnType) -> str | None:
    """The command that brings it about."""
    if kind is ReturnType.ADVANCE_REPLACEMENT:
        return one.command(ReturnAuthorizeCommand, ReturnRequestCommand)
    return one.command(ReturnInspectCommand, ReturnReceiveCommand)


def _intent(key: str, action: str, content: SendOut | CallBack, by: str | None) -> Intent:
    return IntentOf(
        source=HUB, kind=Kind.ORDER, source_id=None, action=action, key=key, content=content, priority=4, command_id=by
    )
