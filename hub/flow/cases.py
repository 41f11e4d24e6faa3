"""Exception cases that flow wants open for an order (domain.md 4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.flow.facts import CaseWanted, KeptDelivery, RootFacts
from hub.flow.progress import FINAL, Progress, short_of
from hub.model.cases import CaseQueue, ExceptionCode, RootCause, Severity
from hub.model.effects import CANCEL_ORDER
from hub.model.intents import DeliveryState
from hub.model.order import Order
from hub.model.vocabulary import SystemKind


def cases_of(
    order: Order,
    facts: RootFacts,
    progress: Sequence[Progress],
    stuck_at: datetime | None,
    missing: Sequence[str],
) -> tuple[CaseWanted, ...]:
    """Everything about an order that a person must look at now."""
    found = list(_too_late(order, facts, progress))
    found += _waiting(order, facts)
    if stuck_at is not None and stuck_at <= facts.now:
        found.append(_stuck(order, "status", f"order {order.number} stands at {order.status} for too long"))
    found += (_stuck(order, f"missing|{role}", _missing_text(order, role)) for role in missing)
    return tuple(found)


def _too_late(order: Order, facts: RootFacts, progress: Sequence[Progress]) -> Iterator[CaseWanted]:
    """A quantity that a source refused to cancel: it stays until somebody has told the customer (Own-1)."""
    for one in progress:
        for row in facts.deliveries:
            refused = row.command_id == one.command.id and list(_refused(row, facts))
            if refused:
                what = ", ".join(f"{units} of line {line}" for line, units in refused)
                yield CaseWanted(
                    code=ExceptionCode.CANCEL_TOO_LATE,
                    dedup_key=f"{ExceptionCode.CANCEL_TOO_LATE}|{order.id}|{row.key}",
                    title=f"{row.source} refused to cancel {what} of order {order.number}: {row.error or 'no reason'}",
                    severity=Severity.S3,
                    queue=CaseQueue.CS,
                    source=row.source,
                    suggested=("returnRequest",),
                    grows_only=True,
                )


def _refused(row: KeptDelivery, facts: RootFacts) -> Iterator[tuple[int, str]]:
    if row.state in FINAL and row.action == CANCEL_ORDER:
        for number in sorted({target.line_no for target in row.cancel.lines}):
            short = short_of(row, number, facts)
            if short > 0:
                yield number, format(short.normalize(), "f")


def _waiting(order: Order, facts: RootFacts) -> Iterator[CaseWanted]:
    """What does not go on by itself: one case for each operation, whatever number of systems it stands still at."""
    stopped: dict[str, list[KeptDelivery]] = {}
    for row in facts.deliveries:
        if row.state in (DeliveryState.DEAD, DeliveryState.REVIEW):
            stopped.setdefault(row.command_id or row.key, []).append(row)
    for rows in stopped.values():
        yield _dead(order, sorted(rows, key=lambda row: row.key))
    told = set(stopped)
    for row in facts.deliveries:
        if _is_overdue(row, facts.now) and (row.command_id or row.key) not in told:
            told.add(row.command_id or row.key)
            yield _unconfirmed(order, row)


def _dead(order: Order, rows: Sequence[KeptDelivery]) -> CaseWanted:
    """The case of deliveries of one operation that stopped; it bears the key of the first."""
    row, others = rows[0], sorted({row.source for row in rows[1:]} - {rows[0].source})
    ended = "stopped" if row.state is DeliveryState.DEAD else "has an outcome that nobody knows"
    where = f"{row.source} (and {', '.join(others)})" if others else row.source
    unknown = ("deadLetterResolve",) if any(one.state is DeliveryState.REVIEW for one in rows) else ()
    return CaseWanted(
        code=ExceptionCode.DEAD_LETTER,
        dedup_key=f"{ExceptionCode.DEAD_LETTER}|{order.id}|{row.key}",
        title=f"{row.action} at {where} for order {order.number} {ended}: {row.error or 'no words'}",
        severity=Severity.S2,
        queue=CaseQueue.INTEGRATION,
        source=row.source,
        suggested=(*unknown, "deadLetterReplay", "deadLetterDiscard"),
    )


def _is_overdue(row: KeptDelivery, now: datetime) -> bool:
    return row.state is DeliveryState.ACCEPTED and row.confirm_by is not None and row.confirm_by <= now


def _unconfirmed(order: Order, row: KeptDelivery) -> CaseWanted:
    words = f"{row.source} accepted {row.action} for order {order.number} and does not show it"
    return _stuck(order, row.key, words, source=row.source)


def _stuck(order: Order, variant: str, title: str, *, source: str | None = None) -> CaseWanted:
    return CaseWanted(
        code=ExceptionCode.ORDER_STUCK,
        dedup_key=f"{ExceptionCode.ORDER_STUCK}|{order.id}|{variant}",
        title=title,
        severity=Severity.S2,
        queue=CaseQueue.CS,
        root_cause=RootCause.UNKNOWN,
        source=source,
    )


def _missing_text(order: Order, role: str) -> str:
    name = "shop" if role == SystemKind.COMMERCE else role
    return f"order {order.number} is not in the {name}, which was asked after it should have been there"
