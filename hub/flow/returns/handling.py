"""Goods that come back: what came, what becomes of it, and when nothing more is expected. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from hub.flow.cancel import Verdict
from hub.flow.returns.asked import COMING, OPEN, Asked, consequence, lines_errors, refusal, refused_by_status
from hub.flow.returns.asserted import (
    PIECE,
    disposed,
    extra_line,
    more_back,
    opened,
    order_line,
    told_back,
)
from hub.flow.returns.replacing import on_its_way
from hub.flow.submit import note_errors, quantity_errors, text_errors
from hub.model.command import Consequence, UserError, UserErrorCode
from hub.model.effects import INSPECT_RETURN, RECEIVE_RETURN, TAKE_BACK
from hub.model.observation import Content, SourceLine
from hub.model.returning import (
    CameLine,
    LookedAtLine,
    ReturnCloseCommand,
    ReturnInspectCommand,
    ReturnReceiveCommand,
)
from hub.model.returns import (
    DisposedUnits,
    Disposition,
    ReturnCondition,
    ReturnedUnits,
    ReturnGroups,
    ReturnLine,
    ReturnReceipt,
    ReturnStatus,
)
from hub.model.vocabulary import SystemKind

L = TypeVar("L", CameLine, LookedAtLine)

ZERO = Decimal(0)
KEPT = Disposition.KEEP_WITH_CUSTOMER
NOT_TAKEN = frozenset({Disposition.UNKNOWN, Disposition.NOT_RECEIVED})
"""What becomes of nothing: what did not come is missing, and nobody has looked at it."""


def judge_receive(asked: Asked[ReturnReceiveCommand]) -> Verdict:
    """Whether goods may come in for the return, and how it stands then."""
    refused = refused_by_status(asked, COMING)
    errors = (refused,) if refused is not None else tuple(_came_errors(asked))
    if errors:
        return Verdict(user_errors=errors)
    content = opened(asked.found, asked.order, asked.facts)
    for one in asked.command.lines:
        content = replace(content, lines=_with_came(content.lines, one, asked))
    content = _received(content, asked)
    return Verdict(own_return=(asked.found.id, content), consequences=tuple(_booked(asked, RECEIVE_RETURN)))


def judge_inspect(asked: Asked[ReturnInspectCommand]) -> Verdict:
    """Whether that becomes of what came, and how the return stands then."""
    refused = refused_by_status(asked, COMING | {ReturnStatus.INSPECTED})
    errors = (refused,) if refused is not None else tuple(_looked_errors(asked))
    if errors:
        return Verdict(user_errors=errors)
    content = opened(asked.found, asked.order, asked.facts)
    received = {line.line_no: line.received for line in asked.found.lines}
    for one in asked.command.lines:
        content = replace(content, lines=tuple(_looked_at(line, one, received) for line in content.lines))
        if one.disposition_taken is KEPT:
            received[one.line_no] += one.quantity
    is_whole = all(units_looked_at(line) >= received.get(int(line.id), ZERO) for line in content.lines)
    content = _told_receipt(content, asked, inspected=is_whole)
    if is_whole:
        content = replace(content, status=ReturnStatus.INSPECTED.value)
    does = (*_booked(asked, INSPECT_RETURN), *_taken_back(asked))
    return Verdict(own_return=(asked.found.id, content), consequences=does)


def judge_close(asked: Asked[ReturnCloseCommand]) -> Verdict:
    """Whether the return may end as it stands."""
    refused = refused_by_status(asked, OPEN)
    if refused is not None:
        return Verdict(user_errors=(refused,))
    errors = list(note_errors(asked.command.note))
    waiting = sum((line.received - line.inspected for line in asked.found.lines), ZERO)
    if waiting > 0:
        message = f"{waiting.normalize():f} that came back nobody has looked at"
        errors.append(refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, message))
    errors += [wrong for wrong in (on_its_way(asked.found, asked.facts),) if wrong is not None]
    if errors:
        return Verdict(user_errors=tuple(errors))
    content = replace(opened(asked.found, asked.order, asked.facts), status=ReturnStatus.CLOSED.value)
    text = "Nothing more of it is expected; what a system still waits for is ended there."
    told = Consequence(system=SystemKind.HUB, source="hub", text=text, reversible=False)
    return Verdict(own_return=(asked.found.id, content), consequences=(told,))


def units_looked_at(line: SourceLine) -> Decimal:
    """Units of a line of which people have said what becomes of them."""
    return sum((one.quantity for one in told_back(line).disposed), ZERO)


def _came_errors(asked: Asked[ReturnReceiveCommand]) -> Iterator[UserError]:
    for told in _named(asked, asked.command.lines, lambda one: one.sku):
        if isinstance(told, UserError):
            yield told
            continue
        one, line, where = told
        yield from quantity_errors(one.quantity, _unit(asked, line), (*where, "quantity"))
        yield from _item_errors(one, line, where)


def _named(
    asked: Asked[ReturnReceiveCommand] | Asked[ReturnInspectCommand], lines: Sequence[L], what: Callable[[L], object]
) -> Iterator[UserError | tuple[L, ReturnLine, tuple[str, ...]]]:
    """What is named beside the line of the return that it is about, and what is wrong with how it is named."""
    yield from lines_errors(lines)
    yield from note_errors(asked.command.note)
    seen: set[tuple[int, object]] = set()
    for at, one in enumerate(lines):
        where = ("lines", str(at))
        line = next((line for line in asked.found.lines if line.line_no == one.line_no), None)
        if line is None:
            yield refusal(UserErrorCode.NOT_FOUND, f"the return has no line {one.line_no}", *where, "lineNo")
            continue
        if (one.line_no, what(one)) in seen:
            yield refusal(UserErrorCode.DUPLICATE_LINE, f"line {one.line_no} is named twice", *where, "lineNo")
        seen.add((one.line_no, what(one)))
        yield one, line, where


def _item_errors(one: CameLine, line: ReturnLine, where: tuple[str, ...]) -> Iterator[UserError]:
    is_wrong = one.condition is ReturnCondition.WRONG_ITEM
    if is_wrong and (one.sku is None or one.sku == line.sku):
        yield refusal(UserErrorCode.REQUIRED, "say which item came instead", *where, "sku")
    elif is_wrong:
        yield from text_errors(one.sku, (*where, "sku"), needed=True)
    elif one.sku is not None and one.sku != line.sku:
        message = "another item than this line's is a WRONG_ITEM"
        yield refusal(UserErrorCode.INVALID, message, *where, "condition")


def _with_came(
    lines: Sequence[SourceLine], one: CameLine, asked: Asked[ReturnReceiveCommand]
) -> tuple[SourceLine, ...]:
    """The lines once so much has come; another item than was asked for is a line of its own."""
    if one.condition is not ReturnCondition.WRONG_ITEM:
        return tuple(_came(line, one) if line.id == str(one.line_no) else line for line in lines)
    known = next((line for line in lines if line.sku == one.sku), None)
    if known is not None:
        return tuple(_came(line, one) if line.id == known.id else line for line in lines)
    number = max([0, *(int(line.id) for line in lines), *(line.line_no for line in asked.found.lines)]) + 1
    return (*lines, extra_line(number, one.sku or "", one.quantity, ReturnedUnits(condition=one.condition)))


def _came(line: SourceLine, one: CameLine) -> SourceLine:
    return replace(more_back(line, one.quantity), back=replace(told_back(line), condition=one.condition))


def _received(content: Content, asked: Asked[ReturnReceiveCommand]) -> Content:
    """The hub's own record, with where and when goods came and how far the return is by that."""
    allowed = {line.line_no: line.authorized for line in asked.found.lines}
    before = {line.line_no: line.received for line in asked.found.lines}
    came = {line.id: max(line.quantities.returned or ZERO, before.get(int(line.id), ZERO)) for line in content.lines}
    is_whole = all(came.get(str(number), ZERO) >= units for number, units in allowed.items())
    status = ReturnStatus.RECEIVED if is_whole else ReturnStatus.PARTIALLY_RECEIVED
    content = _told_receipt(replace(content, status=status.value), asked, received=True)
    groups = content.return_ or ReturnGroups()
    receipt = replace(groups.receipt or ReturnReceipt(), warehouse=asked.command.warehouse)
    return replace(content, return_=replace(groups, receipt=receipt))


