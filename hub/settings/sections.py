"""The sections of `opshub.toml`; each object of the hub receives its own and never the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from hub.settings.kafka import KafkaSettings, TopicName
from hub.settings.measures import MetricsSettings, OtlpSettings
from hub.settings.partners import NoticeSettings, SmtpSettings, WebhookSettings
from hub.settings.returns import ReturnsSettings
from hub.settings.search import SearchSettings
from hub.settings.secret import Secret

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Port = Annotated[int, Meta(ge=0, le=65535)]
Positive = Annotated[int, Meta(ge=1)]
NotBelowZero = Annotated[float, Meta(ge=0)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
System = Literal["COMMERCE", "ERP", "WMS", "CARRIER", "PAYMENT", "TAX", "CRM", "RETURNS", "OTHER"]
Group = Literal[
    "commercial", "lifecycle", "allocation", "fulfillment", "tracking", "invoicing", "payment", "returns", "customer",
    "inventory", "other",
]  # fmt: skip
"""Field groups, as settings write them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Which PostgreSQL: with no `url` the embedded one runs in `data_dir`."""

    url: Secret | None = None
    """The shard's one URL, PostgreSQL 15 or later, as its owner; secret because it may bear a password."""
    direct_url: Secret | None = None
    """Past the pooler, for migrations and LISTEN; without it `url` serves."""
    serve_url: Secret | None = None
    """As role `hub_serve`; these three where the account of `url` may not make roles, else it makes them."""
    work_url: Secret | None = None
    """As role `hub_work`."""
    tail_url: Secret | None = None
    """As role `hub_tail`."""
    pooled: bool = False
    """True behind PgBouncer in transaction mode: the tenant is then set per transaction."""
    data_dir: Path = Path(".opshub")
    """Where the embedded server keeps its files, relative to the working directory."""
    pool_size: Positive = 10
    """Connections each role of this process may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Where the hub listens and what a caller may ask in one request."""

    host: Name = "127.0.0.1"
    port: Port = 8000
    """0 takes any free port."""
    max_body: Positive = 256 * 1024
    """Bytes of a GraphQL request."""
    max_delivery: Positive = 1024 * 1024
    """Bytes of a webhook delivery."""
    max_response: Positive = 8 * 1024 * 1024
    """Bytes of one GraphQL answer."""
    deadline: timedelta = timedelta(seconds=10)
    """How long one GraphQL request may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """How workers share the sources."""

    lease_seconds: Annotated[float, Meta(ge=0.5, le=300)] = 15.0
    """How long a worker holds a source without renewing; one that dies is succeeded after that and the longest call."""
    cooldown_seconds: Annotated[float, Meta(ge=1, le=3600)] = 120.0
    """How long a source that has failed too often is left alone before one call tries it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings:
    """How long the log of changes is kept: a cursor from before is CURSOR_EXPIRED."""

    keep_days: Annotated[float, Meta(gt=0)] = 35.0
    """Since a change was logged; a little longer than any topic of the hub keeps it."""
    keep_unread_days: Annotated[float, Meta(gt=0)] = 90.0
    """The same for what a follower, such as the publisher to Kafka, has not read; it is then told that it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is logged, and how it looks."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    form: Literal["json", "console"] = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """One API key: whom it stands for and what it may do."""

    hash: Sha256
    """SHA-256 of the key in hex, as `opshub keys new` prints it; the key itself is kept nowhere."""
    tenant: Name
    actor: Name | None = None
    """Who acts; without it the name of the section."""
    scopes: frozenset[Name] = frozenset()
    """Of `hub.scopes`, and what `unless` of an approval names."""
    account: Name | None = None
    """Path of the one customer account the key may see; None sees the whole tenant."""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One configured instance of an adapter, owned by one tenant."""

    tenant: Name
    adapter: Name
    """Folder under `sources/`, or an entry point of `opshub.sources`."""
    system: System
    url: Name = ""
    """Where it is called; a source that only pushes has none."""
    hook: Secret | None = None
    """The unguessable name in `/hooks/{name}`; None takes no deliveries."""
    topic: TopicName | None = None
    """A Kafka topic that the source publishes to: each record is taken in as a delivery is."""
    group: Name | None = None
    """Consumer group under which progress in `topic` is shown to Kafka's tools; without it `opshub-` and the name."""
    retired: bool = False
    """Neither read nor called any more, and what it said last shown as stale. Retire a source before leaving it out."""
    staleness: Mapping[Group, timedelta] = field(default_factory=dict)
    """By field group: older than this is stale, instead of what the adapter declares."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Every other key of the section, for the adapter's own settings class: see `convert`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """How orders of one sales channel are treated until a policy row says otherwise (design D2, Flow-3)."""

    tenant: Name
    source: Name | None = None
    """The source whose orders these are; left out for a channel whose orders come through the hub alone."""
    capture: Literal["hub", "mirror"] = "mirror"
    """`hub`: the hub manages orders placed after `baseline_at`; `mirror`: it only looks."""
    baseline_at: datetime | None = None
    """On the source's clock; needed where `capture` is `hub`."""
    mirrors: tuple[Name, ...] = ()
    """Sources where each order is expected to appear."""
    warehouses: tuple[Name, ...] = ()
    """Codes of the warehouses that serve it; without it all do."""
    buffer: NotBelowZero = 0.0
    """Withheld from the channel in each warehouse, above what the warehouse holds back for everybody."""
    threshold: NotBelowZero = 0.0
    """Withheld from the channel over all warehouses."""
    sell_ahead: NotBelowZero = 0.0
    """How much more than there is the channel may sell."""
    publish_stock: bool = False
    """Whether the hub tells the source what the channel may sell, warehouse by warehouse, whenever that changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSettings:
    """Which warehouse ships what of an order that the hub manages; without such a section the hub chooses none.

    Each start makes it the active version of the policy of that name, unless somebody has decided another since.
    Orders keep the version that they were routed by.
    """

    tenant: Name
    channels: tuple[Name, ...] = ()
    """Names of the channels it is for; without it, all that no other policy names."""
    rank: tuple[Literal["priority", "stock_depth", "distance"], ...] = ("priority", "stock_depth", "distance")
    """What warehouses are ranked by, the most important first; the code decides what is left open."""
    priority: tuple[Name, ...] = ()
    """Codes of warehouses, the first choice first; others come after these."""
    max_splits: Annotated[int, Meta(ge=0, le=9)] = 0
    """How many warehouses more than one may ship one order; none, where the ERP books one warehouse per order."""
    shortage: Literal["backorder", "wait"] = "backorder"
    """Where no choice has everything: take what there is and wait for the rest, or wait for all."""
    keeps_age: bool = True
    """Whether units that an older order waits for are kept for it."""
    recheck_seconds: Annotated[float, Meta(ge=1, le=86400)] = 300.0
    lapse_hours: Annotated[float, Meta(ge=1, le=8760)] = 72.0
    """How soon an order that lacks something is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettings:
    """Which commands somebody else must approve first, or nobody may give (design D13).

    Each start makes it the active version of the policy of that name. A rule that is left out stands on: to put it out
    of force, write `ruling = "allow"`.
    """

    tenant: Name
    action: Literal[
        "orderCancel", "orderSubmit", "orderAmend", "orderReleaseToWarehouse", "returnAuthorize", "returnRefund",
        "returnClose",
    ]  # fmt: skip
    """The mutation."""
    ruling: Literal["approve", "deny", "allow"] = "approve"
    """What becomes of what fits."""
    above: NotBelowZero | None = None
    """Only what concerns goods worth more; what is worth another currency, or nobody knows what, counts as more."""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] | None = None
    """Of `above`, and needed with it."""
    unless: Name | None = None
    """Not for callers whose key has this scope."""
    actor: Name | None = None
    """Only for this caller."""
    hours: Annotated[float, Meta(gt=0, le=8760)] = 72.0
    """How long it waits for somebody to approve it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator decides."""

    store: StoreSettings = field(default_factory=StoreSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    changes: ChangeSettings = field(default_factory=ChangeSettings)
    log: LogSettings = field(default_factory=LogSettings)
    kafka: KafkaSettings = field(default_factory=KafkaSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    otlp: OtlpSettings = field(default_factory=OtlpSettings)
    webhooks: WebhookSettings = field(default_factory=WebhookSettings)
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    notices: Mapping[str, NoticeSettings] = field(default_factory=dict)
    keys: Mapping[str, KeySettings] = field(default_factory=dict)
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    approvals: Mapping[str, ApprovalSettings] = field(default_factory=dict)
    routing: Mapping[str, RoutingSettings] = field(default_factory=dict)
    returns: Mapping[str, ReturnsSettings] = field(default_factory=dict)
