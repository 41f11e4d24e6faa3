"""What the index is made of, across tenants, page by page."""

from __future__ import annotations

from datetime import timedelta

from hub.model.vocabulary import Kind
from hub.search.ids import floor_of
from hub.store.indexing import (
    START,
    EntityKey,
    count_of_entities,
    count_of_hops,
    entities_after,
    entities_by_keys,
    hop_ids_after,
    hops_after,
    hops_by_ids,
    tenants_of_hops,
)
from hub.store.store import Store
from tests.kit.indexing import NOW, keep_hops, make_hop
from tests.kit.searched import keep_things


async def test_entities_come_page_by_page_with_what_finds_them_but_nothing_personal(store: Store) -> None:
    await keep_things(store)
    async with store.survey() as tx:
        first = await entities_after(tx, START, 2)
        rest = await entities_after(tx, EntityKey(tenant="acme", kind=first[1].kind, id=first[1].id), 9)
        counts = await count_of_entities(tx)
    assert [(one.tenant, one.kind, one.number) for one in [*first, *rest]] == [
        ("acme", Kind.CUSTOMER, "4711"), ("acme", Kind.ORDER, "SO-10051"), ("acme", Kind.ORDER, "SO-20099"),
        ("acme", Kind.SHIPMENT, "317"), ("beta", Kind.ORDER, "SO-77777"),
    ]  # fmt: skip
    assert (first[0].identifiers, first[0].words) == (("4711",), ("Northwind Traders",))
    assert (first[1].normalised, first[1].words, first[1].account) == (("so10051",), ("Blue enamel mug",), "north")
    assert counts["acme", "ORDER"] == 2


async def test_entities_come_by_key_and_a_redirect_says_so(store: Store) -> None:
    await keep_things(store)
    key = EntityKey(tenant="acme", kind=Kind.ORDER, id="order-SO-10051")
    async with store.across() as tx:
        await tx.connection.exec_driver_sql("update entity set redirect_to = 'x' where id = 'order-SO-10051'")
        (found,) = await entities_by_keys(tx, [key, EntityKey(tenant="beta", kind=Kind.ORDER, id=key.id)])
        assert found.redirect_to == "x"
        assert key.id not in {one.id for one in await entities_after(tx, START, 9)}


async def test_hops_come_by_id_with_their_roots(store: Store) -> None:
    assert await _tenants(store) == []
    mine = [make_hop(9 - n, n, roots=("b", "a")) for n in range(3)]
    await keep_hops(store, [*mine, make_hop(0, 7, tenant="beta")])
    assert await _tenants(store) == ["acme", "beta"]
    async with store.survey() as tx:
        assert await hop_ids_after(tx, "acme", mine[0].id, 1) == [mine[1].id]
        (found,) = await hops_by_ids(tx, "acme", [mine[2].id, "nobody"])
        assert [one.id for one in await hops_after(tx, "acme", "", 2)] == [mine[0].id, mine[1].id]
        assert await count_of_hops(tx, NOW - timedelta(seconds=8), mine[2].id) == {"acme": 1}
        assert await count_of_hops(tx, NOW - timedelta(days=1), floor_of(2**47)) == {"acme": 3, "beta": 1}
    assert (found.id, found.roots, found.operation) == (mine[2].id, ("a", "b"), "read ORDER")


async def _tenants(store: Store) -> list[str]:
    async with store.survey() as tx:
        return list(await tenants_of_hops(tx))
