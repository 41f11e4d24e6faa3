"""The `opshub.toml` of a seed: two tenants, each with a shop and two API keys; one has an ERP and a warehouse too."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.store.roles import RoleUrls
from tests.crash.joint import ERP_DATABASE, KEY, QUARANTINE, WMS_DATABASE
from tests.crash.plan import ERP, SHOP, TENANTS, WMS, Plan
from tests.crash.shops import PASSWORD, USER
from tests.crash.tempo import LEASE

CLIENTS = ("rep", "bot")
DESK = "desk"
"""The channel by which orders enter through the hub."""
POOL = 3
"""Connections of a process in a role: each prepares every statement anew."""
HOOK_SECRET = "between shop and hub"
_MORE = {
    SHOP: ['adapter = "hasty"', 'system = "COMMERCE"'],
    ERP: ['adapter = "hasty_erp"', 'system = "ERP"', f'database = "{ERP_DATABASE}"', f'key = "{KEY}"'],
    WMS: ['adapter = "hasty_wms"', 'system = "WMS"', f'database = "{WMS_DATABASE}"'],
}
RARELY = 3600  # seconds between two sweeps where no webhook is lost
OFTEN = 1  # seconds between two sweeps where some are


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the hub of a seed is reached."""

    port: int

    @property
    def url(self) -> str:
        """Its graph's origin."""
        return f"http://127.0.0.1:{self.port}"

    def hook(self, tenant: str) -> str:
        """Where the shop of *tenant* sends its webhooks."""
        return f"{self.url}/hooks/{_hook(tenant)}"


def api_key(tenant: str, client: str) -> str:
    """The key by which *client* asks."""
    return f"key-of-{client}-at-{tenant}"


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the sources of a seed are reached."""

    shops: Mapping[str, str]
    """URL by tenant."""
    beside: Mapping[str, str]
    """URL by role, of the tenant that has more than a shop."""


def write_settings(file: Path, urls: RoleUrls, sources: Sources, site: Site, plan: Plan) -> None:
    """Write the settings."""
    lines = ["[store]", *(f"{name} = {json.dumps(url)}" for name, url in _stores(urls).items()), f"pool_size = {POOL}"]
    lines += ["[http]", f"port = {site.port}", "[work]", f"lease_seconds = {LEASE}", "[log]", 'level = "info"']
    for tenant in TENANTS:
        for client in CLIENTS:
            hashed = hashlib.sha256(api_key(tenant, client).encode()).hexdigest()
            lines += [f"[keys.{client}-{tenant}]", f'hash = "{hashed}"', f'tenant = "{tenant}"', f'actor = "{client}"']
            lines += ['scopes = ["orders:read", "orders:write", "traces:read"]']
        every = OFTEN if plan.sweeps else RARELY
        lines += _source(SHOP, tenant, sources.shops[tenant], every)
        lines += [f'hook = "{_hook(tenant)}"', f'webhook_secret = "{HOOK_SECRET}"']
    for role, url in sources.beside.items():
        lines += _source(role, plan.joined, url, plan.pace[role])
        if plan.returns:
            lines += ["returns = true", *([f'quarantine = "{QUARANTINE}"'] if role == WMS else [])]
    if sources.beside:
        lines += ["[channels.web]", f'tenant = "{plan.joined}"', f'source = "{SHOP}-{plan.joined}"']
        lines += [f'mirrors = ["{ERP}-{plan.joined}"]', f"[channels.{DESK}]", f'tenant = "{plan.joined}"']
        lines += ["[routing.main]", f'tenant = "{plan.joined}"', 'shortage = "wait"']
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _source(role: str, tenant: str, url: str, every: float) -> list[str]:
    lines = [f"[sources.{role}-{tenant}]", f'tenant = "{tenant}"', f'url = "{url}"', f'user = "{USER}"']
    lines += [f'password = "{PASSWORD}"', f"sweep_every = {round(every * 1000)}", *_MORE[role]]
    return lines


def _stores(urls: RoleUrls) -> dict[str, str]:
    return {"url": urls.owner, "serve_url": urls.serve, "work_url": urls.work, "tail_url": urls.tail}


def _hook(tenant: str) -> str:
    return hashlib.sha256(f"hook of {tenant}".encode()).hexdigest()[:32]
