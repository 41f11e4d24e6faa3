"""What one transaction of the one writer is asked to apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.call import Call
from hub.errors import HubError
from hub.model.cases import CaseStatus, HoldType
from hub.model.changes import Origin
from hub.model.command import Command, Consequence, UserError
from hub.model.editing import Edit
from hub.model.intents import DeliveryState, LineGrant
from hub.model.observation import Observation
from hub.model.sweeping import SweepMark
from hub.model.vocabulary import Kind
from hub.store.console import Claim, Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedHint:
    """A hint was served by the observations beside it: closed only if its counter has not moved (Obs-2)."""

    source: str
    kind: Kind
    source_id: str
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Written by the owner of a source: refused whole where the lease row, locked FOR SHARE, bears another epoch (D8).

    `hub.store.leases.fence(tx, tenant, fence.source, fence.epoch)` raises `Overtaken`; apply asks it before it writes.
    """

    source: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCommand:
    """A command the desk has claimed and policy allowed; its row is written by the same transaction."""

    id: str
    client: str
    """Scope of the idempotency key, with tenant and operation."""
    operation: str
    """The mutation's name."""
    key: str
    """The caller's idempotency key."""
    hash: str
    """Digest of the input without `dryRun` and `waitFor`."""
    command: Command
    consequences: tuple[Consequence, ...] = ()
    """What a submit does elsewhere; other commands are judged under the lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """One of several orders that are taken in by one transaction: who submits it, and what the hub says of it."""

    call: Call
    command: AcceptedCommand
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of a claimed (or UNKNOWN) delivery; refused where epoch, attempt or state differ (D7, D8)."""

    delivery_id: str
    epoch: int
    """Lease epoch of the owner that settles: compared with the lease row (locked FOR SHARE, `hub.store.leases.held`),
    not with the delivery's own, because an owner that takes over settles rows of older epochs."""
    attempt: int
    """Attempt it settles: compared with the row's `attempts`."""
    was: tuple[DeliveryState, ...]
    """States it may leave."""
    state: DeliveryState
    """State it enters: DONE ACCEPTED REFUSED UNKNOWN REVIEW DEAD or PENDING (try again)."""
    reference: str | None = None
    source_id: str | None = None
    """Of a create: the source's own id of what stands there now."""
    grants: tuple[LineGrant, ...] = ()
    error: str | None = None
    error_class: str | None = None
    """TRANSIENT THROTTLED AUTH VALIDATION CONFLICT MAPPING REJECTED_BY_TARGET BUG, or a refusal's `OutcomeCause`."""
    has_begun: bool = False
    """Part of the effect is there: the row is finished, never withdrawn (D7). Never falls back to False."""
    next_attempt_at: datetime | None = None
    hold_until: datetime | None = None
    """`resolve` asks no earlier (D7)."""
    confirm_by: datetime | None = None
    """Of ACCEPTED: asked again where nothing has shown the effect by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A person settles a delivery; refused where it does not stand as the person saw it."""

    delivery_id: str
    was: DeliveryState
    attempt: int
    state: DeliveryState
    """PENDING (send again), UNKNOWN (look first), DONE, REFUSED."""
    letter: str | None = None
    """What was done about it: REPLAYED, DISCARDED, RESOLVED."""
    words: str | None = None
    """Who decided, and why."""
    edit: Edit | None = None
    """What it shall carry instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BodiesByHand:
    """A person settles DEAD inbox rows."""

    ids: tuple[str, ...]
    state: str
    """PENDING: digest them again. DISCARDED: never."""
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMove:
    """A person works on an exception case; None leaves a thing as it is."""

    case_id: str
    root_id: str
    status: CaseStatus | None = None
    assignee: str | None = None
    closed_at: datetime | None = None
    note: Mapping[str, str] | None = None
    """Who, when and what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWanted:
    """A hold that a person places."""

    type: HoldType
    placed_by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMove:
    """A person holds an order, or lets it go; refused where its state does not allow it."""

    order_id: str
    place: HoldWanted | None = None
    release: tuple[str, ...] = ()
    """Ids of holds."""
    expected_version: int | None = None
    """The version that was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approving:
    """A person says yes or no to a command that waits for it; refused where it does not wait any more."""

    command_id: str
    order_id: str
    """The order that it acts on."""
    by: str
    """Who decides; never who asked for it."""
    is_yes: bool
    words: str | None = None
    """Why."""
    expected_version: int | None = None
    """The version of the operation that was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HintRaise:
    """Ask for a read of one object."""

    source: str
    kind: Kind
    source_id: str
    reason: str
    """`webhook dirty freshness settled doubt`."""
    priority: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNews:
    """How a source does has moved, who owns it, or what of it cannot be read: the source is a root of its own."""

    source: str
    breaker: str
    """CLOSED HALF_OPEN OPEN."""
    state: str | None = None
    """As the graph shows it: UP DEGRADED DOWN PAUSED NEVER_SYNCED."""
    was: tuple[str | None, str] | None = None
    """State and breaker as this owner told them last; None: he has not told anything yet."""
    error: str | None = None
    unread: str | None = None
    """What of it cannot be read, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """An object of a retired source: everything that source said of it is removed for good (design D16)."""

    source: str
    kind: Kind
    source_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything that one transaction applies, all or nothing."""

    observations: tuple[Observation, ...] = ()
    served: tuple[ServedHint, ...] = ()
    hints: tuple[HintRaise, ...] = ()
    command: AcceptedCommand | None = None
    entering: tuple[Entering, ...] = ()
    """Orders that enter together, each with an answer of its own; `observations` has theirs."""
    settlements: tuple[Settlement, ...] = ()
    wake: tuple[str, ...] = ()
    """Roots whose `wake_at` has passed: applied with no observation (Flow-2)."""
    marks: tuple[SweepMark, ...] = ()
    staged: tuple[int, ...] = ()
    """Rows put aside by a first load that end with this transaction."""
    digested: tuple[str, ...] = ()
    """Inbox rows that end with this transaction."""
    forget: tuple[Forget, ...] = ()
    forget_sources: tuple[str, ...] = ()
    """Retired sources of which every object is forgotten: what is kept of the source itself goes."""
    news: tuple[SourceNews, ...] = ()
    claim: Claim | None = None
    """Of a decision at the console, kept with what it led to."""
    by_hand: tuple[ByHand, ...] = ()
    bodies: BodiesByHand | None = None
    casework: tuple[CaseMove, ...] = ()
    holding: HoldMove | None = None
    approving: Approving | None = None
    standing: str | None = None
    """A delivery to the hub itself that this carries out: refused whole where it is not wanted any more."""
    fence: Fence | None = None
    """Set by the owner of a source for what it saw and for what it says of itself (marks, observations, news)."""
    origin: Origin = Origin.LIVE

    @property
    def commands(self) -> tuple[AcceptedCommand, ...]:
        """Every command, for which a caller waits."""
        return (*(() if self.command is None else (self.command,)), *(one.command for one in self.entering))


