"""An order with everything that is known about it, as one statement gave it: input of the views, which are pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.codec import decode
from hub.flow.counting import in_units
from hub.flow.facts import Document, KeptCommand, KeptDelivery, KeptMilestone, KeptRecord, RootFacts
from hub.model.billing import CreditMemo, Invoice, Payment
from hub.model.cases import ExceptionCase, Hold
from hub.model.command import Consequence
from hub.model.manifest import Landscape
from hub.model.order import Order
from hub.model.party import Customer
from hub.model.place import Warehouse
from hub.model.returns import Return
from hub.model.shipment import FulfillmentOrder, Shipment
from hub.model.values import FieldConflict
from hub.model.vocabulary import Kind
from hub.store.accepted import command_in
from hub.store.deliveries import effect_in
from hub.store.reading import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Through when everything of a kind was seen at a source."""

    source: str
    kind: Kind
    through: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWords:
    """What the owner of a source last published about it."""

    source: str
    breaker: str = "CLOSED"
    breaker_since: datetime | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str | None = None
    is_paused: bool = False
    untold_at: datetime | None = None
    """When a sweep first found a change that should have been posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What every order of one answer has in common."""

    now: datetime
    """By the database's clock."""
    coverage: tuple[Covered, ...] = ()
    states: tuple[SourceWords, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What hangs under an order or is linked to it, and who bought it."""

    shipments: tuple[Shipment, ...] = ()
    fulfillment_orders: tuple[FulfillmentOrder, ...] = ()
    returns: tuple[Return, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    credit_memos: tuple[CreditMemo, ...] = ()
    payments: tuple[Payment, ...] = ()
    customers: tuple[Customer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent(KeptDelivery):
    """A delivery with what a story tells of it."""

    content: Any  # Any: JSON until it is made, then an Effect
    created_at: datetime
    error_class: str | None = None
    correlation_id: str = ""

    def __post_init__(self) -> None:
        """Read the content by the action."""
        if isinstance(self.content, dict):
            object.__setattr__(self, "content", effect_in(self.action, self.content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(KeptCommand):
    """A command with what its caller was told it does."""

    command: Any  # Any: JSON until it is made, then a Command
    consequences: tuple[Consequence, ...] = ()

    def __post_init__(self) -> None:
        """Read the command by the operation."""
        if isinstance(self.command, dict):
            object.__setattr__(self, "command", command_in(self.operation, self.command))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that a person decided about the order, done at once."""

    id: str
    operation: str
    actor: str
    input: dict[str, Any]  # Any: JSON
    accepted_at: datetime
    correlation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(ExceptionCase):
    """A case with the source it concerns."""

    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One order's part of the answer."""

    order: Order
    root_id: str
    account: str | None = None
    updated_at: datetime
    missing_in: tuple[str, ...] = ()
    managed_by: str = "EXTERNAL"
    flow_version: int = 1
    line_numbers: dict[str, int] = field(default_factory=dict)
    members: Members = Members()
    warehouses: tuple[Warehouse, ...] = ()
    records: tuple[KeptRecord, ...] = ()
    milestones: tuple[KeptMilestone, ...] = ()
    deliveries: tuple[Sent, ...] = ()
    commands: tuple[Accepted, ...] = ()
    decisions: tuple[Decision, ...] = ()
    holds: tuple[Hold, ...] = ()
    cases: tuple[OpenCase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An order, everything under it, and what judging its age needs."""

    stored: Stored
    now: datetime
    landscape: Landscape
    coverage: Mapping[tuple[str, Kind], datetime] = field(default_factory=dict)
    states: Mapping[str, SourceWords] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.stored.order

    @property
    def records(self) -> tuple[KeptRecord, ...]:
        """What sources said last of it and of what hangs under it."""
        return self.stored.records

    @property
    def deliveries(self) -> tuple[Sent, ...]:
        """Effects on their way, oldest first."""
        return self.stored.deliveries

    @property
    def conflicts(self) -> tuple[FieldConflict, ...]:
        """Where systems disagree about it."""
        return self.stored.order.conflicts

    @property
    def missing_in(self) -> tuple[str, ...]:
        """Roles that should know it and, as far as coverage proves, do not."""
        return self.stored.missing_in

    @property
    def facts(self) -> RootFacts:
        """The same as flow knows it, for what only flow can say: operations and allowed actions."""
        stored, under = self.stored, self.stored.members
        documents: tuple[Document, ...] = (stored.order, *under.shipments, *under.customers)
        return RootFacts(
            tenant=self.landscape.tenant,
            root_id=stored.root_id,
            kind=Kind.ORDER,
            landscape=self.landscape,
            now=self.now,
            records=tuple(self._counted(record) for record in stored.records),
            milestones=stored.milestones,
            deliveries=stored.deliveries,
            commands=stored.commands,
            holds=stored.holds,
            documents={one.id: one for one in documents},
            line_numbers=stored.line_numbers,
            managed_by=stored.managed_by,
            flow_version=stored.flow_version,
            coverage=self.coverage,
        )

    def _counted(self, record: KeptRecord) -> KeptRecord:
        """A record as the hub counts, by what the order remembers of each line."""
        factors = {
            origin.line: origin.factor
            for line in self.order.lines
            for origin in line.origins
            if (origin.source, origin.document) == (record.source, record.document) and origin.factor != 1
        }
        return in_units(record, factors)


def wholes_of(answer: Answered, landscape: Landscape) -> Sequence[Whole]:
    """The orders of a statement's answer. Raises HubFault where a stored document is not readable."""
    shared = decode(answer.shared, Shared)
    coverage = {(one.source, one.kind): one.through for one in shared.coverage}
    states = {one.source: one for one in shared.states}
    return [
        Whole(stored=decode(text, Stored), now=shared.now, landscape=landscape, coverage=coverage, states=states)
        for text in answer.parts
    ]
