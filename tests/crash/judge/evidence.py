"""What a seed leaves behind: all that the judge may look at. Values only; instants are seconds since the seed began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tests.crash.judge.returned import NO_RETURNS, Returned

Units = tuple[tuple[str, int], ...]
"""(sku, units), sorted: what of an order is meant. Each line of an order has a sku of its own."""


ENDED = frozenset({"DONE", "WITHDRAWN", "DEAD", "REVIEW", "REFUSED"})
"""States of a delivery in which nothing more happens by itself."""


class Phase(StrEnum):
    """How an operation of a client ended, in Jepsen's words: INFO may or may not have happened."""

    OK = "ok"
    FAIL = "fail"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One `orderCancel` as its client saw it."""

    number: int
    tenant: str
    client: str
    key: str
    code: str
    """The shop's number of the order."""
    note: str
    """The same for all requests that want the same thing; reaches the source."""
    units: Units | None
    """None: all that is open."""
    dry_run: bool = False
    began: float = 0.0
    ended: float = 0.0
    phase: Phase = Phase.OK
    operation: str | None = None
    replayed: bool = False
    codes: tuple[str, ...] = ()
    """Of user errors and errors."""
    correlation_id: str = ""

    @property
    def accepted(self) -> bool:
        """The client was told that it will be done."""
        return self.phase is Phase.OK and not self.dry_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One `orderSubmit` as its client saw it."""

    tenant: str
    client: str
    key: str
    note: str
    """The same for all requests that want the same thing; kept with the order."""
    units: Units
    dry_run: bool = False
    began: float = 0.0
    ended: float = 0.0
    phase: Phase = Phase.OK
    operation: str | None = None
    order: str | None = None
    """The number that the hub gave it."""
    replayed: bool = False
    codes: tuple[str, ...] = ()
    """Of user errors and errors."""

    @property
    def accepted(self) -> bool:
        """The client was told that it will be done."""
        return self.phase is Phase.OK and not self.dry_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A row of `command` by which an order entered, and the order."""

    tenant: str
    id: str
    client: str
    key: str
    note: str
    units: Units
    entity: str
    """The order."""
    order: str
    """Its number; empty where there is no such order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateRow:
    """A row of `delivery` that makes a document at a source."""

    tenant: str
    id: str
    role: str
    command_id: str | None
    reference: str
    state: str
    attempts: int
    units: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A document that a source has at the end, by its own books."""

    tenant: str
    role: str
    source_id: str
    reference: str
    state: str
    units: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a client was told of an operation."""

    tenant: str
    note: str
    ended: float
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Everything that one tenant was ever told, as text."""

    tenant: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One request that reached a source."""

    tenant: str
    role: str = "shop"
    verb: str
    began: float
    ended: float
    pid: int | None = None
    """The process that asked, where it could be told."""
    retry_after: float | None = None
    """Seconds the source asked to be left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """One cancel that a source carried out."""

    tenant: str
    code: str
    note: str
    units: Units
    shipping: bool
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOrder:
    """An order as its source holds it at the end."""

    tenant: str
    source_id: str
    code: str
    state: str
    lines: Mapping[str, tuple[int, int]]
    """sku -> units placed, units cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """A row of `command`."""

    tenant: str
    id: str
    client: str
    key: str
    note: str
    units: Units | None
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A row of `delivery`."""

    tenant: str
    id: str
    code: str
    """The shop's number of the order it acts on."""
    state: str
    attempts: int
    targets: Units
    whole: bool
    command_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A row of `change_log`."""

    position: int
    tenant: str
    event_id: str
    kind: str
    entity_id: str
    version: int
    event: str
    root_id: str = ""
    """The order, or other root, under which it is told."""
    live: bool
    """False: a first load, which no subscriber is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRow:
    """A row of `entity`."""

    tenant: str
    kind: str
    id: str
    version: int
    number: str | None = None
    raw_status: str | None = None
    """The shop's own word, as the document keeps it."""
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """sku -> units ordered, units cancelled."""
    redirect_to: str | None = None
    """The survivor, where it was merged away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The story of a correlation id, as the graph tells it: (kind of hop, source) pairs."""

    tenant: str
    correlation_id: str
    hops: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One event as a subscriber got it."""

    cursor: str
    order_id: str
    version: int
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What came over one connection of a subscriber."""

    tenant: str
    subscriber: str
    after: str | None
    """The cursor it went on from; None: from before the first order on."""
    events: tuple[Pushed, ...]
    codes: tuple[str, ...] = ()
    """Errors by which the hub ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An object that a source has had since *at* (seconds of the machine's clock)."""

    tenant: str
    role: str
    kind: str
    source_id: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One real order, request or shipment, and what each system calls it."""

    tenant: str
    kind: str
    name: str
    members: tuple[tuple[str, str], ...]
    """(role, source id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A row of `record`; `hash` empty where the object is gone."""

    tenant: str
    role: str
    kind: str
    source_id: str
    entity_id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a source says of an object at the end, as its adapter puts it; `hash` empty where it has no such thing."""

    tenant: str
    role: str
    kind: str
    source_id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One stock figure."""

    tenant: str
    role: str
    sku: str
    warehouse: str
    name: str
    value: Decimal


STANDING = frozenset({"ACTIVE", "CONSUMED"})
"""States of a reservation whose units are the order's: held back, or gone into a system's own figures since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A row of `reservation`; `warehouse` empty where the order waits for supply."""

    tenant: str
    order: str
    line: int
    sku: str
    warehouse: str
    units: Decimal
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A shared order as the graph shows it at the end."""

    tenant: str
    code: str
    id: str | None
    """None: it is not found, or more than one is."""
    number: str = ""
    present: frozenset[str] = frozenset()
    """Systems that have it, by role of the vocabulary."""
    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """sku -> units ordered, units shipped."""
    erp_number_leads_to: str | None = None
    """The order's number, asked by what the ERP calls it."""
    shipments: int = 0
    requests: int = 0
    invoices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """Where the graph leads from the id of an entity that was merged away."""

    tenant: str
    kind: str
    id: str
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything recorded of one seed."""

    asked: tuple[Asked, ...] = ()
    looked: tuple[Looked, ...] = ()
    heard: tuple[Heard, ...] = ()
    called: tuple[Called, ...] = ()
    committed: tuple[Committed, ...] = ()
    submitted: tuple[Submitted, ...] = ()
    entered: tuple[Entered, ...] = ()
    creates: tuple[CreateRow, ...] = ()
    stored: tuple[Stored, ...] = ()
    """Documents of ERP and warehouse."""
    lay: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    """(tenant, sku, warehouse) -> units before anything was ordered."""
    most: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)
    """(tenant, sku, warehouse) -> the most units that orders had there at one instant."""
    reserved: tuple[Reserved, ...] = ()
    typed: frozenset[str] = frozenset()
    """References of documents there that people made themselves."""
    shop: tuple[ShopOrder, ...] = ()
    commands: tuple[CommandRow, ...] = ()
    deliveries: tuple[DeliveryRow, ...] = ()
    log: tuple[LogRow, ...] = ()
    entities: tuple[EntityRow, ...] = ()
    told: tuple[Told, ...] = ()
    papers: tuple[Paper, ...] = ()
    wanted: tuple[Shown, ...] = ()
    """Shared orders as they really are."""
    shown: tuple[Shown, ...] = ()
    led: tuple[Led, ...] = ()
    misspelt: int = 0
    """Orders that were two until somebody corrected one."""
    records: tuple[RecordRow, ...] = ()
    said: tuple[Said, ...] = ()
    stirred: tuple[str, ...] = ()
    """Entities that changed by being looked at once more with nothing new."""
    reverted: tuple[str, ...] = ()
    """Records that went back to what they had said before."""
    stock: tuple[Figure, ...] = ()
    moved: tuple[Figure, ...] = ()
    """The sum of what was told of each figure."""
    there: tuple[Figure, ...] = ()
    """What really lies there."""
    uncovered: tuple[str, ...] = ()
    """Objects that were said to be seen while they were not."""
    segments: tuple[Segment, ...] = ()
    returned: Returned = NO_RETURNS
    waiting: Mapping[str, int] = field(default_factory=dict)
    """What is still open at the end: `deliveries hints inbox outbox`, rows each."""
    connections: int = 0
    """Most connections to the database at once."""
    lag: float = 0.0
    """Seconds by which the machine was late at most."""
    canaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Tenant -> words that only it may ever read."""
