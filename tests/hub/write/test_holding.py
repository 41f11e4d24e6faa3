"""Holds of people: placed once, told apart from what systems hold, released by hand; notes that change nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from hub.call import Call
from hub.errors import Denied
from hub.model.cases import HoldType
from hub.model.command import UserErrorCode
from hub.model.vocabulary import Kind
from hub.store.store import Store
from hub.write.console import Decided
from hub.write.desk import Asking
from hub.write.holding import HoldPlace, HoldRelease, NoteAdd
from hub.write.operators import Operators
from tests.kit.merging import ERP, SHOP, Looking, key, order, seen

REP = Call(actor="rep", tenant="acme", scopes=frozenset({"orders:write"}), correlation_id="correlation-rep")
HOLDS = "select doc ->> 'type', doc ->> 'placed_by', doc -> 'blocks', released_at is null from hold order by 1, 2"


@pytest.fixture
async def looking(store: Store) -> Looking:
    """One order, which the shop holds for fraud."""
    looking = Looking(store)
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1", holds=(HoldType.FRAUD_REVIEW,))))
    return looking


async def order_id(looking: Looking) -> str:
    ((found,),) = await looking.rows("select id from entity where kind = 'ORDER'")
    return str(found)


async def place(looking: Looking, *, key: str | None = "k", call: Call = REP, **said: Any) -> Decided:
    known: dict[str, Any] = {"order_id": await order_id(looking), "type": HoldType.MANUAL_CS, "reason": "asked to wait"}
    command = HoldPlace(**(known | said))
    return await Operators(looking.store, looking.writer).hold(call, command, Asking(key=key, dry_run=key is None))


async def release(looking: Looking, *ids: str, key: str = "r", **said: Any) -> Decided:
    command = HoldRelease(order_id=await order_id(looking), hold_ids=ids, **said)
    return await Operators(looking.store, looking.writer).hold(REP, command, Asking(key=key))


async def test_a_hold_stands_beside_those_of_systems_until_it_is_let_go(looking: Looking) -> None:
    ((before,),) = await looking.rows("select version from root where kind = 'ORDER'")
    dry = await place(looking, key=None)
    assert len(dry.effect.outcome["holds"]) == len(await looking.rows(HOLDS)) == 1
    done = await place(looking)
    by_shop = ("FRAUD_REVIEW", "hub", ["RELEASED"], True)
    assert await looking.rows(HOLDS) == [by_shop, ("MANUAL_CS", "rep", ["RELEASED"], True)]
    ((after,),) = await looking.rows("select version from root where kind = 'ORDER'")
    assert after == before + 1
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1", holds=(HoldType.FRAUD_REVIEW,)), 9))
    assert await looking.rows(HOLDS) == [by_shop, ("MANUAL_CS", "rep", ["RELEASED"], True)]
    freed = await release(looking, *done.effect.outcome["holds"])
    assert freed.effect.outcome == done.effect.outcome
    assert await looking.rows(HOLDS) == [by_shop, ("MANUAL_CS", "rep", ["RELEASED"], False)]
    again = await place(looking, key="k2")
    assert again.effect.outcome == done.effect.outcome


async def test_ten_at_once_with_one_key_are_one_hold(looking: Looking) -> None:
    found = await asyncio.gather(*(place(looking) for _ in range(10)))
    assert len({one.command_id for one in found}) == 1
    assert sorted(one.replayed for one in found) == [False] + [True] * 9
    assert len(await looking.rows(HOLDS)) == 2


async def test_what_a_system_holds_is_not_released_here(looking: Looking) -> None:
    ((by_shop,),) = await looking.rows("select id from hold")
    assert [one.code for one in (await release(looking, by_shop)).effect.user_errors] == [
        UserErrorCode.NOT_ALLOWED_IN_STATUS
    ]
    assert [one.code for one in (await release(looking, "x")).effect.user_errors] == [UserErrorCode.NOT_FOUND]
    assert await looking.count("command") == 0


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"expected_version": 7}, UserErrorCode.CONFLICT),
        ({"reason": "\0"}, UserErrorCode.INVALID),
        ({"order_id": "nothing"}, UserErrorCode.NOT_FOUND),
    ],
)
async def test_what_cannot_be_is_said_and_writes_nothing(
    looking: Looking, said: dict[str, Any], code: UserErrorCode
) -> None:
    decided = await place(looking, **said)
    assert [one.code for one in decided.effect.user_errors] == [code]
    assert (len(await looking.rows(HOLDS)), await looking.count("command")) == (1, 0)


async def test_what_has_ended_is_not_held_and_nobody_who_is_confined_holds(looking: Looking) -> None:
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1", status="CANCELLED"), 9))
    decided = await place(looking)
    assert [one.code for one in decided.effect.user_errors] == [UserErrorCode.NOT_ALLOWED_IN_STATUS]
    with pytest.raises(Denied):
        await place(looking, call=replace(REP, account="acme"))


async def test_a_note_is_kept_once_and_changes_nothing(looking: Looking) -> None:
    operators = Operators(looking.store, looking.writer)
    before = await looking.rows("select version from root")
    note = NoteAdd(order_id=await order_id(looking), text="the customer called")
    first = await operators.add_note(REP, note, Asking(key="n"))
    again = await operators.add_note(REP, note, Asking(key="n"))
    assert (again.replayed, again.command_id) == (True, first.command_id)
    assert await looking.rows("select operation, input ->> 'text', root_id from command") == [
        ("orderNoteAdd", "the customer called", note.order_id)
    ]
    assert await looking.rows("select version from root") == before
    empty = await operators.add_note(REP, replace(note, text=" "), Asking(key="n2"))
    assert [one.code for one in empty.effect.user_errors] == [UserErrorCode.REQUIRED]
    await looking.write(seen((SHOP, Kind.ORDER, "1"), order("C1", raw_status="Paid"), 9))


async def test_a_note_goes_with_an_order_that_merges_into_another(store: Store) -> None:
    looking = Looking(store)
    code = key("shop.code", "C0")
    waiting = order("9", bears=(), refers=(code,))
    await looking.write(seen((ERP, Kind.ORDER, "1"), waiting), seen((ERP, Kind.ORDER, "2"), waiting))
    survivor, loser = [row[0] for row in await looking.rows("select id from entity order by id")]
    note = NoteAdd(order_id=loser, text="the customer called")
    await Operators(store, looking.writer).add_note(REP, note, Asking(key="n"))
    await looking.write(seen((SHOP, Kind.ORDER, "s0"), order("C0"), 5))
    assert await looking.rows("select root_id from command") == [(survivor,)]
