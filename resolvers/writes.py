"""Governed writes: input to command, the desk's answer to payload (design section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import strawberry
from graphql import DirectiveLocation
from strawberry.directive import DirectiveValue

from hub.errors import Ambiguous, InvalidInput, KeyRequired
from hub.merge.work import Applied
from hub.model.command import (
    CancelCommand,
    Consequence,
    LineCancelOutcome,
    LineQuantity,
    Operation,
    UserError,
    UserErrorCode,
)
from hub.model.effects import CancelReason
from hub.model.order import Order
from hub.model.vocabulary import Kind, SystemKind
from hub.read.doing import cancel_outcome, cancel_preview, operations_of, told_consequences
from hub.read.whole import Whole
from hub.write.desk import Asking, WaitFor
from resolvers.context import Context, Info
from resolvers.derive import input_type
from resolvers.inputs import LookupInput, lookup_of

IDEMPOTENT = "idempotent"


@strawberry.directive(
    locations=[DirectiveLocation.FIELD],
    name=IDEMPOTENT,
    description="Required on every mutation unless `dryRun`; 1-255 characters. The same key and input again answers "
    "what the first one did. Alias: header Idempotency-Key (single-mutation requests).",
)
def idempotent(value: DirectiveValue[Any], key: str) -> Any:
    """The value as it is: the key is read where the mutation runs."""
    del key
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationPayload:
    """What every mutation answers."""

    user_errors: tuple[UserError, ...] = ()
    """What the caller can fix in the input; with any, nothing was done."""
    operation: Operation | None = None
    """The life of the command at each system; null on a dry run or with errors."""
    consequences: tuple[Consequence, ...] = ()
    """What it does elsewhere; the same list on a dry run and for real."""
    dry_run: bool = False
    """Whether nothing was done."""
    replayed: bool = False
    """Whether the same key had been used before: this is what it led to."""
    correlation_id: str
    """Leads to the trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelPayload(MutationPayload):
    """What became of a cancel."""

    order: Order | None = None
    """The order as it stands now."""
    lines: tuple[LineCancelOutcome, ...] = ()
    """What became of each line: requested = cancelled + pending + refused."""


@input_type
class LineQuantityInput:
    """Units of one line."""

    line_no: int
    """The hub's line number."""
    quantity: Decimal
    """How many, in the line's unit."""


@input_type
class WaitForInput:
    """Hold the answer back for a moment, so that it can already tell what became of the command."""

    systems: list[SystemKind]
    """The systems whose word is waited for."""
    seconds: int
    """At most so long; 8 at most."""


