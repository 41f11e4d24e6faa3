"""Everything known under one root, loaded once under its lock: input of assemble, derive and flow, which are pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from hub.flow.routing import Candidate
from hub.model.approval import Approval
from hub.model.billing import CreditMemo, Invoice, Payment, PriceReference
from hub.model.cases import CaseQueue, ExceptionCode, Hold, RootCause, Severity
from hub.model.command import CancelCommand, Command, OperationState
from hub.model.effects import CancelOrder, Effect, cancel_in
from hub.model.intents import DeliveryState, Intent, LineGrant
from hub.model.inventory import ReservationState
from hub.model.manifest import Landscape
from hub.model.observation import Content, NaturalKey
from hub.model.order import Order
from hub.model.party import Customer
from hub.model.place import Warehouse
from hub.model.policy import VersionedRouting
from hub.model.product import Product
from hub.model.returns import Return
from hub.model.routing import RoutingDecision
from hub.model.shipment import FulfillmentOrder, Shipment, ShipmentMilestone
from hub.model.transfer import Transfer
from hub.model.vocabulary import Kind

HUB = "hub"
"""The source that the hub itself is (Own-1)."""

Document = (
    Order
    | FulfillmentOrder
    | Shipment
    | Return
    | Invoice
    | CreditMemo
    | Payment
    | Customer
    | Product
    | Warehouse
    | Transfer
    | PriceReference
)
"""What `assemble` makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLink:
    """What a record refers to, and where that leads; `entity_id` None: not seen yet, joins nothing (Id-2)."""

    key: NaturalKey
    entity_id: str | None
    kind: Kind | None = None
    """Kind of that entity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """What one source last said about one object, as kept by Obs-1 to Obs-3."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    entity_id: str
    content: Content
    started: datetime | None
    """None: only ever pushed, so minus infinity."""
    finished: datetime
    version: int | None
    lives: bool
    """False: something asked wholly after it says it is gone."""
    in_doubt: bool
    """Overlapping answers differ, or the last cannot be read: stale whatever coverage says, until a hint is served."""
    links: tuple[KeptLink, ...] = ()
    first_seen_at: datetime
    factors: tuple[tuple[str, Decimal], ...] = ()
    """(line id, units of the hub's in one of the source's) where they are not the same: the lines are told in the
    hub's."""

    def factor(self, line: str) -> Decimal:
        """Units of the hub's in one of the source's, on one line."""
        return next((factor for name, factor in self.factors if name == line), Decimal(1))

    @property
    def document(self) -> str:
        """Its name as a document with lines: the source id, with the birth where ids are re-used."""
        return f"{self.source_id}@{self.birth}" if self.birth else self.source_id


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMilestone:
    """A milestone ever told about an object or a part of it."""

    source: str
    kind: Kind
    source_id: str
    birth: str
    entity_id: str
    part: str
    milestone: ShipmentMilestone
    occurred_at: datetime | None
    reverses: bool
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDelivery:
    """A delivery row of the root."""

    id: str
    source: str
    kind: Kind
    source_id: str | None
    action: str
    key: str
    state: DeliveryState
    content: Effect
    attempts: int
    has_begun: bool
    command_id: str | None
    claimed_at: datetime | None
    settled_at: datetime | None
    grants: tuple[LineGrant, ...]
    error: str | None
    error_class: str | None = None
    """What kind of failure it is; of a refusal its `OutcomeCause`, where the adapter knows it."""
    reference: str | None = None
    """What the source calls the document."""
    next_attempt_at: datetime | None = None
    hold_until: datetime | None = None
    confirm_by: datetime | None = None
    """When the source's confirmation is due."""
    withdrawn_because: str | None = None

    @property
    def cancel(self) -> CancelOrder:
        """What it carries, where it is a cancel. Raises TypeError where it is not."""
        return cancel_in(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCommand:
    """A command that was accepted for this root, oldest first."""

    id: str
    operation: str
    actor: str
    command: Command
    accepted_at: datetime
    correlation_id: str = ""
    version: int = 1
    approval: Approval | None = None
    """That somebody must approve it, and what was decided; None: it needed nobody."""
    remains: OperationState | None = None
    """How it stands once its deliveries have ended, where they are not all of it: QUEUED or REJECTED."""
    is_done: bool = False
    """Whether nothing more was to come of it when its root was last written."""

    @property
    def begun_at(self) -> datetime:
        """When it took effect: as it was accepted, or once somebody had approved it."""
        return self.accepted_at if self.approval is None else self.approval.at or self.accepted_at


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReservation:
    """What the hub holds back for a line of the order; a warehouse that is empty: none is meant yet.

    No units at all: only a place in the queue for stock that comes.
    """

    id: str
    line_no: int
    sku: str
    warehouse: str
    """Its code."""
    quantity: Decimal
    state: ReservationState = ReservationState.ACTIVE
    acknowledged_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Stock that is locked until the transaction ends: whatever is decided by it stays true."""

    skus: frozenset[str]
    """Items of which every position is locked."""
    candidates: tuple[Candidate, ...] = ()
    waiting: Mapping[str, Decimal] = field(default_factory=dict)
    """Units, by item, that older orders wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Stock of an item in one warehouse, and what channels say that they may sell of it."""

    warehouse: str
    """Its code."""
    atp: Decimal
    """What may be promised there now; signed."""
    safety: Decimal = Decimal(0)
    """Held back there from everybody."""
    is_counted: bool = True
    """False: its figures are too old, or nobody who may speak for it tells any."""
    shown: Mapping[str, Decimal] = field(default_factory=dict)
    """Source -> what can be sold from there by its own word."""
    asked: Mapping[str, datetime] = field(default_factory=dict)
    """Source -> since when its word was asked for; left out where it only came unasked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Where an item lies, by warehouse."""

    lots: tuple[Lot, ...] = ()
    unsourced: Decimal = Decimal(0)
    """Units that orders wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Units of one line and the warehouse that they are to leave from."""

    line_no: int
    warehouse: str
    """Its code."""
    quantity: Decimal
    source: str | None = None
    """The warehouse system that runs it; None: the only one there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """What routing has decided for an order: the one thing of it that the cycle asks."""

    placed: tuple[Placed, ...] = ()
    others: tuple[str, ...] = ()
    """Codes of further warehouses that could ship it, the best first: tried where one refuses."""
    waits_because: str | None = None
    """Why the order must not go on yet, in words; None: it may, with what is placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCode:
    """What a source calls an item."""

    code: str
    factor: Decimal = Decimal(1)
    """Units of the hub's in one of the source's."""
    unit: str | None = None
    """UN/ECE code of the source's unit; None: as the order's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RootFacts:
    """A root and everything under it."""

    tenant: str
    root_id: str
    kind: Kind
    landscape: Landscape
    now: datetime
    """The transaction's instant, by the database's clock."""
    entities: Mapping[str, Kind] = field(default_factory=dict)
    """Entities under this root, id -> kind: those that `assemble` makes documents of. Records of other entities are
    there because they are linked (a shared shipment is a root of its own and only counted here)."""
    records: tuple[KeptRecord, ...] = ()
    """Of every entity under the root and of those linked to it; the hub's own record has source `hub`."""
    members: frozenset[str] | None = None
    """Entities under this root, whose documents are wanted; None: every entity that has records here."""
    milestones: tuple[KeptMilestone, ...] = ()
    deliveries: tuple[KeptDelivery, ...] = ()
    commands: tuple[KeptCommand, ...] = ()
    holds: tuple[Hold, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    """Entity id -> document as stored before."""
    line_numbers: Mapping[str, int] = field(default_factory=dict)
    """`source|document|line` -> lineNo ever given; never forgotten, never reused (Id-5)."""
    managed_by: str = "EXTERNAL"
    flow_version: int = 1
    is_baseline: bool = False
    """It came with a first load and has not changed since: nothing of it is late (D8)."""
    coverage: Mapping[tuple[str, Kind], datetime] = field(default_factory=dict)
    items: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The tenant's own item code -> sources that have a product of it, of the codes that the records' lines bear."""
    codes: Mapping[tuple[str, str], ItemCode] = field(default_factory=dict)
    """(source, the tenant's own item code) -> what the source calls it, where it is another."""
    routings: tuple[VersionedRouting, ...] = ()
    """Routing policies of the tenant: those in force, and those that orders were routed by before."""
    decision: RoutingDecision | None = None
    """What was decided for the order so far."""
    earlier_decisions: tuple[RoutingDecision, ...] = ()
    """What it replaced, oldest first."""
    reservations: tuple[KeptReservation, ...] = ()
    """Everything ever held back for the order, by id."""
    supply: Supply | None = None
    """None: no stock is locked, so nothing can be decided by it."""
    goods: Goods | None = None
    """Of a product: where it lies; None: no channel is told."""
    allocation: Allocation | None = None
    """What routing has decided; None: it decides nothing here, and whoever plans the shipment says where from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWanted:
    """An exception case that should be open now. What is no longer wanted is resolved, unless it only grows."""

    code: ExceptionCode
    dedup_key: str
    """(code, target, variant) in words: equal keys are one case."""
    title: str
    severity: Severity
    queue: CaseQueue
    root_cause: RootCause = RootCause.UNKNOWN
    source: str | None = None
    suggested: tuple[str, ...] = ()
    grows_only: bool = False
    """Something that happened, not something that is so: stays until a person closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What assemble and derive make of the facts."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    """Entity id -> document; `version` still that of the stored one: apply moves it where the rest differs."""
    line_numbers: Mapping[str, int] = field(default_factory=dict)
    cases: tuple[CaseWanted, ...] = ()
    """DUPLICATE_ORDER, STATUS_UNMAPPED, ORDER_CONFLICT, ambiguous lines ..."""
    accounts: Mapping[str, str | None] = field(default_factory=dict)
    """Entity id -> account path."""
    missing_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Order id -> systems that are expected to hold it and, as far as coverage proves, do not."""
    unknown_items: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Order id -> (source, item code) of its lines that no ERP knows: it cannot go there before somebody has said what
    they are (D13)."""
    decide_at: datetime | None = None
    """When to look again at an absence that coverage cannot prove yet (Flow-3); goes into `wake_at`."""
    taken: Mapping[tuple[str, int, str], Decimal] = field(default_factory=dict)
    """(order id, lineNo, source) -> units of the line that the source itself says it has taken from its stock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowResult:
    """Everything that should exist now for a root (Flow-1)."""

    intents: tuple[Intent, ...] = ()
    cases: tuple[CaseWanted, ...] = ()
    holds: tuple[Hold, ...] = ()
    wake_at: datetime | None = None
    hub_record: Content | None = None
    """What the hub's own record of the order says now, refused quantities withdrawn (Own-1); None: it has none."""
    unwanted: Mapping[str, str] = field(default_factory=dict)
    """Delivery key -> why it is no longer wanted: words for `withdrawn_because`."""
    remains: Mapping[str, OperationState] = field(default_factory=dict)
    """By command: how it stands once its deliveries have ended, where they are not all of it. QUEUED: more must be
    asked of systems. REJECTED: nothing more ever will be."""
    shown: tuple[str, ...] = ()
    """Ids of claimed deliveries whose whole effect a record shows that was asked after the claim: settled (D7)."""
    decision: RoutingDecision | None = None
    """Which warehouse ships what, where routing decided something; None leaves what was decided."""
    reservations: tuple[KeptReservation, ...] = ()
    """How what is held back for the order should stand: rows that are new or other than they are kept."""
    asks_stock: frozenset[str] = frozenset()
    """Items whose stock must be locked before routing can decide: roll back, and come again with it."""
    kill: CancelCommand | None = None
    """What the hub itself asks of an order that was wanted all at once or not at all: put on the shelf once."""
