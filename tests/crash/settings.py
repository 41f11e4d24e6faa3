"""The `opshub.toml` of a seed: two tenants, each with one shop and two API keys."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.store.roles import RoleUrls
from tests.crash.plan import TENANTS
from tests.crash.shops import PASSWORD, USER
from tests.crash.tempo import LEASE

CLIENTS = ("rep", "bot")
POOL = 6
HOOK_SECRET = "between shop and hub"
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


def shop_name(tenant: str) -> str:
    """The source's name: each tenant has its own."""
    return f"shop-{tenant}"


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def write_settings(file: Path, urls: RoleUrls, shops: Mapping[str, str], site: Site, *, sweeps: bool) -> None:
    """Write the settings; *shops*: URL of each tenant's shop."""
    lines = ["[store]", *(f"{name} = {json.dumps(url)}" for name, url in _stores(urls).items()), f"pool_size = {POOL}"]
    lines += ["[http]", f"port = {site.port}", "[work]", f"lease_seconds = {LEASE}", "[log]", 'level = "info"']
    for tenant in TENANTS:
        for client in CLIENTS:
            hashed = hashlib.sha256(api_key(tenant, client).encode()).hexdigest()
            lines += [f"[keys.{client}-{tenant}]", f'hash = "{hashed}"', f'tenant = "{tenant}"', f'actor = "{client}"']
            lines += ['scopes = ["orders:read", "orders:write", "traces:read"]']
        lines += [f"[sources.{shop_name(tenant)}]", f'tenant = "{tenant}"', 'adapter = "hasty"', 'system = "COMMERCE"']
        lines += [f'url = "{shops[tenant]}"', f'hook = "{_hook(tenant)}"', f'user = "{USER}"']
        lines += [f'password = "{PASSWORD}"', f'webhook_secret = "{HOOK_SECRET}"']
        lines += [f"sweep_every = {(OFTEN if sweeps else RARELY) * 1000}"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _stores(urls: RoleUrls) -> dict[str, str]:
    return {"url": urls.owner, "serve_url": urls.serve, "work_url": urls.work, "tail_url": urls.tail}


def _hook(tenant: str) -> str:
    return hashlib.sha256(f"hook of {tenant}".encode()).hexdigest()[:32]
