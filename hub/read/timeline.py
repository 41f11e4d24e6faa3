"""What happened to an order, in order: milestones, papers, commands, deliveries, holds and cases.

Pure. Sorted by when it happened, then by when the hub saw it; what was inferred or came late is marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hub.flow.facts import HUB, KeptDelivery, KeptMilestone
from hub.merge.authority import system_of
from hub.model.command import CancelCommand
from hub.model.intents import DeliveryState
from hub.model.shipment import Milestone, Shipment, ShipmentMilestone
from hub.model.views import TimelineEntry
from hub.model.vocabulary import Kind, SystemKind
from hub.read.paperwork import paperwork
from hub.read.whole import Whole

LATE_AFTER = timedelta(hours=1)
"""Seen so long after it happened, of an object that the hub already knew, is late."""

RANKS = {milestone: rank for rank, milestone in enumerate(ShipmentMilestone)}
ENDS = {
    DeliveryState.DONE: ("done", "done at {source}"),
    DeliveryState.ACCEPTED: ("accepted", "accepted by {source}"),
    DeliveryState.REFUSED: ("refused", "refused by {source}"),
    DeliveryState.DEAD: ("failed", "given up at {source}"),
    DeliveryState.UNKNOWN: ("unknown", "sent to {source}, its answer lost"),
    DeliveryState.REVIEW: ("review", "needs a person: its outcome at {source} is unknown"),
    DeliveryState.WITHDRAWN: ("withdrawn", "no longer wanted at {source}"),
}


def timeline(whole: Whole) -> tuple[TimelineEntry, ...]:
    """Everything that happened, oldest first."""
    entries = [*_placed(whole), *_records(whole), *_milestones(whole), *_inferred(whole)]
    entries += [
        *paperwork(whole),
        *_commands(whole),
        *_deliveries(whole),
        *_work(whole),
        *_decisions(whole),
        *_routed(whole),
    ]
    return tuple(sorted(entries, key=lambda one: (one.occurred_at, one.observed_at, one.event, one.text)))


def _placed(whole: Whole) -> Iterator[TimelineEntry]:
    head = whole.order.groups.commercial
    if head is None or head.placed_at is None:
        return
    records = [one for one in whole.stored.records if one.kind is Kind.ORDER and one.source != HUB]
    first = min(records, key=lambda one: one.first_seen_at, default=None)
    yield TimelineEntry(
        occurred_at=head.placed_at,
        observed_at=first.first_seen_at if first else head.placed_at,
        system=system_of(first.source, whole.landscape) if first else SystemKind.HUB,
        source=first.source if first else None,
        event="order.placed",
        text=f"Order {whole.order.number} placed" + (f" through {head.channel}" if head.channel else ""),
    )


def _records(whole: Whole) -> Iterator[TimelineEntry]:
    for record in whole.stored.records:
        if record.source == HUB or record.kind is not Kind.ORDER:
            continue
        yield TimelineEntry(
            occurred_at=record.first_seen_at,
            observed_at=record.first_seen_at,
            system=system_of(record.source, whole.landscape),
            source=record.source,
            event="order.seen",
            text=f"First seen in {record.source}" + (f" as {record.content.number}" if record.content.number else ""),
        )


def _milestones(whole: Whole) -> Iterator[TimelineEntry]:
    """Each milestone as whoever told it first, by when it happened, tells it; who else told it is named."""
    known_since = {(one.source, one.kind, one.source_id, one.birth): one.first_seen_at for one in whole.stored.records}
    for one, also in _told_once(whole.stored.milestones):
        since = known_since.get((one.source, one.kind, one.source_id, one.birth), one.first_seen_at)
        undone = "no longer " if one.reverses else ""
        yield TimelineEntry(
            occurred_at=one.occurred_at or one.first_seen_at,
            observed_at=one.first_seen_at,
            system=system_of(one.source, whole.landscape),
            source=one.source,
            event=f"{one.kind.value.lower()}.{one.milestone.value.lower()}{'.reversed' if one.reverses else ''}",
            text=f"{_named(whole, one.entity_id)} {undone}{_words(one.milestone)}"
            + (f", {one.part}" if one.part else "")
            + (f" (also {', '.join(also)})" if also else ""),
            is_late=one.first_seen_at > since and _is_late(one, whole.stored.milestones),
        )


def _told_once(told: Iterable[KeptMilestone]) -> Iterator[tuple[KeptMilestone, list[str]]]:
    """Two feeds, one parcel: what several sources tell of one step is told once (domain.md 2.5.1 rule 5)."""
    groups: dict[tuple[str, str, ShipmentMilestone, bool], list[KeptMilestone]] = {}
    for one in told:
        groups.setdefault((one.entity_id, one.part, one.milestone, one.reverses), []).append(one)
    for group in groups.values():
        first = min(group, key=lambda one: (one.occurred_at or one.first_seen_at, one.first_seen_at, one.source))
        also = sorted({one.source for one in group} - {first.source})
        for one in group:
            if one.source == first.source:
                yield one, also if one is first else []


def _is_late(one: KeptMilestone, others: Iterable[KeptMilestone]) -> bool:
    if one.occurred_at is not None and one.first_seen_at - one.occurred_at > LATE_AFTER:
        return True
    return any(
        other.entity_id == one.entity_id
        and other.part == one.part
        and RANKS[other.milestone] > RANKS[one.milestone]
        and other.first_seen_at < one.first_seen_at
        for other in others
    )


def _inferred(whole: Whole) -> Iterator[TimelineEntry]:
    for shipment in whole.stored.members.shipments:
        for place, step in enumerate(shipment.milestones):
            follows = _next_told(shipment.milestones[place + 1 :]) if step.is_inferred else None
            if follows is not None:
                yield _concluded(whole, shipment, step, follows)


def _next_told(later: Iterable[Milestone]) -> datetime | None:
    return next((step.occurred_at for step in later if step.occurred_at is not None), None)


def _concluded(whole: Whole, shipment: Shipment, step: Milestone, follows: datetime) -> TimelineEntry:
    return TimelineEntry(
        occurred_at=follows,
        observed_at=follows,
        system=SystemKind.HUB,
        event=f"shipment.{step.milestone.value.lower()}",
        text=f"{_named(whole, shipment.id)} {_words(step.milestone)}: concluded from what followed",
        is_inferred=True,
    )


def _named(whole: Whole, entity_id: str) -> str:
    for shipment in whole.stored.members.shipments:
        if shipment.id == entity_id:
            return f"Shipment {shipment.number}" if shipment.number else "Shipment"
    return f"Order {whole.order.number}"


def _words(milestone: ShipmentMilestone) -> str:
    return milestone.value.replace("_", " ").lower()


def _commands(whole: Whole) -> Iterator[TimelineEntry]:
    for one in whole.stored.commands:
        command, note = one.command, f": {one.command.note}" if one.command.note else ""
        why = f", {command.reason.value.lower()}" if isinstance(command, CancelCommand) else ""
        yield TimelineEntry(
            occurred_at=one.accepted_at,
            observed_at=one.accepted_at,
            system=SystemKind.HUB,
            source=HUB,
            actor=one.actor,
            event=f"command.{one.operation}",
            text=f"{one.actor} asked: {one.operation}{why}{note}",
            correlation_id=one.correlation_id or None,
        )


_DECIDED = {
    "orderNoteAdd": ("order.note_added", "text"),
    "orderHoldPlace": ("order.hold_placed", "type"),
    "orderHoldRelease": ("order.hold_released", "reason"),
}


def _decisions(whole: Whole) -> Iterator[TimelineEntry]:
    """What people decided and said, in their words."""
    for one in whole.stored.decisions:
        event, said = _DECIDED.get(one.operation, (one.operation, "reason"))
        words = [str(one.input[name]) for name in (said, "reason") if one.input.get(name)]
        yield TimelineEntry(
            occurred_at=one.accepted_at,
            observed_at=one.accepted_at,
            system=SystemKind.HUB,
            actor=one.actor,
            event=event,
            text=": ".join((one.operation, *dict.fromkeys(words))),
            correlation_id=one.correlation_id or None,
        )


def _routed(whole: Whole) -> Iterator[TimelineEntry]:
    """Which warehouse was chosen, and each time that was decided anew, by which version of the policy and why."""
    now = whole.order.routing_decision
    for place, one in enumerate((*whole.order.earlier_decisions, *(() if now is None else (now,)))):
        yield TimelineEntry(
            occurred_at=one.decided_at,
            observed_at=one.decided_at,
            system=SystemKind.HUB,
            source=HUB,
            event="order.rerouted" if place else "order.routed",
            text=f"Routed{' again' if place else ''}: {one.explanation}",
        )


def _deliveries(whole: Whole) -> Iterator[TimelineEntry]:
    for one in whole.stored.deliveries:
        when = one.settled_at or one.claimed_at
        if one.state in ENDS and when is not None:
            yield _ended(whole, one, when)


def _ended(whole: Whole, one: KeptDelivery, when: datetime) -> TimelineEntry:
    word, said = ENDS[one.state]
    why = one.error or one.withdrawn_because
    command = next((known for known in whole.stored.commands if known.id == one.command_id), None)
    return TimelineEntry(
        occurred_at=when,
        observed_at=when,
        system=system_of(one.source, whole.landscape),
        source=one.source,
        event=f"{one.action}.{word}",
        text=f"{one.action} {said.format(source=one.source)}" + (f": {why}" if why else ""),
        correlation_id=(command.correlation_id or None) if command else None,
    )


def _work(whole: Whole) -> Iterator[TimelineEntry]:
    for hold in whole.stored.holds:
        yield TimelineEntry(
            occurred_at=hold.placed_at,
            observed_at=hold.placed_at,
            system=SystemKind.HUB,
            source=HUB,
            actor=hold.placed_by,
            event="hold.placed",
            text=f"Held: {hold.reason or hold.type.value.replace('_', ' ').lower()}",
        )
    for case in whole.stored.cases:
        yield TimelineEntry(
            occurred_at=case.first_seen_at,
            observed_at=case.first_seen_at,
            system=SystemKind.HUB,
            source=HUB,
            event=f"case.{case.code.value.lower()}",
            text=case.title,
        )
