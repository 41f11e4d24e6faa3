"""What each source says of each line's units, and whose word counts, counter by counter (Mark-1, domain.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cache

from hub.merge.authority import roles
from hub.model.observation import SourceQuantities
from hub.model.order import OrderStatus
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import FieldGroup, Kind, SystemKind

NAMES: tuple[str, ...] = tuple(spec.name for spec in fields(SourceQuantities))
"""Every counter of a line."""

GROUP_OF: Mapping[str, FieldGroup] = {
    "ordered": FieldGroup.COMMERCIAL,
    "cancelled": FieldGroup.COMMERCIAL,
    "rejected": FieldGroup.COMMERCIAL,
    "allocated": FieldGroup.ALLOCATION,
    "backordered": FieldGroup.ALLOCATION,
    "released": FieldGroup.FULFILLMENT,
    "picked": FieldGroup.FULFILLMENT,
    "short_picked": FieldGroup.FULFILLMENT,
    "packed": FieldGroup.FULFILLMENT,
    "shipped": FieldGroup.FULFILLMENT,
    "delivered": FieldGroup.TRACKING,
    "invoiced": FieldGroup.INVOICING,
    "return_requested": FieldGroup.RETURNS,
    "returned": FieldGroup.FULFILLMENT,
    "credited": FieldGroup.INVOICING,
}
"""The group whose owner speaks for a counter."""

RANK: Mapping[OrderStatus, int] = {
    OrderStatus.PENDING_ACCEPTANCE: 0,
    OrderStatus.ACCEPTED: 1,
    OrderStatus.VALIDATED: 2,
    OrderStatus.ALLOCATED: 3,
    OrderStatus.RELEASED: 4,
    OrderStatus.PICKED: 5,
    OrderStatus.SHIPPED: 6,
    OrderStatus.INVOICED: 7,
    OrderStatus.COMPLETED: 8,
}
"""The ranks of domain.md 2.4.2. Terminal statuses and UNKNOWN have none."""

BY_RANK: tuple[OrderStatus, ...] = tuple(RANK)
"""Status of each rank, from 0."""

TERMINAL = frozenset({OrderStatus.CANCELLED, OrderStatus.REJECTED})

GROUP_OF_RANK: Mapping[int, FieldGroup] = {
    0: FieldGroup.LIFECYCLE,
    1: FieldGroup.LIFECYCLE,
    2: FieldGroup.LIFECYCLE,
    3: FieldGroup.ALLOCATION,
    4: FieldGroup.FULFILLMENT,
    5: FieldGroup.FULFILLMENT,
    6: FieldGroup.FULFILLMENT,
    7: FieldGroup.INVOICING,
    8: FieldGroup.LIFECYCLE,
}
"""The group whose owner speaks for a rank."""

CARRIED: Mapping[str, frozenset[ShipmentMilestone]] = {
    "picked": frozenset({ShipmentMilestone.PICKED}),
    "packed": frozenset(
        {
            ShipmentMilestone.PACKED,
            ShipmentMilestone.LABELED,
            ShipmentMilestone.MANIFESTED,
            ShipmentMilestone.READY_FOR_PICKUP,
        }
    ),
    "shipped": frozenset(
        {
            ShipmentMilestone.SHIPPED,
            ShipmentMilestone.IN_TRANSIT,
            ShipmentMilestone.OUT_FOR_DELIVERY,
            ShipmentMilestone.AVAILABLE_FOR_COLLECTION,
            ShipmentMilestone.RETURNING,
            ShipmentMilestone.RETURNED_TO_SENDER,
            ShipmentMilestone.LOST,
        }
    ),
    "delivered": frozenset({ShipmentMilestone.DELIVERED}),
}
"""The counter that a shipment's status raises for the units it carries, beside those that the counter implies."""

IMPLIES: tuple[str, ...] = ("delivered", "shipped", "packed", "picked")
"""A unit that reached one of these has reached every later one of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Everything one source says of one order."""

    source: str
    system: SystemKind
    claim: OrderStatus | None = None
    """Its word on the whole order; None where it says none, UNKNOWN where it could not be mapped."""
    repeats: OrderStatus | None = None
    """A rank it only copies from another system."""
    declares: frozenset[FieldGroup] = frozenset()
    """Groups that its manifest says it tells of orders."""
    rows: Mapping[int, Mapping[str, Decimal]] = field(default_factory=dict)
    """What it tells of each row's units."""
    rank: int = field(init=False, repr=False, compare=False)
    """The rank it claims for the whole order, its own or a copied one; -1 for none."""

    def __post_init__(self) -> None:
        """Rank its words once: they are asked for again and again."""
        rank = max(RANK.get(word, -1) if word else -1 for word in (self.claim, self.repeats))
        object.__setattr__(self, "rank", rank)

    def tells(self, row: int, counter: str) -> Decimal | None:
        """Its word on one counter of one row."""
        told = self.rows.get(row)
        return None if told is None else told.get(counter)

    def speaks_of(self, counter: str) -> bool:
        """Whether it tells the counter of any row."""
        return any(counter in told for told in self.rows.values())


def in_order(statements: Sequence[Statement], group: FieldGroup, *, accepted: bool) -> Sequence[Statement]:
    """Statements in the order in which their sources speak for a group of an order."""
    if len(statements) < 2:
        return statements
    place = _places(group, accepted=accepted)
    return sorted(statements, key=lambda said: place[said.system])


@cache
def _places(group: FieldGroup, *, accepted: bool) -> Mapping[SystemKind, int]:
    return {role: at for at, role in enumerate(roles(group, Kind.ORDER, accepted=accepted))}


def carried(quantities: SourceQuantities, status: ShipmentMilestone, *, releases: bool) -> dict[str, Decimal]:
    """Counters that a shipment's line adds: what its source tells, and what the shipment's status implies."""
    explicit = told_of(quantities)
    units = explicit.pop("ordered", max(explicit.values(), default=Decimal(0)))
    if status is ShipmentMilestone.UNKNOWN:
        return explicit
    raised = next((name for name in IMPLIES if status in CARRIED[name]), None)
    done = IMPLIES[IMPLIES.index(raised) :] if raised else ()
    result = {name: max(explicit.get(name, Decimal(0)), units if name in done else Decimal(0)) for name in IMPLIES}
    if releases:
        gone = status in (ShipmentMilestone.VOIDED, ShipmentMilestone.CANCELLED)
        result["released"] = explicit.get("released", Decimal(0) if gone else units)
    return {**explicit, **result}


def told_of(quantities: SourceQuantities) -> dict[str, Decimal]:
    """The counters that are told, without those that are not."""
    return {name: value for name in NAMES if (value := getattr(quantities, name)) is not None}


def summed(many: Sequence[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    """Counter by counter, the sum of what is told."""
    total: dict[str, Decimal] = {}
    for one in many:
        for name, value in one.items():
            total[name] = total.get(name, Decimal(0)) + value
    return total
