"""What people must look at in the life of a return; each case ends by itself when what it says does. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from hub.flow.facts import CaseWanted, Document, FlowResult, KeptDelivery, KeptRecord, RootFacts
from hub.flow.returns.asked import COMING
from hub.flow.returns.asserted import own_of, reference_in
from hub.flow.returns.refund import names_of, rows_of
from hub.flow.returns.replacing import ahead, is_dropped, is_like_for_like, is_stopped
from hub.flow.returns.shown import CAME_TO_NOTHING
from hub.model.billing import Payment, PaymentKind, PaymentStatus
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.effects import CreateReturn, InspectReturn, ReceiveReturn, Refund, TakeBack
from hub.model.intents import DeliveryState
from hub.model.order import Order
from hub.model.returns import Return, ReturnFinancialState, ReturnStatus
from hub.model.vocabulary import Kind, SystemKind

PAID_WITHIN = timedelta(days=1)
"""How long after it was looked at a return may take to be credited."""
NAMED_WITHIN = timedelta(minutes=30)
"""How long goods may lie at a dock before somebody must say whose they are: what names them may be read later."""
UNPAID = frozenset({ReturnFinancialState.NONE, ReturnFinancialState.PENDING, ReturnFinancialState.PARTIAL})
CAME = frozenset({ReturnStatus.PARTIALLY_RECEIVED.value, ReturnStatus.RECEIVED.value, ReturnStatus.INSPECTED.value})


def cases_of_returns(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> Iterator[CaseWanted]:
    """Everything about the returns of an order that a person must look at now."""
    for found in _returns(order, documents):
        if _is_closed(found, facts):
            continue
        failed = list(_failed(found, facts, documents))
        yield from failed
        due = paid_by(found, facts)
        if not failed and due is not None and due <= facts.now and not is_stopped(found, facts):
            yield _case(
                ExceptionCode.RETURN_NOT_CLOSED_FINANCIALLY,
                found,
                f"return {found.number} was looked at {PAID_WITHIN.days} day ago, and is not paid for",
                (Severity.S2, CaseQueue.FINANCE),
                ("returnRefund", "returnClose"),
            )
        due = comes_by(found)
        if due is not None and due <= facts.now:
            yield _case(
                ExceptionCode.RETURN_OVERDUE,
                found,
                f"return {found.number} was to be here by {due:%Y-%m-%d}, and is not{ahead(found, facts)}",
                (Severity.S3, CaseQueue.CS),
                ("returnClose", "returnReceive"),
            )
        yield from _refused(found, facts)


def looks_at_returns(order: Order, facts: RootFacts, documents: Mapping[str, Document]) -> list[datetime | None]:
    """When one of these cases will be due."""
    due = [at for found in _returns(order, documents) for at in (paid_by(found, facts), comes_by(found))]
    return [at for at in due if at is not None and at > facts.now]


def paid_by(found: Return, facts: RootFacts) -> datetime | None:
    """By when a return must be paid for; None where it is, or nothing is owed, or nobody says since when."""
    receipt = found.groups.receipt
    since = (receipt.inspected_at or receipt.received_at) if receipt is not None else None
    is_due = found.status in (ReturnStatus.INSPECTED, ReturnStatus.CREDITED) and found.financial_state in UNPAID
    is_due = is_due and (not is_like_for_like(found, facts) or is_dropped(found, facts))
    if not is_due or since is None or facts.is_baseline or not any(line.received > 0 for line in found.lines):
        return None
    return since + PAID_WITHIN


def comes_by(found: Return) -> datetime | None:
    """By when something must come back; None where something has, or nobody has set a day."""
    told = found.groups.authorization
    if found.status not in COMING or any(line.received > 0 for line in found.lines):
        return None
    return None if told is None else told.expires_at


def flow_of_lone_return(found: Return, facts: RootFacts) -> FlowResult:
    """A return that belongs to no order that is known: somebody must say whose it is, if goods have come."""
    came = [one for one in facts.records if one.kind is Kind.RETURN and one.lives and one.content.status in CAME]
    if not came or facts.is_baseline:
        return FlowResult()
    due = min(one.first_seen_at for one in came) + NAMED_WITHIN
    if due > facts.now:
        return FlowResult(wake_at=due)
    title = f"goods of return {found.number} came, and no order is known that they belong to"
    return FlowResult(
        cases=(
            _case(
                ExceptionCode.RETURN_UNIDENTIFIED,
                found,
                title,
                (Severity.S3, CaseQueue.WAREHOUSE),
                ("exceptionCaseAssign",),
            ),
        )
    )


def _returns(order: Order, documents: Mapping[str, Document]) -> list[Return]:
    found = (one for _, one in sorted(documents.items()) if isinstance(one, Return))
    return [one for one in found if one.order_ids == (order.id,)]


def _is_closed(found: Return, facts: RootFacts) -> bool:
    """Whether a person has ended it: what is open of it is meant to be; but money that was promised still counts."""
    own = own_of(facts, found.id)
    return own is not None and own.content.status == ReturnStatus.CLOSED.value and not names_of(found, facts)


def _failed(found: Return, facts: RootFacts, documents: Mapping[str, Document]) -> Iterator[CaseWanted]:
    """Money that should have gone back, and did not."""
    names = set(names_of(found, facts))
    rows = [row for row in rows_of(facts) if isinstance(row.content, Refund) and row.content.reference in names]
    refused = rows[-1] if rows and rows[-1].state is DeliveryState.REFUSED else None
    failed = [
        one
        for one in documents.values()
        if isinstance(one, Payment) and one.kind is PaymentKind.REFUND and one.status is PaymentStatus.FAILED
        if one.return_id == found.id or (one.groups.facts is not None and one.groups.facts.psp_ref in names)
    ]
    if refused is None and (not failed or found.financial_state is ReturnFinancialState.REFUNDED):
        return
    why = refused.error if refused is not None else _words(failed[0])
    yield _case(
        ExceptionCode.REFUND_FAILED,
        found,
        f"the refund of return {found.number} failed: {why or 'no reason'}",
        (Severity.S2, CaseQueue.FINANCE),
        ("returnRefund",),
    )


def _refused(found: Return, facts: RootFacts) -> Iterator[CaseWanted]:
    """A system that does not take what it is told of the return, until it shows it or is told otherwise."""
    reference, last = reference_in(facts, found), dict[tuple[str, str], KeptDelivery]()
    for row in facts.deliveries:
        is_told = isinstance(row.content, CreateReturn | ReceiveReturn | InspectReturn | TakeBack)
        if is_told and getattr(row.content, "reference", None) == reference:
            last[row.source, row.action] = row
    for (source, action), row in sorted(last.items()):
        if row.state is not DeliveryState.REFUSED or _is_beyond(source, found, facts):
            continue
        is_erp = facts.landscape.role(source) is SystemKind.ERP
        yield _case(
            ExceptionCode.ERP_REJECTED if is_erp else ExceptionCode.OTHER,
            found,
            f"{source} refuses {action} of return {found.number}: {row.error or 'no reason'}",
            (Severity.S2, CaseQueue.FINANCE if is_erp else CaseQueue.WAREHOUSE),
            ("returnClose", "exceptionCaseAssign"),
            source,
            action,
        )


def _is_beyond(source: str, found: Return, facts: RootFacts) -> bool:
    """Whether the source has come to the end of the return by itself."""
    ended = {ReturnStatus.INSPECTED.value, ReturnStatus.CREDITED.value, ReturnStatus.CLOSED.value} | CAME_TO_NOTHING
    mine: list[KeptRecord] = [one for one in facts.records if one.entity_id == found.id and one.source == source]
    return any(one.content.status in ended for one in mine if one.lives)


def _words(payment: Payment) -> str | None:
    return None if payment.groups.facts is None else payment.groups.facts.message


def _case(
    code: ExceptionCode,
    found: Return,
    title: str,
    how: tuple[Severity, CaseQueue],
    helps: tuple[str, ...],
    *variant: str,
) -> CaseWanted:
    return CaseWanted(
        code=code,
        dedup_key="|".join((code, found.id, *variant)),
        title=title,
        severity=how[0],
        queue=how[1],
        root_cause=RootCause.UNKNOWN,
        suggested=helps,
    )
