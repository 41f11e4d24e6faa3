"""What happens in a seed, decided before it begins: orders, cancels, faults. Values only, and cut smaller at will."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tests.crash.judge.evidence import Units

TENANTS = ("acme", "beta")
SHOP, ERP, WMS = "shop", "erp", "wms"
"""What a source is to its tenant; with the tenant's name it is the source's name."""


class Verb(StrEnum):
    """What is asked of the shop."""

    LOGIN = "login"
    READ = "read"
    LOOK = "look"
    """A read on behalf of a cancel: before it is sent, or to learn what became of it."""
    CANCEL = "cancel"
    CREATE = "create"
    """A step towards a new document, at ERP or warehouse."""
    BACK = "back"
    """Goods or money of an order go back."""


class Trouble(StrEnum):
    """How a request of a source goes wrong."""

    BUSY = "busy"  # 503, nothing done
    THROTTLED = "throttled"  # 429 with Retry-After, nothing done, and so until that time is over
    SLOW = "slow"  # done late, answered at once
    LATE = "late"  # done at once, answered late
    ERROR_AFTER = "error-after"  # done, then 500
    LOST = "lost"  # done, the connection is cut instead of an answer
    HALF = "half"  # done, the answer breaks off
    HTML = "html"  # done, a proxy's page instead of the answer


class HookTrouble(StrEnum):
    """What happens to a webhook on its way."""

    LOST = "lost"
    TWICE = "twice"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFault:
    """The *nth* request of its kind at a source of *tenant* goes wrong."""

    tenant: str
    role: str = SHOP
    verb: Verb
    nth: int
    trouble: Trouble
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowWish:
    """The *nth* wish that reaches the shop of *tenant* is looked at and carried out so slowly that its call is given up
    while the shop still works on it."""

    tenant: str
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFault:
    """The *nth* webhook of the shop of *tenant* goes astray."""

    tenant: str
    nth: int
    trouble: HookTrouble
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PointKill:
    """SIGKILL of the process that first reaches *point* for its *nth* time."""

    point: str
    nth: int
    late: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PointPause:
    """SIGSTOP of the process that first reaches *point* for its *nth* time, for *seconds*."""

    point: str
    nth: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKill:
    """SIGKILL of the worker whose *nth* cancel the shop of *tenant* has just carried out, reply in flight (d4)."""

    tenant: str
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKill:
    """SIGKILL of the process that serves, once the subscriber of *tenant* holds the cursor of its *nth* event (p4)."""

    tenant: str
    nth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """SIGKILL of a process by name."""

    at: float
    process: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """SIGSTOP of a process by name, SIGCONT after *seconds*."""

    at: float
    process: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKill:
    """SIGKILL of PostgreSQL's postmaster."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """PostgreSQL takes no new entity for *seconds*: all who have one to write wait, then they go on at once."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """ERP or warehouse of *tenant* answers nobody for *seconds*; its people work on."""

    at: float
    tenant: str
    role: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The subscriber of *tenant* drops its connection and goes on from its cursor."""

    at: float
    tenant: str


Fault = (
    SourceFault
    | SlowWish
    | HookFault
    | PointKill
    | PointPause
    | SourceKill
    | FeedKill
    | Kill
    | Pause
    | StoreKill
    | Stall
    | Outage
    | Drop
)  # each can be left out by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPlan:
    """One wish of a client, sent one or more times under one key."""

    client: str
    key: str
    note: str
    units: Units | None
    dry_first: bool = False
    copies: int = 1
    """Sent at once so many times."""
    again: bool = False
    """Sent once more after it was answered."""
    other_payload: bool = False
    """Then another wish is sent under the same key: it must be refused."""
    gives_up: bool = False
    """Does not retry where the answer was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan:
    """An order placed at the shop of *tenant*, what the shop does with it, what is cancelled of it through the hub."""

    number: int
    tenant: str
    at: float
    lines: Units
    settled: bool
    ships: Units = ()
    """Units that the shop packs and ships soon after."""
    cancels: tuple[CancelPlan, ...] = ()
    impossible: bool = False
    """A wish that must be refused (more units than there are) is sent as well."""
    only_asks: bool = False
    """A dry run that no real one follows is sent as well."""
    paid_while_read: bool = False
    """Its money comes once the shop has told the hub how it stands, before the hub has heard it."""


