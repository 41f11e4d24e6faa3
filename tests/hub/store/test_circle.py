"""Locks of keys and roots, and where entity ids lead."""

from __future__ import annotations

import anyio
import pytest
from sqlalchemy import text

from hub.call import worker_call
from hub.errors import StoreBusy
from hub.model.vocabulary import Kind
from hub.store import circle
from hub.store.store import Store

CALL = worker_call("acme")
NONE: frozenset[str] = frozenset()
PUT = text("""
insert into entity (tenant, kind, id, root_id, doc, redirect_to) values ('acme', 'ORDER', :id, :id, '{}', :onward)
""")


async def takes(store: Store, owned: frozenset[str], referred: frozenset[str]) -> bool:
    """Whether another transaction gets these keys at once."""
    try:
        async with store.shard(CALL) as tx:
            await tx.execute(text("set local lock_timeout = '50ms'"))
            await circle.lock_keys(tx, "acme", owned, referred)
    except StoreBusy:
        return False
    return True


@pytest.mark.parametrize(
    ("own", "refer", "free"),
    [({"k"}, set(), False), (set(), {"k"}, False), ({"other"}, {"another"}, True)],
    ids=["its owner waits", "who refers waits", "others go on"],
)
async def test_an_owned_key_is_held_against_everybody(store: Store, own: set[str], refer: set[str], free: bool) -> None:  # noqa: FBT001  # a table of cases
    async with store.shard(CALL) as tx:
        await circle.lock_keys(tx, "acme", frozenset({"k"}), NONE)
        assert await takes(store, frozenset(own), frozenset(refer)) is free


async def test_two_may_refer_to_one_key_at_once_but_nobody_may_come_to_own_it(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await circle.lock_keys(tx, "acme", NONE, frozenset({"k"}))
        assert await takes(store, NONE, frozenset({"k"}))
        assert not await takes(store, frozenset({"k"}), NONE)


async def test_many_keys_in_any_order_never_deadlock(store: Store) -> None:
    names = [f"k{i}" for i in range(20)]
    async with anyio.create_task_group() as tasks:
        for turn in range(6):
            chosen = names[turn:] + names[:turn]
            tasks.start_soon(takes_and_holds, store, frozenset(chosen[:10]), frozenset(chosen[10:]))


async def takes_and_holds(store: Store, owned: frozenset[str], referred: frozenset[str]) -> None:
    async with store.shard(CALL) as tx:
        await circle.lock_keys(tx, "acme", owned, referred)
        await anyio.sleep(0.01)


async def test_roots_are_made_once_and_locked_where_they_exist(store: Store) -> None:
    async with store.shard(CALL) as tx:
        await circle.ensure_roots(tx, "acme", Kind.SOURCE, ["source:shop"])
        await circle.ensure_roots(tx, "acme", Kind.SOURCE, ["source:shop"])
        assert len(await circle.lock_roots(tx, "acme", ["source:shop", "nowhere"])) == 1
        assert await circle.lock_roots(tx, "acme", []) == ()


async def test_an_id_leads_through_every_merge(store: Store) -> None:
    async with store.shard(CALL) as tx:
        for name, onward in (("a", None), ("b", "a"), ("c", "b")):
            await tx.execute(PUT, {"id": name, "onward": onward})
        assert [await circle.current(tx, "acme", Kind.ORDER, name) for name in "abcd"] == ["a", "a", "a", None]


async def test_nothing_asked_is_nothing_sent(store: Store) -> None:
    async with store.shard(CALL) as tx:
        assert await circle.records_of(tx, "acme", []) == ()
        assert await circle.records_under(tx, "acme", []) == ()
        empty = circle.Asked(slots=[], keys=[], family=[], below=[])
        assert await circle.roots_around(tx, "acme", empty) == frozenset()
        await circle.lock_keys(tx, "acme", NONE, NONE)