def together(works: Sequence[tuple[Call, Work]]) -> Work:
    """Submits that meet nowhere, one command and one observation each, as one work."""
    entering = tuple(
        Entering(call=call, command=one.command, observation=one.observations[0])
        for call, one in works
        if one.command is not None
    )
    return Work(observations=tuple(one.observation for one in entering), entering=entering)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What the transaction did."""

    roots: tuple[str, ...] = ()
    """Roots whose version moved."""
    kept: int = 0
    """Observations whose content replaced or began a record."""
    kinds: frozenset[Kind] = frozenset()
    """Of those."""
    refused_settlements: tuple[str, ...] = ()
    """Deliveries whose settlement came too late: another owner or attempt holds them."""
    command_id: str | None = None
    """The command's row: the one just written, or the earlier one with the same key."""
    order_id: str | None = None
    """The order that the command is about, or that the order submitted is already."""
    replayed: bool = False
    """The key was used before with the same input: nothing was written."""
    user_errors: tuple[UserError, ...] = ()
    """Why the command was refused under the lock: then nothing of it was written, its key neither."""
    consequences: tuple[Consequence, ...] = ()
    """What the command does elsewhere."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Delivery or inbox row that a person settled -> its state after it."""
    cases: tuple[str, ...] = ()
    """Cases that a person moved."""
    holds: tuple[str, ...] = ()
    """Holds that a person placed or released."""
    entered: Mapping[str, Applied | HubError] = field(default_factory=dict)
    """By the command of each order that entered together with others: what became of it."""
    earlier: Kept | None = None
    """The console's command that bore the claim before: nothing was done."""
