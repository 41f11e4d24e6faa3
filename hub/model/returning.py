"""What a caller may ask of a return (domain.md 2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hub.model.returns import Disposition, ExchangeLine, RefundMethod, ReturnCondition, ReturnReason, ReturnType
from hub.model.values import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BackLine:
    """Units of a line of the order that shall come back."""

    line_no: int
    """The order's line."""
    quantity: Decimal
    """In the line's unit, greater than zero."""
    reason: ReturnReason
    """Why."""
    disposition_requested: Disposition | None = None
    """What should become of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedLine:
    """Units of a line of the return that may come back."""

    line_no: int
    """The return's line."""
    quantity: Decimal
    """At most what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameLine:
    """Units that have come back."""

    line_no: int
    """The return's line; of a wrong item the line that it came for."""
    quantity: Decimal
    """Come now, beside what came before."""
    condition: ReturnCondition
    """How they look."""
    sku: str | None = None
    """The item that came, where it is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAtLine:
    """Units that were looked at."""

    line_no: int
    """The return's line."""
    quantity: Decimal
    """Looked at now, beside what was before."""
    disposition_taken: Disposition
    """What becomes of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnReturn:
    """What every command about a return that stands names."""

    order_id: str
    """The order, already found."""
    return_id: str
    """The return, already found."""
    note: str | None = None
    """For the people who read it later."""
    expected_version: int | None = None
    """The version of the return that the caller saw; another one is a conflict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequestCommand:
    """Ask that something of an order comes back."""

    order_id: str
    """The order, already found."""
    return_id: str
    """The return's id, minted with the command."""
    lines: tuple[BackLine, ...]
    """At least one."""
    type: ReturnType = ReturnType.REFUND
    """What the customer gets for it."""
    authorize: bool = False
    """Whether it is allowed at once."""
    note: str | None = None
    """For the people who read it later."""
    exchange_lines: tuple[ExchangeLine, ...] = ()
    """What goes out instead: of an exchange at least one, else none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAuthorizeCommand(_OnReturn):
    """Allow a return, or a part of it."""

    lines: tuple[AllowedLine, ...] | None = None
    """What may come back; None for all that was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDeclineCommand(_OnReturn):
    """Refuse a return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCancelCommand(_OnReturn):
    """Call a return off of which nothing has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceiveCommand(_OnReturn):
    """Say what has come back."""

    warehouse: str
    """Code of the warehouse where it came."""
    lines: tuple[CameLine, ...]
    """At least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInspectCommand(_OnReturn):
    """Say what becomes of what has come back."""

    lines: tuple[LookedAtLine, ...]
    """At least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRefundCommand(_OnReturn):
    """Give money back."""

    amount: Money | None = None
    """With tax; None: what is suggested and not given back yet."""
    method: RefundMethod = RefundMethod.ORIGINAL_PAYMENT
    """How."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCloseCommand(_OnReturn):
    """End a return as it stands: nothing more of it is expected."""


ReturnCommand = (
    ReturnAuthorizeCommand
    | ReturnDeclineCommand
    | ReturnCancelCommand
    | ReturnReceiveCommand
    | ReturnInspectCommand
    | ReturnRefundCommand
    | ReturnCloseCommand
)
"""What may be asked of a return that stands."""
AnyReturnCommand = ReturnRequestCommand | ReturnCommand
"""The same, and the request that begins one."""

RETURN_COMMANDS: dict[str, type[AnyReturnCommand]] = {
    "returnRequest": ReturnRequestCommand,
    "returnAuthorize": ReturnAuthorizeCommand,
    "returnDecline": ReturnDeclineCommand,
    "returnCancel": ReturnCancelCommand,
    "returnReceive": ReturnReceiveCommand,
    "returnInspect": ReturnInspectCommand,
    "returnRefund": ReturnRefundCommand,
    "returnClose": ReturnCloseCommand,
}
"""Type of each mutation's input."""