def _told_receipt(
    content: Content,
    asked: Asked[ReturnReceiveCommand] | Asked[ReturnInspectCommand],
    *,
    received: bool = False,
    inspected: bool = False,
) -> Content:
    groups = content.return_ or ReturnGroups()
    receipt = groups.receipt or ReturnReceipt()
    receipt = replace(
        receipt,
        received_at=asked.facts.now if received else receipt.received_at,
        inspected_at=asked.facts.now if inspected else receipt.inspected_at,
    )
    return replace(content, return_=replace(groups, receipt=receipt))


def _looked_errors(asked: Asked[ReturnInspectCommand]) -> Iterator[UserError]:
    looked: dict[int, Decimal] = {}
    for told in _named(asked, asked.command.lines, lambda one: one.disposition_taken):
        if isinstance(told, UserError):
            yield told
            continue
        one, line, where = told
        wrong = list(quantity_errors(one.quantity, _unit(asked, line), (*where, "quantity")))
        yield from wrong
        if one.disposition_taken in NOT_TAKEN:
            message = "say what becomes of what came; what did not come is missing"
            yield refusal(UserErrorCode.INVALID, message, *where, "dispositionTaken")
        elif not wrong:
            yield from _most_errors(one, line, looked, where)


def _most_errors(
    one: LookedAtLine, line: ReturnLine, looked: dict[int, Decimal], where: tuple[str, ...]
) -> Iterator[UserError]:
    """What came can be looked at once; what the customer keeps never came."""
    if one.disposition_taken is KEPT:
        most, what = max(line.authorized - line.received, ZERO), "has not come"
    else:
        most, what = line.received - line.inspected - looked.get(one.line_no, ZERO), "has come and is to be looked at"
        looked[one.line_no] = looked.get(one.line_no, ZERO) + one.quantity
    if one.quantity > most:
        message = f"of line {one.line_no} {max(most, ZERO).normalize():f} {what}"
        yield refusal(UserErrorCode.QUANTITY_INVALID, message, *where, "quantity")


