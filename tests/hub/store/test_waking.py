"""Roots are due by the database's clock, longest due first."""

from __future__ import annotations

from sqlalchemy import text

from hub.store.store import Store
from hub.store.waking import due_roots

_PUT = text("""
insert into root (tenant, id, kind, wake_at)
values (:tenant, :id, 'ORDER', clock_timestamp() + cast(:due as float) * interval '1 second')
""")


async def put(store: Store, tenant: str, root: str, due: float | None) -> None:
    async with store.across() as tx:
        await tx.execute(_PUT, {"tenant": tenant, "id": root, "due": due})


async def due(store: Store, *tenants: str, size: int = 10) -> list[tuple[str, str]]:
    async with store.across() as tx:
        return await due_roots(tx, tenants, size)


async def test_what_is_due_comes_longest_due_first_of_the_tenants_asked_for(store: Store) -> None:
    for tenant, root, when in [
        ("acme", "late", -60), ("acme", "later", -5), ("acme", "soon", 60), ("acme", "never", None),
        ("beta", "other", -30), ("gone", "nobodys", -3600),
    ]:  # fmt: skip
        await put(store, tenant, root, when)
    assert await due(store, "acme", "beta") == [("acme", "late"), ("beta", "other"), ("acme", "later")]
    assert await due(store, "acme", "beta", size=1) == [("acme", "late")]
    assert await due(store) == []
