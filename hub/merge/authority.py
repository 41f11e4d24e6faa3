"""Who speaks for what: the table of domain.md 2.3, by role, then by source name (design D2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from hub.flow.facts import HUB, KeptRecord
from hub.model.manifest import Landscape
from hub.model.order import OrderStatus
from hub.model.returns import ReturnStatus
from hub.model.shipment import FulfillmentRequestStatus, ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

_C, _E, _W, _T = SystemKind.COMMERCE, SystemKind.ERP, SystemKind.WMS, SystemKind.CARRIER
_Y, _M, _R, _H = SystemKind.PAYMENT, SystemKind.CRM, SystemKind.RETURNS, SystemKind.HUB

ROLES: Mapping[FieldGroup, tuple[SystemKind, ...]] = {
    FieldGroup.COMMERCIAL: (_E, _C, _H),
    FieldGroup.CUSTOMER: (_E, _C, _H),
    FieldGroup.LIFECYCLE: (_E, _C, _H),
    FieldGroup.ALLOCATION: (_W, _E, _H, _C),
    FieldGroup.FULFILLMENT: (_W, _E, _C),
    FieldGroup.TRACKING: (_T, _W, _C, _E),
    FieldGroup.INVOICING: (_E, _C),
    FieldGroup.PAYMENT: (_Y, _C, _E),
    FieldGroup.RETURNS: (_E, _R, _W, _C),
    FieldGroup.INVENTORY: (_W, _E, _C),
    FieldGroup.OTHER: (_E, _C),
}
"""Which role speaks for a group; the next one only while those before it have no record."""

BEFORE_ACCEPTANCE: Mapping[FieldGroup, tuple[SystemKind, ...]] = {
    FieldGroup.COMMERCIAL: (_C, _H, _E),
    FieldGroup.CUSTOMER: (_C, _H, _E),
    FieldGroup.LIFECYCLE: (_C, _H, _E),
}
"""The same for an order that no ERP has accepted yet: the channel wins."""

OF_KIND: Mapping[tuple[Kind, FieldGroup], tuple[SystemKind, ...]] = {
    (Kind.CUSTOMER, FieldGroup.CUSTOMER): (_M, _E, _C),
}
"""Where a group has another owner in entities of one kind."""

BIRTH: tuple[SystemKind, ...] = (_C, _H, _E)
"""Where an order is born: its number is the first one's (design D1)."""

PARCELS: frozenset[SystemKind] = frozenset({SystemKind.COMMERCE, SystemKind.CARRIER})
"""Systems that tell of parcels: several of their records can be one shipment."""

NOT_ACCEPTED = frozenset(
    {None, OrderStatus.PENDING_ACCEPTANCE.value, OrderStatus.REJECTED.value, OrderStatus.UNKNOWN.value}
)
"""What an ERP says of an order that it has not taken on."""

CALLED_OFF = frozenset(
    {
        OrderStatus.CANCELLED.value,
        OrderStatus.REJECTED.value,
        ShipmentMilestone.VOIDED.value,
        FulfillmentRequestStatus.CANCEL_ACCEPTED.value,
    }
)
"""What a source says of a document, of any kind, that holds no longer: of two, the other one counts."""


def system_of(source: str, landscape: Landscape) -> SystemKind:
    """The role a source plays; OTHER for one that is no longer configured."""
    return SystemKind.HUB if source == HUB else landscape.role(source)


def is_accepted(records: Iterable[KeptRecord], landscape: Landscape) -> bool:
    """Whether an ERP has taken the order on, after which it speaks for what was agreed."""
    return any(
        record.lives
        and record.kind is Kind.ORDER
        and system_of(record.source, landscape) is SystemKind.ERP
        and record.content.status not in NOT_ACCEPTED
        for record in records
    )


@cache
def roles(group: FieldGroup, kind: Kind = Kind.ORDER, *, accepted: bool = True) -> tuple[SystemKind, ...]:
    """Every role in the order in which it speaks for *group*; those the table does not name come last."""
    named = OF_KIND.get((kind, group))
    if named is None and kind is Kind.ORDER and not accepted:
        named = BEFORE_ACCEPTANCE.get(group)
    named = ROLES[group] if named is None else named
    return named + tuple(role for role in SystemKind if role not in named)


@cache
def places(order: tuple[SystemKind, ...]) -> Mapping[SystemKind, int]:
    """Role -> its place in an order of authority."""
    return {role: place for place, role in enumerate(order)}


def by_authority(
    records: Iterable[KeptRecord], order: tuple[SystemKind, ...], landscape: Landscape
) -> list[KeptRecord]:
    """Records in the order in which they speak: what lives first, then by role, source name, birth, source id; of one
    source what it called off after what stands.
    """
    known = list(records)
    if len(known) < 2:
        return known
    rank = places(order)

    def place(record: KeptRecord) -> tuple[bool, int, str, bool, str, str]:
        role = rank.get(system_of(record.source, landscape), len(rank))
        return not record.lives, role, record.source, not stands(record), record.birth, record.source_id

    return sorted(known, key=place)


HAS_COME = frozenset(
    {
        ReturnStatus.PARTIALLY_RECEIVED.value,
        ReturnStatus.RECEIVED.value,
        ReturnStatus.INSPECTED.value,
        ReturnStatus.CREDITED.value,
        ReturnStatus.CLOSED.value,
    }
)
"""What a dock says of goods that have come in."""


def holds_parcels(record: KeptRecord, landscape: Landscape) -> bool:
    """Whether a record is one parcel, of which a shipment has several, and a return that came in has at its dock."""
    system = system_of(record.source, landscape)
    if record.kind is Kind.RETURN:
        return system is SystemKind.WMS and record.content.status in HAS_COME
    return record.kind is Kind.SHIPMENT and system in PARCELS


def stands(record: KeptRecord) -> bool:
    """Whether it lives and its source has not called it off."""
    return record.lives and record.content.status not in CALLED_OFF


def muted(records: Iterable[KeptRecord], landscape: Landscape) -> frozenset[str]:
    """Sources with two records of one entity that stand: neither is chosen while another source can speak (Id-3).

    Parcels of one shipment are no doubles, nor are those in which a return comes in.
    """
    seen: set[str] = set()
    twice: set[str] = set()
    for record in records:
        if stands(record) and record.source != HUB and not holds_parcels(record, landscape):
            (twice if record.source in seen else seen).add(record.source)
    return frozenset(twice)


def speaking(records: Iterable[KeptRecord], order: tuple[SystemKind, ...], landscape: Landscape) -> list[KeptRecord]:
    """One record per source, in the order in which they speak; a source with doubles comes after all others."""
    known = list(records)
    if len(known) < 2:
        return known
    twice = muted(known, landscape)
    first: dict[str, KeptRecord] = {}
    for record in by_authority(known, order, landscape):
        first.setdefault(record.source, record)
    return sorted(first.values(), key=lambda record: (not record.lives, record.source in twice))
