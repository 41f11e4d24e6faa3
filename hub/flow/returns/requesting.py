"""Asking that something comes back, allowing and refusing it: what may be asked, and what the hub then says. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase

from hub.flow.cancel import Verdict
from hub.flow.returns.asked import BEFORE, OVER, Asked, consequence, lines_errors, refusal, refused_by_status
from hub.flow.returns.asserted import line_for, opened, own_of, told_back
from hub.flow.returns.exchanging import priced, type_errors
from hub.flow.returns.replacing import sent
from hub.flow.submit import note_errors, quantity_errors
from hub.model.command import Consequence, UserError, UserErrorCode
from hub.model.effects import CREATE_RETURN
from hub.model.observation import Content, SourceLine
from hub.model.order import OrderLine
from hub.model.policy import NamedReturns, Outside
from hub.model.returning import (
    AllowedLine,
    BackLine,
    ReturnAuthorizeCommand,
    ReturnCancelCommand,
    ReturnDeclineCommand,
    ReturnRequestCommand,
)
from hub.model.returns import (
    Disposition,
    Return,
    ReturnAuthorization,
    ReturnedUnits,
    ReturnGroups,
    ReturnInitiator,
    ReturnReason,
    ReturnRequestFacts,
    ReturnStatus,
    ReturnTerms,
)
from hub.model.shipment import Shipment
from hub.model.vocabulary import SystemKind

ZERO = Decimal(0)
CANCELLABLE = BEFORE | {ReturnStatus.AUTHORIZED, ReturnStatus.IN_TRANSIT}
"""Of what stands there, nothing has come."""
NO_WISH = frozenset({Disposition.UNKNOWN, Disposition.NOT_RECEIVED})
"""What cannot be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """What a policy says of a return that is asked for."""

    reasons: tuple[str, ...] = ()
    """Why it is not allowed; none: it is."""
    window_ends_at: datetime | None = None


def judge_request(asked: Asked[ReturnRequestCommand]) -> Verdict:
    """Whether so much of the order may be asked to come back, and how the return begins."""
    errors = tuple(_refusals(asked))
    known = eligibility(asked)
    if not errors and known.reasons and asked.policy.policy.outside is Outside.REFUSE:
        errors = tuple(refusal(UserErrorCode.INVALID, f"it may not come back: {why}", "lines") for why in known.reasons)
    if errors:
        return Verdict(user_errors=errors)
    status = ReturnStatus.REQUESTED
    if known.reasons:
        status = ReturnStatus.IN_REVIEW
    elif asked.command.authorize:
        status = ReturnStatus.AUTHORIZED
    content = _begun(asked, known, status)
    told = _waits(asked, known) if known.reasons else ()
    does = _consequences(asked) if status is ReturnStatus.AUTHORIZED else ()
    return Verdict(own_return=(asked.found.id, content), consequences=(*told, *does))


def judge_authorize(asked: Asked[ReturnAuthorizeCommand]) -> Verdict:
    """Whether the return may be allowed, or a part of it."""
    if (refused := refused_by_status(asked, BEFORE)) is not None:
        return Verdict(user_errors=(refused,))
    errors = (*note_errors(asked.command.note), *_allowed_errors(asked))
    if errors:
        return Verdict(user_errors=errors)
    content = opened(asked.found, asked.order, asked.facts)
    allowed = {one.line_no: one.quantity for one in asked.command.lines or ()}
    lines = tuple(_allowed(line, allowed) if asked.command.lines is not None else line for line in content.lines)
    content = authorized(replace(content, lines=lines), asked)
    return Verdict(own_return=(asked.found.id, content), consequences=tuple(_consequences(asked)))


def judge_decline(asked: Asked[ReturnDeclineCommand]) -> Verdict:
    """Whether the return may be refused."""
    refused = refused_by_status(asked, BEFORE)
    errors = (refused,) if refused is not None else tuple(note_errors(asked.command.note))
    if errors:
        return Verdict(user_errors=errors)
    content = opened(asked.found, asked.order, asked.facts)
    return Verdict(own_return=(asked.found.id, replace(content, status=ReturnStatus.DECLINED.value)))


