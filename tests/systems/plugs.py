"""How a hub is told of each real system: its section of `opshub.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from tests.systems.tryton_erp.start import TrytonErp
from tests.systems.tryton_wms.start import TrytonWms
from tests.systems.vendure.start import Vendure

Plug: TypeAlias = Mapping[str, object]
"""The settings of one source."""
SHOP, ERP, WMS = "shop", "erp", "wms"
TENANT = "acme"
HOOK, HOOK_SECRET = "an-unguessable-name", "between shop and hub"


def shop(server: Vendure) -> Plug:
    """A Vendure that posts its events."""
    return {
        "tenant": TENANT, "adapter": "vendure", "system": "COMMERCE", "url": server.url, "hook": HOOK,
        "user": server.seeded.user, "password": server.seeded.password, "webhook_secret": HOOK_SECRET,
        "console": f"{server.url}/dashboard", "buyer": "hub@buyers.example",
    }  # fmt: skip


def erp(server: TrytonErp) -> Plug:
    """A Tryton 8.2 with sales and accounting."""
    return {
        "tenant": TENANT, "adapter": "tryton_erp", "system": "ERP", "url": server.url, "database": server.database,
        "user": server.user, "password": server.password, "key": server.key,
    }  # fmt: skip


def wms(server: TrytonWms) -> Plug:
    """A Tryton 6.0 with nothing but its stock modules."""
    return {
        "tenant": TENANT, "adapter": "tryton_wms", "system": "WMS", "url": server.url, "database": server.database,
        "user": server.user, "password": server.password,
    }  # fmt: skip
