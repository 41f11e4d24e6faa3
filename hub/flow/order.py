"""Flow of an order: everything that should exist now, computed from the facts each time anew (Flow-1 to Flow-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub.flow.allocation import allocate
from hub.flow.cancel import hub_content
from hub.flow.cases import cases_of
from hub.flow.cycle.cycle import cycle_of, held_by_checks, may_be_placed, stage_of
from hub.flow.cycle.shown import is_shown
from hub.flow.facts import HUB, FlowResult, KeptCommand, KeptDelivery, Picture, RootFacts
from hub.flow.held import held_cases
from hub.flow.holding import blocks_of
from hub.flow.kill import is_killed, kill_of
from hub.flow.lapsing import held_since
from hub.flow.progress import Asking, Progress, progress_of
from hub.flow.publication import flow_of_product
from hub.flow.returns.cases import cases_of_returns, flow_of_lone_return, looks_at_returns
from hub.flow.returns.paying import refunds_awaited
from hub.flow.returns.sending import cases_of_sending, sent_out
from hub.flow.returns.telling import returns_told
from hub.model.cases import Hold, HoldType
from hub.model.command import SubmitCommand
from hub.model.effects import CancelOrder
from hub.model.intents import DeliveryState, Intent, IntentOf, Mode
from hub.model.order import Order, OrderStatus
from hub.model.product import Product
from hub.model.returns import Return
from hub.model.vocabulary import Kind, SystemKind

CONFIRM_WITHIN = timedelta(minutes=15)
"""How long a system may take to confirm a command before somebody looks."""

OUT = frozenset({DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED, DeliveryState.REVIEW})
"""A delivery that may have had its effect: what a record shows can settle it."""

STUCK_AFTER: Mapping[OrderStatus, tuple[SystemKind, timedelta]] = {
    OrderStatus.PENDING_ACCEPTANCE: (SystemKind.ERP, timedelta(minutes=5)),
    OrderStatus.ACCEPTED: (SystemKind.ERP, timedelta(minutes=12)),
    OrderStatus.VALIDATED: (SystemKind.WMS, timedelta(minutes=10)),
    OrderStatus.ALLOCATED: (SystemKind.WMS, timedelta(minutes=30)),
    OrderStatus.RELEASED: (SystemKind.WMS, timedelta(hours=24)),
    OrderStatus.SHIPPED: (SystemKind.ERP, timedelta(days=1)),
}
"""Who must act next and how long it may take (age targets of domain.md 2.4.2)."""


def flow(facts: RootFacts, picture: Picture) -> FlowResult:
    """Everything that should exist now for a root; nothing for one that is neither an order nor a product.

    The same facts give the same result, so running it again is always safe. What a record shows as done is settled
    first, so the next turn of a command comes in the same run.
    """
    order = picture.documents.get(facts.root_id)
    if isinstance(order, Product):
        return flow_of_product(order, facts, picture)
    if isinstance(order, Return) and not order.order_ids:
        return flow_of_lone_return(order, facts)
    if not isinstance(order, Order):
        return FlowResult(wake_at=picture.decide_at)
    shown = tuple(row.id for row in facts.deliveries if row.state in OUT and is_shown(row, facts))
    if shown:
        rows = tuple(_settled(row, facts.now) if row.id in shown else row for row in facts.deliveries)
        facts = replace(facts, deliveries=rows)
    progress, entries = progress_of(order, facts, picture.documents)
    stage = stage_of(order, facts, picture, entries)
    holds = tuple(_holds(order, facts, held_by_checks(stage)))
    by_people = [one for one in facts.holds if one.placed_by != HUB]
    holding = (*holds, *by_people)
    stage = stage and stage.held(holding)
    may_begin = may_be_placed(stage)
    since = None if may_begin else held_since(holding)
    placing = allocate(order, facts, picture, may_begin=may_begin, held_since=since)
    kill = kill_of(order, facts, placing.decision or facts.decision)
    if placing.allocation is not facts.allocation:
        facts = replace(facts, allocation=placing.allocation)
    cycle = cycle_of(stage and stage.placed(facts))
    stuck_at = None if facts.is_baseline or cycle.waits_because is not None else stuck_by(order, facts)
    missing = () if facts.is_baseline else picture.missing_in.get(order.id, ())
    returning = picture.documents if any(isinstance(one, Return) for one in picture.documents.values()) else {}
    looks = (stuck_at, picture.decide_at, placing.wake_at, *cycle.wake_at, *looks_at_returns(order, facts, returning))
    return FlowResult(
        intents=(
            *(_intent(asking, one, order) for one in progress for asking in one.askings),
            *cycle.intents,
            *returns_told(order, facts, returning),
            *sent_out(order, facts, picture.documents),
        ),
        cases=(
            *cases_of(order, facts, progress, stuck_at, missing),
            *held_cases(order, holds, facts),
            *cycle.cases,
            *(() if kill is not None or is_killed(facts) else placing.cases),
            *cases_of_returns(order, facts, returning),
            *cases_of_sending(order, facts, picture.documents),
        ),
        holds=holds,
        wake_at=_next(facts.now, (*_deadlines(facts), *looks)),
        hub_record=hub_content(facts, order, entries),
        remains={**cycle.remains, **refunds_awaited(facts)},
        unwanted={**cycle.unwanted, **{key: why for one in progress for key, why in one.unwanted.items()}},
        shown=shown,
        decision=placing.decision,
        reservations=placing.reservations,
        asks_stock=placing.asks_stock,
        kill=kill,
    )


def stuck_by(order: Order, facts: RootFacts) -> datetime | None:
    """When an order that the hub manages is stuck unless it moves; None where nobody is there to move it (Flow-3)."""
    waited = STUCK_AFTER.get(order.status)
    if facts.managed_by != "HUB" or waited is None or order.status_since is None:
        return None
    who, patience = waited
    return order.status_since + patience if facts.landscape.of(who) else None


def is_whole(content: CancelOrder, order: Order) -> bool:
    """Whether nothing of the order is left once this is done: then shipping costs go with it."""
    told = [(line.quantities, content.total(line.line_no)) for line in order.lines]
    return bool(told) and all(
        line.shipped == 0 and max(total, line.cancelled) >= line.ordered - line.rejected for line, total in told
    )


def _settled(row: KeptDelivery, now: datetime) -> KeptDelivery:
    return replace(row, state=DeliveryState.DONE, settled_at=now, grants=())


def _intent(asking: Asking, progress: Progress, order: Order) -> Intent:
    command = progress.cancel
    row = asking.delivery
    keeps = row is not None and (row.state in OUT or row.has_begun)
    content = CancelOrder(
        lines=asking.targets,
        reason=command.reason,
        note=command.note,
        refund=command.refund,
        notify_customer=command.notify_customer,
    )
    return IntentOf(
        source=asking.holder.source,
        kind=asking.holder.kind,
        source_id=asking.holder.source_id,
        action="order.cancel",
        key=asking.key,
        content=row.content if row is not None and keeps else replace(content, whole=is_whole(content, order)),
        mode=Mode.ONCE,
        priority=2,
        command_id=progress.command.id,
        confirm_by=progress.command.begun_at + CONFIRM_WITHIN,
    )


def _holds(order: Order, facts: RootFacts, by_checks: Mapping[HoldType, str]) -> Iterator[Hold]:
    """What sources say keeps the order from going on, the union of them (domain.md 2.3), and checks it did not pass."""
    since = {hold.type: hold.placed_at for hold in facts.holds if hold.placed_by == HUB}
    words: dict[HoldType, str] = {}
    for record in sorted(facts.records, key=lambda record: (record.source, record.source_id)):
        if record.kind is Kind.ORDER and record.entity_id == order.id and record.lives:
            for held in record.content.holds:
                words.setdefault(held, f"{record.source} says {record.content.raw_status or held}")
    unapproved = [(HoldType.APPROVAL, why) for one in facts.commands if (why := unapproved_submit(one)) is not None]
    words = {**by_checks, **dict(unapproved), **words}
    for held in sorted(words):
        yield Hold(
            id=f"{order.id}/{held}",
            type=held,
            placed_by=HUB,
            placed_at=since.get(held, facts.now),
            reason=words[held],
            blocks=blocks_of(held),
        )


def unapproved_submit(one: KeptCommand) -> str | None:
    """Why an order that a command brought in may not go on: somebody must say yes first. None where that is no matter.

    The order is there to be seen, and held.
    """
    if one.approval is None or not isinstance(one.command, SubmitCommand):
        return None
    return one.approval.story if one.approval.waits or one.approval.is_void else None


def _deadlines(facts: RootFacts) -> list[datetime | None]:
    waiting = [one.approval.until for one in facts.commands if one.approval is not None and one.approval.waits]
    return waiting + [row.confirm_by for row in facts.deliveries if row.state in OUT | {DeliveryState.PENDING}]


def _next(now: datetime, times: Sequence[datetime | None]) -> datetime | None:
    """The earliest instant that lies ahead."""
    return min((at for at in times if at is not None and at > now), default=None)