def judge_cancel(asked: Asked[ReturnCancelCommand]) -> Verdict:
    """Whether the return may be called off: nothing of it has come."""
    refused = refused_by_status(asked, CANCELLABLE) or not_come(asked.found)
    errors = (refused,) if refused is not None else tuple(note_errors(asked.command.note))
    if errors:
        return Verdict(user_errors=errors)
    content = replace(opened(asked.found, asked.order, asked.facts), status=ReturnStatus.CANCELLED.value)
    texts = ["Nothing of it is expected any more; what a system still waits for is ended there."]
    if sent(asked.found, asked.facts) is not None:
        texts.append("What goes out instead is called back, as far as it has not left.")
    told = tuple(Consequence(system=SystemKind.HUB, source="hub", text=text, reversible=False) for text in texts)
    return Verdict(own_return=(asked.found.id, content), consequences=told)


def not_come(found: Return) -> UserError | None:
    """Why a return of which something has come is not called off."""
    if not any(line.received > 0 for line in found.lines):
        return None
    return refusal(UserErrorCode.NOT_ALLOWED_IN_STATUS, "something of it has come: close it instead")


def authorized(content: Content, asked: Asked[ReturnRequestCommand] | Asked[ReturnAuthorizeCommand]) -> Content:
    """The hub's own record, allowed from now on and for as long as the policy says."""
    groups = content.return_ or ReturnGroups()
    told = groups.authorization or ReturnAuthorization()
    told = replace(
        told,
        authorized_at=asked.facts.now,
        authorized_by="hub",
        expires_at=asked.facts.now + asked.policy.policy.expires,
        terms=told.terms or terms_now(asked.policy),
    )
    return replace(content, status=ReturnStatus.AUTHORIZED.value, return_=replace(groups, authorization=told))


def terms_now(policy: NamedReturns) -> ReturnTerms:
    """The policy's terms, under its name and version."""
    return replace(policy.policy.terms, policy=policy.name, version=policy.version)


def returnable(line: OrderLine, asked: Asked[ReturnRequestCommand]) -> Decimal:
    """Units of a line that left, and that no other return has asked for or brought back."""
    others = [one for one in asked.documents.values() if isinstance(one, Return) and one.id != asked.found.id]
    taken = sum((_taken(one, line) for one in others if asked.order.id in one.order_ids), ZERO)
    return max(line.quantities.shipped - max(taken, line.quantities.returned), ZERO)


def eligibility(asked: Asked[ReturnRequestCommand]) -> Eligibility:
    """Whether a policy allows what is asked for: in time, for such a reason, of such an item."""
    policy, command = asked.policy, asked.command
    rule, lines = policy.policy, {line.line_no: line for line in asked.order.lines}
    left_at = _left_at(asked)
    ends = None if rule.window is None or left_at is None else left_at + rule.window
    reasons = ["a rule asks for it"] if policy.needs_decision else []
    if ends is not None and ends < asked.facts.now:
        reasons.append(f"returns of it ended on {ends:%Y-%m-%d}")
    for one in command.lines:
        of = lines.get(one.line_no)
        if one.reason in rule.refused_reasons:
            reasons.append(f"not for the reason {one.reason.value.lower().replace('_', ' ')}")
        if of is not None and any(fnmatchcase(of.sku, pattern) for pattern in rule.excluded):
            reasons.append(f"{of.sku} does not come back")
    return Eligibility(reasons=tuple(dict.fromkeys(reasons)), window_ends_at=ends)


def _refusals(asked: Asked[ReturnRequestCommand]) -> Iterator[UserError]:
    command = asked.command
    yield from lines_errors(command.lines)
    yield from note_errors(command.note)
    yield from type_errors(asked)
    seen: set[int] = set()
    for at, one in enumerate(command.lines):
        yield from _line_errors(asked, one, ("lines", str(at)), again=one.line_no in seen)
        seen.add(one.line_no)


def _line_errors(
    asked: Asked[ReturnRequestCommand], one: BackLine, where: tuple[str, ...], *, again: bool
) -> Iterator[UserError]:
    line = next((line for line in asked.order.lines if line.line_no == one.line_no), None)
    if line is None:
        message = f"the order has no line {one.line_no}"
        yield refusal(UserErrorCode.NOT_FOUND, message, *where, "lineNo")
        return
    if again:
        yield refusal(UserErrorCode.DUPLICATE_LINE, f"line {one.line_no} is named twice", *where, "lineNo")
    wrong = list(quantity_errors(one.quantity, line.unit, (*where, "quantity")))
    yield from wrong
    most = returnable(line, asked)
    if not wrong and one.quantity > most:
        message = f"of line {one.line_no} {most.normalize():f} can come back"
        yield refusal(UserErrorCode.EXCEEDS_RETURNABLE, message, *where, "quantity")
    if one.disposition_requested in NO_WISH:
        yield refusal(UserErrorCode.INVALID, "say what should become of it", *where, "dispositionRequested")