def _looked_at(line: SourceLine, one: LookedAtLine, received: dict[int, Decimal]) -> SourceLine:
    if line.id != str(one.line_no):
        return line
    back = told_back(line)
    more = DisposedUnits(disposition=one.disposition_taken, quantity=one.quantity)
    line = replace(line, back=replace(back, disposed=disposed(back.disposed, more)))
    if one.disposition_taken is not KEPT:
        return line
    before = max(line.quantities.returned or ZERO, received.get(one.line_no, ZERO))
    return replace(line, quantities=replace(line.quantities, returned=before + one.quantity))


def _unit(asked: Asked[ReturnReceiveCommand] | Asked[ReturnInspectCommand], line: ReturnLine) -> str:
    of = order_line(line, asked.order)
    return of.unit if of is not None else PIECE


def _booked(asked: Asked[ReturnReceiveCommand] | Asked[ReturnInspectCommand], action: str) -> Iterator[Consequence]:
    what = "books what came" if action == RECEIVE_RETURN else "books what becomes of it"
    for role in (SystemKind.WMS, SystemKind.ERP):
        for one in asked.offering(role, action):
            yield consequence(one, action, f"{one.source} {what}.")


def _taken_back(asked: Asked[ReturnInspectCommand]) -> Iterator[Consequence]:
    for one in asked.offering(SystemKind.COMMERCE, TAKE_BACK):
        yield consequence(one, TAKE_BACK, f"{one.source} shows that it came back.")
