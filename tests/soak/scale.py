"""How much a soak has of everything, and who its tenants, accounts and keys are."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

TENANTS = ("acme", "beta", "gamma")
ACCOUNTS = 4  # of each tenant
REPS = 6  # keys of each tenant that see all of it: a principal may open only so many streams
SHOP, WMS = "shop", "wms"
WAREHOUSE = "WH"
DOWN = 0.4  # seconds a killed hub stays away


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """One soak's size."""

    subscribers: int = 500
    rate: float = 50.0
    """Lines of the change log a second."""
    seconds: float = 300.0
    """How long there is traffic."""
    orders: int = 120
    """Of each tenant."""
    kills: int = 3
    """Of each hub."""
    life: float = 60.0
    """Seconds a reader keeps a connection, on average."""
    deaf: float = 45.0
    """Seconds a reader who never reads stays deaf before it looks what became of it."""
    patience: float = 60.0
    """Seconds until everybody must have everything, once there is no traffic."""
    linger: float = 2.0
    """Seconds in which what comes twice would come."""
    seed: int = 1

    def source(self, tenant: str, role: str) -> str:
        """Name of a tenant's source: names are unique over tenants."""
        return f"{role}-{tenant}"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One API key; its name is the key."""

    name: str
    tenant: str
    account: str | None = None


def account(tenant: str, number: int) -> str:
    """Path of an account."""
    return f"{tenant}/a{number % ACCOUNTS}"


def reps(tenant: str) -> list[Key]:
    """Who may see the whole tenant."""
    return [Key(name=f"rep{number}-{tenant}", tenant=tenant) for number in range(REPS)]


def portals(tenant: str) -> list[Key]:
    """Who is confined to an account; two to each."""
    return [
        Key(name=f"portal{number}-{tenant}", tenant=tenant, account=account(tenant, number))
        for number in range(2 * ACCOUNTS)
    ]


def keys() -> Iterator[Key]:
    """All of them."""
    for tenant in TENANTS:
        yield from reps(tenant)
        yield from portals(tenant)
