"""What everybody in the cycle looks at: one order, its facts, and what its documents say at each system. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from hub.flow.asserted import Entry, asserted_on
from hub.flow.cycle.amended import amended, lowered
from hub.flow.facts import HUB, Document, ItemCode, KeptDelivery, KeptRecord, Picture, RootFacts
from hub.model.cases import Hold
from hub.model.effects import CreateOrder, GoodsLine
from hub.model.manifest import SourceBinding
from hub.model.order import Order, OrderLine, OrderStatus
from hub.model.schemes import ORDER_CODE
from hub.model.shipment import ShipmentMilestone
from hub.model.vocabulary import Kind, SystemKind

ZERO = Decimal(0)
LEFT = frozenset(
    {
        ShipmentMilestone.SHIPPED.value,
        ShipmentMilestone.IN_TRANSIT.value,
        ShipmentMilestone.OUT_FOR_DELIVERY.value,
        ShipmentMilestone.AVAILABLE_FOR_COLLECTION.value,
        ShipmentMilestone.DELIVERED.value,
        ShipmentMilestone.RETURNING.value,
        ShipmentMilestone.RETURNED_TO_SENDER.value,
        ShipmentMilestone.LOST.value,
    }
)
"""The goods are no longer in the warehouse."""
CALLED_OFF = frozenset({ShipmentMilestone.VOIDED.value, ShipmentMilestone.CANCELLED.value})
"""The goods will not leave with this shipment."""
BEGUN = OrderStatus.PENDING_ACCEPTANCE.value
"""A draft, such as a create that was interrupted or refused halfway leaves: whoever is asked again goes on with it."""
ENDED = frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.REJECTED})
"""Nothing new is begun for an order that stands there (Flow-4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One managed order, as it stands now."""

    order: Order
    facts: RootFacts
    documents: Mapping[str, Document]
    """Everything under the root, as assembled now."""
    holds: tuple[Hold, ...] = ()
    """Everything that holds it, by systems, rules and people."""
    asserted: Mapping[int, Decimal] = field(default_factory=dict)
    """Units by line that commands have called off, whether or not any system shows it yet."""
    at_most: Mapping[int, Decimal] = field(default_factory=dict)
    """Units that a line shall have, by line, where somebody has lowered them."""
    unknown_items: tuple[tuple[str, str], ...] = ()
    """(source, item code) of its lines that no ERP knows."""

    def offering(self, role: SystemKind, action: str) -> tuple[SourceBinding, ...]:
        """The sources of a role that take an action from the hub, by name."""
        return tuple(
            one for one in self.facts.landscape.of(role) if not one.is_retired and action in one.manifest.writes
        )

    def documents_at(self, source: str) -> list[KeptRecord]:
        """The live documents of the order at a source, but drafts that have not been taken on there."""
        mine = [record for record in self.told(Kind.ORDER, self.order.id) if record.source == source]
        return [record for record in mine if record.content.status != BEGUN]

    def told(self, kind: Kind, entity: str, role: SystemKind | None = None) -> list[KeptRecord]:
        """What lives of an entity, at sources of one role or of any, in a fixed order; never the hub's own word."""
        found = [
            record
            for record in self.facts.records
            if record.kind is kind
            and record.entity_id == entity
            and record.lives
            and record.source != HUB
            and (role is None or self.facts.landscape.role(record.source) is role)
        ]
        return sorted(found, key=lambda record: (record.source, record.birth, record.source_id))

    def rows(self, source: str, action: str) -> list[KeptDelivery]:
        """The deliveries of one sort to a source, oldest first."""
        return [row for row in self.facts.deliveries if (row.source, row.action) == (source, action)]

    def row(self, key: str) -> KeptDelivery | None:
        """The delivery of a natural key."""
        return next((row for row in self.facts.deliveries if row.key == key), None)

    def due(self, key: str, patience: timedelta) -> datetime:
        """When what has this key should be there: fixed once it is on its way."""
        row = self.row(key)
        return row.confirm_by if row is not None and row.confirm_by is not None else self.facts.now + patience

    def held_from(self, *statuses: OrderStatus) -> Hold | None:
        """What keeps the order from one of these statuses."""
        return next((hold for hold in self.holds if not set(hold.blocks).isdisjoint(statuses)), None)

    def wanted(self, line: OrderLine) -> Decimal:
        """Units of a line that are still to reach the customer, or have: what nobody has called off or refused."""
        told = line.quantities
        left = told.ordered - told.rejected - max(told.cancelled, self.asserted.get(line.line_no, ZERO))
        return max(min(left, self.at_most.get(line.line_no, left)), ZERO)

    def code(self, source: str, sku: str) -> ItemCode:
        """What a source calls one of the tenant's items."""
        return self.facts.codes.get((source, sku)) or ItemCode(code=sku)

    def goods(self, source: str, line: OrderLine, units: Decimal) -> GoodsLine:
        """Units of a line as a source that has nothing of them yet should have them: in its own words."""
        named = self.code(source, line.sku)
        return GoodsLine(
            line_no=line.line_no,
            sku=named.code,
            quantity=units,
            unit=named.unit or line.unit,
            unit_price=line.unit_price,
            description=line.description,
            factor=named.factor,
        )

    def customer_at(self, source: str) -> str | None:
        """A source's own id of the customer, where a record of the order names it."""
        scheme = f"{source}.{Kind.CUSTOMER.value}.id"
        links = (link for record in self.facts.records for link in record.links)
        return min((link.key.value for link in links if link.key.scheme == scheme), default=None)

    def lines(self) -> Iterator[tuple[OrderLine, Decimal]]:
        """Each line of which units are wanted, and how many."""
        for line in self.order.lines:
            if (units := self.wanted(line)) > 0:
                yield line, units


def scene_of(
    order: Order, facts: RootFacts, picture: Picture, entries: Sequence[Entry], holds: Sequence[Hold]
) -> Scene:
    """The order as the cycle sees it. *entries*: what commands have called off; *holds*: everything that holds it."""
    return Scene(
        order=amended(order, facts),
        facts=facts,
        documents=picture.documents,
        holds=tuple(holds),
        asserted={line.line_no: asserted_on(entries, order, line.line_no) for line in order.lines if entries},
        at_most=lowered(facts),
        unknown_items=tuple(picture.unknown_items.get(order.id, ())),
    )


def reference_of(order: Order, facts: RootFacts) -> str | None:
    """What every system stores to name the order by: the code of where it was born (Id-1); None: nobody bears one.

    What a system was once asked under stays, whoever comes to bear another code.
    """
    for row in facts.deliveries:
        if isinstance(row.content, CreateOrder):
            return row.content.reference
    mine = [one for one in facts.records if one.kind is Kind.ORDER and one.entity_id == order.id]
    born_first = sorted(mine, key=lambda one: (one.content.number != order.number, one.source == HUB, one.source))
    codes = (key.value for one in born_first for key in one.content.bears if key.scheme == ORDER_CODE)
    return next(codes, None)
