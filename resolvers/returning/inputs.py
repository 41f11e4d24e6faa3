"""What callers say about returns."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.model.returning import (
    AllowedLine,
    BackLine,
    CameLine,
    LookedAtLine,
    ReturnAuthorizeCommand,
    ReturnCancelCommand,
    ReturnCloseCommand,
    ReturnDeclineCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
    ReturnRefundCommand,
    ReturnRequestCommand,
)
from hub.model.returns import Disposition, ExchangeLine, RefundMethod, ReturnCondition, ReturnReason, ReturnType
from hub.model.values import Money
from resolvers.derive import input_type
from resolvers.inputs import LookupInput
from resolvers.submits import MoneyInput
from resolvers.writes import LineQuantityInput, WaitForInput


@input_type
class ReturnRequestLineInput:
    """Units of one line of the order that shall come back."""

    line_no: int
    """The order's line."""
    quantity: Decimal
    """How many, in the line's unit."""
    reason: ReturnReason
    """Why."""
    disposition_requested: Disposition | None = None
    """What should become of them."""


@input_type
class ExchangeLineInput:
    """An item that goes out instead of what comes back."""

    sku: str
    """Your own item code."""
    quantity: Decimal
    """How many, in `unit`."""
    unit: str | None = None
    """UN/ECE code; left out for the item's base unit."""
    unit_price: MoneyInput | None = None
    """Net, of one; left out for what was paid for the same item of the order."""


@input_type
class ReturnRequestInput:
    """Ask that something of an order comes back."""

    order: LookupInput
    """Which order."""
    lines: list[ReturnRequestLineInput]
    """At least one; no more than was shipped and has not been asked for before."""
    type: ReturnType | None = ReturnType.REFUND
    """What the customer gets for it."""
    exchange_lines: list[ExchangeLineInput] | None = None
    """Of an EXCHANGE: what goes out instead. A replacement is of the same items, and costs nothing."""
    authorize: bool | None = False
    """Allow it at once, where the policy does."""
    note: str | None = None
    """For the people who read it later."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnAuthorizeInput:
    """Allow a return."""

    return_: LookupInput
    """Which return."""
    lines: list[LineQuantityInput] | None = None
    """How much of which of its lines; left out for all that was asked."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnDeclineInput:
    """Refuse a return."""

    return_: LookupInput
    """Which return."""
    note: str | None = None
    """Why."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnCancelInput:
    """Call a return off of which nothing has come; what goes out instead of it is called back."""

    return_: LookupInput
    """Which return."""
    note: str | None = None
    """Why."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnReceiveLineInput:
    """Units of one line of the return that have come back."""

    line_no: int
    """The return's line; of another item the line that it came for."""
    quantity: Decimal
    """How many came now, in the line's unit."""
    condition: ReturnCondition
    """How they look."""
    sku: str | None = None
    """With WRONG_ITEM: which item came instead."""


@input_type
class ReturnReceiveInput:
    """Say what has come back."""

    return_: LookupInput
    """Which return."""
    warehouse: str
    """Code of the warehouse where it came."""
    lines: list[ReturnReceiveLineInput]
    """What came; a line that is not named did not."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnInspectLineInput:
    """Units of one line of the return and what becomes of them."""

    line_no: int
    """The return's line; it may be named again with another disposition."""
    quantity: Decimal
    """How many, in the line's unit."""
    disposition_taken: Disposition
    """What becomes of them."""


