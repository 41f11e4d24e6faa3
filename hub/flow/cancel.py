"""Cancelling an order or some units of it: whether it may be asked, what it does elsewhere, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hub.flow.asserted import Entry, asserted_on, entries_of, entry_for
from hub.flow.cycle.capture import MANAGED
from hub.flow.facts import HUB, KeptCommand, RootFacts
from hub.flow.holders import CANCEL, Holder, holders_of
from hub.flow.progress import FINAL, Progress, free_of_warehouse, progress_of
from hub.flow.submit import note_errors
from hub.model.command import (
    CancelCommand,
    Consequence,
    LineCancelOutcome,
    LineQuantity,
    SubmitCommand,
    UserError,
    UserErrorCode,
)
from hub.model.intents import DeliveryState
from hub.model.observation import Content, NaturalKey, SourceLine, line_key
from hub.model.order import Order, OrderLine, OrderStatus
from hub.model.vocabulary import Kind

ZERO = Decimal(0)
PIECE = "C62"
SETTLED = frozenset({DeliveryState.DONE, DeliveryState.REFUSED, DeliveryState.WITHDRAWN})

ENDED: dict[OrderStatus, str] = {
    OrderStatus.CANCELLED: "the order is cancelled already",
    OrderStatus.REJECTED: "the order was rejected",
    OrderStatus.COMPLETED: "the order is complete; take it back as a return",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a command would do: the same on a dry run and under the lock."""

    user_errors: tuple[UserError, ...] = ()
    """Why it is refused; then nothing else is said."""
    consequences: tuple[Consequence, ...] = ()
    """What it does elsewhere, in the order in which it happens."""
    hub_content: Content | None = None
    """The hub's own record once the command is accepted (Own-1)."""
    own_return: tuple[str, Content] | None = None
    """(id of a return, the hub's own record of it once the command is accepted)."""
    lines: tuple[LineCancelOutcome, ...] = ()
    """What is asked, line by line."""


def judge(order: Order, facts: RootFacts, command: CancelCommand, command_id: str = "") -> Verdict:
    """Whether *command* may be accepted for *order* as it stands in *facts*, and what follows.

    *command_id* names it in the hub's record; a dry run has none and writes none.
    """
    errors = list(_refusals(order, facts, command))
    if errors:
        return Verdict(user_errors=tuple(errors))
    entries = entries_of(facts, order.id)
    holders = holders_of(order, facts, facts.documents)
    lines = {line.line_no: line for line in order.lines}
    wanted = _wanted(order, command, entries, holders)
    asked = [
        entry_for(command_id, lines[one.line_no], one.quantity, _before(order, lines[one.line_no], entries))
        for one in wanted
    ]
    return Verdict(
        consequences=tuple(_consequences(order, facts, command, wanted)),
        hub_content=_hub_content(facts, order, (*entries, *asked)),
        lines=tuple(
            LineCancelOutcome(
                line_no=one.line_no, requested=one.quantity, cancelled=ZERO, pending=one.quantity, refused=ZERO
            )
            for one in wanted
        ),
    )


def available(order: Order, line: OrderLine, entries: Sequence[Entry], holders: Iterable[Holder]) -> Decimal:
    """Units of a line that may still be cancelled: not shipped, not cancelled, not asked for by an earlier command.

    What a warehouse holds that cannot be asked to give it back is not among them.
    """
    told = line.quantities
    units = told.ordered - told.rejected - told.shipped - _before(order, line, entries)
    if any(holder.stage == 0 and not holder.offers and holder.holds(line.line_no) for holder in holders):
        units = min(units, free_of_warehouse(order, line.line_no))
    return max(units, ZERO)


def outcome_of(command: KeptCommand, order: Order, facts: RootFacts) -> tuple[LineCancelOutcome, ...]:
    """What has become of an accepted cancel, line by line: requested = cancelled + pending + refused."""
    all_of_them, _ = progress_of(order, facts, facts.documents)
    progress = next((one for one in all_of_them if one.command.id == command.id), None)
    if progress is None:
        return ()
    return tuple(_outcome(progress, at, order, facts) for at in range(len(progress.shares)))


def hub_content(facts: RootFacts, order: Order, entries: Sequence[Entry]) -> Content | None:
    """The hub's record with these entries; None where it has no record and nothing to assert."""
    has_one = any(r.source == HUB and r.kind is Kind.ORDER and r.entity_id == order.id for r in facts.records)
    return _hub_content(facts, order, entries) if has_one or entries else None


