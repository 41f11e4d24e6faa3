"""The `opshub.toml` of each process of a soak, and where the quiet adapter is found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hub.guard.keys import hash_of
from hub.store.roles import RoleUrls
from tests.soak.scale import SHOP, TENANTS, WMS, keys

SYSTEMS = {SHOP: "COMMERCE", WMS: "WMS"}
SCOPES = ["orders:read", "sources:read", "traces:read"]
LEASE = 2  # seconds
ENTRY = "[opshub.sources]\nquiet = tests.soak.quiet\n"
METADATA = "Metadata-Version: 2.1\nName: opshub-quiet\nVersion: 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One process that serves."""

    name: str
    port: int

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self.port}"


def write_settings(file: Path, urls: RoleUrls, port: int) -> Path:
    """Write the settings of the process that serves on *port*."""
    stores = {"url": urls.owner, "serve_url": urls.serve, "work_url": urls.work, "tail_url": urls.tail}
    lines = ["[store]", *(f"{name} = {json.dumps(url)}" for name, url in stores.items()), "pool_size = 6"]
    lines += ["[http]", f"port = {port}", "[work]", f"lease_seconds = {LEASE}", "[log]", 'level = "info"']
    for key in keys():
        lines += [f"[keys.{key.name}]", f'hash = "{hash_of(key.name)}"', f'tenant = "{key.tenant}"']
        lines += [f"scopes = {json.dumps(SCOPES)}"]
        lines += [f'account = "{key.account}"'] if key.account else []
    for tenant in TENANTS:
        for role, system in SYSTEMS.items():
            lines += [f"[sources.{role}-{tenant}]", f'tenant = "{tenant}"', 'adapter = "quiet"']
            lines += [f'system = "{system}"', 'url = "http://127.0.0.1:9"']
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def plugins(folder: Path) -> Path:
    """A folder in which Python finds the quiet adapter by its entry point."""
    place = folder / "opshub_quiet-1.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(METADATA, encoding="utf-8")
    (place / "entry_points.txt").write_text(ENTRY, encoding="utf-8")
    return folder