@input_type
class ReturnInspectInput:
    """Say what becomes of what has come back."""

    return_: LookupInput
    """Which return."""
    lines: list[ReturnInspectLineInput]
    """What was looked at."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnRefundInput:
    """Give money back. No amount: `Return.suggestedRefund`, less what was given back before."""

    return_: LookupInput
    """Which return."""
    amount: MoneyInput | None = None
    """With tax; never more than is suggested."""
    method: RefundMethod | None = RefundMethod.ORIGINAL_PAYMENT
    """How."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    wait_for: WaitForInput | None = None
    """Hold the answer back until these systems have spoken. Not part of what the key stands for."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@input_type
class ReturnCloseInput:
    """End a return as it stands: what is missing is missing, what is too many stays."""

    return_: LookupInput
    """Which return."""
    note: str | None = None
    """Why."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequestArguments:
    """Arguments of `returnRequest`."""

    input: ReturnRequestInput
    """What shall come back, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAuthorizeArguments:
    """Arguments of `returnAuthorize`."""

    input: ReturnAuthorizeInput
    """Which return, and how much of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDeclineArguments:
    """Arguments of `returnDecline`."""

    input: ReturnDeclineInput
    """Which return, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCancelArguments:
    """Arguments of `returnCancel`."""

    input: ReturnCancelInput
    """Which return, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceiveArguments:
    """Arguments of `returnReceive`."""

    input: ReturnReceiveInput
    """Which return, and what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInspectArguments:
    """Arguments of `returnInspect`."""

    input: ReturnInspectInput
    """Which return, and what becomes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRefundArguments:
    """Arguments of `returnRefund`."""

    input: ReturnRefundInput
    """Which return, and how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCloseArguments:
    """Arguments of `returnClose`."""

    input: ReturnCloseInput
    """Which return, and why."""


Given = (
    ReturnAuthorizeInput
    | ReturnDeclineInput
    | ReturnCancelInput
    | ReturnReceiveInput
    | ReturnInspectInput
    | ReturnRefundInput
    | ReturnCloseInput
)
"""What is said about a return that stands."""


def request_of(given: ReturnRequestInput, order_id: str) -> ReturnRequestCommand:
    """The command that an input asks for. What was left out or null is the default."""
    return ReturnRequestCommand(
        order_id=order_id,
        return_id="",
        lines=tuple(
            BackLine(
                line_no=one.line_no,
                quantity=one.quantity,
                reason=one.reason,
                disposition_requested=one.disposition_requested,
            )
            for one in given.lines
        ),
        type=given.type or ReturnType.REFUND,
        exchange_lines=tuple(map(_exchanged, given.exchange_lines or ())),
        authorize=bool(given.authorize),
        note=given.note,
    )


def _exchanged(one: ExchangeLineInput) -> ExchangeLine:
    price = one.unit_price
    return ExchangeLine(
        sku=one.sku,
        quantity=one.quantity,
        unit=one.unit,
        unit_price=None if price is None else Money(amount=price.amount, currency_code=price.currency_code),
    )


def authorize_of(given: ReturnAuthorizeInput, order_id: str, return_id: str) -> ReturnAuthorizeCommand:
    """The command that an input asks for."""
    lines = given.lines
    return ReturnAuthorizeCommand(
        order_id=order_id,
        return_id=return_id,
        note=given.note,
        expected_version=given.expected_version,
        lines=None if lines is None else tuple(AllowedLine(line_no=x.line_no, quantity=x.quantity) for x in lines),
    )


def decline_of(given: ReturnDeclineInput, order_id: str, return_id: str) -> ReturnDeclineCommand:
    """The command that an input asks for."""
    return ReturnDeclineCommand(
        order_id=order_id, return_id=return_id, note=given.note, expected_version=given.expected_version
    )


def cancel_of(given: ReturnCancelInput, order_id: str, return_id: str) -> ReturnCancelCommand:
    """The command that an input asks for."""
    return ReturnCancelCommand(
        order_id=order_id, return_id=return_id, note=given.note, expected_version=given.expected_version
    )


def receive_of(given: ReturnReceiveInput, order_id: str, return_id: str) -> ReturnReceiveCommand:
    """The command that an input asks for."""
    return ReturnReceiveCommand(
        order_id=order_id,
        return_id=return_id,
        note=given.note,
        expected_version=given.expected_version,
        warehouse=given.warehouse,
        lines=tuple(
            CameLine(line_no=x.line_no, quantity=x.quantity, condition=x.condition, sku=x.sku) for x in given.lines
        ),
    )


def inspect_of(given: ReturnInspectInput, order_id: str, return_id: str) -> ReturnInspectCommand:
    """The command that an input asks for."""
    return ReturnInspectCommand(
        order_id=order_id,
        return_id=return_id,
        note=given.note,
        expected_version=given.expected_version,
        lines=tuple(
            LookedAtLine(line_no=x.line_no, quantity=x.quantity, disposition_taken=x.disposition_taken)
            for x in given.lines
        ),
    )


def refund_of(given: ReturnRefundInput, order_id: str, return_id: str) -> ReturnRefundCommand:
    """The command that an input asks for. What was left out or null is the default."""
    amount = given.amount
    return ReturnRefundCommand(
        order_id=order_id,
        return_id=return_id,
        note=given.note,
        expected_version=given.expected_version,
        amount=None if amount is None else Money(amount=amount.amount, currency_code=amount.currency_code),
        method=given.method or RefundMethod.ORIGINAL_PAYMENT,
    )


def close_of(given: ReturnCloseInput, order_id: str, return_id: str) -> ReturnCloseCommand:
    """The command that an input asks for."""
    return ReturnCloseCommand(
        order_id=order_id, return_id=return_id, note=given.note, expected_version=given.expected_version
    )