def _outcome(progress: Progress, at: int, order: Order, facts: RootFacts) -> LineCancelOutcome:
    share = progress.shares[at]
    line = next(line for line in order.lines if line.line_no == share.line_no)
    before = share.total - share.granted
    shown = min(max(line.quantities.cancelled - before, ZERO), share.granted)
    mine = [row for row in facts.deliveries if row.command_id == progress.command.id]
    done = progress.is_decided and any(row.state in FINAL for row in mine)
    cancelled = share.granted if done else shown
    over = not any(row.state not in SETTLED for row in mine) and not progress.askings
    refused = share.entry.requested - cancelled if over else share.refused
    words = share.because or next((row.withdrawn_because for row in mine if row.withdrawn_because), None)
    return LineCancelOutcome(
        line_no=share.line_no,
        requested=share.entry.requested,
        cancelled=cancelled,
        pending=share.entry.requested - cancelled - refused,
        refused=refused,
        refused_because=words if refused > 0 else None,
    )


def _refusals(order: Order, facts: RootFacts, command: CancelCommand) -> Iterator[UserError]:
    if command.expected_version is not None and command.expected_version != order.version:
        message = f"the order is at version {order.version}, not {command.expected_version}: read it again"
        yield _error(UserErrorCode.CONFLICT, message, ("expectedVersion",), retryable=True)
        return
    if order.status in ENDED:
        yield _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, ENDED[order.status])
        return
    yield from note_errors(command.note)
    holders = holders_of(order, facts, facts.documents)
    if not any(holder.offers and holder.stage > 0 for holder in holders) and not _is_here_alone(facts, holders):
        names = ", ".join(sorted({holder.source for holder in holders})) or "no system"
        message = f"the hub cannot cancel it: held by {names}, and none offers {CANCEL}"
        yield _error(UserErrorCode.CAPABILITY_ABSENT, message)
        return
    entries = entries_of(facts, order.id)
    if command.lines is None:
        yield from _nothing_left(order, entries, holders)
    else:
        yield from _line_errors(order, command.lines, entries, holders)


def _is_here_alone(facts: RootFacts, holders: Sequence[Holder]) -> bool:
    """Whether no system has the order yet, and the hub, through which it came, brings it there."""
    return facts.managed_by == MANAGED and not holders


def _nothing_left(order: Order, entries: Sequence[Entry], holders: Sequence[Holder]) -> Iterator[UserError]:
    if any(available(order, line, entries, holders) > 0 for line in order.lines):
        return
    told = [line.quantities for line in order.lines]
    if any(
        one.ordered - one.rejected - one.shipped > _before(order, line, entries)
        for line, one in zip(order.lines, told, strict=True)
    ):
        message = "the warehouse has it and cannot be asked to give it back"
        yield _error(UserErrorCode.CAPABILITY_ABSENT, message)
    elif any(one.shipped > 0 for one in told):
        yield _error(UserErrorCode.ALREADY_SHIPPED, "everything that is left has shipped; take it back as a return")
    else:
        yield _error(UserErrorCode.NOT_ALLOWED_IN_STATUS, "everything that is left is being cancelled already")


def _line_errors(
    order: Order, wanted: Sequence[LineQuantity], entries: Sequence[Entry], holders: Sequence[Holder]
) -> Iterator[UserError]:
    if not wanted:
        yield _error(UserErrorCode.REQUIRED, "name at least one line, or leave `lines` out for all", ("lines",))
    lines = {line.line_no: line for line in order.lines}
    seen: set[int] = set()
    for at, one in enumerate(wanted):
        where = ("lines", str(at))
        line = lines.get(one.line_no)
        if line is None:
            yield _error(UserErrorCode.NOT_FOUND, f"the order has no line {one.line_no}", (*where, "lineNo"))
        elif one.line_no in seen:
            yield _error(UserErrorCode.DUPLICATE_LINE, f"line {one.line_no} is named twice", (*where, "lineNo"))
        else:
            yield from _quantity_error(one, line, available(order, line, entries, holders), (*where, "quantity"))
        seen.add(one.line_no)


def _quantity_error(one: LineQuantity, line: OrderLine, left: Decimal, where: tuple[str, ...]) -> Iterator[UserError]:
    quantity = one.quantity
    if not quantity.is_finite() or quantity <= 0:
        yield _error(UserErrorCode.QUANTITY_INVALID, "the quantity must be greater than zero", where)
    elif line.unit == PIECE and quantity != quantity.to_integral_value():
        yield _error(UserErrorCode.QUANTITY_INVALID, "pieces are cancelled whole", where)
    elif quantity > left:
        shipped = line.quantities.shipped
        if shipped > 0 and quantity <= left + shipped:
            message = f"{_text(shipped)} of line {line.line_no} have shipped; {_text(left)} can still be cancelled"
            yield _error(UserErrorCode.ALREADY_SHIPPED, message, where)
        else:
            message = f"only {_text(left)} of line {line.line_no} can still be cancelled"
            yield _error(UserErrorCode.QUANTITY_INVALID, message, where)


