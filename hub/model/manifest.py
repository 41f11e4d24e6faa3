"""What an adapter declares, and what a tenant has configured: data, checked by the contract suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from hub.model.vocabulary import FieldGroup, Kind, SystemKind


class Tells(StrEnum):
    """STATE: how things stand. EVENTS: what happened; added up (Mark-1)."""

    STATE = "STATE"
    EVENTS = "EVENTS"


class Delta(StrEnum):
    """How changes are noticed (design D10)."""

    TOKEN = "TOKEN"  # noqa: S105  a word for a change token, no secret
    TIMESTAMP = "TIMESTAMP"
    SNAPSHOT = "SNAPSHOT"
    HINT = "HINT"


class Idempotency(StrEnum):
    """What the source does when the same effect is asked twice (reliability.md 3.3)."""

    KEY = "KEY"
    UNIQUE = "UNIQUE"
    LOOKUP = "LOOKUP"
    NONE = "NONE"


class WebhookTrust(StrEnum):
    """What a webhook of the source is worth."""

    NONE = "NONE"
    HINT = "HINT"
    BODY = "BODY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How objects of a kind are read."""

    batch: int
    """Most ids in one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One way of finding changes of a kind; `name` is the sweep's class, part of its cursor's key."""

    name: str
    strategy: Delta
    every: timedelta
    """How often it runs."""
    overlap: timedelta = timedelta()
    """How far a run reaches back behind its cursor."""
    detects_deletes: bool = False
    covers: bool = True
    """Whether a complete run proves that everything up to its start was seen (coverage)."""
    lists_open: bool = False
    """Whether it lists what is not finished: the first load begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """An action the adapter can carry out."""

    idempotency: Idempotency
    longest_call: timedelta
    """No request reaches the source later than this after it was written."""
    settle: timedelta = timedelta()
    """How long the source's own reads may lag behind an effect."""
    reversible: bool = False
    confirm: timedelta = timedelta(minutes=15)
    """How long an effect that was only accepted may take to show, before it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How much the source bears."""

    at_most: int = 4
    """Calls at once."""
    per_second: float | None = None
    """Calls a second, averaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an adapter promises; everything it does not declare raises NotOffered."""

    adapter: str
    """Equal to the folder's name."""
    title: str
    """The product, for people."""
    contract_version: str
    """Version of the vendor's API it was written against."""
    tells: Tells
    reads: Mapping[Kind, Read]
    sweeps: Mapping[Kind, tuple[Sweep, ...]] = field(default_factory=dict)
    writes: Mapping[str, Write] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    """What `ask` answers: `order.find` looks an order up by identifier."""
    groups: Mapping[Kind, tuple[FieldGroup, ...]] = field(default_factory=dict)
    """The field groups it can tell, by kind."""
    carried: Mapping[Kind, Kind] = field(default_factory=dict)
    """Kinds that come with another, and which: whoever has seen all of that has seen all of them (coverage)."""
    unique_schemes: tuple[str, ...] = ()
    """Schemes that are unique at this source (Id-1)."""
    back_references: tuple[str, ...] = ()
    """Schemes by which its records refer to another system's object (Id-2)."""
    versions: bool = False
    """Whether its version moves on every change, children included (Obs-1)."""
    pushes_only: bool = False
    """It cannot be read; its sequence is its version (Obs-2)."""
    reuses_ids: bool = False
    """Its ids come back with another birth (Id-1)."""
    settle: timedelta = timedelta()
    """How long its own reads may lag (Obs-1)."""
    webhook: WebhookTrust = WebhookTrust.NONE
    pushes: frozenset[Kind] = frozenset()
    """Kinds of which every change is posted: a sweep that finds one finds what a webhook should have told."""
    rate: Rate = Rate()
    staleness: Mapping[FieldGroup, timedelta] = field(default_factory=dict)
    """Older than this is stale, by group."""
    statuses: Mapping[str, str] = field(default_factory=dict)
    """The vendor's closed status list and what it maps to."""
    absent: Mapping[str, str] = field(default_factory=dict)
    """Capabilities it lacks, and why, for people."""
    mapping_version: int = 1
    grade: str = "draft"
    """`draft`, `steady` or `proven` (house.md 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBinding:
    """A configured source of one tenant."""

    source: str
    tenant: str
    system: SystemKind
    manifest: Manifest
    name: str = ""
    """For people; the manifest's title where empty."""
    baseline_at: datetime | None = None
    """Orders placed before it, on the source's clock, are only mirrored (Flow-3)."""
    captures: bool = False
    """Channel policy `capture = hub`."""
    expects: tuple[SystemKind, ...] = ()
    """Systems that should hold a mirror of an order born here; MISSING where they do not (design D2)."""
    listens: bool = False
    """Whether it has an address under `/hooks` to post to."""
    is_retired: bool = False
    """Retired, never deleted (design D16)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRules:
    """What of the stock one sales channel may sell (domain.md 2.6.3)."""

    source: str = ""
    """The source whose orders are this channel's."""
    publishes: bool = False
    """Whether the hub tells that source what it may sell."""
    warehouses: tuple[str, ...] = ()
    """Codes of the warehouses that serve it; none named: all."""
    buffer: Decimal = Decimal(0)
    """Withheld from it in each warehouse, above what the warehouse holds back for everybody."""
    threshold: Decimal = Decimal(0)
    """Withheld from it over all warehouses."""
    sell_ahead: Decimal = Decimal(0)
    """How much more than there is it may sell."""

    def is_served_by(self, warehouse: str) -> bool:
        """Whether the channel sells from a warehouse."""
        return not self.warehouses or warehouse in self.warehouses


@dataclass(frozen=True, slots=True, kw_only=True)
class Landscape:
    """The sources of one tenant, by name: what merge, flow, read and write need to know of the outside."""

    tenant: str
    sources: Mapping[str, SourceBinding]
    channels: Mapping[str, ChannelRules] = field(default_factory=dict)
    """What each sales channel may sell, by its name."""
    _by_role: dict[SystemKind, tuple[SourceBinding, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """As far as anybody has asked: a landscape never changes."""

    def of(self, system: SystemKind) -> tuple[SourceBinding, ...]:
        """The sources that play a role, by name."""
        if system not in self._by_role:
            named = sorted(name for name, one in self.sources.items() if one.system is system)
            self._by_role[system] = tuple(self.sources[name] for name in named)
        return self._by_role[system]

    def role(self, source: str) -> SystemKind:
        """The role a source plays; OTHER for one that is not configured any more."""
        binding = self.sources.get(source)
        return SystemKind.OTHER if binding is None else binding.system
