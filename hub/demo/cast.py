"""Who plays: two tenants, their shops, and the four keys that are printed. Nothing here is secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hub.guard.keys import hash_of
from hub.settings import HttpSettings, KeySettings, LogSettings, Secret, Settings, SourceSettings, StoreSettings

HOME = Path(".opshub") / "demo"
"""Where the demo's database lies, in the folder it is started in."""

READS = frozenset({"orders:read", "traces:read", "sources:read"})
WRITES = frozenset({"orders:write"})
HOOK_SECRET = Secret("the demo's shop signs with this")
USER, PASSWORD = "hub@demo.example", Secret("the demo's shop admits this")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A rehearsed shop of one tenant."""

    source: str
    tenant: str
    orders: int
    """Placed before the hub connects."""
    seed: int
    is_busy: bool
    """Whether traffic moves it."""


SHOPS = (
    Part(source="shop", tenant="demo", orders=1000, seed=7, is_busy=True),
    Part(source="beta-shop", tenant="beta", orders=40, seed=8, is_busy=False),
)


def shops(orders: int) -> tuple[Part, ...]:
    """The shops, the busy one with so many *orders*, the other with at most as many."""
    return tuple(replace(part, orders=orders if part.is_busy else min(part.orders, orders)) for part in SHOPS)


KEYS: Mapping[str, KeySettings] = {
    "demo-rep": KeySettings(hash=hash_of("demo-rep"), tenant="demo", scopes=READS | WRITES),
    "demo-acme": KeySettings(hash=hash_of("demo-acme"), tenant="demo", scopes=READS, account="acme"),
    "demo-beta": KeySettings(hash=hash_of("demo-beta"), tenant="beta", scopes=READS),
    "demo-ops": KeySettings(hash=hash_of("demo-ops"), tenant="demo", scopes=READS | WRITES),
}
"""By the token itself, which is also the actor's name."""


def hook_of(part: Part) -> str:
    """The name in `/hooks/{name}`; guessable, as everything in the demo is."""
    return f"demo-{part.source}"


def settings(urls: Mapping[str, str], port: int) -> Settings:
    """The settings of a hub over the shops at *urls* (by source)."""
    return Settings(
        store=StoreSettings(data_dir=HOME),
        http=HttpSettings(port=port),
        log=LogSettings(level="warning"),
        keys=KEYS,
        sources={part.source: _source(part, urls[part.source]) for part in SHOPS},
    )


def _source(part: Part, url: str) -> SourceSettings:
    return SourceSettings(
        tenant=part.tenant,
        adapter="vendure",
        system="COMMERCE",
        url=url,
        hook=Secret(hook_of(part)),
        options={
            "user": USER,
            "password": PASSWORD.reveal(),
            "webhook_secret": HOOK_SECRET.reveal(),
            "console": f"{url}/dashboard",
        },
    )
