"""Who plays: two tenants, three systems each, and the four keys that are printed. Nothing here is secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from hub.demo.masters import CODES
from hub.demo.trio import ERP_KEY, PASSWORD, USER
from hub.guard.keys import hash_of
from hub.scopes import Scope
from hub.settings import (
    ChannelSettings,
    HttpSettings,
    KeySettings,
    LogSettings,
    NoticeSettings,
    RoutingSettings,
    Secret,
    Settings,
    SmtpSettings,
    SourceSettings,
    StoreSettings,
)
from hub.settings.sections import Group, System
from sources.tryton_erp.rehearsal.stand import DATABASE as ERP_DATABASE
from sources.tryton_wms.rehearsal.stand import DATABASE as WMS_DATABASE

HOME = Path(".opshub") / "demo"
"""Where the demo's database lies, in the folder it is started in."""
MAILBOX = HOME / "mailbox"
"""Where the mails to customers lie, to be looked at."""

READS = frozenset({Scope.READ_ORDERS, Scope.READ_TRACES, Scope.READ_SOURCES})
WRITES = frozenset({Scope.WRITE_ORDERS})
OPERATE = frozenset({Scope.OPERATE})
HOOK_SECRET = Secret("the demo's shop signs with this")
BUYER = "orders@hub.example"
"""Customer in the shop of the hub's own orders that name nobody it knows."""

Role = Literal["shop", "erp", "wms"]
ROLES: tuple[Role, ...] = ("shop", "erp", "wms")
ADAPTERS: Mapping[Role, str] = {"shop": "vendure", "erp": "tryton_erp", "wms": "tryton_wms"}
SYSTEMS: Mapping[Role, System] = {"shop": "COMMERCE", "erp": "ERP", "wms": "WMS"}
PATIENCE: Mapping[Role, timedelta] = {
    "shop": timedelta(seconds=100),
    "erp": timedelta(seconds=90),
    "wms": timedelta(seconds=60),
}
"""Older than this is stale: short, so that whoever breaks a system sees it; each is looked at more often than that."""
WATCHED: Mapping[Role, tuple[Group, ...]] = {
    "shop": ("commercial", "lifecycle", "payment"),
    "erp": ("commercial", "lifecycle", "payment", "invoicing", "fulfillment", "allocation", "returns"),
    "wms": ("fulfillment",),
}
"""The groups of which that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The three rehearsed systems of one tenant."""

    tenant: str
    prefix: str
    """Before the name of each of its sources."""
    orders: int
    """Placed before the hub connects."""
    customers: int
    products: int
    seed: int
    is_busy: bool
    """Whether traffic moves it, and whether it has the stories with names of their own."""

    def source(self, role: Role) -> str:
        """What one of its systems is called in the settings."""
        return f"{self.prefix}{role}"


PARTS = (
    Part(tenant="demo", prefix="", orders=1000, customers=500, products=200, seed=7, is_busy=True),
    Part(tenant="beta", prefix="beta-", orders=40, customers=70, products=20, seed=8, is_busy=False),
)


def parts(orders: int) -> tuple[Part, ...]:
    """The tenants, the busy one with so many *orders* and the rest in proportion, the other at most a fifth."""
    return tuple(_sized(part, orders) for part in PARTS)


def _sized(part: Part, orders: int) -> Part:
    if not part.is_busy:
        return replace(part, orders=min(part.orders, orders // 5))
    customers, products = max(150, min(500, orders // 2)), max(20, min(200, orders // 5))
    return replace(part, orders=orders, customers=customers, products=products)


KEYS: Mapping[str, KeySettings] = {
    "demo-rep": KeySettings(hash=hash_of("demo-rep"), tenant="demo", scopes=READS | WRITES),
    "demo-acme": KeySettings(hash=hash_of("demo-acme"), tenant="demo", scopes=READS, account="acme"),
    "demo-beta": KeySettings(hash=hash_of("demo-beta"), tenant="beta", scopes=READS),
    "demo-ops": KeySettings(hash=hash_of("demo-ops"), tenant="demo", scopes=READS | WRITES | OPERATE),
}
"""By the token itself, which is also the actor's name."""


def hook_of(part: Part) -> str:
    """The name in `/hooks/{name}` of a tenant's shop; guessable, as everything in the demo is."""
    return f"demo-{part.source('shop')}"


def settings(tenants: tuple[Part, ...], urls: Mapping[str, str], port: int) -> Settings:
    """The settings of a hub over the systems of *tenants* at *urls* (by source)."""
    return Settings(
        store=StoreSettings(data_dir=HOME),
        http=HttpSettings(port=port),
        log=LogSettings(level="warning"),
        keys=KEYS,
        smtp=SmtpSettings(sender="Demo <demo@shop.example>", folder=MAILBOX),
        notices={part.tenant: NoticeSettings(tenant=part.tenant) for part in tenants},
        sources={part.source(role): _source(part, role, urls[part.source(role)]) for part in tenants for role in ROLES},
        channels={name: channel for part in tenants for name, channel in _channels(part).items()},
        routing={f"{part.prefix}plain": RoutingSettings(tenant=part.tenant, priority=CODES) for part in tenants},
    )


def _channels(part: Part) -> dict[str, ChannelSettings]:
    """The shop, whose orders are expected in the ERP, and the people who type in what customers send."""
    web = ChannelSettings(tenant=part.tenant, source=part.source("shop"), mirrors=(part.source("erp"),))
    return {f"{part.prefix}web": web, f"{part.prefix}CS": ChannelSettings(tenant=part.tenant)}


def _source(part: Part, role: Role, url: str) -> SourceSettings:
    options: dict[str, object] = {"user": USER, "password": PASSWORD.reveal()}
    match role:
        case "shop":
            options |= {"webhook_secret": HOOK_SECRET.reveal(), "console": f"{url}/dashboard", "buyer": BUYER}
        case "erp":
            options |= {"key": ERP_KEY.reveal(), "database": ERP_DATABASE, "console": f"{url}/#{ERP_DATABASE}"}
        case "wms":
            options |= {"database": WMS_DATABASE}
    return SourceSettings(
        tenant=part.tenant,
        adapter=ADAPTERS[role],
        system=SYSTEMS[role],
        url=url,
        hook=Secret(hook_of(part)) if role == "shop" else None,
        staleness=dict.fromkeys(WATCHED[role], PATIENCE[role]),
        options=options,
    )