@input_type
class OrderCancelInput:
    """Take back an order, or some units of some lines, before they ship."""

    order: LookupInput
    """Which order."""
    lines: list[LineQuantityInput] | None = None
    """Units to cancel by line; left out for all that is open."""
    reason: CancelReason
    """Why."""
    note: str | None = None
    """For the people who read it later."""
    refund: bool | None = True
    """Whether to give money back."""
    notify_customer: bool | None = True
    """Whether the customer should hear of it."""
    expected_version: int | None = None
    """The version that was seen; another one is a conflict."""
    wait_for: WaitForInput | None = None
    """Hold the answer back until these systems have spoken. Not part of what the key stands for."""
    dry_run: bool | None = False
    """Only say what would happen; claims no key, so the real run with the same key works afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelArguments:
    """Arguments of `orderCancel`."""

    input: OrderCancelInput
    """What to cancel, and why."""


async def order_cancel(info: Info, asked: OrderCancelArguments) -> OrderCancelPayload | None:
    """Cancel an order, or some units of it, in every system that holds it. Accepted durably, then carried out."""
    context, given = info.context, asked.input
    key = key_for(info, is_dry=bool(given.dry_run))
    found = await order_named(context, given.order)
    if isinstance(found, UserError):
        return _refused(context, given, found)
    context.asked.concerned.append(found)
    command = command_of(given, found)
    applied = await context.doors.desk.cancel(
        context.call, command, asking_with(given.wait_for, key, is_dry=bool(given.dry_run))
    )
    whole = (await context.reader.wholes(context.call, [found])).get(found)
    if whole is None:
        return _refused(context, given, not_found())
    context.keep(whole)
    return _payload(context, command, applied, whole, is_dry=bool(given.dry_run))


def command_of(given: OrderCancelInput, order_id: str) -> CancelCommand:
    """The command that an input asks for. What was left out or null is the default."""
    lines = given.lines
    return CancelCommand(
        order_id=order_id,
        reason=given.reason,
        lines=None if lines is None else tuple(LineQuantity(line_no=x.line_no, quantity=x.quantity) for x in lines),
        note=given.note,
        refund=given.refund is not False,
        notify_customer=given.notify_customer is not False,
        expected_version=given.expected_version,
    )


def key_for(info: Info, *, is_dry: bool) -> str | None:
    """The key of a mutation. Raises KeyRequired where there is none and it is no dry run, InvalidInput."""
    key = idempotency_key(info)
    if key is None and not is_dry:
        message = "a mutation needs @idempotent(key:) or the header Idempotency-Key, unless it is a dry run"
        raise KeyRequired(message)
    return key


def idempotency_key(info: Info) -> str | None:
    """The key on the field, else that of the header. Raises InvalidInput where it has not 1 to 255 characters."""
    directives: Mapping[str, Mapping[str, Any]] = info.selected_fields[0].directives
    key: str | None = directives.get(IDEMPOTENT, {}).get("key", info.context.asked.idempotency_key)
    if key is not None and not 1 <= len(key) <= 255:
        message = "an idempotency key has 1 to 255 characters"
        raise InvalidInput(message)
    return key


def asking_with(wait_for: WaitForInput | None, key: str | None, *, is_dry: bool) -> Asking:
    """How a command is asked."""
    wait = None
    if wait_for is not None:
        wait = WaitFor(systems=frozenset(wait_for.systems), seconds=wait_for.seconds)
    return Asking(key=key, dry_run=is_dry, wait_for=wait)


async def order_named(context: Context, named: LookupInput) -> str | UserError:
    """Id of the order that a caller points at, or why it is none."""
    return await entity_named(context, named, Kind.ORDER)


async def entity_named(context: Context, named: LookupInput, kind: Kind) -> str | UserError:
    """Id of what a caller points at, or why it is none; the input's field is called as the kind."""
    try:
        found = await context.reader.find(context.call, lookup_of(named), kind)
    except (Ambiguous, InvalidInput) as wrong:
        code = UserErrorCode.AMBIGUOUS_IDENTIFIER if isinstance(wrong, Ambiguous) else UserErrorCode.INVALID
        return UserError(code=code, message=wrong.message, field=(kind.value.lower(),))
    return found if found is not None else not_found(kind)


def not_found(kind: Kind = Kind.ORDER) -> UserError:
    """That nothing of a kind is what the caller means."""
    name = kind.value.lower()
    return UserError(code=UserErrorCode.NOT_FOUND, message=f"there is no such {name}", field=(name,))


def _refused(context: Context, given: OrderCancelInput, error: UserError) -> OrderCancelPayload:
    return OrderCancelPayload(
        user_errors=(error,), dry_run=bool(given.dry_run), correlation_id=context.call.correlation_id
    )


def _payload(
    context: Context, command: CancelCommand, applied: Applied, whole: Whole, *, is_dry: bool
) -> OrderCancelPayload:
    parts = payload_parts(context, applied, whole, is_dry=is_dry)
    operation = parts["operation"]
    lines: tuple[LineCancelOutcome, ...] = ()
    if operation is not None:
        lines = cancel_outcome(whole, operation.id)
    elif is_dry and not applied.user_errors:
        lines = cancel_preview(whole, command)
    return OrderCancelPayload(lines=lines, **parts)


def payload_parts(context: Context, applied: Applied, whole: Whole | None, *, is_dry: bool) -> dict[str, Any]:
    """What every payload about an order says: the order as it stands, and what became of the command."""
    known = () if whole is None else operations_of(whole)
    operation = next((one for one in known if one.id == applied.command_id), None)
    return {
        "order": None if whole is None else whole.order,
        "user_errors": applied.user_errors,
        "operation": operation,
        "consequences": told_consequences(whole, operation.id) if whole and operation else applied.consequences,
        "dry_run": is_dry,
        "replayed": applied.replayed,
        "correlation_id": operation.correlation_id if operation else context.call.correlation_id,
    }