def _begun(asked: Asked[ReturnRequestCommand], known: Eligibility, status: ReturnStatus) -> Content:
    """The hub's own record of a return that is asked for."""
    command, own = asked.command, own_of(asked.facts, asked.found.id)
    lines = {line.line_no: line for line in asked.order.lines}
    content = replace(
        own.content if own is not None else Content(),
        status=status.value,
        return_=ReturnGroups(
            request=ReturnRequestFacts(
                type=command.type,
                initiated_via=ReturnInitiator.CS,
                reason=_one_reason(command),
                requested_at=asked.facts.now,
                note=command.note,
                exchange_lines=priced(command.exchange_lines, asked.order),
            ),
            authorization=ReturnAuthorization(window_ends_at=known.window_ends_at, terms=terms_now(asked.policy)),
        ),
        lines=tuple(
            line_for(
                number,
                lines[one.line_no],
                one.quantity,
                ReturnedUnits(reason=one.reason, disposition_requested=one.disposition_requested),
            )
            for number, one in enumerate(command.lines, start=1)
        ),
    )
    return authorized(content, asked) if status is ReturnStatus.AUTHORIZED else content


def _allowed_errors(asked: Asked[ReturnAuthorizeCommand]) -> Iterator[UserError]:
    if asked.command.lines is None:
        return
    yield from lines_errors(asked.command.lines)
    seen: set[int] = set()
    for at, one in enumerate(asked.command.lines):
        line = next((line for line in asked.found.lines if line.line_no == one.line_no), None)
        where = ("lines", str(at))
        if line is None:
            yield refusal(UserErrorCode.NOT_FOUND, f"the return has no line {one.line_no}", *where, "lineNo")
        elif one.line_no in seen:
            yield refusal(UserErrorCode.DUPLICATE_LINE, f"line {one.line_no} is named twice", *where, "lineNo")
        else:
            yield from _allowed_quantity(one, line.requested, where)
        seen.add(one.line_no)


def _allowed_quantity(one: AllowedLine, requested: Decimal, where: tuple[str, ...]) -> Iterator[UserError]:
    if not one.quantity.is_finite() or not 0 < one.quantity <= requested:
        message = f"of {requested.normalize():f} asked for more than none and no more than all can be allowed"
        yield refusal(UserErrorCode.QUANTITY_INVALID, message, *where, "quantity")


def _allowed(line: SourceLine, allowed: dict[int, Decimal]) -> SourceLine:
    """A line of which so much is allowed; what is not named is not."""
    return replace(line, back=replace(told_back(line), authorized=allowed.get(int(line.id), ZERO)))


def _taken(other: Return, line: OrderLine) -> Decimal:
    """Units of a line that another return keeps from being asked for again."""
    if other.status in OVER - {ReturnStatus.CLOSED}:
        return ZERO
    mine = [one for one in other.lines if one.order_line_id == line.id]
    if other.status in OVER:
        return sum((one.received for one in mine), ZERO)
    return sum((max(one.requested, one.received) for one in mine), ZERO)


def _left_at(asked: Asked[ReturnRequestCommand]) -> datetime | None:
    """When the last of the order left; when it was placed, where nobody says."""
    told = [
        one.groups.execution.shipped_at
        for one in asked.documents.values()
        if isinstance(one, Shipment) and asked.order.id in one.order_ids and one.groups.execution is not None
    ]
    head = asked.order.groups.commercial
    left = [at for at in told if at is not None]
    return max(left) if left else (head.placed_at if head is not None else None)


def _one_reason(command: ReturnRequestCommand) -> ReturnReason | None:
    reasons = {one.reason for one in command.lines}
    return next(iter(reasons)) if len(reasons) == 1 else None


def _waits(asked: Asked[ReturnRequestCommand], known: Eligibility) -> tuple[Consequence, ...]:
    text = f"Somebody must decide first: {'; '.join(known.reasons)}."
    return (Consequence(system=SystemKind.HUB, source="hub", text=text, reversible=True),)


def _consequences(asked: Asked[ReturnRequestCommand] | Asked[ReturnAuthorizeCommand]) -> Iterator[Consequence]:
    for role, text in ((SystemKind.ERP, "gets the return"), (SystemKind.WMS, "expects the goods")):
        for one in asked.offering(role, CREATE_RETURN):
            yield consequence(one, CREATE_RETURN, f"{one.source} {text}.")