class Reach(StrEnum):
    """How far an order comes that ERP and warehouse share with the shop; each holds what is before it."""

    ENTERED = "entered"
    RELEASED = "released"
    PICKED = "picked"
    PACKED = "packed"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """An order that shop, ERP and warehouse know, told by each in its own time."""

    number: int
    """Counts on from the orders'."""
    at: float
    lines: Units
    reach: Reach
    pace: float
    """Seconds between two steps."""
    erp_first: bool = False
    """It is typed into the ERP, by its code, before the shop's checkout is through."""
    misspelt: bool = False
    """The ERP has it under a wrong code at first: two orders, until somebody corrects it."""
    vanishes: bool = False
    """What the warehouse was asked is deleted there, and put back."""
    billed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A sale that somebody typed into the ERP, with the customer's own number as its reference: equal to others."""

    number: int
    """Counts on from the journeys'."""
    at: float
    po: str
    lines: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitPlan:
    """An order that a client submits to the hub itself, sent one or more times under one key."""

    number: int
    """Counts on from all others."""
    at: float
    client: str
    key: str
    note: str
    lines: Units
    dry_first: bool = False
    copies: int = 1
    """Sent at once so many times."""
    again: bool = False
    """Sent once more after it was answered."""
    other_payload: bool = False
    """Then another order is sent under the same key: it must be refused."""
    gives_up: bool = False
    """Does not retry where the answer was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaybackPlan:
    """A wish that money goes back, sent so many times at once under one key."""

    key: str
    percent: int | None
    """Of what is suggested; None: all that is left of it."""
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPlan:
    """Goods of a shared order that come back, once they have left."""

    number: int
    """Counts on from all others."""
    journey: int
    """The number of the order."""
    client: str
    lines: Units
    at_once: bool
    """It is allowed as it is asked for."""
    comes: tuple[Units, ...]
    """What comes, parcel by parcel: all, less, or more than was asked for."""
    judged: tuple[tuple[str, str, int], ...]
    """(sku, what becomes of them, units), of everything that came."""
    paybacks: tuple[PaybackPlan, ...]
    """All at once; what they leave is asked for after them."""
    pace: float
    """Seconds between two steps."""
    copies: int
    """Every step is sent at once so many times, under one key."""
    again: bool
    """Every step is sent once more after it was answered."""
    closes: bool
    """A person ends it as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole seed."""

    seed: int
    workers: int
    """Processes that run `opshub work`."""
    transport: tuple[str, str]
    """How the subscriber of each tenant listens: `sse` or `ws`."""
    orders: tuple[OrderPlan, ...]
    journeys: tuple[Journey, ...]
    typed: tuple[Typed, ...]
    joined: str
    """The tenant that has an ERP and a warehouse beside its shop."""
    pace: Mapping[str, float]
    """Seconds between two sweeps of ERP and warehouse, by role: who is swept more often speaks first."""
    faults: tuple[Fault, ...]
    sweeps: bool
    """Whether sweeps run often enough to repair a webhook that was lost."""
    submits: tuple[SubmitPlan, ...] = ()
    """Of the joined tenant."""
    returns: tuple[ReturnPlan, ...] = ()
    """Of the joined tenant."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of everything that is ordered."""
        orders, journeys = (one.number for one in self.orders), (one.number for one in self.journeys)
        entered = (*(one.number for one in self.typed), *(one.number for one in self.submits))
        return (*orders, *journeys, *entered, *(one.number for one in self.returns))

    @property
    def kills_store(self) -> bool:
        """Whether PostgreSQL is killed."""
        return any(isinstance(fault, StoreKill) for fault in self.faults)

    def cut(self, *, faults: Collection[int] | None = None, orders: Collection[int] | None = None) -> Plan:
        """The same seed with only these faults and orders, by index and by number."""
        return replace(
            self,
            faults=tuple(one for index, one in enumerate(self.faults) if faults is None or index in faults),
            orders=tuple(one for one in self.orders if orders is None or one.number in orders),
            journeys=tuple(one for one in self.journeys if orders is None or one.number in orders),
            typed=tuple(one for one in self.typed if orders is None or one.number in orders),
            submits=tuple(one for one in self.submits if orders is None or one.number in orders),
            returns=tuple(one for one in self.returns if orders is None or {one.number, one.journey} <= set(orders)),
        )
