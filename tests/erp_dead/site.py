"""Two tenants, each with a rehearsed ERP behind a door of its own, and the settings of a hub over both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.clock import SystemClock
from hub.guard.keys import hash_of
from hub.settings import Secret
from hub.store.roles import RoleUrls
from sources.kit.serve import Asgi, serving
from sources.tryton_erp.rehearsal.door import Door as Login
from sources.tryton_erp.rehearsal.stand import DATABASE, Stand, make_stand
from tests.crash.settings import free_port
from tests.erp_dead.door import Door

LIVE, DEAD = "live", "dead"
TENANTS = (LIVE, DEAD)
USER, PASSWORD, KEY = "hub", "rehearsal-only-1!", "rehearsal-only-key"
SCOPES = ["orders:read", "orders:write", "sources:read"]
POOL = 8
BUYER, PLENTY = "WEB", 1_000_000
GOODS = (("MUG", "7.50"), ("TSHIRT-M", "19.90"))


@dataclass(slots=True, kw_only=True)
class Erp:
    """One tenant's ERP."""

    tenant: str
    stand: Stand
    door: Door
    most_at_once: int = 0
    """Requests that it was asked at the same time, at the most, since `forget`."""
    requests: int = 0
    """Requests that it was asked since `forget`."""
    _at_once: int = 0

    def forget(self) -> None:
        """Count anew."""
        self.most_at_once = self.requests = 0

    def sales(self) -> Counter[str]:
        """How many sales bear each reference, by the company's own books."""
        rows = self.stand.erp.books.tables["sale.sale"].values()
        return Counter(str(row.reference) for row in rows if row.reference)

    def watched(self, app: Asgi) -> Asgi:
        """The server, with the requests counted that it is asked at once."""

        async def answer(scope: Any, receive: Any, send: Any) -> None:  # Any: ASGI
            self._at_once += 1
            self.requests += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            try:
                await app(scope, receive, send)
            finally:
                self._at_once -= 1

        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where everything is."""

    erps: Mapping[str, Erp]
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """The hub's graph."""
        return f"http://127.0.0.1:{self.port}"

    def write(self, file: Path, urls: RoleUrls) -> None:
        """The settings of the hub's processes."""
        stores = {"url": urls.owner, "serve_url": urls.serve, "work_url": urls.work, "tail_url": urls.tail}
        lines = ["[store]", *(f"{name} = {json.dumps(url)}" for name, url in stores.items()), f"pool_size = {POOL}"]
        lines += ["[http]", f"port = {self.port}", "[log]", 'level = "warning"']
        for tenant in TENANTS:
            lines += [f"[keys.{tenant}]", f'hash = "{hash_of(tenant)}"', f'tenant = "{tenant}"']
            lines += [f"scopes = {json.dumps(SCOPES)}", f"[channels.desk-{tenant}]", f'tenant = "{tenant}"']
            lines += [f"[sources.erp-{tenant}]", f'tenant = "{tenant}"', 'adapter = "tryton_erp"', 'system = "ERP"']
            lines += [f'url = "{self.erps[tenant].door.url}"', f'user = "{USER}"', f'password = "{PASSWORD}"']
            lines += [f'key = "{KEY}"', f'database = "{DATABASE}"']
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@asynccontextmanager
async def standing() -> AsyncIterator[Site]:
    """Both companies, open."""
    async with AsyncExitStack() as stack:
        erps = {tenant: await _erp(tenant, stack) for tenant in TENANTS}
        yield Site(erps=erps)


async def _erp(tenant: str, stack: AsyncExitStack) -> Erp:
    stand = make_stand(SystemClock(), door=Login(USER, Secret(PASSWORD), Secret(KEY)))
    stand.erp.warehouse("WH", "Main DC")
    stand.erp.party(BUYER, "Web customers")
    for sku, price in GOODS:
        stand.erp.product(sku, sku, price)
        stand.erp.stock(sku, "WH", PLENTY)
    found = Erp(tenant=tenant, stand=stand, door=Door("http://127.0.0.1:1"))
    url = await stack.enter_async_context(serving(found.watched(stand.app)))
    found.door = await stack.enter_async_context(Door(url).standing())
    return found
