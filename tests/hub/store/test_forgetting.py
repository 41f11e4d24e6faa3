"""Rows of one source go; those of others, of other births and of other tenants stay."""

from __future__ import annotations

from hub.model.vocabulary import Kind
from hub.store.forgetting import FORGET_RECORDS, WITHDRAW_ENTITIES, EntityGone, RecordGone, forget_source
from hub.store.store import Store
from hub.store.tables import absence, coverage, hint, milestone, raw_answer, record
from tests.kit.merging import CALL, TENANT, Looking, at, order, seen
from tests.kit.orders import keep_rows

SLOT = {"source": "shop", "kind": "ORDER", "source_id": "1"}
SPAN = {"started": at(0), "finished": at(1)}
GONE = RecordGone(source="shop", kind=Kind.ORDER, source_id="1", birth="")


async def test_a_record_goes_with_all_that_hangs_on_it(store: Store) -> None:
    for one in (SLOT, SLOT | {"birth": "b"}, SLOT | {"source": "erp"}):
        await keep_rows(store, record, one | SPAN | {"entity_id": "a", "content": {}, "hash": ""})
        await keep_rows(store, milestone, one | SPAN | {"entity_id": "a", "milestone": "SHIPPED"})
    for source in ("shop", "erp"):
        await keep_rows(store, absence, SLOT | SPAN | {"source": source})
        await keep_rows(store, hint, SLOT | {"source": source, "reason": "webhook"})
        await keep_rows(store, raw_answer, {"ref": f"{source}/ORDER/1/", "body": {}})
    await keep_rows(store, record, SLOT | SPAN | {"entity_id": "a", "content": {}, "hash": ""}, tenant="beta")
    async with store.shard(CALL) as tx:
        await FORGET_RECORDS.write(tx, TENANT, [GONE])
    hub = Looking(store)
    kept = [("acme", "erp", ""), ("acme", "shop", "b")]
    assert [tuple(row) for row in await hub.rows("select tenant, source, birth from milestone order by 1, 2")] == kept
    rows = await hub.rows("select tenant, source, birth from record order by 1, 2")
    assert [tuple(row) for row in rows] == [*kept, ("beta", "shop", "")]
    for table in ("absence", "hint"):
        assert [row.source for row in await hub.rows(f"select source from {table}")] == ["erp"]  # noqa: S608 (ours)
    assert [row.ref for row in await hub.rows("select ref from raw_answer")] == ["erp/ORDER/1/"]


async def test_a_withdrawn_entity_leads_nowhere_and_keeps_nothing_but_its_version(store: Store) -> None:
    hub = Looking(store)
    await hub.write(seen(("shop", Kind.ORDER, "1"), order("C1")), seen(("shop", Kind.ORDER, "2"), order("C2")))
    (name,) = [row.id for row in await hub.rows("select id from entity where number = 'C1'")]
    async with store.shard(CALL) as tx:
        await WITHDRAW_ENTITIES.write(tx, TENANT, [EntityGone(kind=Kind.ORDER, id=name, version=9)])
    rows = await hub.rows(
        "select redirect_to, version, doc::text as doc, number, skus, account from entity order by 2 desc"
    )
    assert tuple(rows[0]) == ("", 9, "{}", None, [], None)
    assert (rows[1].redirect_to, rows[1].number) == (None, "C2")


async def test_what_is_kept_of_a_source_itself_goes(store: Store) -> None:
    for source in ("shop", "erp"):
        await keep_rows(store, hint, SLOT | {"source": source, "reason": "webhook"})
        await keep_rows(store, coverage, {"source": source, "kind": "ORDER", "sweep": "open", "through": at(0)})
    async with store.shard(CALL) as tx:
        await forget_source(tx, TENANT, "shop")
    hub = Looking(store)
    for table in ("hint", "coverage"):
        assert [row.source for row in await hub.rows(f"select source from {table}")] == ["erp"]  # noqa: S608 (ours)
