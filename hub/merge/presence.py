"""Which systems should hold an order and, as far as coverage proves, do not (rule Flow-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.flow.facts import HUB, KeptRecord
from hub.merge.authority import BIRTH, by_authority, places
from hub.merge.counters import TERMINAL
from hub.merge.ground import Ground
from hub.model.manifest import SourceBinding
from hub.model.order import Order
from hub.model.shipment import FulfillmentRequestStatus
from hub.model.vocabulary import Kind, SystemKind

GRACE = timedelta(minutes=5)
"""How long after a fact a system may still lack it without that meaning anything."""
LOOK_AGAIN = timedelta(minutes=1)
"""How soon an absence is looked at again that coverage does not prove yet."""
LOOK_LATER = timedelta(minutes=30)
"""The same for what came with a first load where nothing is known of the other system yet: there are many, no case
hangs on it, and they are woken when all of that system was seen (`hub.store.cursors.mark`)."""

HELD_AS: Mapping[SystemKind, tuple[Kind, ...]] = {
    SystemKind.WMS: (Kind.SHIPMENT, Kind.FULFILLMENT_ORDER),
    SystemKind.CARRIER: (Kind.SHIPMENT,),
    SystemKind.PAYMENT: (Kind.PAYMENT,),
}
"""As what a system holds an order; as an order where it is not listed."""


_BORN = (*BIRTH, *(role for role in SystemKind if role not in BIRTH))


ASKED = frozenset(
    {
        FulfillmentRequestStatus.SUBMITTED.value,
        FulfillmentRequestStatus.ACCEPTED.value,
        FulfillmentRequestStatus.CLOSED.value,
    }
)
"""Requests that a warehouse should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What is missing, and when to look again at what cannot be said yet."""

    missing: tuple[str, ...] = ()
    """Roles, in the order of the vocabulary."""
    look_at: datetime | None = None


def born_in(ground: Ground, records: Sequence[KeptRecord]) -> KeptRecord | None:
    """The record of the system where an order was born, alive or gone: hub, shop, ERP, then others (design D1).

    The hub bore an order if it gave it a number, whoever shows it since; else its record holds nothing but what
    commands assert.
    """
    orders = [r for r in records if r.kind is Kind.ORDER and (r.source != HUB or r.content.number)]
    if len(orders) < 2:
        return orders[0] if orders else None
    numbered = [record for record in orders if record.content.number] or orders
    numbered = [record for record in numbered if record.source == HUB] or numbered
    return min(
        by_authority(numbered, _BORN, ground.landscape),
        key=lambda record: (places(_BORN)[ground.system(record.source)], record.source, record.birth, record.source_id),
        default=None,
    )


def absence_of(ground: Ground, order: Order) -> Absence:
    """Systems that the source of birth expects to hold the order and that were asked late enough to know it.

    A warehouse is expected to know what it was asked for; nobody is expected to take on what ended before.
    """
    records = ground.records.get(order.id, ())
    birth = born_in(ground, records)
    binding = ground.landscape.sources.get(birth.source) if birth else None
    if birth is None or binding is None:
        return Absence()
    placed_at = order.groups.commercial.placed_at if order.groups.commercial else None
    missing: list[str] = []
    looks: list[datetime] = []
    for role in SystemKind:
        sources = [source for source in ground.landscape.of(role) if not source.is_retired]
        if role not in binding.expects or not sources or holds(ground, order.id, role):
            continue
        asked = _asked_at(ground, order, role, placed_at or birth.first_seen_at)
        if asked is None:
            continue
        if all(_covered(ground, source, role, asked + GRACE) for source in sources):
            missing.append(role.value)
        else:
            is_unknown = ground.facts.is_baseline and not any(_through(ground, source, role) for source in sources)
            looks.append(max(asked + GRACE, ground.facts.now + (LOOK_LATER if is_unknown else LOOK_AGAIN)))
    return Absence(missing=tuple(missing), look_at=min(looks, default=None))


def _asked_at(ground: Ground, order: Order, role: SystemKind, placed_at: datetime) -> datetime | None:
    """Since when a system should hold the order; None: it need not."""
    if order.status in TERMINAL:
        return None
    if role is not SystemKind.WMS or not ground.landscape.of(SystemKind.ERP):
        return placed_at
    requests = [
        record.first_seen_at
        for entity in ground.linked(order.id, Kind.FULFILLMENT_ORDER)
        for record in ground.records[entity]
        if record.lives and ground.system(record.source) is SystemKind.ERP and record.content.status in ASKED
    ]
    return min(requests, default=None)


def holds(ground: Ground, order: str, role: SystemKind) -> bool:
    """Whether a source of a role holds an order now."""
    kinds = HELD_AS.get(role, (Kind.ORDER,))
    entities = [order, *(entity for kind in kinds if kind is not Kind.ORDER for entity in ground.linked(order, kind))]
    return any(
        record.lives and record.kind in kinds and ground.system(record.source) is role
        for entity in entities
        for record in ground.records.get(entity, ())
    )


def _covered(ground: Ground, source: SourceBinding, role: SystemKind, since: datetime) -> bool:
    """Whether everything of one of the kinds was seen at the source up to *since*."""
    return any(through >= since for through in _through(ground, source, role))


def _through(ground: Ground, source: SourceBinding, role: SystemKind) -> list[datetime]:
    """Up to when everything was seen of each of the kinds; empty where it never was."""
    held_as = HELD_AS.get(role, (Kind.ORDER,))
    return [through for kind in held_as if (through := ground.facts.coverage.get((source.source, kind))) is not None]