def _wanted(
    order: Order, command: CancelCommand, entries: Sequence[Entry], holders: Sequence[Holder]
) -> tuple[LineQuantity, ...]:
    if command.lines is not None:
        return tuple(sorted(command.lines, key=lambda one: one.line_no))
    left = ((line.line_no, available(order, line, entries, holders)) for line in order.lines)
    return tuple(LineQuantity(line_no=number, quantity=units) for number, units in left if units > 0)


def _consequences(
    order: Order, facts: RootFacts, command: CancelCommand, wanted: Sequence[LineQuantity]
) -> Iterator[Consequence]:
    """One row per thing that happens elsewhere, warehouses first."""
    what = _what(order, wanted)
    taken = [one for one in wanted if one.quantity > free_of_warehouse(order, one.line_no)]
    for holder in holders_of(order, facts, facts.documents):
        binding = facts.landscape.sources.get(holder.source)
        write = binding.manifest.writes.get(CANCEL) if binding else None
        reversible = write is not None and write.reversible
        if holder.stage == 0 and not taken:
            continue
        if write is None or not holder.offers:
            text = f"{holder.source} holds the order and takes no cancel from the hub: somebody must tell it."
        elif holder.stage == 0:
            text = f"{holder.source} is asked first to give back what it holds; the others are told what it grants."
        else:
            text = f"{holder.source} cancels {what}."
        yield Consequence(system=holder.system, source=holder.source, text=text, reversible=reversible)
        if binding and command.refund and holder.stage > 0 and "order.refund" in binding.manifest.absent:
            words = binding.manifest.absent["order.refund"]
            yield Consequence(system=holder.system, source=holder.source, text=words, reversible=True)


def _what(order: Order, wanted: Sequence[LineQuantity]) -> str:
    asked = {one.line_no: one.quantity for one in wanted}
    if all(asked.get(line.line_no, ZERO) >= line.quantities.ordered - line.quantities.rejected for line in order.lines):
        return "the whole order"
    return ", ".join(f"{_text(one.quantity)} of line {one.line_no}" for one in wanted)


def _before(order: Order, line: OrderLine, entries: Sequence[Entry]) -> Decimal:
    """Units of a line that are cancelled, or asserted by commands still on their way."""
    return max(line.quantities.cancelled, asserted_on(entries, order, line.line_no))


def _hub_content(facts: RootFacts, order: Order, entries: Sequence[Entry]) -> Content:
    """The hub's record with *entries*; what it says beside cancels stays as it is."""
    kept = own_content(facts, order)
    totals: dict[NaturalKey | None, Decimal] = {}
    for entry in entries:
        totals[entry.target] = max(entry.total, totals.get(entry.target, ZERO))
    if any(isinstance(one.command, SubmitCommand) and one.approval and one.approval.is_void for one in facts.commands):
        kept = replace(kept, status=OrderStatus.REJECTED.value)
    own = tuple(_called_off(line, totals) for line in kept.lines if line.target is None)
    lines = (*own, *(entry.line for entry in entries))
    return kept if lines == kept.lines else replace(kept, lines=lines)


def _called_off(line: SourceLine, totals: Mapping[NaturalKey | None, Decimal]) -> SourceLine:
    """A line of an order that was born here, with what commands have called off of it."""
    total = totals.get(line_key(HUB, Kind.ORDER, line.id)) if totals else None
    return line if total is None else replace(line, quantities=replace(line.quantities, cancelled=total))


def own_content(facts: RootFacts, order: Order) -> Content:
    """What the hub's own record says of the order; nothing where there is none."""
    mine = [r for r in facts.records if r.source == HUB and r.kind is Kind.ORDER and r.entity_id == order.id]
    return min(mine, key=lambda r: (r.source_id != order.id, r.source_id)).content if mine else Content()


def _error(
    code: UserErrorCode, message: str, field: tuple[str, ...] | None = None, *, retryable: bool = False
) -> UserError:
    return UserError(code=code, message=message, field=field, retryable=retryable)


def _text(value: Decimal) -> str:
    return format(value.normalize(), "f")
